"""What the privacy page says of this service, from the settings in force: what is kept, what leaves it.

Duties D-2.2.1-05, D-3.2.2-13, D-3.3-12, D-3.3-16, D-3.3-17.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from ..chat.studio import KEPT_DAYS
from ..gateway import Boundary
from ..gateway.route import endpoint_of
from ..people.accounts import MOST_DAYS
from ..people.sessions import SIGNED_IN
from ..settings import Settings


@dataclass(frozen=True, slots=True)
class Fact:
    """A sentence of the page: its key in the catalogue under `privacy.`, and what it names."""

    key: str
    values: dict[str, str] = field(default_factory=dict)


def kept(settings: Settings) -> list[Fact]:
    """What is kept, where, and for how long."""
    facts = [Fact(f"kept.{name}") for name in ("documents", "drafts", "library", "memory", "ledger", "usage")]
    facts.append(Fact("kept.made", {"days": str(KEPT_DAYS)}))
    if settings.sign_in != "none":
        hours = int(SIGNED_IN.total_seconds() // 3600)
        facts.append(Fact("kept.accounts", {"hours": str(hours), "days": str(MOST_DAYS)}))
    facts.append(Fact("kept.logs"))
    return [*facts, *(list(_stored_elsewhere(settings)) or [Fact("where.here")])]


def _stored_elsewhere(settings: Settings) -> Iterator[Fact]:
    database = urlsplit(settings.database_url).hostname  # none of a socket on this machine
    if database and endpoint_of(settings.database_url) == "remote":
        yield Fact("where.database", {"host": database})
    if settings.blobs_url:
        yield Fact("where.files", {"host": urlsplit(settings.blobs_url).netloc or "?"})


def leaving(settings: Settings, boundary: Boundary) -> list[Fact]:
    """What is sent to another machine, and to which; one that says so where nothing is."""
    return [*_leaving(settings, boundary)] or [Fact("leaves.nothing")]


def _leaving(settings: Settings, boundary: Boundary) -> Iterator[Fact]:
    yield from _stored_elsewhere(settings)
    for part in boundary.parts:
        limit = boundary.limits[part]
        if limit.endpoint == "remote":
            yield Fact(f"leaves.{part}", {"host": urlsplit(limit.address).netloc})
    if settings.otlp_url:
        yield Fact("leaves.traces", {"host": urlsplit(settings.otlp_url).netloc})
    if settings.sign_in == "openid":
        yield Fact("leaves.sign_in", {"host": urlsplit(settings.openid_issuer).netloc})
    if settings.tools is not None:
        yield Fact("leaves.tools")
