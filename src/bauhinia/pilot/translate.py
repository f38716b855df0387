"""Translate a document, paragraph by paragraph, with the termbase and a reviser's checks.

read -> segment -> translate (each checked, repaired once) -> join -> write back (where the layout is kept)
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, replace

from ..documents import Anchor, Block, Document
from ..documents.layout import Piece, Unit, line, plain, reworded, tagged
from ..documents.layout.typography import typeset
from ..errors import DocumentError
from ..gateway import estimate_tokens
from ..jobs import PassageReady
from ..language import Variety, detect, split_sentences, to_traditional
from .codec import to_json
from .desk import Desk
from .draft import Draft, Finding, Passage, PassageKind, Section
from .keeping import Original, finding_of, paragraphs, shown
from .orders import TranslateOrder
from .segment import Segment, translate_segment, translate_tagged
from .tagged import tagged_segments, tags_of

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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """One paragraph to translate: a unit of the file, or a block of its text."""

    key: str
    text: str
    """Its words."""
    block: Block | None
    unit: Unit | None = None


async def translate(
    order: TranslateOrder, document: Document, desk: Desk, original: Original | None = None
) -> Draft:
    """The document in the other language, a passage a paragraph. With its file, every paragraph of the file's
    stories, so that `Original.written` can put them back. Raises the gateway's errors, DocumentError."""
    to = TARGET[order.to]
    desk.progress("read", 0, len(document.blocks))
    todo = await _todo(order, document, original)
    done: dict[str, asyncio.Task[Segment]] = {}
    passages: list[Passage] = []
    async for passage in desk.in_order(todo, lambda i, work: _passage(desk, i, work, to, done)):
        passages.append(passage)
        desk.report(PassageReady(section=0, passage=to_json(passage)))
        desk.progress("map", len(passages), len(todo), note=passage.source_text)
    title = await _segment(desk, "title", document.title or document.name, to, done, "")
    draft = Draft(
        kind="translate",
        title=title.text,
        sections=(Section(language=to.value, title=title.text, passages=tuple(passages)),),
        usage=desk.usage,
        label=desk.label,
        model=desk.gateway.model,
        layout=document.format if original else "",
    )
    return await _with_layout_notes(draft, original) if original else draft


async def _todo(order: TranslateOrder, document: Document, original: Original | None) -> list[_Work]:
    if original is None:
        return [_Work(key=block.id, text=block.text, block=block) for block in document.blocks]
    units = [unit for unit in await original.units() if unit.story in order.stories]
    return [
        _Work(key=unit.id, text=shown(unit.source), block=block, unit=unit)
        if unit
        else _Work(key=block.id if block else "", text=block.text if block else "", block=block)
        for unit, block in paragraphs(units, document.blocks)
    ]


async def _with_layout_notes(draft: Draft, original: Original) -> Draft:
    """The draft with what the file's writer has to say of it, each at its place."""
    try:
        notes = (await original.written(draft)).notes
    except DocumentError as error:
        whole = Finding(check="layout", severity="error", message=f"{error.message} {error.hint}".strip())
        return replace(draft, layout="", findings=(*draft.findings, whole))
    placed: dict[str, list[Finding]] = {}
    for note in notes:
        if note.check == "tags":
            continue  # told already, with the number of words
        placed.setdefault(note.unit, []).append(finding_of(note))
    (section,) = draft.sections
    passages = tuple(
        replace(passage, findings=(*passage.findings, *placed.get(passage.unit, ())))
        if passage.unit
        else passage
        for passage in section.passages
    )
    findings = (*draft.findings, *placed.get("", ()))
    return replace(draft, sections=(replace(section, passages=passages),), findings=findings)


async def _passage(
    desk: Desk, index: int, work: _Work, to: Variety, done: dict[str, asyncio.Task[Segment]]
) -> Passage:
    """One paragraph, translated segment by segment."""
    if work.unit is None:
        text, findings = await _plain(desk, index, work, to, done)
        tagged_text = ""
    else:
        tagged_text, findings = await _tagged(desk, index, work.unit, to, done)
        text = shown(tagged_text)
    block = work.block
    return Passage(
        id=f"p{index}",
        kind=_KINDS.get(block.kind, "paragraph") if block else "paragraph",
        text=text,
        level=block.level if block else 0,
        source=Anchor(block=block.id, start=0, end=len(block.text), page=block.page) if block else None,
        source_text=work.text,
        unit=work.unit.id if work.unit else "",
        tagged=tagged_text,
        findings=tuple(findings),
        columns=_place(block) if block else {},
    )


async def _plain(
    desk: Desk, index: int, work: _Work, to: Variety, done: dict[str, asyncio.Task[Segment]]
) -> tuple[str, list[Finding]]:
    texts: list[str] = []
    findings: list[Finding] = []
    for number, (start, end) in enumerate(segments(work.text)):
        source = work.text[start:end]
        segment = await _segment(desk, f"{work.key}/{number}", source, to, done, f"p{index}")
        texts.append(segment.text)
        findings += segment.findings
    return ("" if to.is_chinese else " ").join(texts), findings


async def _tagged(
    desk: Desk, index: int, unit: Unit, to: Variety, done: dict[str, asyncio.Task[Segment]]
) -> tuple[str, list[Finding]]:
    """A unit's translation with its tags, set as it will stand in the file."""
    texts: list[str] = []
    findings: list[Finding] = []
    for number, part in enumerate(tagged_segments(unit.source, segments)):
        key = f"{unit.id}/{number}"
        if tags_of(part.text):
            segment = await _tagged_segment(desk, key, part.text, to, done)
            target = segment.tagged
        else:
            segment = await _segment(desk, key, plain(part.text), to, done, f"p{index}")
            target = tagged([Piece("text", segment.text)])
        texts.append(part.restored(target))
        findings += segment.findings
    return typeset(("" if to.is_chinese else " ").join(texts), to), findings


async def _tagged_segment(
    desk: Desk, key: str, source: str, to: Variety, done: dict[str, asyncio.Task[Segment]]
) -> Segment:
    source = source.strip()
    copied = _without_model(line(source), to)
    if copied is not None:
        same = reworded(source, copied)
        return Segment(text=copied, findings=(), tagged=same)
    if source not in done:
        done[source] = asyncio.create_task(translate_tagged(desk, f"translate/{key}", source, to))
    return await done[source]


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
