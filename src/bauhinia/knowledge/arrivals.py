"""Files that come together: each is read in turn by a task, and each one's fate is written down.

The rows are the task's checkpoints: a file whose fate is known is not read again, whatever stopped the task.
"""

from __future__ import annotations

import asyncio
import csv
import io
import secrets
import time
import zipfile
from collections.abc import AsyncIterable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, Literal, LiteralString

from psycopg.types.json import Jsonb

from ..documents.archive import entry_name
from ..errors import BrokenDocument, Conflict, DocumentError, DocumentTooLarge, InputError
from ..gateway import LOWEST, classifications
from ..jobs import BULK, Progress, Report, Steps, Tasks
from ..settings import Limits
from ..store import Database
from .library import Fate, FateName, Library

KIND = "ingest"
"""Of the task: its order is `{"batch": id}`, and its result is told by the arrivals."""
MOST_FILES = 5_000

Named = tuple[str, bytes]
"""A file's name and bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A file that came, and what became of it."""

    place: int
    """From 0, in the order in which they came."""
    name: str
    digest: str
    fate: FateName | Literal["waiting"]
    document: str
    passages: int
    pages: int | None
    reason: str
    hint: str
    quality: dict[str, Any]
    """Its report, as `quality.Quality` has it; empty where it was not read."""
    reviewed_by: str
    """Name of the officer who let it in or turned it away after it was held; empty where nobody has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A file that is suspect and waits for a person; nothing of it can be found (D-2.2.5-02)."""

    batch: str
    place: int
    name: str
    digest: str
    classification: str
    came: datetime
    pages: int | None
    quality: dict[str, Any]


class Arrivals:
    """The files that came to the department's library."""

    def __init__(self, database: Database, library: Library, limits: Limits) -> None:
        self._database = database
        self._library = library
        self._limits = limits

    async def receive(
        self, tasks: Tasks, collection: str, files: AsyncIterable[Named], *, classification: str = LOWEST
    ) -> str:
        """Keep the files, an archive's one by one, and begin the task that reads them; gives its id.

        An archive that cannot be unpacked has its fate at once. Raises NotFound for the collection,
        InputError.
        """
        classifications().level(classification)
        await self._library.check_takes(collection)
        batch = secrets.token_hex(8)
        place = 0
        async for name, data in files:
            try:
                unpacked = await asyncio.to_thread(self._unpacked, name, data)
            except DocumentError as error:
                fate = Fate(name=name, fate="refused", reason=error.message, hint=error.hint)
                await self._write(batch, place, collection, name, "", classification)
                await self._tell(batch, place, fate)
                place += 1
                continue
            for each, contents in unpacked:
                digest = await self._library.keep_bytes(contents)
                await self._write(batch, place, collection, each, digest, classification)
                place += 1
        if not place:
            raise InputError("No file was given.", hint="Choose at least one file.")
        order = {"batch": batch, "collection": collection, "classification": classification}
        return await tasks.start(KIND, order, priority=BULK, classification=classification)

    def _unpacked(self, name: str, data: bytes) -> list[Named]:
        return list(unzipped(data, self._limits)) if _is_archive(name, data) else [(name, data)]

    async def read(self, order: dict[str, Any], report: Report, steps: Steps, task: str) -> dict[str, Any]:
        """The task's function: add each file that waits. One that cannot be read stops none of the others.

        Raises the gateway's errors; resumed, the task goes on with the files that still wait.
        """
        del steps, task
        batch, collection = order["batch"], order["collection"]
        arrivals = await self.of(batch)
        waiting = [each for each in arrivals if each.fate == "waiting"]
        began = time.monotonic()
        for done, each in enumerate(waiting):
            left = (time.monotonic() - began) / done * (len(waiting) - done) if done else None
            number = len(arrivals) - len(waiting) + done + 1
            report(
                Progress(phase="ingest", section=number, of=len(arrivals), seconds_left=left, note=each.name)
            )
            data = await self._library.bytes_of(each.digest)
            fate = await self._library.add(
                collection,
                each.name,
                data,
                classification=order["classification"],
                looked_at=bool(each.reviewed_by),
            )
            await self._tell(batch, each.place, fate)
            if fate.fate != "added":
                await self._library.forget_bytes([each.digest])
        return {"batch": batch}

    async def of(self, batch: str) -> list[Arrival]:
        """The files that came together, in order."""
        return await self._database.rows(Arrival, _ARRIVALS, (batch,))

    async def held(self, collection: str) -> list[Held]:
        """The collection's files that wait for a person, the longest waiting first."""
        return await self._database.rows(Held, _HELD, (collection,))

    async def let_in(self, tasks: Tasks, collection: str, batch: str, place: int, by: str) -> str:
        """Begin the task that adds a file that was held; gives its id. Raises Conflict."""
        held = await self._held(collection, batch, place)
        await self._decide(held, "waiting", by)
        order = {"batch": batch, "collection": collection, "classification": held.classification}
        return await tasks.start(KIND, order, priority=BULK, classification=held.classification)

    async def turn_away(self, collection: str, batch: str, place: int, by: str) -> None:
        """Forget a file that was held. Raises Conflict."""
        held = await self._held(collection, batch, place)
        await self._decide(held, "refused", by)
        await self._library.forget_bytes([held.digest])

    async def _held(self, collection: str, batch: str, place: int) -> Held:
        for each in await self.held(collection):
            if (each.batch, each.place) == (batch, place):
                return each
        raise Conflict("No such file is held.", hint="Somebody else may have decided; see the collection.")

    async def _decide(self, held: Held, fate: str, by: str) -> None:
        reason = "It was looked at and turned away." if fate == "refused" else ""
        async with self._database.connection() as connection:
            await connection.execute(
                "UPDATE knowledge_arrivals SET fate = %s, reviewed_by = %s, reason = %s "
                "WHERE batch = %s AND place = %s AND fate = 'held'",
                (fate, by, reason, held.batch, held.place),
            )

    async def _write(
        self, batch: str, place: int, collection: str, name: str, digest: str, classification: str
    ) -> None:
        async with self._database.connection() as connection:
            await connection.execute(
                "INSERT INTO knowledge_arrivals (batch, place, collection, name, digest, classification) "
                "VALUES (%s, %s, %s, %s, %s, %s)",
                (batch, place, collection, name, digest, classification),
            )

    async def _tell(self, batch: str, place: int, fate: Fate) -> None:
        quality = asdict(fate.quality) if fate.quality is not None else {}
        async with self._database.connection() as connection:
            await connection.execute(
                "UPDATE knowledge_arrivals SET fate = %s, document = nullif(%s, ''), passages = %s, "
                "pages = %s, reason = %s, hint = %s, quality = %s WHERE batch = %s AND place = %s",
                (
                    fate.fate, fate.document, fate.passages, fate.pages,
                    fate.reason or " ".join(fate.warnings), fate.hint, Jsonb(quality), batch, place,
                ),
            )  # fmt: skip


_ARRIVALS: LiteralString = """
SELECT place, name, digest, fate, coalesce(document, '') AS document, passages, pages, reason, hint, quality,
       reviewed_by
  FROM knowledge_arrivals WHERE batch = %s ORDER BY place
"""
_HELD: LiteralString = """
SELECT batch, place, name, digest, classification, came, pages, quality
  FROM knowledge_arrivals WHERE collection = %s AND fate = 'held' ORDER BY came, batch, place
"""


def as_csv(arrivals: Iterable[Arrival]) -> str:
    """Every file and its fate, for a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["file", "fate", "passages", "pages", "reason", "what to do", *_COUNTED, "held for"])
    for each in arrivals:
        row = (each.name, each.fate, each.passages, each.pages or "", each.reason, each.hint, *_counts(each))
        writer.writerow([_harmless(str(value)) for value in row])
    return "\ufeff" + out.getvalue()


_COUNTED = ("characters", "languages", "personal", "harmful", "hidden", "repeats")


def _counts(arrival: Arrival) -> Iterator[str]:
    """What the file's report says, a cell a count."""
    for name in (*_COUNTED, "suspicions"):
        value = arrival.quality.get(name, "")
        if isinstance(value, dict):
            yield "; ".join(f"{key}: {number}" for key, number in value.items())
        else:
            yield "; ".join(value) if isinstance(value, list) else str(value)


def unzipped(data: bytes, limits: Limits) -> Iterator[Named]:
    """The files of an archive, none of them an archive. Raises DocumentTooLarge, BrokenDocument."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [each for each in archive.infolist() if _is_wanted(each)]
            if len(entries) > MOST_FILES or sum(each.file_size for each in entries) > limits.unpacked_bytes:
                raise DocumentTooLarge(
                    f"The archive holds more than {MOST_FILES} files or {limits.unpacked_bytes:,} bytes.",
                    hint="Send it in several parts.",
                )
            for entry in entries:
                yield PurePosixPath(entry_name(entry)).name, archive.read(entry)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError, ValueError) as error:
        raise BrokenDocument(
            "The archive is damaged or protected.", hint="Unpack it and send the files themselves."
        ) from error


def _is_archive(name: str, data: bytes) -> bool:
    return name.lower().endswith(".zip") and data[:2] == b"PK"


def _is_wanted(entry: zipfile.ZipInfo) -> bool:
    name = PurePosixPath(entry.filename)
    return not (entry.is_dir() or entry.filename.startswith("__MACOSX/") or name.name.startswith("."))


def _harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t") else cell
