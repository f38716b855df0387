"""How a stage tells how far it is, and learns that it should stop."""

from __future__ import annotations

from typing import Protocol


class Report(Protocol):
    """Who watches a stage at work."""

    def step(self, done: int, total: int, note: str = "") -> None:
        """So much of the stage is done."""

    def stopped(self) -> bool:
        """True when the person asked to stop: save, and raise Cancelled."""


class Onlooker(Report, Protocol):
    """Who watches a whole run."""

    def stage(self, name: str, number: int, count: int, *, done: bool) -> None:
        """The stage of that name begins, the `number`th of `count`; `done`: it was finished before."""


class Silent:
    """Nobody watches, and nobody stops it."""

    def step(self, done: int, total: int, note: str = "") -> None:
        """Shows nothing."""

    def stopped(self) -> bool:
        """Never."""
        return False

    def stage(self, name: str, number: int, count: int, *, done: bool) -> None:
        """Shows nothing."""
