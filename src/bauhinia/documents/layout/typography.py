"""How the other language is set: punctuation, spaces and digits as its script writes them, language tags, and
where italics are not used. The fonts are in `fonts`.

Everything here is a pure function of tagged text (see `tags`); no tag is moved, added or lost.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from ...language import Variety
from ..normal import NUMBER_LABEL
from .fonts import (
    Fonts,
    FontStyle,
    Script,
    east_asian_font,
    font_for,
    font_script,
    font_style,
    fonts_for,
    latin_font,
)
from .tags import Edit, edited, line

__all__ = [
    "FontStyle",
    "Fonts",
    "Script",
    "ScriptRun",
    "east_asian_font",
    "font_for",
    "font_script",
    "font_style",
    "fonts_for",
    "has_han",
    "language_tag",
    "latin_font",
    "script_runs",
    "typeset",
]
_HAN = "\u2e80-\u2fdf\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff〇\U00020000-\U000323af"
_WIDE_MARKS = "，。、；：！？（）「」『』《》〈〉【】…—"
_ALONE = "\ufffc"
"""Stands for a thing in the line, such as a picture, while rules look at its neighbours."""
_ADDRESS = re.compile(r"\S{1,64}@[\w.-]+|(?:https?://|www\.)[\w./?=&%#~:@+,;-]*\w", re.ASCII)
_ENUMERATION = re.compile(r"\d{1,3}|[A-Za-z]|[ivxIVX]{1,5}|\d{1,3}[A-Za-z]{1,2}")
"""What in brackets is a reference to a paragraph: 第12條第(3)款 keeps its narrow brackets."""
_WIDE_LATIN = {
    code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
"""Digits and letters that are as wide as a Chinese character, to ordinary ones."""


class ScriptRun(NamedTuple):
    """Words of one script; spaces, digits and marks belong to what they follow."""

    text: str
    han: bool


def language_tag(to: Variety) -> str:
    """The language as office programs name it: `zh-HK`, `zh-CN` or `en-GB`."""
    if to is Variety.SIMPLIFIED:
        return "zh-CN"
    return "zh-HK" if to.is_chinese else "en-GB"


def has_han(text: str) -> bool:
    """Whether a Chinese character is in it: such text is not set in italics."""
    return re.search(f"[{_HAN}]", text) is not None


def script_runs(text: str) -> list[ScriptRun]:
    """The text cut where Chinese characters end and Latin letters begin, and the other way round."""
    found: list[ScriptRun] = []
    for match in re.finditer(f"(?P<han>[{_HAN}{_WIDE_MARKS}]+)|[^{_HAN}{_WIDE_MARKS}]+", text):
        found.append(ScriptRun(match[0], match["han"] is not None))
    return found


def typeset(text: str, to: Variety) -> str:
    """Tagged text with the punctuation, digits and spaces that `to` is written with.

    Chinese: wide marks beside Chinese characters, 「」 for quotations, no space between Chinese characters
    and Latin letters or digits (as the government writes), brackets of a paragraph's number narrow. English:
    narrow marks with their spaces, “” for quotations; a Chinese name or quotation in the English keeps its
    own. Addresses of the web and of mail stay. Applied twice it changes nothing more, where
    quotation marks pair.
    """
    for rule in _CHINESE if to.is_chinese else _ENGLISH:
        text = _edited(text, rule)
    return text


def _edited(text: str, rule: Callable[[str], Iterator[Edit]]) -> str:
    """The tagged text with the rule's edits made in its words."""
    words = line(text, _ALONE)
    kept = [(match.start(), match.end()) for match in _ADDRESS.finditer(words)]
    edits = [
        edit
        for edit in rule(words)
        if edit.words != words[edit.start : edit.end]
        and not any(start < edit.end and edit.start < end for start, end in kept)
    ]
    return edited(text, edits, _ALONE) if edits else text


def _wide_latin(text: str) -> Iterator[Edit]:
    for at, character in enumerate(text):
        if (code := _WIDE_LATIN.get(ord(character))) is not None:
            yield Edit(at, at + 1, chr(code))
        elif character == "％":
            yield Edit(at, at + 1, "%")


_TO_WIDE = {",": "，", ";": "；", ":": "：", "!": "！", "?": "？", ".": "。"}
_BEFORE_WIDE = re.compile(f"[{_HAN}」』》〉）】”’]")


def _wide_marks(text: str) -> Iterator[Edit]:
    """`,` and its like beside a Chinese character; a full stop only after one."""
    for match in re.finditer(r"[,;:!?.]", text):
        at, mark = match.start(), match[0]
        before, after = _before(text, at), _after(text, at + 1)
        if mark == "." and (before == "." or after == "."):
            continue
        beside = _BEFORE_WIDE.match(before) or (mark in ",;:" and has_han(after) and before.isalnum())
        if beside and not (mark in ".:," and before.isdigit() and after.isdigit()):
            yield Edit(at, at + 1, _TO_WIDE[mark])


def _dots(text: str) -> Iterator[Edit]:
    for match in re.finditer(f"(?<=[{_HAN}])(?:\\.{{3,6}}|…)(?!…)", text):
        yield Edit(match.start(), match.end(), "……")


def _wide_brackets(text: str) -> Iterator[Edit]:
    for start, end in _pairs(text, "(", ")"):
        inside = text[start + 1 : end]
        if _ENUMERATION.fullmatch(inside.strip()):
            continue
        if has_han(inside) or has_han(_before(text, start)):
            yield Edit(start, start + 1, "（")
            yield Edit(end, end + 1, "）")


def _corner_quotes(text: str) -> Iterator[Edit]:
    """Quotation marks round Chinese words: 「」, and 『』 inside them."""
    for pattern, opening, closing in (
        (r"“([^“”]*)”", "「", "」"),
        (r'"([^"]*)"', "「", "」"),
        (r"‘([^‘’]*)’", "『", "』"),
    ):
        for match in re.finditer(pattern, text):
            if has_han(match[1]):
                yield Edit(match.start(), match.start() + 1, opening)
                yield Edit(match.end() - 1, match.end(), closing)


def _no_spaces(text: str) -> Iterator[Edit]:
    """Spaces between scripts and beside wide marks go; the one after a paragraph's number stays."""
    label = NUMBER_LABEL.match(text.lstrip(_ALONE + " "))
    first = len(text) - len(text.lstrip(_ALONE + " ")) + (label.end() if label else 0)
    for match in re.finditer(r" +", text):
        before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        if not before or not after or match.start() <= first:
            continue
        mixed = (has_han(before) and _narrow(after)) or (_narrow(before) and has_han(after))
        if mixed or before in _WIDE_MARKS[:-2] or after in _WIDE_MARKS[:-2]:
            yield Edit(match.start(), match.end(), "")


def _narrow(character: str) -> bool:
    return character.isascii() and (character.isalnum() or character in "$%()")


_TO_NARROW = {
    "，": ", ", "、": ", ", "；": "; ", "：": ": ", "！": "! ", "？": "? ", "。": ". ", "．": ".",
    "（": " (", "）": ") ", "「": " “", "」": "” ", "『": " ‘", "』": "’ ", "【": " [", "】": "] ",
    "《": " ", "》": " ", "〈": " ", "〉": " ", "\u3000": " ", "……": "...",
}  # fmt: skip
_NARROW_MARK = re.compile(f"\\s*(?:……|[{''.join(mark for mark in _TO_NARROW if len(mark) == 1)}])\\s*")
_OPENS, _CLOSES = "（「『【《〈", "）」』】》〉"
_NO_SPACE_AFTER = "([“‘"
_NO_SPACE_BEFORE = ",.;:!?)]”’%"


def _narrow_marks(text: str) -> Iterator[Edit]:
    """Wide marks become narrow ones with their spaces, unless they stand in Chinese words."""
    chinese = _chinese_spans(text)
    for match in _NARROW_MARK.finditer(text):
        mark = match.start() + len(match[0]) - len(match[0].lstrip(" "))
        if any(start <= mark < end for start, end in chinese):
            continue
        words = _TO_NARROW[match[0].strip() or "\u3000"]
        before, after = text[: match.start()][-1:], text[match.end() :][:1]
        if not before or before in _NO_SPACE_AFTER + _OPENS or before.isspace():
            words = words.lstrip()
        if not after or after in _NO_SPACE_BEFORE + _CLOSES or after in _TO_NARROW:
            words = words.rstrip()
        yield Edit(match.start(), match.end(), words)


def _chinese_spans(text: str) -> list[tuple[int, int]]:
    """Chinese names and quotations in an English text, with the marks that stand round and in them."""
    inside = f"[{_HAN}，。、；：！？（）「」『』《》〈〉\\d]*"
    return [
        (match.start(), match.end())
        for match in re.finditer(
            f"[《「『〈（]*[{_HAN}](?:{inside}[{_HAN}])?(?:[。！？]?[》」』〉）])*", text
        )
        if _balanced(match[0])
    ]


def _balanced(text: str) -> bool:
    return all(
        text.count(opening) == text.count(closing) for opening, closing in zip(_OPENS, _CLOSES, strict=True)
    )


def _single_spaces(text: str) -> Iterator[Edit]:
    for match in re.finditer(r" {2,}(?=\S)|(?<=\S) +(?=[,.;:!?)\]](?:\s|$))", text):
        if not text[: match.start()].strip():
            continue
        gone = text[match.end()] in ",.;:!?)]" and text[match.end() : match.end() + 3] != "..."
        yield Edit(match.start(), match.end(), "" if gone else " ")


def _pairs(text: str, opening: str, closing: str) -> list[tuple[int, int]]:
    """Places of brackets that belong together, the inner ones first."""
    opened: list[int] = []
    found: list[tuple[int, int]] = []
    for at, character in enumerate(text):
        if character == opening:
            opened.append(at)
        elif character == closing and opened:
            found.append((opened.pop(), at))
    return found


def _before(text: str, at: int) -> str:
    """The character before a place, spaces passed over; empty at the start."""
    return text[:at].rstrip(" ")[-1:]


def _after(text: str, at: int) -> str:
    return text[at:].lstrip(" ")[:1]


_CHINESE = (_wide_latin, _dots, _wide_brackets, _corner_quotes, _wide_marks, _no_spaces)
_ENGLISH = (_wide_latin, _narrow_marks, _single_spaces)
