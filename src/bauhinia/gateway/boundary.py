"""The data boundary: how high a classification each endpoint may see, and until when it sees more.

A setting may lower an endpoint's limit and never raises it. Two administrators raise it, for a time, for the
one address that it has then (`people/approvals.py`). Nothing in a request does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..errors import InputError, Refused
from ..ledger import Ledger
from ..people import Approval, Approvals, Officer
from ..settings import Settings
from ..store import Database
from .classification import Endpoint, classifications
from .exchange import Decision
from .route import endpoint_of

Part = Literal["model", "embedder", "reranker", "listener", "speaker", "songs", "films"]
PARTS: tuple[Part, ...] = ("model", "embedder", "reranker", "listener", "speaker", "songs", "films")
_ALWAYS: tuple[Part, ...] = ("model", "embedder")
"""Parts that every service has; the others count where they have a URL."""
BUILT_IN = "built-in"
"""The address of what has no URL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """What one endpoint may see while no boundary is open."""

    part: Part
    address: str
    endpoint: Endpoint
    highest: str
    by_setting: bool
    """A setting lowered it: then nothing opens it but another setting."""


class Boundary:
    """The boundary of one process's endpoints."""

    def __init__(self, settings: Settings, database: Database, ledger: Ledger) -> None:
        """Raises InputError for a setting that would raise a limit or names no classification."""
        self._signed_in = settings.sign_in != "none"
        self._approvals = Approvals(database, ledger, "boundary")
        self.limits: dict[Part, Limit] = {
            "model": _limit("model", settings.model_url, settings.model_classification),
            "embedder": _limit("embedder", settings.embedder_url, settings.embedder_classification),
            "reranker": _limit("reranker", settings.reranker_url, settings.reranker_classification),
            "listener": _limit("listener", settings.listener_url, settings.listener_classification),
            "speaker": _limit("speaker", settings.speaker_url, settings.speaker_classification),
            "songs": _limit("songs", settings.songs_url, settings.songs_classification),
            "films": _limit("films", settings.films_url, settings.films_classification),
        }

    @property
    def parts(self) -> list[Part]:
        """The parts that this service has, or could send texts and sounds to."""
        return [part for part in PARTS if part in _ALWAYS or self.limits[part].address != BUILT_IN]

    async def may_see(self, classification: str, part: Part) -> Decision:
        """Whether text of this classification may go to this endpoint now.

        What is within the limit is allowed without asking the database; anything else asks it each time, so
        that opening and closing hold at once in every process.
        """
        if classification not in classifications().ids:
            return Decision("route", False, "classification", "There is no such classification.")
        limit = self.limits[part]
        if classifications().within(classification, limit.highest):
            return Decision("route", True, "ok")
        if self._can_open(limit) and any(
            classifications().within(classification, each.subject["highest"])
            for each in await self._approvals.standing()
            if is_for(each, limit)
        ):
            return Decision("route", True, "boundary_opened")
        where = "on this machine" if limit.endpoint == "local" else "outside this machine"
        return Decision(
            "route", False, "classification", f"{classification!r} may not go to the {part} {where}."
        )

    async def highest(self, part: Part) -> str:
        """The highest that this endpoint may see now."""
        limit = self.limits[part]
        if not self._can_open(limit):
            return limit.highest
        opened = [each.subject["highest"] for each in await self._approvals.standing() if is_for(each, limit)]
        return classifications().highest([limit.highest, *opened])

    async def ask(self, by: Officer, part: Part, highest: str, *, why: str, days: int) -> str:
        """Ask that an endpoint may see more; gives the question's id. Raises Refused, InputError."""
        if part not in self.parts:
            raise InputError("There is no such endpoint.", hint=f"There are: {', '.join(self.parts)}.")
        limit = self.limits[part]
        if not self._can_open(limit):
            raise Refused(
                "A setting of the server keeps this boundary closed.",
                stage="approve",
                hint="Where nobody signs in there are no two administrators; else unset the part's setting "
                f"BAUHINIA_{part.upper()}_CLASSIFICATION.",
            )
        if classifications().within(highest, limit.highest) or highest not in classifications().ids:
            above = classifications().ids[classifications().rank(limit.highest) + 1 :]
            raise InputError(
                "This would open nothing.", hint=f"Above {limit.highest} there are: {', '.join(above)}."
            )
        subject = {"part": part, "address": limit.address, "highest": highest}
        return await self._approvals.ask(by, subject, why=why, days=days)

    async def approve(self, by: Officer, key: str) -> None:
        """Raises Refused, NotFound, Conflict."""
        await self._approvals.approve(by, key)

    async def refuse(self, by: Officer, key: str) -> None:
        """Raises Refused, NotFound, Conflict."""
        await self._approvals.refuse(by, key)

    async def close(self, by: Officer, key: str) -> None:
        """Raises Refused, NotFound, Conflict."""
        await self._approvals.close(by, key)

    async def asked(self) -> list[Approval]:
        """What was asked for and became of it, the newest first."""
        return await self._approvals.listed()

    def _can_open(self, limit: Limit) -> bool:
        return self._signed_in and not limit.by_setting


def is_for(approval: Approval, limit: Limit) -> bool:
    """Whether it is about this endpoint as it is now: another address is another endpoint."""
    return (approval.subject["part"], approval.subject["address"]) == (limit.part, limit.address)


def _limit(part: Part, url: str, setting: str) -> Limit:
    endpoint = endpoint_of(url)
    usual = classifications().endpoints[endpoint]
    if setting and not classifications().within(setting, usual):
        raise InputError(
            f"BAUHINIA_{part.upper()}_CLASSIFICATION may not be {setting!r}: a setting lowers what the "
            f"{part} may see, which is {usual}, and never raises it.",
            hint="Unset it. Two administrators open a boundary on the page /boundary.",
        )
    return Limit(
        part=part,
        address=url.rstrip("/") or BUILT_IN,
        endpoint=endpoint,
        highest=setting or usual,
        by_setting=bool(setting) and setting != usual,
    )
