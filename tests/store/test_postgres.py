"""The embedded PostgreSQL: made, shared, killed, brought back."""

from __future__ import annotations

import asyncio
import os
import signal
import stat
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import psycopg
import pytest

from bauhinia.errors import DataFolderInUse, StoreError
from bauhinia.settings import Settings
from bauhinia.store import Database, EmbeddedPostgres, hold_data_folder
from bauhinia.store.migrate import bring_up_to_date, newest


@pytest.fixture
def embedded(database_folder: Path) -> Settings:
    """Settings of a server with its own embedded database."""
    return Settings(data_folder=database_folder, database_url="")


async def one(database: Database, query: str) -> object:
    async with database.connection() as connection:
        row = await (await connection.execute(query)).fetchone()  # type: ignore[arg-type]
    assert row is not None
    return row[0]


async def test_data_outlives_the_server(embedded: Settings) -> None:
    async with Database.open(embedded) as database:
        async with database.connection() as connection:
            await connection.execute(
                "INSERT INTO tasks (id, kind, \"order\", status) VALUES ('t', 'k', '{}', 'done')"
            )
        pid = database.postgres.pid  # type: ignore[union-attr]
    with pytest.raises(ProcessLookupError):
        _signal_unless_reaped(pid)
    began = time.monotonic()
    async with Database.open(embedded) as database:
        assert time.monotonic() - began < 5
        assert await one(database, "SELECT id FROM tasks") == "t"


def _signal_unless_reaped(pid: int | None) -> None:
    """Raises ProcessLookupError for a process that has ended, even if nobody has reaped it yet."""
    assert pid is not None
    if Path(f"/proc/{pid}/stat").exists() and Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z":
        raise ProcessLookupError
    os.kill(pid, 0)


async def test_only_its_owner_can_reach_it(embedded: Settings) -> None:
    async with Database.open(embedded) as database:
        folder = embedded.data_folder / "postgres"
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert await one(database, "SHOW listen_addresses") == ""
        assert await one(database, "SHOW unix_socket_permissions") == "0700"


async def test_killed_and_restarted(embedded: Settings) -> None:
    async with Database.open(embedded) as database:
        assert await one(database, "SELECT 1") == 1
        old = database.postgres.pid  # type: ignore[union-attr]
        assert old is not None
        os.kill(old, signal.SIGKILL)
        # While its last worker dies a request may still be refused, with a clear error.
        deadline = time.monotonic() + 20
        while True:
            try:
                assert await one(database, "SELECT 1") == 1
                if database.postgres.pid != old:  # type: ignore[union-attr]
                    break
            except StoreError as error:
                assert error.status == 503
            assert time.monotonic() < deadline
            await asyncio.sleep(0.05)


async def test_many_requests_revive_it_once(embedded: Settings) -> None:
    async with Database.open(embedded) as database:
        os.kill(database.postgres.pid, signal.SIGKILL)  # type: ignore[union-attr,arg-type]
        await asyncio.sleep(0.3)
        assert await asyncio.gather(*(one(database, "SELECT 1") for _ in range(20))) == [1] * 20


async def test_a_verb_shares_the_servers_database_and_does_not_stop_it(embedded: Settings) -> None:
    verb = """
        import asyncio, sys
        from pathlib import Path
        from bauhinia.settings import Settings
        from bauhinia.store import Database

        async def main():
            async with Database.open(Settings(data_folder=Path(sys.argv[1]), database_url="")) as database:
                async with database.connection() as connection:
                    await connection.execute(
                        "INSERT INTO tasks (id, kind, \\"order\\", status) VALUES ('verb', 'k', '{}', 'done')")

        asyncio.run(main())
    """
    async with Database.open(embedded) as database:
        command = [sys.executable, "-c", textwrap.dedent(verb), str(embedded.data_folder)]
        done = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert await one(database, "SELECT id FROM tasks") == "verb"


async def test_a_process_killed_outright_leaves_a_usable_folder(embedded: Settings) -> None:
    script = """
        import asyncio, os, signal, sys
        from pathlib import Path
        from bauhinia.settings import Settings
        from bauhinia.store import Database

        async def main():
            async with Database.open(Settings(data_folder=Path(sys.argv[1]), database_url="")):
                os.kill(os.getpid(), signal.SIGKILL)

        asyncio.run(main())
    """
    command = [sys.executable, "-c", textwrap.dedent(script), str(embedded.data_folder)]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL
    async with Database.open(embedded) as database:
        assert await one(database, "SELECT count(*) FROM ledger") == 0
        pid = database.postgres.pid  # type: ignore[union-attr]
    with pytest.raises(ProcessLookupError):
        _signal_unless_reaped(pid)


async def test_a_half_made_cluster_is_made_again(embedded: Settings) -> None:
    half = embedded.data_folder / "postgres" / "making"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    async with Database.open(embedded) as database:
        assert await one(database, "SELECT 1") == 1


async def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be written") as raised:
        async with Database.open(Settings(data_folder=tmp_path / "file" / "in", database_url="")):
            pass
    assert "BAUHINIA_DATA_FOLDER" in raised.value.hint


def test_a_long_path_gets_a_private_socket_elsewhere(database_folder: Path) -> None:
    server = EmbeddedPostgres(database_folder / ("long" * 30) / "postgres", durable=False)
    server.start()
    try:
        folder = Path(server.url().split("host=")[1])
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        with psycopg.connect(server.url("postgres")) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    finally:
        server.stop()
    assert not folder.exists()


def test_two_servers_on_one_data_folder_clash(tmp_path: Path) -> None:
    with hold_data_folder(tmp_path), pytest.raises(DataFolderInUse) as raised, hold_data_folder(tmp_path):
        pass
    assert f"process {os.getpid()}" in raised.value.message
    assert "BAUHINIA_DATA_FOLDER" in raised.value.hint
    with hold_data_folder(tmp_path):
        pass


def test_a_server_killed_outright_does_not_hold_the_folder(tmp_path: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path; from bauhinia.store import hold_data_folder\n"
        "with hold_data_folder(Path(sys.argv[1])): os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False)
    with hold_data_folder(tmp_path):
        pass


async def test_an_external_database_by_one_setting(
    tmp_path: Path, postgres: EmbeddedPostgres, database_url: str
) -> None:
    async with Database.open(Settings(data_folder=tmp_path / "none", database_url=database_url)) as database:
        assert database.postgres is None
        assert await one(database, "SELECT count(*) FROM ledger_head") == 1
    assert not (tmp_path / "none" / "postgres").exists()
    assert postgres.pid is not None


async def test_an_external_database_that_is_not_there() -> None:
    settings = Settings(database_url="postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(StoreError, match="cannot be reached") as raised:
        async with Database.open(settings):
            pass
    assert "BAUHINIA_DATABASE_URL" in raised.value.hint and "127.0.0.1" not in raised.value.message


async def test_an_empty_external_database_is_migrated(postgres: EmbeddedPostgres) -> None:
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as admin:
        admin.execute("DROP DATABASE IF EXISTS empty_one")
        admin.execute("CREATE DATABASE empty_one")
    # Servers that start at once on an empty database migrate it once, as threads and as processes.
    url = postgres.url("empty_one")
    script = "import sys; from bauhinia.store.migrate import upgrade; upgrade(sys.argv[1])"
    start = asyncio.create_subprocess_exec
    others = [await start(sys.executable, "-c", script, url) for _ in range(2)]
    await asyncio.gather(*(bring_up_to_date(url) for _ in range(2)))
    assert [await other.wait() for other in others] == [0, 0]
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (newest(),)


async def test_a_database_of_a_newer_version_is_refused(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="newer version"):
        await bring_up_to_date(database_url)


def test_the_newest_file_is_alembics_head() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    from bauhinia.store.migrate import MIGRATIONS

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [newest()]


def test_opening_what_is_up_to_date_loads_no_migration_code(database_url: str) -> None:
    script = (
        "import asyncio, sys; from bauhinia.store import bring_up_to_date\n"
        "asyncio.run(bring_up_to_date(sys.argv[1]))\n"
        "assert not {'alembic', 'sqlalchemy'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script, database_url], check=False, capture_output=True)
    assert done.returncode == 0, done.stderr
