"""How strongly a sentence binds: must, must not, should, may, or not at all, in English and in Chinese."""

from __future__ import annotations

import re
from typing import Literal

Force = Literal["must", "must_not", "should", "should_not", "may", "none"]

_WORDS: tuple[tuple[Force, str], ...] = (
    (
        "must_not",
        r"\b(?:must|shall|may|can) ?not\b|\b(?:is|are) (?:not (?:allowed|permitted)|prohibited)\b"
        r"|\bno \w+(?: \w+)? (?:may|shall)\b"
        r"|不得|不可(?!或缺|抗力|避免)|不准|禁止|嚴禁|一律不",
    ),
    ("should_not", r"\bshould not\b|不應(?!求)|不宜"),
    (
        "must",
        r"\b(?:must|shall)\b|\b(?:is|are|be|been) (?:required|obliged|bound) to\b"
        r"|\b(?:has|have|need|needs) to\b|\brequires? (?!to\b)[^.;]{1,40}? to\b"
        r"|必須|務須|均須|必需|(?<![無毋不])須(?!知)|有責任|有義務",
    ),
    (
        "should",
        r"\bshould\b|\b(?:is|are) (?:advised|encouraged|requested|recommended) to\b"
        r"|應該|應當|(?<![反響回答適相對供效順因])應(?![用急付對答邀變聘徵召屆有])|(?<![適便不])宜(?=[在先以把將由])",
    ),
    (
        "may",
        r"\b(?-i:may)\b(?! be (?:subject|liable))(?! have\b)|\bat (?:its|his|her|their) discretion\b"
        r"|\b(?:is|are) (?:entitled|free|allowed|permitted) to\b"
        r"|可以|(?<![許認寧不])可(?![能是見靠行觀謂惜持再供用])|獲准",
    ),
)
_PATTERNS = tuple((force, re.compile(pattern, re.IGNORECASE)) for force, pattern in _WORDS)
"""Tried in this order: what forbids is found before what it forbids."""
_RANK: dict[Force, int] = {"none": 0, "may": 1, "should": 2, "should_not": 2, "must": 3, "must_not": 3}


def forces(text: str) -> dict[Force, list[tuple[int, int]]]:
    """Where a text binds, by force; a place counts once, for the first force of the list that it has."""
    found: dict[Force, list[tuple[int, int]]] = {}
    for force, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            taken = (span for spans in found.values() for span in spans)
            if not any(match.start() < end and start < match.end() for start, end in taken):
                found.setdefault(force, []).append(match.span())
    return found


def strongest(text: str) -> Force:
    """The strongest force of a text; of two equal ones the one that forbids."""
    found = forces(text)
    return max(found, key=lambda force: (_RANK[force], force.endswith("_not")), default="none")


def rank(force: Force) -> int:
    """0 for nothing, 1 for `may`, 2 for `should`, 3 for `must`; forbidding binds like bidding."""
    return _RANK[force]


def forbids(force: Force) -> bool:
    """Whether it says what is not to be done."""
    return force.endswith("_not")
