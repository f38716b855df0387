"""Translate a document, paragraph by paragraph, with the termbase and a reviser's checks.

read -> segment -> translate (each checked, repaired once) -> join
"""

from __future__ import annotations

import asyncio
import re

from ..documents import Anchor, Block, Document
from ..gateway import estimate_tokens
from ..jobs import PassageReady
from ..language import Variety, detect, split_sentences, to_traditional
from .codec import to_json
from .desk import Desk
from .draft import Draft, Finding, Passage, PassageKind, Section
from .orders import TranslateOrder
from .segment import Segment, translate_segment

SEGMENT_TOKENS = 110
"""A small model translates one to three sentences well, and begins to leave things out beyond."""
TARGET = {"en": Variety.ENGLISH, "zh-HK": Variety.TRADITIONAL}
_LETTERS = re.compile(r"[^\W\d_]")
_KINDS: dict[str, PassageKind] = {
    "title": "heading",
    "heading": "heading",
    "list_item": "bullet",
    "table_cell": "table_cell",
}


async def translate(order: TranslateOrder, document: Document, desk: Desk) -> Draft:
    """The document in the other language, a passage a block. Raises the gateway's errors."""
    to = TARGET[order.to]
    blocks = document.blocks
    desk.progress("read", 0, len(blocks))
    done: dict[str, asyncio.Task[Segment]] = {}
    passages: list[Passage] = []
    async for passage in desk.in_order(blocks, lambda i, block: _passage(desk, i, block, to, done)):
        passages.append(passage)
        desk.report(PassageReady(section=0, passage=to_json(passage)))
        desk.progress("map", len(passages), len(blocks), note=passage.source_text)
    title = await _segment(desk, "title", document.title or document.name, to, done, "")
    return Draft(
        kind="translate",
        title=title.text,
        sections=(Section(language=to.value, title=title.text, passages=tuple(passages)),),
        usage=desk.usage,
        label=desk.label,
        model=desk.gateway.model,
    )


async def _passage(
    desk: Desk, index: int, block: Block, to: Variety, done: dict[str, asyncio.Task[Segment]]
) -> Passage:
    """One block, translated segment by segment."""
    texts: list[str] = []
    findings: list[Finding] = []
    for number, (start, end) in enumerate(segments(block.text)):
        source = block.text[start:end]
        segment = await _segment(desk, f"{block.id}/{number}", source, to, done, f"p{index}")
        texts.append(segment.text)
        findings += segment.findings
    return Passage(
        id=f"p{index}",
        kind=_KINDS.get(block.kind, "paragraph"),
        text=("" if to.is_chinese else " ").join(texts),
        level=block.level,
        source=Anchor(block=block.id, start=0, end=len(block.text), page=block.page),
        source_text=block.text,
        findings=tuple(findings),
        columns=_place(block),
    )


async def _segment(
    desk: Desk, key: str, source: str, to: Variety, done: dict[str, asyncio.Task[Segment]], passage: str
) -> Segment:
    """One segment. What needs no model is copied; what is translated already is the same again."""
    source = source.strip()
    if (copied := _without_model(source, to)) is not None:
        return Segment(text=copied, findings=())
    if source not in done:
        work = translate_segment(desk, f"translate/{key}", source, to, passage=passage)
        done[source] = asyncio.create_task(work)
    return await done[source]


def _without_model(source: str, to: Variety) -> str | None:
    """The text itself where it has no words, or is in the wanted language; None where a model must write."""
    if not _LETTERS.search(source):
        return source
    variety = detect(source).variety
    if to is Variety.TRADITIONAL and variety.is_chinese:
        return to_traditional(source) if variety is Variety.SIMPLIFIED else source
    if to is Variety.ENGLISH and variety is Variety.ENGLISH:
        return source
    return None


def segments(text: str) -> list[tuple[int, int]]:
    """Spans of whole sentences, as many together as a small model translates well."""
    spans: list[tuple[int, int]] = []
    for start, end in split_sentences(text):
        if spans and estimate_tokens(text[spans[-1][0] : end]) <= SEGMENT_TOKENS:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans


def _place(block: Block) -> dict[str, str]:
    """Where a table cell stands, so that the table can be built again."""
    if block.cell is None:
        return {}
    return {
        "table": str(block.cell.table),
        "row": str(block.cell.row),
        "column": str(block.cell.column),
    }
