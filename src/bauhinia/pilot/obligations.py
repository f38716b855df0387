"""The table of an analysis: who must do what, by when, for how much.

find the sentences that bind, date or cost -> say who and what -> check that the words stand there

A program finds the sentences, dates and amounts, so that none is missed or invented; the model only names the
party and puts the action in short.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..documents import Document
from ..gateway import Message, data
from ..jobs import PassageReady
from ..language import Variety, figures
from .codec import to_json
from .desk import Desk
from .draft import Citation, Finding, Passage, Section
from .evidence import Evidence, Unit
from .orders import AnalyseOrder
from .reading import variety_of
from .segment import translate_segment

COLUMNS = ("kind", "party", "action", "when", "amount")
"""Ids of the table's columns; the page and the exports name them in the reader's language."""
BATCH = 4
"""Sentences that a model reads at a time."""
ENGLISH = re.compile(
    r"\b(must|shall|should|is required to|are required to|be required to|required to|has to|have to|is to|"
    r"are to|may not|will need to|need to|is obliged|are obliged|no later than|not later than|is prohibited|"
    r"are requested to)\b",
    re.IGNORECASE,
)
CHINESE = re.compile(
    r"必須|務須|均須|應當|應該|不得|有責任|有義務|一律須|(?<![無毋不])須|[應](?=[在於向將把按以先自盡])|請於|不應|負責"
)


def binds(sentence: str) -> bool:
    """Whether the sentence says what somebody must, should or may not do."""
    return bool(ENGLISH.search(sentence) or CHINESE.search(sentence))


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A sentence that binds someone, or names a date or an amount."""

    unit: Unit
    kind: str
    """`obligation`, `date` or `amount`."""
    when: str
    amount: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of the table."""

    columns: dict[str, str]
    citations: tuple[Citation, ...]
    findings: tuple[Finding, ...]


async def table_of(
    order: AnalyseOrder, documents: Mapping[str, Document], evidence: Evidence, desk: Desk
) -> Section:
    """Obligations, dates, amounts and parties: a row a sentence, each cited. Raises the gateway's errors."""
    tongue = Variety.TRADITIONAL if variety_of(documents).is_chinese else Variety.ENGLISH
    wanted = Variety.ENGLISH if order.language == "en" else Variety.TRADITIONAL
    candidates = [found for unit in evidence.units if (found := candidate(unit))]
    batches = [candidates[start : start + BATCH] for start in range(0, len(candidates), BATCH)]
    passages: list[Passage] = []
    async for rows in desk.in_order(batches, lambda i, batch: _rows(desk, i, batch, tongue, wanted)):
        for row in rows:
            passages.append(_passage(len(passages), row))
            desk.report(PassageReady(section=0, passage=to_json(passages[-1])))
        desk.progress("map", len(passages), len(candidates))
    return Section(language=wanted.value, title="", passages=tuple(passages))


def candidate(unit: Unit) -> Candidate | None:
    """What a program can tell of a sentence for certain: that it binds, its dates, its amounts."""
    found = figures(unit.text)
    when = "; ".join(figure.text for figure in found if figure.kind in ("date", "time"))
    amount = "; ".join(figure.text for figure in found if figure.kind == "money")
    kind = "obligation" if binds(unit.text) else "date" if when else "amount" if amount else ""
    return Candidate(unit=unit, kind=kind, when=when, amount=amount) if kind else None


def _passage(index: int, row: Row) -> Passage:
    return Passage(
        id=f"p{index}",
        kind="row",
        text="",
        columns=row.columns,
        citations=row.citations,
        findings=row.findings,
    )


_INSTRUCTION = {
    "en": (
        "For each numbered sentence give who it concerns (party) and, in at most twelve words, what is to be "
        "done or happens (action), in the words of the sentence. Leave party empty where the sentence names "
        "none."
    ),
    "zh": (
        "就每一句（已編號）寫出涉及的人士或機構（party），以及須做或發生的事（action，最多二十字），"
        "用原句的字眼。沒有提及的，party 留空。"
    ),
}


def _schema(count: int) -> dict[str, Any]:
    """JSON schema of the model's answer for `count` sentences."""
    row = {
        "type": "object",
        "properties": {
            "n": {"type": "integer"},
            "party": {"type": "string", "maxLength": 80},
            "action": {"type": "string", "maxLength": 160},
        },
        "required": ["n", "party", "action"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {"rows": {"type": "array", "items": row, "maxItems": count}},
        "required": ["rows"],
        "additionalProperties": False,
    }


async def _rows(
    desk: Desk, number: int, batch: Sequence[Candidate], tongue: Variety, wanted: Variety
) -> list[Row]:
    """One batch: the model names party and action, the program checks that their words are there."""
    listed = "\n".join(f"{i}. {found.unit.text}" for i, found in enumerate(batch, 1))
    written = await desk.write(
        f"rows/{number}",
        [Message("system", _INSTRUCTION["zh" if tongue.is_chinese else "en"]), Message("user", data(listed))],
        reply_in=None,
        max_tokens=90 * len(batch) + 40,
        schema=_schema(len(batch)),
    )
    named = _parsed(written.text)
    return [
        await _row(desk, f"rows/{number}/{i}", found, named.get(i, ("", "")), tongue, wanted)
        for i, found in enumerate(batch, 1)
    ]


def _parsed(text: str) -> dict[int, tuple[str, str]]:
    """Party and action by number. An answer that was cut short names nobody."""
    try:
        rows = json.loads(text)["rows"]
        return {int(row["n"]): (str(row["party"]).strip(), str(row["action"]).strip()) for row in rows}
    except (ValueError, KeyError, TypeError):
        return {}


async def _row(
    desk: Desk, key: str, found: Candidate, named: tuple[str, str], tongue: Variety, wanted: Variety
) -> Row:
    """A row in the wanted language; an action in words that are not the sentence's gives way to it."""
    source = found.unit.text
    party, action = (said(words, source) for words in named)
    action = action or source
    findings: tuple[Finding, ...] = ()
    if wanted is not tongue:
        segment = await translate_segment(desk, f"{key}/action", action, wanted)
        action, findings = segment.text, segment.findings
        party = (await translate_segment(desk, f"{key}/party", party, wanted)).text if party else ""
    columns = {
        "kind": found.kind,
        "party": party,
        "action": action,
        "when": found.when,
        "amount": found.amount,
    }
    return Row(columns=columns, citations=(found.unit.citation(1.0),), findings=findings)


def said(words: str, source: str) -> str:
    """The words, if at least 70 % of them stand in the source; else nothing."""
    pieces = words.split() if words.isascii() else list(words)
    if not pieces:
        return ""
    folded = source.casefold()
    held = sum(piece.casefold().strip(".,;:") in folded for piece in pieces)
    return words if held / len(pieces) >= 0.7 else ""
