"""The short lists of words that the rules of this package go by, kept as data."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

_DATA = Path(__file__).parent / "data" / "word_lists.json"


@cache
def _lists() -> dict[str, str]:
    found: dict[str, str] = json.loads(_DATA.read_text(encoding="utf-8"))
    return found


@cache
def word_list(name: str) -> frozenset[str]:
    """The words of one list of `data/word_lists.json`."""
    return frozenset(_lists()[name].split())
