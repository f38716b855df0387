"""How a stage of a run tells its progress and learns that it must stop."""

from __future__ import annotations

from typing import Protocol


class Report(Protocol):
    """What a stage tells while it works."""

    def step(self, done: int, total: int, note: str = "") -> None:
        """Progress within a stage."""
        ...

    def stopped(self) -> bool:
        """True when the person asked to stop: save and raise Cancelled."""
        ...


class Silent:
    """Tells nobody, and is never stopped."""

    def step(self, done: int, total: int, note: str = "") -> None:
        """Nothing."""

    def stopped(self) -> bool:
        """Never."""
        return False
