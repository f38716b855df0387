"""Who asks, and who is meant while nobody else is named."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from ..errors import NotSignedIn
from ..settings import Settings
from ..store import LOCAL, Walls, within
from .permissions import ROLES, Role, reach

__all__ = ["ROLES", "Officer", "Role", "acting", "acting_as", "local_officer", "signed_in"]
_ACTING: ContextVar[Officer | None] = ContextVar("acting", default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    """A person in a department who uses the pilot."""

    id: str
    department: str
    name: str
    roles: frozenset[str] = frozenset()


def local_officer(settings: Settings) -> Officer:
    """The single officer of a machine that nobody signs in to."""
    return Officer(id=LOCAL, department=settings.department, name="Local officer")


@contextmanager
def acting_as(officer: Officer) -> Iterator[None]:
    """Work for that officer, and within that officer's walls, until the end of the block; so do tasks that
    are begun in it."""
    token = _ACTING.set(officer)
    shared = reach(officer, "share") == "all"
    try:
        with within(Walls(officer=officer.id, department=officer.department, shared=shared)):
            yield
    finally:
        _ACTING.reset(token)


def signed_in() -> Officer | None:
    """Who has signed in; None where nobody has, or nobody needs to."""
    return _ACTING.get()


def acting(settings: Settings) -> Officer:
    """Whom this code works for. Raises NotSignedIn where people sign in and nobody has."""
    if (officer := _ACTING.get()) is not None:
        return officer
    if settings.sign_in != "none":
        raise NotSignedIn("Nobody has signed in.", hint="Sign in, then try again.")
    return local_officer(settings)
