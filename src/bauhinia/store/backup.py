"""Backup and restore: the database, the files and the data folder as they were at one moment.

A backup may be made while servers work. Files are copied before the database's moment, and those that came
meanwhile after it, while no row that names a file is deleted: so none that the database names is missing.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from .. import __version__
from ..errors import Conflict, NotFound, StoreError
from ..settings import Settings
from .archive import DUMP, Manifest, Writer, read, writing
from .blobs import Blobs
from .database import Database
from .holding import hold_deletions, let_delete
from .migrate import newest
from .pool import Connection
from .postgres import EmbeddedPostgres, binaries

Say = Callable[[str], None]
Prove = Callable[[Settings], Awaitable[None]]
"""Looks at the restored folder before it gets its name; raises what is wrong."""

_KEPT_ELSEWHERE = ("postgres", "blobs", "server.lock")
"""What of the data folder is not copied as it lies."""
_OFTEN = 200
"""Files between two words of progress."""
_CLIENT = {
    "host": "PGHOST", "hostaddr": "PGHOSTADDR", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD",
    "dbname": "PGDATABASE", "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
}  # fmt: skip
_UNKNOWN = re.compile(rb"ALTER TABLE ONLY [^;]* ALTER COLUMN [^;]* SET \(pg_attver=\d+\);$")
"""PostgreSQL 15.20 notes this beside a column; pg_dump 18.4 takes it for an option, which no server does."""


async def back_up(settings: Settings, path: Path, say: Say) -> Manifest:
    """Save everything to a new file. Raises Conflict, StoreError, NotFound."""
    blobs = Blobs.open(settings)
    async with Database.open(settings) as database:
        with writing(path) as archive, _beside(path) as dump:
            _add_files(settings.data_folder, archive)
            await _add_blobs(blobs, archive, say)
            async with database.maintenance() as connection:
                await hold_deletions(connection)
                snapshot = await _moment(connection)
                await _add_blobs(blobs, archive, say)
                await let_delete(connection)
                await _add_database(database.url, snapshot, dump, archive, say)
                manifest = await _manifest(connection, archive)
            archive.close(manifest)
    return manifest


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """Where the database is written first: its size must be known, and that disk has room for it."""
    with tempfile.TemporaryDirectory(prefix=".bauhinia-", dir=path.absolute().parent) as folder:
        yield Path(folder) / DUMP


def _add_files(folder: Path, archive: Writer) -> None:
    """The ledger's anchor among them: taken before the database, so that it names an entry that is there."""
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and inside.parts[0] not in _KEPT_ELSEWHERE and path.suffix != ".part":
            archive.add_file(f"files/{inside.as_posix()}", path)


async def _add_blobs(blobs: Blobs, archive: Writer, say: Say) -> None:
    """Every file that is not in the backup yet."""
    count = 0
    async for key in blobs.listed():
        if f"blobs/{key}" in archive.members:
            continue
        try:
            data = await blobs.get(key)
        except NotFound:
            continue
        await asyncio.to_thread(archive.add, f"blobs/{key}", data)
        count += 1
        if count % _OFTEN == 0:
            say(f"{count:,} files")
    if count:
        say(f"{count:,} files saved")


async def _moment(connection: Connection) -> str:
    """The name of the database as it is now: all that this transaction and its sharers see."""
    await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    return str((await _one(connection, "SELECT pg_export_snapshot()"))[0])


async def _add_database(url: str, snapshot: str, dump: Path, archive: Writer, say: Say) -> None:
    arguments = ("--format=custom", "--no-password", f"--snapshot={snapshot}", f"--file={dump}")
    await _run("pg_dump", url, *arguments)
    size = await asyncio.to_thread(archive.add_file, DUMP, dump)
    say(f"database saved, {size / 1e6:,.1f} MB")


async def _manifest(connection: Connection, archive: Writer) -> Manifest:
    schema = await _one(connection, "SELECT version_num FROM alembic_version")
    seq, hash_ = await _one(connection, "SELECT seq, hash FROM ledger_head")
    roles = await connection.execute("SELECT rolname FROM pg_roles WHERE rolname ~ '^bauhinia_' ORDER BY 1")
    return Manifest(
        version=__version__,
        schema=schema[0],
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        ledger_seq=seq,
        ledger_hash=bytes(hash_).hex(),
        roles=[row[0] for row in await roles.fetchall()],
        members=archive.members,
    )


async def _one(connection: Connection, query: str) -> tuple[Any, ...]:
    row = await (await connection.execute(query)).fetchone()
    assert row is not None, "there is always one"
    return row


async def restore(path: Path, folder: Path, settings: Settings, prove: Prove, say: Say) -> Manifest:
    """Make a data folder of a backup: it has its name once all is there and `prove` found nothing wrong.

    Raises Conflict for a folder that holds something, BrokenBackup, StoreError for a newer version's.
    """
    making = _place_for(folder)
    try:
        manifest = await _make(path, making, settings, prove, say)
        _give_name(making, folder)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return manifest


def _place_for(folder: Path) -> Path:
    """A new folder beside the one that is wanted. Raises Conflict."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Conflict(f"{folder} is not empty.", hint="Restore into a new folder.")
    making = folder.absolute().with_name(f"{folder.name}.restoring")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    return making


def _give_name(making: Path, folder: Path) -> None:
    if folder.exists():
        folder.rmdir()
    making.rename(folder)


async def _make(path: Path, making: Path, settings: Settings, prove: Prove, say: Say) -> Manifest:
    manifest = await asyncio.to_thread(read, path, making)
    say(f"{len(manifest.members):,} members are as they were saved")
    if manifest.schema > newest():
        raise StoreError(
            f"This backup was made by a newer version of Bauhinia ({manifest.version}).",
            hint="Restore it with that version or a newer one.",
        )
    _put_in_place(making)
    own = {"data_folder": making, "database_url": "", "blobs_url": ""}
    postgres = EmbeddedPostgres(making / "postgres")
    await asyncio.to_thread(postgres.start)
    try:
        await _fill(postgres, making / DUMP, manifest.roles)
        say("database restored")
        (making / DUMP).unlink()
        await prove(settings.model_copy(update=own))
    finally:
        await asyncio.to_thread(postgres.stop)
    return manifest


def _put_in_place(making: Path) -> None:
    files = making / "files"
    if files.is_dir():
        for path in files.iterdir():
            path.rename(making / path.name)
        files.rmdir()


async def _fill(postgres: EmbeddedPostgres, dump: Path, roles: list[str]) -> None:
    """A database of that dump, and the roles that it grants to."""
    async with await psycopg.AsyncConnection.connect(postgres.url("postgres"), autocommit=True) as admin:
        for role in roles:
            name = sql.Identifier(role)
            await admin.execute(
                sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE").format(name)
            )
        await admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(_name(postgres.url()))))
    await asyncio.to_thread(_replay, dump, postgres.url())


def _replay(dump: Path, url: str) -> None:
    """Read the dump as statements and run them, but for those in `_UNKNOWN`. Blocks. Raises StoreError."""
    reading = (binaries() / "pg_restore", "--no-owner", "--file=-", str(dump))
    running = (binaries() / "psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null")
    environment = _environment(url)
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(reading, stdout=subprocess.PIPE, stderr=said) as source,
        subprocess.Popen(running, stdin=subprocess.PIPE, stderr=said, env=environment) as target,
    ):
        assert source.stdout is not None and target.stdin is not None
        with suppress(BrokenPipeError), target.stdin:
            target.stdin.writelines(_known(source.stdout))
        source.stdout.close()
        if target.wait() or source.wait():
            said.seek(0)
            raise _failed("restoring", said.read())


def _known(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The statements without those in `_UNKNOWN`; rows, which may hold anything, as they are."""
    rows = False
    for line in lines:
        if rows or not _UNKNOWN.match(line):
            yield line
        rows = line != b"\\.\n" if rows else line.startswith(b"COPY ") and line.endswith(b"FROM stdin;\n")


def _name(url: str) -> str:
    return str(conninfo_to_dict(url)["dbname"])


async def _run(program: str, url: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs on that database. Raises StoreError."""
    process = await asyncio.create_subprocess_exec(
        binaries() / program, *arguments, env=_environment(url), stderr=asyncio.subprocess.PIPE
    )
    try:
        _, said = await process.communicate()
    except BaseException:
        process.kill()
        await process.wait()
        raise
    if process.returncode:
        raise _failed(program, said)


def _environment(url: str) -> dict[str, str]:
    """What tells PostgreSQL's programs where to go: their command line every user of the machine can read."""
    given = {_CLIENT[name]: str(value) for name, value in conninfo_to_dict(url).items() if name in _CLIENT}
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | given


def _failed(what: str, said: bytes) -> StoreError:
    first = next(
        (line for line in said.decode(errors="replace").splitlines() if "rror:" in line), "no reason"
    )
    return StoreError(f"{what} failed: {first}", hint="Look at the database's log.")
