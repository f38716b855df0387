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
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Literal

from psycopg.rows import class_row

from ..documents.archive import entry_name
from ..errors import BrokenDocument, DocumentError, DocumentTooLarge, InputError
from ..jobs import Progress, Report, Steps, Tasks
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


class Arrivals:
    """The files that came to the department's library."""

    def __init__(self, database: Database, library: Library, limits: Limits) -> None:
        self._database = database
        self._library = library
        self._limits = limits

    async def receive(self, tasks: Tasks, collection: str, files: AsyncIterable[Named]) -> str:
        """Keep the files, an archive's one by one, and begin the task that reads them; gives its id.

        An archive that cannot be unpacked has its fate at once. Raises NotFound for the collection,
        InputError.
        """
        await self._library.collection(collection)
        batch = secrets.token_hex(8)
        place = 0
        async for name, data in files:
            try:
                unpacked = await asyncio.to_thread(self._unpacked, name, data)
            except DocumentError as error:
                fate = Fate(name=name, fate="refused", reason=error.message, hint=error.hint)
                await self._write(batch, place, collection, name, "")
                await self._tell(batch, place, fate)
                place += 1
                continue
            for each, contents in unpacked:
                digest = await self._library.keep_bytes(contents)
                await self._write(batch, place, collection, each, digest)
                place += 1
        if not place:
            raise InputError("No file was given.", hint="Choose at least one file.")
        return await tasks.start(KIND, {"batch": batch, "collection": collection})

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
            fate = await self._library.add(collection, each.name, await self._library.bytes_of(each.digest))
            await self._tell(batch, each.place, fate)
            if fate.fate != "added":
                await self._library.forget_bytes([each.digest])
        return {"batch": batch}

    async def of(self, batch: str) -> list[Arrival]:
        """The files that came together, in order."""
        async with (
            self._database.connection() as connection,
            connection.cursor(row_factory=class_row(Arrival)) as cursor,
        ):
            await cursor.execute(
                "SELECT place, name, digest, fate, coalesce(document, '') AS document, passages, pages, "
                "reason, hint FROM knowledge_arrivals WHERE batch = %s ORDER BY place",
                (batch,),
            )
            return await cursor.fetchall()

    async def _write(self, batch: str, place: int, collection: str, name: str, digest: str) -> None:
        async with self._database.connection() as connection:
            await connection.execute(
                "INSERT INTO knowledge_arrivals (batch, place, collection, name, digest) "
                "VALUES (%s, %s, %s, %s, %s)",
                (batch, place, collection, name, digest),
            )

    async def _tell(self, batch: str, place: int, fate: Fate) -> None:
        async with self._database.connection() as connection:
            await connection.execute(
                "UPDATE knowledge_arrivals SET fate = %s, document = nullif(%s, ''), passages = %s, "
                "pages = %s, reason = %s, hint = %s WHERE batch = %s AND place = %s",
                (
                    fate.fate, fate.document, fate.passages, fate.pages,
                    fate.reason or " ".join(fate.warnings), fate.hint, batch, place,
                ),
            )  # fmt: skip


def as_csv(arrivals: Iterable[Arrival]) -> str:
    """Every file and its fate, for a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["file", "fate", "passages", "pages", "reason", "what to do"])
    for each in arrivals:
        row = (each.name, each.fate, each.passages, each.pages or "", each.reason, each.hint)
        writer.writerow([_harmless(str(value)) for value in row])
    return "\ufeff" + out.getvalue()


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
