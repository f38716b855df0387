"""Compare two versions, in whatever formats, in one language or in two: what changed in substance, and where.

read -> align -> find what changed -> say it -> (have the model open with an overview)

A program aligns, finds and says; every sentence is cited to both documents. The model is asked only for an
overview, of nothing but these sentences, and what it adds to them is left out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..documents import Anchor, Document
from ..documents.comparison import (
    Comparison,
    align_sentences,
    compare_documents,
    compare_translations,
)
from ..gateway import Message, data
from ..jobs import PassageReady
from ..language import Variety, compare_figures, detect, names, same_name
from .change_wording import sentence, totals
from .codec import to_json
from .desk import Desk
from .draft import Citation, Draft, Finding, Passage, Section
from .orders import CompareOrder
from .reading import SAMPLE
from .substance import Change, Sides, changes_across, changes_within
from .summarise import split_statements

BATCH = 64
"""Texts that are embedded at a time: between batches a task can be cancelled."""
OVERVIEW_TOKENS = 240
MOST_SHOWN = 40
"""Changes that the model is shown for its overview."""
INSTRUCTION = {
    "en": (
        "You are given a list of changes between two versions of a government document. Write two or three "
        "sentences that tell an officer what matters most. Use only the list, copy names and figures "
        "exactly, and add nothing."
    ),
    "zh": (
        "以下是一份政府文件兩個版本之間的改動。請用繁體中文書面語寫兩至三句，說明最重要的改動。"
        "只用列出的內容，名稱和數字照抄，不要添加任何資料。"
    ),
}


async def compare(order: CompareOrder, documents: Mapping[str, Document], desk: Desk) -> Draft:
    """The changes from the first document to the second. Raises the gateway's errors."""
    desk.progress("read")
    keys = (order.documents[0], order.documents[1])
    sides = Sides.of(documents[keys[0]], documents[keys[1]])
    language = Variety.TRADITIONAL if order.language == "zh-HK" else Variety.ENGLISH
    comparison, changes = await _found(sides, desk)
    desk.progress("write")
    said = [sentence(change, language, across=comparison.across) for change in changes]
    overview, findings = await _overview(said, language, desk) if order.overview and said else ([], [])
    found = [*_opening(comparison, changes, language, overview), *_told(changes, said, keys, sides)]
    passages = [replace(passage, id=f"p{index}") for index, passage in enumerate(found)]
    for passage in passages:
        desk.report(PassageReady(section=0, passage=to_json(passage)))
    return Draft(
        kind="compare",
        title=sides.new.title or sides.new.name,
        sections=(Section(language=language.value, title="", passages=tuple(passages)),),
        findings=tuple(findings),
        usage=desk.usage,
        label=desk.label,
        origin=desk.origin,
        model=desk.gateway.model if order.overview else "",
        comparison=comparison,
    )


async def _found(sides: Sides, desk: Desk) -> tuple[Comparison, list[Change]]:
    """The documents side by side, and the changes of substance."""
    varieties = _tongue(sides.old), _tongue(sides.new)
    if varieties[0] is varieties[1]:
        desk.progress("align")
        comparison = await asyncio.to_thread(compare_documents, sides.old, sides.new)
        return comparison, await asyncio.to_thread(changes_within, comparison, sides)

    async def embed(texts: Sequence[str]) -> list[list[float]]:
        vectors: list[list[float]] = []
        for start in range(0, len(texts), BATCH):
            desk.progress("align", start, len(texts))
            vectors += await desk.embed(texts[start : start + BATCH])
        return vectors

    comparison = await compare_translations(sides.old, sides.new, varieties, desk.termbase, embed)
    texts = [
        (sides.texts.before(comparison.pairs, pair), sides.texts.after(pair))
        for pair in comparison.pairs
        if pair.old and pair.new
    ]
    sentences = await align_sentences(texts, varieties, desk.termbase, embed)
    desk.progress("check")
    return comparison, await asyncio.to_thread(changes_across, comparison, sides, sentences)


def _tongue(document: Document) -> Variety:
    """The language that versions are held against one another in: Cantonese counts as written Chinese."""
    variety = detect(document.text[:SAMPLE]).variety
    if variety is Variety.SIMPLIFIED or variety is Variety.ENGLISH:
        return variety
    return Variety.TRADITIONAL if variety.is_chinese else Variety.ENGLISH


def _opening(
    comparison: Comparison, changes: Sequence[Change], language: Variety, overview: Sequence[str]
) -> list[Passage]:
    """How much changed, and the model's overview if it was asked for."""
    told = {change.pair for change in changes}
    wording = sum(
        pair.kind in ("changed", "moved_to") and bool(pair.edits) and not pair.renumbered and n not in told
        for n, pair in enumerate(comparison.pairs)
    )
    total = totals(changes, 0 if comparison.across else wording, language, across=comparison.across)
    return [
        Passage(id="", kind="paragraph", text=total),
        *(Passage(id="", kind="paragraph", text=text, run_on=n > 0) for n, text in enumerate(overview)),
    ]


def _told(
    changes: Sequence[Change], said: Sequence[str], keys: tuple[str, str], sides: Sides
) -> list[Passage]:
    """A bullet a change, cited to both documents, under the headings that the changes stand under."""
    passages: list[Passage] = []
    heading = ""
    for change, text in zip(changes, said, strict=True):
        if change.where and change.where != heading:
            passages.append(Passage(id="", kind="heading", text=change.where, level=2))
        heading = change.where
        citations = (
            *(_citation(keys[0], sides.old, anchor) for anchor in change.old_anchors),
            *(_citation(keys[1], sides.new, anchor) for anchor in change.new_anchors),
        )
        columns = {"change": change.kind, "pair": str(change.pair)}
        passages.append(Passage(id="", kind="bullet", text=text, citations=citations, columns=columns))
    return passages


def _citation(key: str, document: Document, anchor: Anchor) -> Citation:
    return Citation(document=key, anchor=anchor, quote=document.quote(anchor), support=1.0)


async def _overview(said: Sequence[str], language: Variety, desk: Desk) -> tuple[list[str], list[Finding]]:
    """The model's sentences without figures and names but those of the changes; the rest are findings."""
    listed = "\n".join(said[:MOST_SHOWN])
    written = await desk.write(
        "overview",
        [
            Message("system", INSTRUCTION["zh" if language.is_chinese else "en"]),
            Message("user", data(listed)),
        ],
        reply_in=language,
        max_tokens=OVERVIEW_TOKENS,
        passage="overview",
    )
    desk.progress("check")
    kept: list[str] = []
    findings: list[Finding] = []
    for text in split_statements(written.text, cut=written.cut)[:3]:
        missing = _not_listed(text, listed)
        if not missing:
            kept.append(text)
            continue
        findings.append(
            Finding(
                check="support",
                severity="warning",
                message=f"Left out, since the changes do not have {', '.join(missing)}: {text}",
                values={"statement": text, "missing": ", ".join(missing)},
            )
        )
    return kept, findings


def _not_listed(text: str, listed: str) -> list[str]:
    """Figures and names of a sentence that the changes do not have."""
    figures = [figure.text for figure in compare_figures(text, listed).missing]
    held = names(listed)
    return figures + [
        name
        for name in names(text)
        if name not in listed and not any(same_name(name, other) for other in held)
    ]
