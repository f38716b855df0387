"""Chinese characters, and which script a run of them is in."""

from __future__ import annotations

import re

from .character_sets import KEPT, load

HAN_RANGES = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff〇\U00020000-\U000323af"
SIMPLIFIED_ONLY, TRADITIONAL_ONLY, IN_BOTH = load()

_HAN_RUN = re.compile(f"[{HAN_RANGES}]+")
_KEPT = re.compile("|".join(KEPT))


def count_han(text: str) -> int:
    """How many Chinese characters a text has."""
    return sum(map(len, _HAN_RUN.findall(text)))


def simplified_characters(text: str) -> list[str]:
    """Every Simplified-only character of a text, in order, repeated as it is repeated."""
    if SIMPLIFIED_ONLY.isdisjoint(text):
        return []
    return [char for char in _KEPT.sub("", text) if char in SIMPLIFIED_ONLY]


def count_traditional(text: str) -> int:
    """How many Traditional-only characters a text has."""
    return sum([char in TRADITIONAL_ONLY for char in text])
