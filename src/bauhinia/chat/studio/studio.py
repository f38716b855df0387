"""Songs and films that people order: one after another, as jobs that outlive the page and the process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, LiteralString, cast

from ...errors import Conflict, InputError, ModelBusy, NotFound, OverQuota
from ...gateway import Ask, Message
from ...jobs import Progress, Report, Steps, Task, TaskEvent
from ...language import Variety
from ...people import Officer
from ..guests import Rate
from ..work import Progress as Tell
from .orders import ORDERS, AnyOrder, FilmOrder, Kind, ScriptOrder, SongOrder, kind_of

if TYPE_CHECKING:
    from ...pilot.office import Office

KEPT_DAYS = 7
"""How long what was made can be fetched."""
FULL = 12
"""Orders waiting, of everybody: from here on people are told when to come back."""
MOST_KEPT = 20
"""Pieces that one person keeps."""
FIRST_GUESS: Mapping[str, float] = {"song": 40.0, "script": 60.0, "film": 150.0}
"""Seconds that a piece is taken to need until some were measured."""
BURST, PER_MINUTE = 6, 0.5
"""Orders of guests at once, and how fast these come back, for one network."""
LEFT_BEHIND = (".wav",)
"""Not kept: the same sound as MP3 is a tenth as large."""
USES: Mapping[Kind, str] = {"song": "chat.music", "script": "chat.video", "film": "chat.video"}
_READ: Mapping[str, Variety] = {
    "yue": Variety.TRADITIONAL, "cmn": Variety.SIMPLIFIED, "en": Variety.ENGLISH,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an order stands."""

    before: int
    """How many are served first."""
    seconds: int
    """Until its turn, from how long pieces took of late."""


class Studio:
    """The orders of one database, and this process's work on them, one at a time."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._database = office.database
        self._blobs = office.shelf.blobs
        self.tasks = office.tasks_of({kind: partial(self._work, kind) for kind in ORDERS})
        self.rate = Rate(BURST, PER_MINUTE)
        self._turn = asyncio.Lock()

    async def start(self, order: AnyOrder, *, by: Officer) -> str:
        """Take an order; gives the piece's id. Raises Refused for one that the policy refuses, Conflict while
        another one of theirs is made, ModelBusy when the line is full, InputError."""
        await self._screened(order, by)
        # Whether there is room is looked up and used in one go, by this process and by others.
        async with self._turn, self._database.connection() as connection:
            await connection.execute(_TURN)
            await self._make_room()
            return await self.tasks.start(kind_of(order), order.model_dump(mode="json"))

    async def _make_room(self) -> None:
        """Raises Conflict, InputError or ModelBusy where whoever asks cannot order now."""
        held = await self.tasks.list()
        if any(task.is_open for task in held):
            raise Conflict(
                "Something that you ordered is being made already.",
                hint="Wait for it or stop it; the list below leads there.",
            )
        if len(held) >= MOST_KEPT:
            raise InputError(
                f"You keep {len(held)} pieces already, and {MOST_KEPT} is the most.",
                hint="Delete one that you do not need.",
            )
        place = await self.place()
        if place.before >= FULL:
            raise ModelBusy(
                f"{place.before} orders are waiting already.",
                hint="Please come back later.",
                retry_after=place.seconds,
            )

    async def _screened(self, order: AnyOrder, by: Officer) -> None:
        """Hold an order against the policy: also where our programs alone work on it."""
        text = order.script if isinstance(order, FilmOrder) else order.request
        await self._office.gateway.screen(
            Ask(
                officer=by,
                use=USES[kind_of(order)],
                messages=(Message("user", text),),
                reply_in=_READ.get(order.language or ""),
                said=text,
            )
        )

    async def get(self, piece: str) -> Task:
        """One order of whoever asks. Raises NotFound."""
        row = await self.tasks.get(piece)
        if row.kind not in ORDERS:
            raise NotFound("There is no such piece.", hint="It may have been deleted; see your list.")
        return row

    async def place(self, piece: str = "") -> Place:
        """How many orders are served before it; for a new one, all."""
        async with self._database.maintenance() as connection:
            cursor = await connection.execute(_BEFORE, {"kinds": list(ORDERS), "piece": piece})
            waiting = await cursor.fetchall()
            cursor = await connection.execute(_TOOK, {"kinds": list(ORDERS)})
            took = dict(FIRST_GUESS) | {kind: float(seconds) for kind, seconds in await cursor.fetchall()}
        return Place(
            before=sum(count for _, count in waiting),
            seconds=round(sum(took[kind] * count for kind, count in waiting)),
        )

    async def events(self, piece: str, after: int = 0) -> AsyncGenerator[tuple[int, TaskEvent], None]:
        """What its making tells. Raises NotFound."""
        await self.get(piece)
        async with aclosing(self.tasks.events(piece, after)) as events:
            async for numbered in events:
                yield numbered

    async def file(self, piece: str, name: str) -> tuple[bytes, str]:
        """A file of a piece, and its media type. Raises NotFound."""
        made = ((await self.get(piece)).draft or {}).get("made", {})
        for file in made.get("files", ()):
            if file["name"] == name:
                return await self._blobs.get(_key(piece, name)), str(file["media_type"])
        raise NotFound("There is no such file.", hint="Load the page of the piece again.")

    async def script_of(self, piece: str) -> tuple[ScriptOrder, dict[str, Any]]:
        """A script that a model has written for whoever asks. Raises NotFound."""
        row = await self.get(piece)
        if row.kind != "script" or not row.draft:
            raise NotFound("There is no such script.", hint="It may not be written yet; see your list.")
        return ScriptOrder.model_validate(row.order), row.draft

    async def delete(self, piece: str) -> None:
        """Stop it and forget it with its files. Raises NotFound."""
        row = await self.get(piece)
        await self.tasks.cancel(piece)
        await self._database.write("DELETE FROM tasks WHERE id = %s", (piece,))
        await self._forget(row)

    async def sweep(self) -> int:
        """Delete what is due, whoever's it is, and files whose piece is gone; gives how many pieces were due.
        For the system alone."""
        async with self._database.maintenance() as connection:
            cursor = await connection.execute(_DUE, {"kinds": list(ORDERS), "days": KEPT_DAYS})
            due = len(await cursor.fetchall())
            cursor = await connection.execute(
                "SELECT id FROM tasks WHERE kind = ANY (%(kinds)s)", {"kinds": list(ORDERS)}
            )
            there = {row[0] for row in await cursor.fetchall()}
        async for key in self._blobs.listed(_FOLDER):
            if key.split("/")[1] not in there:
                await self._blobs.delete(key)
        return due

    async def close(self) -> None:
        """Give the work of this process back."""
        await self.tasks.close()

    async def _forget(self, row: Task) -> None:
        for file in (row.draft or {}).get("made", {}).get("files", ()):
            await self._blobs.delete(_key(row.id, file["name"]))

    async def _work(
        self, kind: str, order: dict[str, Any], report: Report, steps: Steps, task: str
    ) -> dict[str, Any]:
        """Make it, and keep its files before its row says that it is done."""
        from .making import Makers

        asked = ORDERS[cast(Kind, kind)].model_validate(order)
        makers = Makers(
            gateway=self._office.gateway,
            labels=self._office.labels,
            officer=self._office.officer,
            speech_model=self._office.settings.speaker_model if self._office.settings.speaker_url else None,
            once=steps.run,
        )
        told = _told(report)
        match asked:
            case ScriptOrder():
                return await makers.script(asked, told)
            case SongOrder():
                made = await makers.song(asked.brief(), told, by_model=asked.words == "model")
            case FilmOrder():
                made = await makers.film(asked, told)
        kept = [file for file in made.described if not file.name.endswith(LEFT_BEHIND)]
        for file in kept:
            await self._blobs.put(_key(task, file.name), made.files[file.name][0])
        described = made.model_dump(mode="json", exclude={"files"})
        return {"made": described | {"files": [file.model_dump(mode="json") for file in kept]}}


def rate_of_guests(studio: Studio, address: str) -> None:
    """Count an order of a guest. Raises OverQuota."""
    try:
        studio.rate.take(address)
    except OverQuota as error:
        raise OverQuota(
            "So many songs and films at once are more than this service can make for one place.",
            stage="admit",
            hint=f"Go on in {error.retry_after} seconds.",
            retry_after=error.retry_after or 1,
        ) from None


def _told(report: Report) -> Tell:
    """Progress of a maker, which may come from a thread, as the job's."""
    loop = asyncio.get_running_loop()

    def tell(what: str, share: float) -> None:
        event = Progress(phase=what, section=round(100 * share), of=100)
        loop.call_soon_threadsafe(report, event)

    return tell


def _key(piece: str, name: str) -> str:
    return f"{_FOLDER}/{piece}/{name}"


_FOLDER = "made"
_TURN: LiteralString = "SELECT pg_advisory_xact_lock(hashtext('bauhinia: order of the studio'))"
_BEFORE: LiteralString = """
SELECT kind, count(*) FROM tasks
WHERE kind = ANY (%(kinds)s) AND status IN ('queued', 'running')
    AND created < coalesce((SELECT created FROM tasks WHERE id = %(piece)s), 'infinity')
GROUP BY kind
"""
_TOOK: LiteralString = """
SELECT kind, avg(seconds) FROM (
    SELECT kind, seconds, row_number() OVER (PARTITION BY kind ORDER BY ended DESC) AS number FROM tasks
    WHERE kind = ANY (%(kinds)s) AND status = 'done'
) AS latest WHERE number <= 20 GROUP BY kind
"""
_DUE: LiteralString = """
DELETE FROM tasks WHERE kind = ANY (%(kinds)s) AND status NOT IN ('queued', 'running')
    AND coalesce(ended, created) < now() - make_interval(days => %(days)s) RETURNING id
"""
