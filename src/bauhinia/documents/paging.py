"""Page numbers for documents that hold none: LibreOffice lays them out, each block is found on its page."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from .document import Block, Document

if TYPE_CHECKING:
    from ..settings import Limits

PAGED = frozenset({"docx", "doc", "rtf", "odt"})
"""The formats that LibreOffice can be asked about."""
_SURE = 12
"""Letters of a block's start that are taken as its mark when they stand only once in the document."""
_HEAD = 40
_LEAST = 2


async def with_page_numbers(document: Document, data: bytes, limits: Limits) -> Document:
    """The document with the page that each block begins on, as LibreOffice lays the file out.

    A block that is not found, a header, a footer, and what came out of a file inside keep `page = None`.
    Other formats than `PAGED` come back as they are. Takes seconds. Raises DocumentError: UnsupportedFormat
    when LibreOffice is not installed.
    """
    if document.format not in PAGED:
        return document
    from .libreoffice import convert
    from .reading import read_page_texts

    made = await convert(data, document.format, "pdf", limits)
    return place_blocks(document, await read_page_texts(made, limits))


def place_blocks(document: Document, pages: Sequence[str]) -> Document:
    """The document with its blocks placed on pages with these texts."""
    printed = _Printed.of(pages)
    running = {block.id for block in document.blocks if block.kind in ("header", "footer") or block.part}
    body = [block for block in document.blocks if block.id not in running and block.kind != "footnote"]
    found = _in_order(body, printed)
    numbers = dict(zip((block.id for block in body), _pages(found, printed), strict=True))
    blocks: list[Block] = []
    page: int | None = None
    for block in document.blocks:
        if block.kind == "footnote" and page is not None and block.id not in running:
            number = printed.note_page(letters(block.text), page)
        else:
            number = numbers.get(block.id)
            page = number or page
        blocks.append(replace(block, page=number))
    at = {block.id: block.page for block in blocks}
    asides = tuple(
        replace(aside, page=None if aside.part else at.get(aside.after)) for aside in document.asides
    )
    return replace(document, blocks=tuple(blocks), asides=asides, pages=len(pages))


def letters(text: str) -> str:
    """Only the letters and digits of `text`, folded: what stays the same however lines are broken."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


class _Printed(NamedTuple):
    """The letters of all pages, one page after the other."""

    text: str
    starts: list[int]

    @classmethod
    def of(cls, pages: Sequence[str]) -> _Printed:
        """From the pages' texts; running lines stand in them, at most between a block's start and its end."""
        starts: list[int] = []
        pieces: list[str] = []
        length = 0
        for text in pages:
            starts.append(length)
            pieces.append(letters(text))
            length += len(pieces[-1])
        return cls("".join(pieces), starts)

    def page(self, place: int) -> int:
        """The page, from 1, that a place is on."""
        return bisect_right(self.starts, place)

    def note_page(self, note: str, page: int) -> int | None:
        """The page of a note referred to on `page`: that one, or one on which the paragraph goes on."""
        start = self.starts[page - 1]
        place = self.text.find(note[:_HEAD], start) if len(note) >= _LEAST else -1
        found = self.page(place) if place >= 0 else 0
        return found if page <= found <= page + 2 else None


def _in_order(blocks: Sequence[Block], printed: _Printed) -> list[int]:
    """Where each block begins in the printed letters; -1 for one that is not found.

    Starts that stand only once are set first, the longest run of them that is in order; the others are
    looked for between their neighbours.
    """
    texts = [letters(block.text) for block in blocks]
    places = [-1] * len(texts)
    for index in _rising(
        sure := {i: place for i, text in enumerate(texts) if (place := _only(text, printed)) >= 0}
    ):
        places[index] = sure[index]
    ends = [len(printed.text)] * (len(texts) + 1)
    for index in range(len(texts) - 1, -1, -1):
        ends[index] = places[index] if places[index] >= 0 else ends[index + 1]
    start = 0
    for index, text in enumerate(texts):
        if places[index] < 0:
            places[index] = _between(text, printed.text, start, ends[index])
        if places[index] >= 0:
            start = places[index] + min(len(text), _HEAD)
    return places


def _pages(places: Sequence[int], printed: _Printed) -> list[int | None]:
    """The page of each place. What was not found but stands between two blocks of one page is on it."""
    pages = [printed.page(place) if place >= 0 else None for place in places]
    following = [*pages, None]
    for index in range(len(pages) - 1, -1, -1):
        following[index] = pages[index] or following[index + 1]
    before: int | None = None
    for index, page in enumerate(pages):
        if page is None and before == following[index + 1]:
            pages[index] = before
        before = page or before
    return pages


def _only(text: str, printed: _Printed) -> int:
    """Where the start of a text stands, if it does so once only."""
    head = text[:_HEAD]
    place = printed.text.find(head) if len(head) >= _SURE else -1
    return place if place >= 0 and printed.text.find(head, place + 1) < 0 else -1


def _between(text: str, printed: str, start: int, end: int) -> int:
    """Where a text begins between two places. A start that a page's end cuts is found by a shorter piece."""
    for length in (_HEAD, _SURE, 5):
        head = text[:length]
        if len(head) >= _LEAST and (place := printed.find(head, start, end)) >= 0:
            return place
        if len(text) <= length:
            break
    if text and printed.startswith(text, start):
        return start
    # A number that the program shows differently: look for the words after it.
    rest = text.lstrip("0123456789")[:_HEAD]
    if rest != text[:_HEAD] and len(rest) >= 5:
        return printed.find(rest, start, end)
    return -1


def _rising(places: dict[int, int]) -> list[int]:
    """The keys of the longest run, in the order of the keys, whose values rise."""
    tails: list[int] = []
    values: list[int] = []
    before: dict[int, int | None] = {}
    for key, place in places.items():
        at = bisect_right(values, place)
        before[key] = tails[at - 1] if at else None
        if at == len(tails):
            tails.append(key)
            values.append(place)
        else:
            tails[at], values[at] = key, place
    run: list[int] = []
    key_: int | None = tails[-1] if tails else None
    while key_ is not None:
        run.append(key_)
        key_ = before[key_]
    return run[::-1]
