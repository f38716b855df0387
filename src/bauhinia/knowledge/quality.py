"""What is in a file that arrives, and whether a person should look at it before it can be found.

Counted once, as the file is read, and kept with it: the report of a batch and of a collection add these up
(D-2.1.3.1-01, D-2.3.1-02). What stands out is held (D-2.2.5-02); every limit is data (`sheets.yaml`).
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Literal

from ..documents import Document
from ..guideline.policy import screen
from ..privacy import STRUCTURED, find_personal
from .passages import Cut
from .rights import Holding, choices

Suspicion = Literal["unreadable", "hidden", "harmful", "personal", "thin", "outlier"]
_PIECE = 20_000
"""Characters that are searched for personal data, and screened, at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """What was found in a file. Numbers alone: none of its words is kept here."""

    characters: int = 0
    languages: dict[str, int] = field(default_factory=dict)
    """Passages of each variety."""
    personal: dict[str, int] = field(default_factory=dict)
    """Pieces of personal data of each kind that has a written form. Names are not counted: papers
    are signed."""
    harmful: tuple[str, ...] = ()
    """Classes of the region's policy on unsafe content that its text, or its hidden text, is of."""
    hidden: int = 0
    """Characters that a reader of the page does not see."""
    unreadable: float = 0.0
    """Share of characters that are no letter, figure, mark or space."""
    repeats: str = ""
    """Id of the document of the collection that says the same."""
    repeated: float = 0.0
    """Share of its passages that stand there word for word."""
    suspicions: tuple[Suspicion, ...] = ()
    """Why it is held; empty where it is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What the collection holds that a file is compared with."""

    sizes: Sequence[int] = ()
    """Characters of its documents."""
    repeats: str = ""
    repeated: float = 0.0


def examined(document: Document, cuts: Sequence[Cut], beside: Beside) -> Quality:
    """The file's report."""
    text = document.text
    pieces = [*_pieces(text), *(each.text for each in document.asides)]
    personal: Counter[str] = Counter(
        found.kind for piece in pieces for found in find_personal(piece, kinds=STRUCTURED)
    )
    harmful = sorted({found for piece in pieces if (found := screen().answer(piece))})
    limits = choices().holding
    told = {
        "characters": len(text),
        "personal": sum(personal.values()),
        "harmful": len(harmful),
        "hidden": sum(len(each.text) for each in document.asides if each.aside == "hidden"),
        "unreadable": _unreadable(text),
    }
    repeats = beside.repeats if beside.repeated >= limits.repeats else ""
    return Quality(
        characters=len(text),
        languages=dict(Counter(each.variety for each in cuts)),
        personal=dict(personal),
        harmful=tuple(harmful),
        hidden=int(told["hidden"]),
        unreadable=round(told["unreadable"], 3),
        repeats=repeats,
        repeated=round(beside.repeated, 3) if repeats else 0.0,
        suspicions=tuple(_suspicions(told, document.pages, beside, limits)),
    )


def _suspicions(
    told: dict[str, float], pages: int | None, beside: Beside, limits: Holding
) -> Iterable[Suspicion]:
    characters = told["characters"]
    if told["unreadable"] > limits.unreadable:
        yield "unreadable"
    if told["hidden"] > limits.hidden * characters:
        yield "hidden"
    if told["harmful"]:
        yield "harmful"
    if told["personal"] > limits.personal:
        yield "personal"
    if pages and pages >= limits.thin_pages and characters < limits.thin_characters * pages:
        yield "thin"
    if len(beside.sizes) >= limits.outlier_files:
        usual = max(median(beside.sizes), 1)
        if not usual / limits.outlier <= characters <= usual * limits.outlier:
            yield "outlier"


def _unreadable(text: str) -> float:
    """Symbols of mathematics and money count as marks; private and unassigned characters do not."""
    if not text:
        return 0.0
    strange = sum(n for each, n in Counter(text).items() if _is_strange(each))
    return strange / len(text)


def _is_strange(character: str) -> bool:
    return character == "\ufffd" or (unicodedata.category(character)[0] == "C" and character not in "\n\t\r")


def _pieces(text: str) -> Iterable[str]:
    """Whole lines, some `_PIECE` characters at once."""
    piece: list[str] = []
    size = 0
    for line in text.splitlines():
        piece.append(line)
        size += len(line)
        if size > _PIECE:
            yield "\n".join(piece)
            piece, size = [], 0
    yield "\n".join(piece)
