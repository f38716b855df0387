"""Wording that may discriminate, found by a short list (`wording.yaml`) before a text leaves (D-3.3-03)."""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from ..language import to_traditional
from .data_files import data_file
from .wordings import Words


class Hit(NamedTuple):
    """Words of a text that may discriminate."""

    words: str
    """As they stand in the text; Chinese in Traditional script."""
    ground: str
    """`sex`, `disability`, `family_status` or `race`."""
    law: Words
    """The ordinance."""
    instead: Words
    """What could be written."""


class Entry(BaseModel):
    """Words of one ground that say the same."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ground: str
    en: tuple[str, ...] = ()
    zh: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    instead: Words

    @cached_property
    def folded(self) -> tuple[str, ...]:
        """Its words as `str.casefold` gives them."""
        return tuple(words.casefold() for words in (*self.en, *self.zh))

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Longer words that are no hit come first, so that they are passed over whole."""
        english = [rf"(?<!\w){re.escape(words)}(?!\w)" for words in self.en]
        pieces = [*map(re.escape, self.zh), *english]
        passed = [f"{re.escape(words)}" for words in self.unless]
        return re.compile("|".join([*passed, f"(?P<hit>{'|'.join(pieces)})"]), re.IGNORECASE)


class _Listed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    grounds: dict[str, Words]
    wording: tuple[Entry, ...]


def unfair_wording(text: str) -> list[Hit]:
    """What in the text may discriminate, each wording once, in the order of the list."""
    listed, plain = _listed(), to_traditional(text)
    folded = plain.casefold()
    found: dict[str, Hit] = {}
    for entry in listed.wording:
        if not any(words in folded for words in entry.folded):  # the pattern takes seventy times as long
            continue
        for match in entry.pattern.finditer(plain):
            if words := match["hit"]:
                hit = Hit(words, entry.ground, listed.grounds[entry.ground], entry.instead)
                found.setdefault(words.casefold(), hit)
    return list(found.values())


@lru_cache(maxsize=1)
def _listed() -> _Listed:
    return data_file("wording.yaml", _Listed)
