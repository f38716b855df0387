"""Files that a person adds to a question: read in the cage, held in memory for a while, never on the disk.

picture or document -> read_document (OCR page by page) -> Document, held for its owner -> passages to ask
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ..documents import Document, read_document, read_page, with_pages
from ..errors import InputError, NotFound
from ..knowledge.tokens import tokens
from ..people import Officer
from ..settings import Limits
from .passages import PublicDocument
from .turn import Reference

HELD_SECONDS = 30 * 60.0
MOST = 3
"""Files that a person has held at a time; a further one takes the place of the oldest."""
MOST_OF_ALL = 500
"""Files of everybody."""
LIMITS = Limits(
    file_bytes=10_000_000,
    unpacked_bytes=60_000_000,
    pages=60,
    blocks=20_000,
    characters=400_000,
    seconds=30,
    page_pixels=24_000_000,
    memory_bytes=1_500_000_000,
)
"""What a file may cost that anybody may send."""
SCANNED = 5
"""Pages that are read from their pictures: each takes seconds."""
ASKED_FROM = 2_400
"""Characters of a file that a question is answered from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that was read."""

    id: str
    document: Document
    owner: tuple[str, str]
    """Department and id of who sent it."""
    at: float


class Attachments:
    """The files of one process. Who did not send a file does not learn that it is there."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._held: dict[str, Attachment] = {}

    async def add(self, data: bytes, name: str, *, by: Officer) -> Attachment:
        """Read a file and hold it. Raises DocumentError, MissingPart where pictures cannot be read here."""
        document = await read_document(data, name, LIMITS)
        if document.scanned:
            document = await _with_text(document, data, name)
        if not document.blocks:
            raise InputError(
                "No text was found in the file.", hint="Send a sharper picture, or write the words out."
            )
        made = Attachment(id=secrets.token_urlsafe(12), document=document, owner=_of(by), at=self._clock())
        self._make_room(made.owner)
        self._held[made.id] = made
        return made

    def get(self, keys: Sequence[str], *, by: Officer) -> list[Document]:
        """The documents of those ids. Raises NotFound for one that is no longer held, or is not theirs."""
        self._forget_old()
        found = [self._held.get(key) for key in keys]
        if any(each is None or each.owner != _of(by) for each in found):
            raise NotFound(
                "A file of your question is no longer held.",
                hint=f"Files are held for {HELD_SECONDS / 60:.0f} minutes. Add it again.",
            )
        return [each.document for each in found if each is not None]

    def _make_room(self, owner: tuple[str, str]) -> None:
        self._forget_old()
        own = [key for key, each in self._held.items() if each.owner == owner]
        for key in (*own[: max(0, len(own) - MOST + 1)], *list(self._held)[: -MOST_OF_ALL + 1]):
            self._held.pop(key, None)

    def _forget_old(self) -> None:
        oldest = self._clock() - HELD_SECONDS
        self._held = {key: each for key, each in self._held.items() if each.at >= oldest}


def passages_of(documents: Sequence[Document], question: str) -> dict[str, PublicDocument]:
    """Each document cut down to the blocks that share most words with the question, in their order."""
    return {
        f"attached-{place}": PublicDocument(
            document=_cut_down(document, question), reference=Reference(title=document.name, url="")
        )
        for place, document in enumerate(documents)
    }


def _cut_down(document: Document, question: str) -> Document:
    wanted = set(tokens(question))
    ranked = sorted(
        range(len(document.blocks)),
        key=lambda place: (-len(wanted & set(tokens(document.blocks[place].text))), place),
    )
    kept, room = set(), ASKED_FROM
    for place in ranked:
        size = len(document.blocks[place].text)
        if size <= room:
            kept.add(place)
            room -= size
    return replace(document, blocks=tuple(document.blocks[place] for place in sorted(kept)))


async def _with_text(document: Document, data: bytes, name: str) -> Document:
    """The document with its first pictures of pages read; how many were left is told among its warnings."""
    first, left = document.scanned[:SCANNED], document.scanned[SCANNED:]
    pages = {number: await read_page(data, name, number, LIMITS) for number in first}
    read = await asyncio.to_thread(with_pages, document, pages)
    if not left:
        return read
    told = f"{len(left)} more pages are pictures and were not read: {SCANNED} are at a time."
    return replace(read, warnings=(*read.warnings, told))


def _of(by: Officer) -> tuple[str, str]:
    return by.department, by.id
