"""Draft a text of a known kind from instructions and sources; what they do not say is marked, not made up.

read -> gather (the facts the layout needs) -> write (part by part) -> check (figures and names) -> lay out
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from ..documents import Document
from ..gateway import Message, estimate_tokens
from ..jobs import PassageReady
from ..language import Variety, compare_figures, split_sentences
from .codec import to_json
from .desk import Desk
from .draft import Citation, Draft, Finding, Passage, Section
from .evidence import Evidence, missing_names
from .orders import DraftOrder
from .segment import gloss
from .templates import Line, Template

GAP = {"en": "[to be confirmed: {}]", "zh-HK": "[待確認：{}]"}
GAP_KINDS = {
    "en": {
        "money": "amount",
        "date": "date",
        "time": "time",
        "percent": "percentage",
        "reference": "reference",
    },
    "zh-HK": {"money": "款額", "date": "日期", "time": "時間", "percent": "百分比", "reference": "參考編號"},
}
SENTENCE_TOKENS = 60
SYSTEM = {
    "en": (
        "You draft for the Hong Kong Government, in formal British English. You are writing: {title}. "
        "Tone: {tone}\nRules:\n{rules}\n"
        "Take every fact from the instructions and the sources. Invent no name, date, figure or promise. "
        "Where a fact is needed that they do not give, write [to be confirmed: what]. "
        "Write only the part asked for."
    ),
    "zh-HK": (
        "你為香港政府草擬公文，用繁體中文書面語。文種：{title}。語氣：{tone}\n規則：\n{rules}\n"
        "所有事實須取自指示和資料，不得虛構姓名、日期、數字或承諾。欠缺的資料寫作[待確認：甚麼資料]。只寫所要求的部分。"
    ),
}
ASKED = {
    "en": (
        "Instructions:\n{instructions}\n\nSources:\n{sources}\n\n"
        "Now write this part only, in about {count} sentences: {part}"
    ),
    "zh-HK": "指示：\n{instructions}\n\n資料：\n{sources}\n\n現在只寫這一部分，約{count}句：{part}",
}
FIELDS = {
    "en": (
        "From the text, copy these facts exactly as they are written. "
        "Leave one empty if the text does not give it: {labels}"
    ),
    "zh-HK": "從文中照抄以下資料，一字不改。文中沒有的留空：{labels}",
}
_GAPS = re.compile(r"\[(?:to be confirmed|待確認)\s*[:：][^\]]*\]")


async def draft(
    order: DraftOrder, template: Template, documents: Mapping[str, Document], desk: Desk
) -> Draft:
    """The draft, a passage a line of the layout or a sentence of a part. Raises the gateway's errors."""
    desk.progress("read", 0, len(template.parts))
    evidence = Evidence(documents, desk.embed)
    facts = await _gather(order, template, documents, desk)
    known = "\n".join([order.instructions, *(document.text for document in documents.values())])
    written = {}
    async for index, passages in desk.in_order(
        template.parts, lambda _, item: _part(order, template, item, evidence, known, desk)
    ):
        written[index] = passages
        desk.progress("write", len(written), len(template.parts))
    passages = _lay_out(order, template, facts, written)
    for passage in passages:
        desk.report(PassageReady(section=0, passage=to_json(passage)))
    variety = Variety.ENGLISH if order.language == "en" else Variety.TRADITIONAL
    title = template.title[order.language]
    return Draft(
        kind="draft",
        title=title,
        sections=(Section(language=variety.value, title=title, passages=tuple(passages)),),
        findings=tuple(_gaps(passages)),
        usage=desk.usage,
        label=desk.label,
        model=desk.gateway.model,
    )


async def _gather(
    order: DraftOrder, template: Template, documents: Mapping[str, Document], desk: Desk
) -> dict[str, str]:
    """The facts that the layout's fields need, each copied from the text or left out."""
    if not template.fields:
        return {}
    openings = [document.text[:1_500] for document in documents.values()]
    text = "\n\n".join([order.instructions, *openings])
    labels = "; ".join(f"{field.name} = {field.label[order.language]}" for field in template.fields)
    properties = {field.name: {"type": "string", "maxLength": 120} for field in template.fields}
    written = await desk.write(
        "fields",
        [Message("system", FIELDS[order.language].format(labels=labels)), Message("user", text)],
        reply_in=None,
        max_tokens=60 * len(template.fields) + 40,
        schema={
            "type": "object",
            "properties": properties,
            "required": list(properties),
            "additionalProperties": False,
        },
    )
    try:
        found = json.loads(written.text)
    except ValueError:
        return {}
    folded = _folded(text)
    return {
        name: value.strip() for name, value in found.items() if value.strip() and _folded(value) in folded
    }


async def _part(
    order: DraftOrder,
    template: Template,
    item: tuple[int, Line],
    evidence: Evidence,
    known: str,
    desk: Desk,
) -> tuple[int, list[Passage]]:
    """One part, written from the sources nearest to it, and checked against all that is known."""
    index, line = item
    assert line.write is not None
    task = line.write[order.language]
    sources = await _sources(f"{task}\n{order.instructions}", evidence, desk)
    variety = Variety.ENGLISH if order.language == "en" else Variety.TRADITIONAL
    asked = ASKED[order.language].format(
        instructions=gloss(order.instructions, variety, desk.termbase),
        sources=gloss("\n".join(evidence.units[i].context for i in sources), variety, desk.termbase) or "-",
        count=line.sentences,
        part=task,
    )
    written = await desk.write(
        f"part/{index}",
        [Message("system", _system(order, template)), Message("user", asked)],
        reply_in=variety,
        max_tokens=line.sentences * SENTENCE_TOKENS + 40,
        passage=f"part{index}",
    )
    text, _ = desk.termbase.repair(written.text.strip(), variety)
    return index, await _checked(text, index, line, order, known, evidence, sources)


async def _sources(wanted: str, evidence: Evidence, desk: Desk) -> list[int]:
    """Units of the sources to write from: those nearest to the part, within its share of the context."""
    if not evidence.units:
        return []
    chosen, spent = [], 0
    for index, _ in await evidence.nearest(wanted, 40):
        spent += estimate_tokens(evidence.units[index].context)
        if spent > desk.part_tokens:
            break
        chosen.append(index)
    return sorted(chosen)


def _system(order: DraftOrder, template: Template) -> str:
    rules = "\n".join(f"- {rule}" for rule in template.rules[order.language])
    return SYSTEM[order.language].format(
        title=template.title[order.language], tone=template.tone[order.language], rules=rules
    )


async def _checked(
    text: str,
    index: int,
    line: Line,
    order: DraftOrder,
    known: str,
    evidence: Evidence,
    sources: Sequence[int],
) -> list[Passage]:
    """The part's sentences; figures and names that nobody gave become gaps, with a finding."""
    passages = []
    for number, (start, end) in enumerate(split_sentences(text)):
        sentence, findings = _without_inventions(text[start:end].strip(), order, known)
        if not sentence:
            continue
        citations: tuple[Citation, ...] = ()
        if sources:
            support = await evidence.support(sentence, sources)
            citations = support.citations if support.verdict == "ok" else ()
        passages.append(
            Passage(
                id=f"l{index}s{number}",
                kind=line.kind,
                text=sentence,
                run_on=number > 0,
                citations=citations,
                findings=tuple(findings),
            )
        )
    return passages


def _without_inventions(sentence: str, order: DraftOrder, known: str) -> tuple[str, list[Finding]]:
    """The sentence with a gap for each figure that is in neither the instructions nor the sources.

    A name is only pointed at, not taken out: a post or a body may be named in other words than the source's.
    """
    bare = _GAPS.sub(" ", sentence)
    findings = []
    absent = compare_figures(bare, known).missing
    for figure in absent:
        kind = GAP_KINDS[order.language].get(figure.kind, "figure" if order.language == "en" else "數字")
        sentence = sentence.replace(figure.text, GAP[order.language].format(kind), 1)
        findings.append(
            Finding(
                check="numbers",
                severity="warning",
                message=f"“{figure.text}” is in neither the instructions nor the sources; it was taken out.",
                values={"added": figure.text},
            )
        )
    findings += [
        Finding(
            check="names",
            severity="warning",
            message=f"“{name}” is in neither the instructions nor the sources.",
            values={"added": name},
        )
        for name in missing_names(bare, known)
    ]
    return sentence, findings


def _lay_out(
    order: DraftOrder, template: Template, facts: Mapping[str, str], written: Mapping[int, list[Passage]]
) -> list[Passage]:
    """Fixed lines and written parts, in the template's order."""
    labels = {field.name: field.label[order.language] for field in template.fields}
    values = {name: facts.get(name) or GAP[order.language].format(label) for name, label in labels.items()}
    passages: list[Passage] = []
    for index, line in enumerate(template.lines):
        if line.words is None:
            passages += written[index]
        else:
            text = line.words[order.language].format_map(values)
            passages.append(Passage(id=f"l{index}", kind=line.kind, text=text))
    return passages


def _gaps(passages: Sequence[Passage]) -> list[Finding]:
    """One note that lists what the officer has still to fill in."""
    gaps = list(dict.fromkeys(gap for passage in passages for gap in _GAPS.findall(passage.text)))
    if not gaps:
        return []
    listed = ", ".join(gaps)
    return [
        Finding(
            check="gaps",
            severity="note",
            message=f"Still to be filled in: {listed}.",
            values={"missing": listed},
        )
    ]


def _folded(text: str) -> str:
    return "".join(text.split()).casefold()
