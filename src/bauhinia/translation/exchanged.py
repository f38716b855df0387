"""A translation as it goes to a human translator and comes back: one row a segment, whatever the format."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from ..documents.layout import Piece, pieces, tagged
from ..errors import DocumentError, DocumentTooLarge
from ..language import Variety

Status = Literal["draft", "confirmed"]
LANGUAGE = {Variety.ENGLISH: "en-GB", Variety.TRADITIONAL: "zh-Hant-HK"}
"""What files are told, as BCP 47."""
_SIMPLIFIED = frozenset({"hans", "cn", "sg"})
MOST_ROWS = 200_000
"""Of a file that came back."""
TAG = re.compile(r"(</?[0-9]{1,4}>|<[0-9]{1,4}/>)")
"""A tag as translators see it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One segment."""

    number: str
    """From 1, in reading order; of a file that came back, whatever its number says."""
    source: str
    """Tagged text."""
    target: str
    """Tagged text; empty where nothing is translated."""
    status: Status = "draft"
    findings: tuple[str, ...] = ()
    """What a reviser's checks say, for the translator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bilingual:
    """All of a translation."""

    title: str
    to: Variety
    """ENGLISH or TRADITIONAL."""
    rows: tuple[Row, ...]
    label: str = ""
    """The AI label's sentence."""


def readable(text: str) -> str:
    """Tagged text for somebody who types: `<`, `>` and `&` are themselves, unless they would be taken for a
    tag. `unreadable` is the inverse."""
    typed = "".join(piece.text if piece.kind == "text" else tagged([piece]) for piece in pieces(text))
    return typed if pieces(typed) == pieces(text) else text


def unreadable(typed: str) -> str:
    """What somebody typed, as tagged text."""
    return tagged(pieces(typed))


def words(text: str) -> Piece:
    """A piece of words."""
    return Piece("text", text)


def check_count(rows: int) -> None:
    """Raises DocumentTooLarge."""
    if rows > MOST_ROWS:
        raise DocumentTooLarge(f"The file has more than {MOST_ROWS:,} rows, the limit.", hint="Split it.")


def check_language(given: str | None, wanted: Variety, which: str) -> None:
    """Whether a file's language is the one that is wanted, or not said. Raises DocumentError."""
    if not given:
        return
    base, *rest = re.split("[-_]", given.lower())
    simplified = bool(_SIMPLIFIED & set(rest)) and "hant" not in rest
    if base != wanted.value.partition("-")[0] or simplified:
        raise DocumentError(
            f"The file's {which} language is {given[:40]}; this translation's is {LANGUAGE[wanted]}.",
            hint="Check that this file belongs to this translation.",
        )
