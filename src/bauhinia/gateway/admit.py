"""Stage 1, admit: who asks, for which AI use, and is there room."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ..people import Officer
from .exchange import Decision
from .uses import USES

_AT_ONCE = 256
"""Exchanges under way at once. The backend queues what its slots cannot take yet."""


class Admission:
    """Counts the exchanges under way."""

    def __init__(self, at_once: int = _AT_ONCE) -> None:
        self._at_once = at_once
        self.under_way = 0

    def admit(self, officer: Officer, use: str) -> Decision:
        """`ok`, `unknown_officer`, `unknown_use` or `busy`."""
        if not officer.id or not officer.department:
            return Decision("admit", False, "unknown_officer", "Nobody is signed in.")
        if use not in USES:
            return Decision("admit", False, "unknown_use", f"The register has no AI use called {use!r}.")
        if self.under_way >= self._at_once:
            return Decision("admit", False, "busy", f"{self.under_way} requests are under way already.")
        return Decision("admit", True, "ok")

    @contextmanager
    def place(self) -> Iterator[None]:
        """Held while an exchange is under way."""
        self.under_way += 1
        try:
            yield
        finally:
            self.under_way -= 1
