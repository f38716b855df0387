"""What the recognisers look for and what they hand on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

FoundKind = Literal[
    "hkid",
    "passport",
    "home_return_permit",
    "phone",
    "email",
    "business_registration",
    "company_registration",
    "plate",
    "bank_account",
    "card",
    "birth_date",
    "octopus",
    "fps",
    "person",
    "address",
]

KINDS: frozenset[FoundKind] = frozenset(get_args(FoundKind))
NAMES_AND_ADDRESSES: frozenset[FoundKind] = frozenset({"person", "address"})
STRUCTURED: frozenset[FoundKind] = KINDS - NAMES_AND_ADDRESSES
"""Kinds that have a written form of their own: numbers, dates of birth and e-mail addresses."""

THRESHOLD = 0.5
"""What scores less is not personal data, unless the caller asks for more caution or less."""


@dataclass(frozen=True, slots=True)
class Found:
    """Personal data at `text[start:end]`; `value` is those very characters."""

    kind: FoundKind
    start: int
    end: int
    value: str
    score: float = 1.0
    """How sure the recogniser is, from 0 to 1."""
    why: str = ""
    """What it went by: `check digit`, `context word 護照`, `listed surname` ..."""


class Guess(NamedTuple):
    """One recogniser's opinion of `plain[start:end]`; guesses may overlap until the engine has chosen."""

    kind: FoundKind
    start: int
    end: int
    score: float
    why: str


LONGEST_MATCH = 200
"""No match is longer, in characters. A stream that holds back so many, and `AFTER_MATCH` more, shows no part
of one."""
AFTER_MATCH = 32
"""How many characters after a match may still speak for it or against it."""
