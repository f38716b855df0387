"""The request that this code works for, as the log may name it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256


@dataclass(slots=True, kw_only=True)
class RequestNote:
    """One request: nothing of it that came from outside."""

    id: str = field(default_factory=lambda: secrets.token_hex(8))
    """Ours alone: an id that a client chooses could hold anything."""
    trace: str = ""
    """Id of its trace; empty where none is kept."""
    officer: str = ""
    """The officer's pseudonym; empty for nobody."""


_CURRENT: ContextVar[RequestNote | None] = ContextVar("request", default=None)


@contextmanager
def within_request(note: RequestNote) -> Iterator[None]:
    """Work for that request until the end of the block; so do tasks that are begun in it."""
    token = _CURRENT.set(note)
    try:
        yield
    finally:
        _CURRENT.reset(token)


def current() -> RequestNote | None:
    """The request that is being answered; None outside of any."""
    return _CURRENT.get()


@lru_cache(maxsize=1_000)
def pseudonym(officer: str) -> str:
    """What the log calls an officer: always the same, and nobody's name.

    Who has the database can find the officer by computing it for each; who has the log alone cannot.
    """
    return sha256(b"bauhinia log\0" + officer.encode()).hexdigest()[:12]
