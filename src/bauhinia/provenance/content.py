"""What of a file counts as its content: a digest that tells any change of it, a sketch that tells how much.

What counts is the text as our readers give it: words and figures of every block, headers, notes and comments
too, with white space as one space and blocks in reading order. What does not: looks, pictures in documents,
how a program packs the file, and the label's own metadata. So saving again changes nothing, and one figure
changes the digest.
"""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from ..documents import Document

_FIGURES = re.compile(r"\d+")
_BINS = 128
_LENGTH = 5
"""Characters of a shingle: two changed figures are told apart, a moved paragraph is no change."""
_MIX = np.array([0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB], dtype=np.uint64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What is kept of a text: nothing that it could be read back from."""

    digest: str
    """SHA-256 of the canonical text, or of a picture's or sound's bytes; hex."""
    sketch: str = ""
    """Base64 of 128 bytes: the smallest hash of each bin of shingles; empty where there is no text."""
    characters: int = 0


def content_of(texts: Iterable[str]) -> Content:
    """Of the texts of blocks in order."""
    canonical = "\n".join(filter(None, map(_canonical, texts)))
    return Content(
        digest=hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest(),
        sketch=base64.b64encode(_sketch(canonical).tobytes()).decode(),
        characters=len(canonical),
    )


def texts_of(document: Document) -> list[str]:
    """All that counts of a document that was read. In headers and footers figures do not: programs number
    pages anew."""
    return [
        _FIGURES.sub("#", block.text) if block.kind in ("header", "footer") else block.text
        for block in (*document.blocks, *document.asides)
    ]


def changed_share(before: str, after: str) -> float | None:
    """About how much of a text was changed, 0 to 1, from two sketches; None where there is none to compare.

    Shingles in both, of those in either, are J; a share s of each side is then new, s = (1 - J) / (1 + J).
    One changed character touches five shingles, so scattered small changes look larger than they are.
    """
    old, new = _from(before), _from(after)
    if old is None or new is None:
        return None
    there = (old != 0) | (new != 0)
    if not there.any():
        return 0.0
    alike = float(((old == new) & there).sum()) / float(there.sum())
    return (1 - alike) / (1 + alike)


def _from(sketch: str) -> NDArray[np.uint8] | None:
    try:
        raw = base64.b64decode(sketch, validate=True)
    except ValueError:
        return None
    return np.frombuffer(raw, dtype=np.uint8) if len(raw) == _BINS else None


def _canonical(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _sketch(text: str) -> NDArray[np.uint8]:
    """One-permutation MinHash: each shingle falls into a bin, and the smallest of a bin is kept, as a byte
    from 1; 0 is an empty bin."""
    bins: NDArray[np.uint8] = np.zeros(_BINS, dtype=np.uint8)
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    if not len(points):
        return bins
    if len(points) < _LENGTH:
        points = np.pad(points, (0, _LENGTH - len(points)))
    hashes = np.unique(_mixed(points))
    places = (hashes >> np.uint64(57)).astype(np.int64)
    # Sorted by value, so by bin too: the first of each bin is its smallest.
    found, first = np.unique(places, return_index=True)
    bins[found] = (_mix(hashes[first]) % np.uint64(255) + np.uint64(1)).astype(np.uint8)
    return bins


def _mixed(points: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """A hash of each shingle."""
    count = len(points) - _LENGTH + 1
    hashes = np.zeros(count, dtype=np.uint64)
    for offset in range(_LENGTH):
        hashes = _mix(hashes * _MIX[0] + points[offset : offset + count])
    return hashes


def _mix(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The finisher of SplitMix64; it wraps around by design."""
    values = (values ^ (values >> np.uint64(30))) * _MIX[1]
    values = (values ^ (values >> np.uint64(27))) * _MIX[2]
    return values ^ (values >> np.uint64(31))
