"""Analyse documents: answer a question with citations, or set out what they oblige, by when, for how much.

question: find the passages -> answer from them alone -> tie every sentence to its source
table:    find the sentences that bind, date, or cost -> say who must do what -> check each cell
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..documents import Document
from ..gateway import Message
from ..jobs import PassageReady
from ..language import Variety, detect, figures, split_sentences
from .codec import to_json
from .desk import Desk
from .draft import Citation, Draft, Finding, Passage, Section
from .evidence import Evidence, Unit
from .obligations import binds
from .orders import AnalyseOrder
from .reading import variety_of
from .segment import translate_segment
from .tokens import approximate_tokens

ANSWER_TOKENS = 320
BATCH = 4
"""Sentences a model reads at a time for the table."""
NOT_FOUND = {
    Variety.ENGLISH: "This is not in the document.",
    Variety.TRADITIONAL: "文件中沒有這項資料。",
    Variety.SIMPLIFIED: "文件中没有这项资料。",
    Variety.CANTONESE: "份文件入面冇講到呢樣嘢。",
}
QUESTION = {
    Variety.ENGLISH: (
        "Answer the question from the extracts only, in English, in one to three sentences. Copy names and "
        "figures exactly. If the extracts do not hold the answer, write only: NOT FOUND"
    ),
    Variety.TRADITIONAL: (
        "只根據摘錄回答問題，用繁體中文書面語，一至三句。名稱和數字照抄原文。如摘錄沒有答案，只寫：NOT FOUND"
    ),
    Variety.SIMPLIFIED: (
        "只根据摘录回答问题，用简体中文，一至三句。名称和数字照抄原文。如摘录没有答案，只写：NOT FOUND"
    ),
    Variety.CANTONESE: (
        "淨係根據摘錄答問題，用廣東話口語（例如：係、喺、嘅、咗、唔、冇、佢哋），一至三句。名同數字照抄原文。"
        "如果摘錄冇答案，淨係寫：NOT FOUND"
    ),
}
MISSING = "NOT FOUND"
COLUMNS = ("kind", "party", "action", "when", "amount")
"""Ids of the table's columns; the page and the exports name them in the reader's language."""


async def analyse(order: AnalyseOrder, documents: Mapping[str, Document], desk: Desk) -> Draft:
    """Answer or table, by the order's mode. Raises the gateway's errors."""
    desk.progress("read")
    evidence = Evidence(documents, desk.embed)
    section, findings = await (_answer if order.mode == "question" else _table)(
        order, documents, evidence, desk
    )
    first = next(iter(documents.values()))
    return Draft(
        kind="analyse",
        title=order.question if order.mode == "question" else (first.title or first.name),
        sections=(section,),
        findings=tuple(findings),
        usage=desk.usage,
        label=desk.label,
        model=desk.gateway.model,
    )


async def _answer(
    order: AnalyseOrder, documents: Mapping[str, Document], evidence: Evidence, desk: Desk
) -> tuple[Section, list[Finding]]:
    """An answer in the asker's language, each sentence cited or left out."""
    asked = detect(order.question).variety
    tongue = asked if asked in QUESTION else Variety.ENGLISH
    extracts = await _extracts(order.question, evidence, desk)
    desk.progress("write")
    text = "\n".join(evidence.units[index].context for index in extracts)
    written = await desk.write(
        "answer",
        [Message("system", QUESTION[tongue]), Message("user", f"{text}\n\n{order.question}")],
        reply_in=tongue,
        max_tokens=ANSWER_TOKENS,
        passage="p0",
    )
    desk.progress("check")
    passages, findings = await _checked(written.text, extracts, evidence)
    if not passages:
        passages = [Passage(id="p0", kind="paragraph", text=NOT_FOUND[tongue])]
    for passage in passages:
        desk.report(PassageReady(section=0, passage=to_json(passage)))
    return Section(language=tongue.value, title=order.question, passages=tuple(passages)), findings


async def _extracts(question: str, evidence: Evidence, desk: Desk) -> list[int]:
    """Units to answer from, in the documents' order: all of a short document, else the nearest and their
    neighbours."""
    everything = list(range(len(evidence.units)))
    if sum(approximate_tokens(unit.text) for unit in evidence.units) <= desk.part_tokens:
        return everything
    desk.progress("find")
    chosen: set[int] = set()
    spent = 0
    for index, _ in await evidence.nearest(question, len(evidence.units)):
        around = [i for i in (index - 1, index, index + 1) if i in range(len(evidence.units)) and i not in chosen]
        cost = sum(approximate_tokens(evidence.units[i].context) for i in around)
        if spent + cost > desk.part_tokens:
            break
        chosen.update(around)
        spent += cost
    return sorted(chosen)


async def _checked(
    answer: str, extracts: Sequence[int], evidence: Evidence
) -> tuple[list[Passage], list[Finding]]:
    """The answer's sentences that the extracts bear out; a finding for each that they do not."""
    passages: list[Passage] = []
    findings: list[Finding] = []
    if MISSING.casefold() in answer.casefold().replace("_", " "):
        return passages, findings
    for start, end in split_sentences(answer):
        sentence = answer[start:end].strip()
        if not sentence:
            continue
        support = await evidence.support(sentence, extracts)
        if support.verdict == "ok":
            passages.append(
                Passage(
                    id=f"p{len(passages)}",
                    kind="paragraph",
                    text=sentence,
                    run_on=bool(passages),
                    citations=support.citations,
                )
            )
        else:
            missing = ", ".join(support.missing)
            findings.append(
                Finding(
                    check="support",
                    severity="warning",
                    message=f"Left out, since the document does not bear it out: {sentence}",
                    values={"statement": sentence, "missing": missing},
                )
            )
    return passages, findings


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    """A sentence that binds someone, or names a date or an amount."""

    index: int
    unit: Unit
    kind: str
    when: str
    amount: str


async def _table(
    order: AnalyseOrder, documents: Mapping[str, Document], evidence: Evidence, desk: Desk
) -> tuple[Section, list[Finding]]:
    """Obligations, dates, amounts and parties, a row a sentence, each cited."""
    tongue = Variety.TRADITIONAL if variety_of(documents).is_chinese else Variety.ENGLISH
    wanted = Variety.ENGLISH if order.language == "en" else Variety.TRADITIONAL
    candidates = [c for index, unit in enumerate(evidence.units) if (c := _candidate(index, unit))]
    batches = [candidates[start : start + BATCH] for start in range(0, len(candidates), BATCH)]
    passages: list[Passage] = []
    async for rows in desk.in_order(batches, lambda i, batch: _rows(desk, i, batch, tongue, wanted)):
        for row in rows:
            passage = Passage(
                id=f"p{len(passages)}",
                kind="row",
                text="",
                columns=row.columns,
                citations=row.citations,
                findings=row.findings,
            )
            passages.append(passage)
            desk.report(PassageReady(section=0, passage=to_json(passage)))
        desk.progress("map", min(len(passages), len(candidates)), len(candidates))
    return Section(language=wanted.value, title="", passages=tuple(passages)), []


def _candidate(index: int, unit: Unit) -> _Candidate | None:
    """What a program can tell of a sentence for certain: that it binds, its dates, its amounts."""
    found = figures(unit.text)
    when = "; ".join(figure.text for figure in found if figure.kind in ("date", "time"))
    amount = "; ".join(figure.text for figure in found if figure.kind == "money")
    kind = "obligation" if binds(unit.text) else "date" if when else "amount" if amount else ""
    return _Candidate(index=index, unit=unit, kind=kind, when=when, amount=amount) if kind else None


_ROWS = {
    "en": (
        "For each numbered sentence give who it concerns (party) and, in at most twelve words, what is to be done "
        "or happens (action), in the words of the sentence. Leave party empty where the sentence names none."
    ),
    "zh": "就每一句（已編號）寫出涉及的人士或機構（party），以及須做或發生的事（action，最多二十字），用原句的字眼。沒有提及的，party 留空。",
}
_SCHEMA = {
    "type": "object",
    "properties": {
        "rows": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "n": {"type": "integer"},
                    "party": {"type": "string", "maxLength": 80},
                    "action": {"type": "string", "maxLength": 160},
                },
                "required": ["n", "party", "action"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["rows"],
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    columns: dict[str, str]
    citations: tuple[Citation, ...]
    findings: tuple[Finding, ...]


async def _rows(
    desk: Desk, number: int, batch: Sequence[_Candidate], tongue: Variety, wanted: Variety
) -> list[_Row]:
    """The rows of one batch: the model names party and action, the program checks that the words are there."""
    listed = "\n".join(f"{i}. {candidate.unit.text}" for i, candidate in enumerate(batch, 1))
    written = await desk.write(
        f"rows/{number}",
        [Message("system", _ROWS["zh" if tongue.is_chinese else "en"]), Message("user", listed)],
        reply_in=None,
        max_tokens=90 * len(batch) + 40,
        schema={**_SCHEMA, "properties": {"rows": {**_SCHEMA["properties"]["rows"], "maxItems": len(batch)}}},  # type: ignore[index]
    )
    named = _parsed(written.text)
    return [
        await _row(desk, f"rows/{number}/{i}", candidate, named.get(i, ("", "")), tongue, wanted)
        for i, candidate in enumerate(batch, 1)
    ]


def _parsed(text: str) -> dict[int, tuple[str, str]]:
    """Party and action by number. An answer cut short gives what it has."""
    try:
        rows = json.loads(text)["rows"]
    except (ValueError, KeyError, TypeError):
        return {}
    return {row["n"]: (row["party"].strip(), row["action"].strip()) for row in rows}


async def _row(
    desk: Desk, key: str, candidate: _Candidate, named: tuple[str, str], tongue: Variety, wanted: Variety
) -> _Row:
    source = candidate.unit.text
    party, action = (_said(words, source) for words in named)
    findings = ()
    action = action or source
    if wanted is not tongue:
        segment = await translate_segment(desk, f"{key}/action", action, wanted)
        action, findings = segment.text, segment.findings
        party = (await translate_segment(desk, f"{key}/party", party, wanted)).text if party else ""
    columns = {
        "kind": candidate.kind,
        "party": party,
        "action": action,
        "when": candidate.when,
        "amount": candidate.amount,
    }
    return _Row(columns=columns, citations=(candidate.unit.citation(1.0),), findings=findings)


def _said(words: str, source: str) -> str:
    """The words, if most of them stand in the source; else nothing."""
    pieces = words.split() if words.isascii() else list(words)
    if not pieces:
        return ""
    folded = source.casefold()
    held = sum(piece.casefold().strip(".,;:") in folded for piece in pieces)
    return words if held / len(pieces) >= 0.7 else ""
