"""Ask the library: find passages, answer from them alone, cite each sentence, or say that there is nothing.

find → answer and check, as `analyse` does with a document's extracts
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..documents import Document
from ..errors import NotFound
from ..jobs import PassageReady, Steps
from ..knowledge import Library, Search
from ..language import Variety
from .analyse import UNCONFIRMED, Unfound, answer, asked_in
from .codec import to_json
from .desk import Desk
from .draft import Draft, Passage, Section
from .evidence import Evidence
from .orders import AskOrder

PASSAGES = 6
"""Found passages that are answered from."""
NOT_FOUND = {
    Variety.ENGLISH: "This was not found in the library.",
    Variety.TRADITIONAL: "在知識庫中找不到這項資料。",
    Variety.SIMPLIFIED: "在知识库中找不到这项资料。",
    Variety.CANTONESE: "喺知識庫入面搵唔到呢樣嘢。",
}
UNFOUND = Unfound(silent=NOT_FOUND, unconfirmed=UNCONFIRMED)


async def passages_for(
    order: AskOrder, steps: Steps, search: Search, library: Library
) -> dict[str, Document]:
    """The documents that hold the passages found, each cut down to these, by id.

    What is kept of the search is where the passages stand: a checkpoint would outlive the documents' words.
    """

    async def work() -> list[dict[str, Any]]:
        found = await search.find(
            order.question,
            collection=order.collection or None,
            limit=PASSAGES,
            classification=order.classification,
        )
        return [
            {"document": hit.passage.document, "blocks": [anchor.block for anchor in hit.passage.anchors]}
            for hit in found.hits
        ]

    blocks: dict[str, set[str]] = {}
    for found in await steps.run("find", work):
        blocks.setdefault(found["document"], set()).update(found["blocks"])
    return {key: cut for key, ids in blocks.items() if (cut := await _cut_down(library, key, ids))}


async def ask(order: AskOrder, documents: Mapping[str, Document], desk: Desk) -> Draft:
    """An answer from the passages of these documents. Raises the gateway's errors."""
    desk.progress("find")
    if documents:
        section, findings = await answer(order, Evidence(documents, desk.embed), desk, UNFOUND)
    else:
        section, findings = _nothing(order, desk), []
    return Draft(
        kind="ask",
        title=order.question,
        sections=(section,),
        findings=tuple(findings),
        usage=desk.usage,
        label=desk.label,
        origin=desk.origin,
        model=desk.gateway.model if documents else "",
    )


def _nothing(order: AskOrder, desk: Desk) -> Section:
    language = asked_in(order)
    passage = Passage(id="p0", kind="paragraph", text=NOT_FOUND[language])
    desk.report(PassageReady(section=0, passage=to_json(passage)))
    return Section(language=language.value, title=order.question, passages=(passage,))


async def _cut_down(library: Library, key: str, blocks: set[str]) -> Document | None:
    """The document with these blocks alone; None once it was removed."""
    try:
        document = await library.document(key)
    except NotFound:
        return None
    return replace(document, blocks=tuple(block for block in document.blocks if block.id in blocks))
