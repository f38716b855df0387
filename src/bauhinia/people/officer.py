"""Who asks. One local officer for now; departments and sign-in come with the platform."""

from __future__ import annotations

from dataclasses import dataclass

from ..settings import Settings
from ..store import LOCAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    """A person in a department who uses the pilot."""

    id: str
    department: str
    name: str


def local_officer(settings: Settings) -> Officer:
    """The single officer of a machine that nobody signs in to."""
    return Officer(id=LOCAL, department=settings.department, name="Local officer")
