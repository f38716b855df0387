"""The product's arm of the comparison: the pilot's own tasks, through the door, as an order runs them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from ..documents import Document, read_document
from ..jobs import UnkeptSteps
from ..pilot import Draft, TaskKind
from ..pilot import Finding as PilotFinding
from ..pilot.analyse import analyse
from ..pilot.desk import Desk
from ..pilot.office import Office
from ..pilot.orders import AnalyseOrder, SummariseOrder
from ..pilot.segment import translate_segment
from ..pilot.summarise import summarise
from ..settings import Limits
from .product import Flag, Reply, Statement, language_of
from .sets import SourceText


class PilotArm:
    """The pilot, asked one thing at a time."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._read: dict[str, Document] = {}

    async def translate_segment(self, text: str, to: Literal["en", "zh-HK"]) -> Reply:
        """As one paragraph of a document is translated."""
        segment = await translate_segment(self._desk("translate"), "segment", text, language_of(to))
        return Reply(text=segment.text, flags=_flags(segment.findings))

    async def answer(self, document: SourceText, question: str) -> Reply:
        """As the analyse page answers."""
        order = AnalyseOrder(documents=[document.id], question=question)
        source = await self._document(f"# {document.title}\n\n{document.text}")
        draft = await analyse(order, {document.id: source}, self._desk("analyse"))
        quotes = tuple(c.quote for passage in draft.passages() for c in passage.citations)
        return Reply(text=_text(draft), flags=_flags(draft.findings), citations=quotes)

    async def summarise(self, document: str, language: Literal["en", "zh-HK"]) -> Sequence[Statement]:
        """As the summarise page does at medium length; what was left out is not shown as a statement."""
        order = SummariseOrder(documents=["source"], language=language)
        draft = await summarise(order, {"source": await self._document(document)}, self._desk("summarise"))
        return tuple(Statement(text=p.text, flagged=bool(p.findings)) for p in draft.passages())

    def _desk(self, kind: TaskKind) -> Desk:
        return self._office.desk(kind, steps=UnkeptSteps(), report=lambda _: None)

    async def _document(self, markdown: str) -> Document:
        if markdown not in self._read:
            self._read[markdown] = await read_document(markdown.encode(), "source.md", Limits())
        return self._read[markdown]


def _flags(findings: Sequence[PilotFinding]) -> tuple[Flag, ...]:
    return tuple(
        Flag(check=finding.check, message=finding.message, values=tuple(finding.values.values()))
        for finding in findings
    )


def _text(draft: Draft) -> str:
    section = draft.sections[0]
    joint = "" if section.language != "en" else " "
    return joint.join(passage.text for passage in section.passages)
