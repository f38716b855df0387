"""Backup and restore: what was saved is what comes back, and nothing that is not whole looks whole."""

from __future__ import annotations

import asyncio
import io
import itertools
import os
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import orjson
import psycopg
import pytest
from psycopg import sql
from typer.testing import CliRunner

from bauhinia.cli import app
from bauhinia.errors import Conflict, StoreError
from bauhinia.gateway import Gateway
from bauhinia.ledger import FileAnchor, Ledger
from bauhinia.models import FakeEmbedder, FakeModel
from bauhinia.people import Accounts
from bauhinia.pilot.office import Office, open_office
from bauhinia.pilot.orders import SummariseOrder
from bauhinia.settings import Settings
from bauhinia.store import Database, EmbeddedPostgres
from bauhinia.store.archive import BrokenBackup, read
from bauhinia.store.backup import _known, back_up, restore

TRUE = "The Highways Department will repair 42 footbridges in Kowloon by 31 March 2027."
TABLES = """
SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
ORDER BY 1, 2
"""


@pytest.fixture
async def office(settings: Settings) -> AsyncIterator[Office]:
    """A pilot that has some of everything: officers, documents, drafts, a template, entries of the ledger."""

    def door(settings: Settings, database: Database) -> Gateway:
        return Gateway(settings, database, backend=FakeModel(lambda _: TRUE), embedder=FakeEmbedder())

    async with open_office(settings, door) as opened:
        accounts = Accounts(opened.database)
        await accounts.add_department("hyd", "Highways Department", "路政署")
        await accounts.add_officer("as.records", "Assistant Secretary (Records)", "hyd", [])
        for number in range(3):
            await add(opened, number)
        templates = settings.data_folder / "templates"
        templates.mkdir()
        (templates / "路政署 memo.docx").write_text("a letterhead")
        yield opened


async def add(office: Office, number: int) -> None:
    """A document and a draft of it."""
    card = await office.add(f"# Works {number}\n\n{TRUE}\n".encode(), f"works-{number}.md")
    task = await office.tasks.wait(await office.start(SummariseOrder(documents=[card.id])))
    assert task.status == "done", task.message


def contents(url: str) -> dict[str, tuple[int, str]]:
    """Rows and digest of every table."""
    found: dict[str, tuple[int, str]] = {}
    with psycopg.connect(url) as connection:
        for schema, table in connection.execute(TABLES).fetchall():
            name = sql.Identifier(schema, table)
            rows = connection.execute(sql.SQL("SELECT each::text FROM {} AS each").format(name)).fetchall()
            digest = sha256("\n".join(sorted(row[0] for row in rows)).encode()).hexdigest()
            found[f"{schema}.{table}"] = (len(rows), digest)
    return found


def files(folder: Path) -> dict[str, bytes]:
    """Every blob."""
    return {path.name: path.read_bytes() for path in (folder / "blobs").rglob("*") if path.is_file()}


def names(folder: Path) -> list[str]:
    """What is in a folder."""
    return sorted(path.name for path in folder.iterdir())


async def nothing(_: Settings) -> None:
    """Finds nothing wrong."""


def quiet(_: str) -> None:
    """Says nothing."""


def rewritten(path: Path, change: dict[str, bytes | None]) -> Path:
    """A copy of a backup with members changed, or left out."""
    to = path.with_name("changed.tar")
    with tarfile.open(path) as source, tarfile.open(to, "w") as target:
        for entry in source:
            data = source.extractfile(entry)
            assert data is not None
            content = change.get(entry.name, data.read())
            if content is not None:
                entry.size = len(content)
                target.addfile(entry, io.BytesIO(content))
    return to


async def test_what_was_saved_comes_back_in_every_table_and_file(
    office: Office, database_url: str, database_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = office.settings
    saved, to = database_folder / "saved.tar", database_folder / "restored"
    monkeypatch.setenv("BAUHINIA_DATABASE_URL", database_url)
    monkeypatch.setenv("BAUHINIA_DATA_FOLDER", str(settings.data_folder))
    before = contents(database_url)
    assert before["public.documents"][0] == 3 and before["public.ledger"][0] > 3

    ran = await asyncio.to_thread(CliRunner().invoke, app, ["backup", str(saved)])
    assert ran.exit_code == 0, ran.output
    assert saved.stat().st_mode & 0o077 == 0
    ran = await asyncio.to_thread(CliRunner().invoke, app, ["backup", str(saved), "--verify"])
    assert ran.exit_code == 0 and f"ledger to entry {before['public.ledger'][0]}" in ran.output
    ran = await asyncio.to_thread(CliRunner().invoke, app, ["restore", str(saved), "--to", str(to)])
    assert ran.exit_code == 0 and "the ledger is sound" in ran.output, ran.output

    postgres = EmbeddedPostgres(to / "postgres")
    await asyncio.to_thread(postgres.start)
    try:
        assert contents(postgres.url()) == before
    finally:
        await asyncio.to_thread(postgres.stop)
    assert files(to) == files(settings.data_folder) and len(files(to)) == 3
    assert (to / "templates" / "路政署 memo.docx").read_text() == "a letterhead"
    assert names(database_folder) == ["restored", "saved.tar"]
    async with open_office(Settings(data_folder=to, model="fake")) as opened:
        assert len(await opened.shelf.cards()) == 3
        await add(opened, 9)
        assert (await opened.gateway.ledger.verify()).ok


async def test_a_backup_while_officers_work_is_of_one_moment(
    office: Office, database_url: str, database_folder: Path
) -> None:
    saved, to = database_folder / "saved.tar", database_folder / "restored"
    started, stop = asyncio.Event(), asyncio.Event()
    for number in range(800):
        await office.shelf.blobs.put(f"k{number}", b"so that it takes a while")
    begun = (await office.gateway.ledger.head()).seq

    async def work() -> None:
        for number in itertools.count(100):
            await add(office, number)
            oldest = (await office.shelf.cards())[-1]
            await office.shelf.remove(oldest.id)
            started.set()
            if stop.is_set():
                return

    working = asyncio.create_task(work())
    await started.wait()
    await back_up(office.settings, saved, quiet)
    stop.set()
    await working

    async def prove(settings: Settings) -> None:
        async with Database.open(settings) as database, database.maintenance() as connection:
            anchor = FileAnchor(settings.data_folder / "ledger-head.json")
            found = await Ledger(database, anchor).verify()
            assert found.ok, found.faults
            kept = await (await connection.execute("SELECT seq, hash FROM ledger ORDER BY seq")).fetchall()
            named = await (await connection.execute("SELECT DISTINCT digest FROM documents")).fetchall()
        with psycopg.connect(database_url) as source:
            there = source.execute("SELECT seq, hash FROM ledger ORDER BY seq").fetchall()
        assert kept == there[: len(kept)] and begun < len(kept) < len(there)
        assert {row[0] for row in named} <= files(settings.data_folder).keys()

    await restore(saved, to, office.settings, prove, quiet)


async def test_a_backup_that_is_not_as_it_was_made_is_refused(office: Office, tmp_path: Path) -> None:
    saved = tmp_path / "saved.tar"
    manifest = await back_up(office.settings, saved, quiet)
    blob = next(name for name in manifest.members if name.startswith("blobs/"))
    for change, why in (
        ({blob: b"other"}, "is not what was saved"),
        ({blob: None}, "is missing"),
        ({"manifest.json": None}, "has no manifest"),
        ({"manifest.json": b"{"}, "is damaged"),
    ):
        with pytest.raises(BrokenBackup, match=why):
            read(rewritten(saved, change))
    cut = tmp_path / "cut.tar"
    cut.write_bytes(saved.read_bytes()[:20_000])
    with pytest.raises(BrokenBackup):
        read(cut)
    with tarfile.open(tmp_path / "hostile.tar", "w") as hostile:
        entry = tarfile.TarInfo("files/../../outside")
        hostile.addfile(entry, io.BytesIO())
    with pytest.raises(BrokenBackup, match="does not belong there"):
        read(tmp_path / "hostile.tar", tmp_path / "into")


async def test_a_newer_version_s_backup_and_a_folder_in_use_are_refused(
    office: Office, tmp_path: Path
) -> None:
    saved = tmp_path / "saved.tar"
    await back_up(office.settings, saved, quiet)
    with pytest.raises(Conflict, match="exists already"):
        await back_up(office.settings, saved, quiet)
    with pytest.raises(Conflict, match="is not empty"):
        await restore(saved, office.settings.data_folder, office.settings, nothing, quiet)
    with tarfile.open(saved) as archive:
        kept = archive.extractfile("manifest.json")
        assert kept is not None
        newer = orjson.dumps(orjson.loads(kept.read()) | {"schema": "9999"})
    with pytest.raises(StoreError, match="newer version"):
        await restore(
            rewritten(saved, {"manifest.json": newer}), tmp_path / "to", office.settings, nothing, quiet
        )
    assert not (tmp_path / "to").exists() and not (tmp_path / "to.restoring").exists()


async def test_a_restore_whose_ledger_is_not_sound_leaves_nothing(
    office: Office, database_folder: Path
) -> None:
    async with office.database.maintenance() as connection:
        await connection.execute(
            "UPDATE ledger SET body = replace(body, 'answered', 'refused') WHERE seq = 2"
        )
    saved, to = database_folder / "saved.tar", database_folder / "restored"
    await back_up(office.settings, saved, quiet)
    ran = await asyncio.to_thread(CliRunner().invoke, app, ["restore", str(saved), "--to", str(to)])
    assert ran.exit_code == 1 and "entry 2 is edited" in ran.output
    assert names(database_folder) == ["saved.tar"]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_backup_leaves_no_file_that_looks_whole(
    database_url: str, tmp_path: Path, how: signal.Signals
) -> None:
    blobs = tmp_path / "data" / "blobs"
    blobs.mkdir(parents=True)
    for number in range(400):
        (blobs / f"k{number}").write_bytes(os.urandom(200_000))
    where = {"BAUHINIA_DATABASE_URL": database_url, "BAUHINIA_DATA_FOLDER": str(tmp_path / "data")}
    saved = tmp_path / "saved.tar"
    process = subprocess.Popen(
        [sys.executable, "-c", "from bauhinia.cli import main; main()", "backup", str(saved)],
        env={**os.environ, **where},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        # A run in the background of a shell ignores Ctrl-C, and what it starts would too.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    part = tmp_path / "saved.tar.part"
    while not part.exists() and process.poll() is None:
        time.sleep(0.002)
    process.send_signal(how)
    assert process.wait(30) != 0, "it ended before it was interrupted"
    assert not saved.exists()
    if how == signal.SIGINT:
        assert not part.exists()
    else:
        with pytest.raises(BrokenBackup):
            read(part)


def test_what_a_newer_server_notes_of_itself_is_left_out_and_rows_are_not_looked_into() -> None:
    """PostgreSQL 15.20 dumped by pg_dump 18.4, as it was found; a row may hold the very same words."""
    noted = b"ALTER TABLE ONLY public.t ALTER COLUMN a SET (pg_attver=101996112);\n"
    rows = [b"COPY public.t (a) FROM stdin;\n", noted, b"\\.\n"]
    kept = [b"ALTER TABLE ONLY public.t ALTER COLUMN a SET DEFAULT 1;\n", *rows]
    assert list(_known([noted, *kept, noted])) == kept
