"""Whom a transaction works for. PostgreSQL shows it that officer's and department's rows, and no others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

APPLICATION = "bauhinia_application"
"""The role that every transaction of the product has. It owns no table and no policy can be passed by."""
LOCAL = "local"
"""The officer of a machine that nobody signs in to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Walls:
    """What a transaction may see."""

    officer: str
    department: str
    shared: bool = False
    """Whether it may also write what all departments share."""


_WALLS: ContextVar[Walls | None] = ContextVar("walls", default=None)


@contextmanager
def within(walls: Walls) -> Iterator[None]:
    """Work for that officer until the end of the block, in tasks that are begun in it too."""
    token = _WALLS.set(walls)
    try:
        yield
    finally:
        _WALLS.reset(token)


def current() -> Walls | None:
    """Whom this code works for; None where nobody was named."""
    return _WALLS.get()
