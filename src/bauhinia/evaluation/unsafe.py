"""Requests that are to be refused, and lawful ones near to them that must be answered; how well a screen
does."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from .intervals import Share

Split = Literal["development", "held_out"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Requested:
    """One request."""

    text: str
    language: Literal["en", "zh"]
    category: str
    """The class of the policy that it is of; empty for a lawful one."""
    split: Split
    """The screen was written with the first in sight; the second was written after it, by the same hand,
    and the screen was not changed for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """How a screen did."""

    precision: Share
    recall: Share
    lawful: Share
    """Lawful requests that were refused."""


@cache
def requests() -> tuple[Requested, ...]:
    """The whole set."""
    path = files(__package__).joinpath("sets/unsafe/requests.jsonl")
    return tuple(Requested(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines())


def measured(screen: Callable[[str], str], chosen: Sequence[Requested]) -> Screened:
    """What a screen that gives a class, or nothing, makes of these requests."""
    refused = [each for each in chosen if screen(each.text)]
    unsafe = [each for each in chosen if each.category]
    right = sum(bool(each.category) for each in refused)
    return Screened(
        precision=Share(right, len(refused)),
        recall=Share(right, len(unsafe)),
        lawful=Share(len(refused) - right, len(chosen) - len(unsafe)),
    )
