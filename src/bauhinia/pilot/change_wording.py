"""Changes of substance as plain sentences, in English and in Chinese. No model has a hand in them."""

from __future__ import annotations

from collections.abc import Sequence

from ..language import Figure, Variety, write_figure
from .modality import Force, strongest
from .substance import REVERSED, WEAKER, Change

LONGEST = 160
"""Characters of a paragraph that are quoted in a sentence about it."""

_NAMES = {
    "en": {
        "deadline": "deadline",
        "date": "date",
        "time": "time",
        "money": "amount",
        "percent": "percentage",
        "number": "number",
        "ordinal": "ordinal",
        "quarter": "quarter",
        "reference": "reference",
    },
    "zh": {
        "deadline": "期限",
        "date": "日期",
        "time": "時間",
        "money": "款額",
        "percent": "百分比",
        "number": "數字",
        "ordinal": "序數",
        "quarter": "季度",
        "reference": "編號",
    },
}
_SENTENCES = {
    "en": {
        "figure": "The {name} changed from {old} to {new}{context}.",
        "deadline": "The deadline moved from {old} to {new}.",
        "figure_added": "A {name} was added: {new}{context}.",
        "figure_removed": "A {name} was taken out: {old}{context}.",
        "weaker": "An obligation was made weaker: “{was}” became “{became}”.",
        "stronger": "An obligation was made stronger: “{was}” became “{became}”.",
        "reversed": "An obligation was turned round: “{was}” became “{became}”.",
        "obligation_gone": "A binding word was taken out: “{was}”.",
        "obligation_new": "A binding word was put in: “{became}”.",
        "negation": "A denial came or went: “{was}” became “{became}”.",
        "negation_gone": "A denial was taken out: “{was}”.",
        "negation_new": "A denial was put in: “{became}”.",
        "added": "A paragraph was added: “{became}”",
        "added_binding": "A paragraph that binds was added: “{became}”",
        "removed": "A paragraph was taken out: “{was}”",
        "removed_binding": "A paragraph that binds was taken out: “{was}”",
        "sentence_added": "A sentence was added: “{became}”",
        "sentence_removed": "A sentence was taken out: “{was}”",
        "moved": "A paragraph moved: “{became}”",
    },
    "zh": {
        "figure": "{name}由{old}改為{new}{context}。",
        "deadline": "期限由{old}改為{new}。",
        "figure_added": "加入{name}：{new}{context}。",
        "figure_removed": "刪去{name}：{old}{context}。",
        "weaker": "責任減輕：「{was}」改為「{became}」。",
        "stronger": "責任加重：「{was}」改為「{became}」。",
        "reversed": "責任相反：「{was}」改為「{became}」。",
        "obligation_gone": "刪去訂明責任的字眼：「{was}」。",
        "obligation_new": "加入訂明責任的字眼：「{became}」。",
        "negation": "否定的意思有改動：「{was}」改為「{became}」。",
        "negation_gone": "刪去否定字眼：「{was}」。",
        "negation_new": "加入否定字眼：「{became}」。",
        "added": "新增段落：「{became}」",
        "added_binding": "新增訂明責任的段落：「{became}」",
        "removed": "刪去段落：「{was}」",
        "removed_binding": "刪去訂明責任的段落：「{was}」",
        "sentence_added": "新增句子：「{became}」",
        "sentence_removed": "刪去句子：「{was}」",
        "moved": "段落已移位：「{became}」",
    },
}
_ACROSS = {
    "en": {
        "figure": "The {name} is {old} in the first document and {new} in the second{context}.",
        "deadline": "The deadline is {old} in the first document and {new} in the second.",
        "figure_added": "Only the second document has the {name} {new}{context}.",
        "figure_removed": "Only the first document has the {name} {old}{context}.",
        "weaker": "The second document binds less: “{was}” beside “{became}”.",
        "stronger": "The second document binds more: “{was}” beside “{became}”.",
        "reversed": "The documents bind to opposite things: “{was}” beside “{became}”.",
        "obligation_gone": "Only the first document binds here: “{was}”.",
        "obligation_new": "Only the second document binds here: “{became}”.",
        "negation": "Only one of the documents denies: “{was}” beside “{became}”.",
        "added": "Only the second document has this paragraph: “{became}”",
        "removed": "Only the first document has this paragraph: “{was}”",
        "sentence_added": "Only the second document has this sentence: “{became}”",
        "sentence_removed": "Only the first document has this sentence: “{was}”",
    },
    "zh": {
        "figure": "{name}在第一份文件為{old}，在第二份文件為{new}{context}。",
        "deadline": "期限在第一份文件為{old}，在第二份文件為{new}。",
        "figure_added": "只有第二份文件載有{name}{new}{context}。",
        "figure_removed": "只有第一份文件載有{name}{old}{context}。",
        "weaker": "第二份文件的約束力較弱：「{was}」對「{became}」。",
        "stronger": "第二份文件的約束力較強：「{was}」對「{became}」。",
        "reversed": "兩份文件的要求相反：「{was}」對「{became}」。",
        "obligation_gone": "只有第一份文件在此訂明責任：「{was}」。",
        "obligation_new": "只有第二份文件在此訂明責任：「{became}」。",
        "negation": "只有一份文件作否定：「{was}」對「{became}」。",
        "added": "只有第二份文件有此段：「{became}」",
        "removed": "只有第一份文件有此段：「{was}」",
        "sentence_added": "只有第二份文件有此句：「{became}」",
        "sentence_removed": "只有第一份文件有此句：「{was}」",
    },
}
_TOTALS = {
    "en": (
        ("The two documents say the same.", "The two documents agree in what was compared."),
        ("{n} change of substance.", "{n} changes of substance."),
        ("{n} paragraph changed in its wording only.", "{n} paragraphs changed in their wording only."),
    ),
    "zh": (
        ("兩份文件內容相同。", "經比對的內容一致。"),
        ("實質改動{n}項。", "實質改動{n}項。"),
        ("另有{n}段只改字眼。", "另有{n}段只改字眼。"),
    ),
}


def sentence(change: Change, language: Variety, *, across: bool) -> str:
    """One change as a sentence."""
    tongue = "zh" if language.is_chinese else "en"
    templates = _SENTENCES[tongue] | (_ACROSS[tongue] if across else {})
    figure = change.new or change.old
    name = _NAMES[tongue][figure.kind] if figure else ""
    if change.how == "deadline" and change.kind != "figure":
        name = _NAMES[tongue]["deadline"]
    said = templates[_template(change, across=across)].format(
        name=name,
        old=_written(change.old, language),
        new=_written(change.new, language),
        context=_context(change, tongue),
        was=_short(change.was),
        became=_short(change.became),
    )
    return f"{said[:-2]}." if said.endswith("..") else said


def totals(changes: Sequence[Change], wording: int, language: Variety, *, across: bool) -> str:
    """How much changed, in a line."""
    nothing, substance, only = _TOTALS["zh" if language.is_chinese else "en"]
    if not changes and not wording:
        return nothing[across]
    count = len(changes)
    said = [substance[count != 1].format(n=count)]
    if wording:
        said.append(only[wording != 1].format(n=wording))
    return ("" if language.is_chinese else " ").join(said)


def _template(change: Change, *, across: bool) -> str:
    kind = change.kind
    if kind == "figure" and change.how == "deadline":
        return "deadline"
    if kind == "obligation" and change.how != REVERSED and not (change.was and change.became):
        return "obligation_gone" if change.how == WEAKER else "obligation_new"
    if kind == "obligation":
        return change.how
    if kind == "negation" and not across and not (change.was and change.became):
        return "negation_gone" if change.was else "negation_new"
    if kind in ("added", "removed") and not across and _binds(change.was or change.became):
        return f"{kind}_binding"
    return kind


def _binds(text: str) -> bool:
    weak: tuple[Force, ...] = ("none", "may")
    return strongest(text) not in weak


def _context(change: Change, tongue: str) -> str:
    if not change.context:
        return ""
    return f"（「{change.context}」）" if tongue == "zh" else f" (“{change.context}”)"


def _written(figure: Figure | None, language: Variety) -> str:
    """A figure in the language of the sentence where it can be said there for certain, else as it stands."""
    if figure is None:
        return ""
    theirs = not figure.text.isascii()
    if theirs == language.is_chinese:
        return figure.text
    return write_figure(figure, language) or figure.text


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"
