"""What personal data the documents of an order hold, and what the rules do with it: told before it goes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..documents import Document
from ..gateway import Gateway
from ..people import Officer
from ..privacy.guarding import Guard
from ..privacy.policy import Action, Kind, Rules, policies
from .draft import TaskKind

MOST_CHARACTERS = 300_000
"""So much of an order's documents is looked at: a page waits for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What was found, by what becomes of it, the strictest first: different values of each kind."""

    use: str
    met: Mapping[Action, Mapping[str, int]]
    cut: int = 0
    """How many characters were looked at, where not all were; else 0."""

    @property
    def names(self) -> Mapping[str, Kind]:
        """What each kind is called."""
        return policies().kinds


async def holding(
    gateway: Gateway, officer: Officer, kind: TaskKind, documents: Sequence[Document], words: str = ""
) -> Holding:
    """What an order of that kind would give the model: its documents, and the officer's own words."""
    use = f"pilot.{kind}"
    where = gateway.boundary.limits["model"].endpoint
    rules = await gateway.personal.in_force(use, where, officer.department)
    text = "\n\n".join([words, *(document.text for document in documents)])
    met = await asyncio.to_thread(_met, text[:MOST_CHARACTERS], rules)
    return Holding(use=use, met=met, cut=MOST_CHARACTERS if len(text) > MOST_CHARACTERS else 0)


def _met(text: str, rules: Rules) -> dict[Action, dict[str, int]]:
    guard = Guard(rules)
    guard.hide(text)
    return guard.met
