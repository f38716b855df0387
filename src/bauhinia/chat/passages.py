"""Passages of public documents, with what a person may look them up by."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..documents import Document
from ..errors import NotFound
from ..knowledge import Library, Search
from .turn import Reference


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicDocument:
    """A document, cut down to the passages that were found."""

    document: Document
    reference: Reference


class PublicPassages:
    """What the acting person may read of the library; for guests, the public department's collections."""

    def __init__(self, search: Search, library: Library) -> None:
        self._search = search
        self._library = library

    async def find(self, question: str, most: int) -> dict[str, PublicDocument]:
        """The documents that hold the best passages, by id. Raises the gateway's errors, StoreError."""
        blocks: dict[str, set[str]] = {}
        for hit in (await self._search.find(question, limit=most)).hits:
            anchors = hit.passage.anchors
            blocks.setdefault(hit.passage.document, set()).update(anchor.block for anchor in anchors)
        found = {key: await self._cut_down(key, ids) for key, ids in blocks.items()}
        return {key: document for key, document in found.items() if document is not None}

    async def _cut_down(self, key: str, ids: set[str]) -> PublicDocument | None:
        try:
            document = await self._library.document(key)
        except NotFound:
            return None
        cut = replace(document, blocks=tuple(block for block in document.blocks if block.id in ids))
        title = document.title or document.name
        return PublicDocument(document=cut, reference=Reference(title=title, url=f"/chat/sources/{key}"))
