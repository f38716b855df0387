"""Translate a document, paragraph by paragraph, with the termbase and a reviser's checks.

read -> segment -> translate (each checked, repaired once) -> join -> write back (where the layout is kept)
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..documents import Anchor, Block, Document
from ..documents.layout import Piece, Unit, line, plain, reworded, tagged
from ..documents.layout.typography import typeset
from ..errors import DocumentError, SameLanguage
from ..gateway import estimate_tokens
from ..jobs import PassageReady
from ..language import Termbase, Variety, detect, split_sentences, to_traditional
from ..translation.memory import Memory
from .codec import to_json
from .desk import Desk
from .draft import Draft, Finding, Passage, PassageKind, Section
from .keeping import Original, finding_of, paragraphs, shown
from .orders import TranslateOrder
from .recalling import Example, Recall, example_of, near_finding, taken
from .segment import Segment, check_translation, translate_segment, translate_tagged
from .tagged import tagged_segments, tags_of

SEGMENT_TOKENS = 110
"""A small model translates one to three sentences well, and begins to leave things out beyond."""
TARGET = {"en": Variety.ENGLISH, "zh-HK": Variety.TRADITIONAL}
LEAST_FOREIGN = 0.05
"""Of a bilingual document, the part in the other language that makes it worth translating."""
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
    example: Example | None = None
    """What the memory has that is near."""

    @property
    def source(self) -> str:
        """Its tagged text."""
        return self.unit.source if self.unit else tagged([Piece("text", self.text)])


async def translate(
    order: TranslateOrder,
    document: Document,
    desk: Desk,
    original: Original | None = None,
    memory: Memory | None = None,
) -> Draft:
    """The document in the other language, a passage a paragraph. With its file, every paragraph of the file's
    stories, so that `Original.written` can put them back. What the memory holds is taken from there, if the
    order says so. Raises the gateway's errors, DocumentError, StoreError."""
    to = TARGET[order.to]
    desk.progress("read", 0, len(document.blocks))
    todo = await _todo(order, document, original)
    recall = _recall(order, todo, desk, memory)
    done: dict[str, asyncio.Task[Segment]] = {}
    passages: list[Passage] = []
    async for passage in desk.in_order(todo, lambda i, work: _recalled(desk, i, work, to, done, recall)):
        passages.append(passage)
        desk.report(PassageReady(section=0, passage=to_json(passage)))
        desk.progress("map", len(passages), len(todo), note=passage.source_text)
    title = await _title(desk, title_of(document), to, done, recall)
    draft = Draft(
        kind="translate",
        title=title,
        sections=(Section(language=to.value, title=title, passages=tuple(passages)),),
        usage=desk.usage,
        label=desk.label,
        origin=desk.origin,
        model=desk.gateway.model,
        layout=document.format if original else "",
    )
    return await _with_layout_notes(draft, original) if original else draft


def title_of(document: Document) -> str:
    """What a translation's title is translated from."""
    return document.title or document.name


def check_language(document: Document, to: Variety) -> None:
    """Refuse a document that is in the wanted language already, but for a name or an address.

    Simplified characters are put into Traditional ones, which is worth an order. Raises SameLanguage.
    """
    texts = [block.text.strip() for block in document.blocks if _LETTERS.search(block.text)]
    foreign = [text for text in texts if _without_model(text, to) != text]
    if sum(map(len, foreign)) < LEAST_FOREIGN * sum(map(len, texts)):
        own, other = ("Chinese", "English") if to.is_chinese else ("English", "Traditional Chinese")
        raise SameLanguage(f"{document.name} is in {own} already.", hint=f"Translate it into {other}.")


_TOLD_ANEW = frozenset(
    {"numbers", "added", "terms", "names", "script", "language", "omission", "untranslated"}
)
"""What `check_translation` tells of a text."""


def rechecked(passage: Passage, to: Variety, termbase: Termbase) -> Passage:
    """An edited passage with what the checks say of it now. What was told of its making stays."""
    made = [finding for finding in passage.findings if finding.check not in _TOLD_ANEW]
    found = check_translation(passage.source_text, passage.text, to, termbase) if passage.text.strip() else ()
    return replace(passage, findings=(*found, *made))


def _recall(order: TranslateOrder, todo: Sequence[_Work], desk: Desk, memory: Memory | None) -> Recall | None:
    if memory is None or not order.memory:
        return None
    sources = [work.source for work in todo]
    return Recall(memory=memory, department=desk.officer.department, to=TARGET[order.to], sources=sources)


async def _title(
    desk: Desk, source: str, to: Variety, done: dict[str, asyncio.Task[Segment]], recall: Recall | None
) -> str:
    whole = tagged([Piece("text", source.strip())])
    if recall is not None and _without_model(source, to) is None:
        match = await recall.text(whole)
        if match is not None and taken(match, whole):
            return line(match.target)
    return (await _segment(desk, "title", source, to, done, "")).text


async def untranslated(order: TranslateOrder, document: Document, original: Original | None) -> list[str]:
    """The tagged texts of what has to be translated, in document order. Raises DocumentError."""
    to = TARGET[order.to]
    todo = await _todo(order, document, original)
    return [work.source for work in todo if _without_model(work.text.strip(), to) is None]


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


async def _recalled(
    desk: Desk,
    index: int,
    work: _Work,
    to: Variety,
    done: dict[str, asyncio.Task[Segment]],
    recall: Recall | None,
) -> Passage:
    """One paragraph from the memory, or translated with what the memory has that is near."""
    if recall is None or _without_model(work.text.strip(), to) is not None:
        return await _passage(desk, index, work, to, done)
    match = await recall.paragraph(index)
    if match is None:
        return await _passage(desk, index, work, to, done)
    if taken(match, work.source):
        words = line(match.target)
        found = check_translation(work.text, words, to, desk.termbase)
        passage = _made(index, work, match.target if work.unit else "", words, found)
        return replace(passage, columns={**passage.columns, "memory": str(match.score)})
    passage = await _passage(desk, index, replace(work, example=example_of(match)), to, done)
    return replace(passage, findings=(*passage.findings, near_finding(match)))


async def _passage(
    desk: Desk, index: int, work: _Work, to: Variety, done: dict[str, asyncio.Task[Segment]]
) -> Passage:
    """One paragraph, translated segment by segment."""
    if work.unit is None:
        text, findings = await _plain(desk, index, work, to, done)
        tagged_text = ""
    else:
        tagged_text, findings = await _tagged(desk, index, work, work.unit, to, done)
        text = shown(tagged_text)
    return _made(index, work, tagged_text, text, findings)


def _made(index: int, work: _Work, tagged_text: str, text: str, findings: Sequence[Finding]) -> Passage:
    block = work.block
    return Passage(
        id=f"p{index}",
        kind=_KINDS.get(block.kind, "paragraph") if block else "paragraph",
        text=text,
        level=block.level if block else 0,
        source=Anchor(block=block.id, start=0, end=len(block.text), page=block.page) if block else None,
        source_text=work.text,
        unit=work.unit.id if work.unit else "",
        tagged_source=work.source,
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
        key = f"{work.key}/{number}"
        segment = await _segment(desk, key, source, to, done, f"p{index}", work.example)
        texts.append(segment.text)
        findings += segment.findings
    return ("" if to.is_chinese else " ").join(texts), findings


async def _tagged(
    desk: Desk, index: int, work: _Work, unit: Unit, to: Variety, done: dict[str, asyncio.Task[Segment]]
) -> tuple[str, list[Finding]]:
    """A unit's translation with its tags, set as it will stand in the file."""
    texts: list[str] = []
    findings: list[Finding] = []
    for number, part in enumerate(tagged_segments(unit.source, segments)):
        key = f"{unit.id}/{number}"
        if tags_of(part.text):
            segment = await _tagged_segment(desk, key, part.text, to, done, work.example)
            target = segment.tagged
        else:
            segment = await _segment(desk, key, plain(part.text), to, done, f"p{index}", work.example)
            target = tagged([Piece("text", segment.text)])
        texts.append(part.restored(target))
        findings += segment.findings
    return typeset(("" if to.is_chinese else " ").join(texts), to), findings


async def _tagged_segment(
    desk: Desk,
    key: str,
    source: str,
    to: Variety,
    done: dict[str, asyncio.Task[Segment]],
    example: Example | None,
) -> Segment:
    source = source.strip()
    copied = _without_model(line(source), to)
    if copied is not None:
        same = reworded(source, copied)
        return Segment(text=copied, findings=(), tagged=same)
    if source not in done:
        work = translate_tagged(desk, f"translate/{key}", source, to, example=example)
        done[source] = asyncio.create_task(work)
    return await done[source]


async def _segment(
    desk: Desk,
    key: str,
    source: str,
    to: Variety,
    done: dict[str, asyncio.Task[Segment]],
    passage: str,
    example: Example | None = None,
) -> Segment:
    """One segment. What needs no model is copied; what is translated already is the same again."""
    source = source.strip()
    if (copied := _without_model(source, to)) is not None:
        return Segment(text=copied, findings=())
    if source not in done:
        work = translate_segment(desk, f"translate/{key}", source, to, passage=passage, example=example)
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
