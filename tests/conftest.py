"""Fixtures that every test may use: a clean environment, a real PostgreSQL, a gateway on FakeModel."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from bauhinia.gateway import Gateway
from bauhinia.guideline.coverage import measures
from bauhinia.models import FakeEmbedder, FakeModel
from bauhinia.settings import Settings, get_settings
from bauhinia.store import Database, EmbeddedPostgres
from bauhinia.store.migrate import upgrade

_TEMPLATE = "template_bauhinia"
_EXTERNAL = os.environ.get("BAUHINIA_TEST_DATABASE_URL", "")
"""Another PostgreSQL (15 or newer) to run the tests on, as a user who may make databases and roles."""
_MEMORY = Path("/dev/shm")  # a folder of a random name is made in it
_ROOM = 2_000_000_000
"""Bytes that the databases of one session may come to take."""


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A whole run fails where a test that proves a duty of the guideline did not run or did not pass."""
    whole = session.config.args_source is not pytest.Config.ArgsSource.ARGS
    if hasattr(session.config, "workerinput") or not whole or session.config.option.keyword:
        return
    terminal = session.config.pluginmanager.get_plugin("terminalreporter")
    assert terminal is not None
    passed = {report.nodeid.partition("[")[0] for report in terminal.stats.get("passed", ())}
    proofs = {test for measure in measures().values() if measure.is_met for test in measure.tests}
    for test in sorted(proofs - passed):
        terminal.write_line(f"a duty of the guideline is not proved: {test} did not pass", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No setting of the machine leaks in, and nothing is written outside the test's own folder."""
    for name in [name for name in os.environ if name.startswith("BAUHINIA_")]:
        monkeypatch.delenv(name)
    monkeypatch.setitem(Settings.model_config, "env_file", None)
    monkeypatch.setenv("BAUHINIA_DATA_FOLDER", str(tmp_path / "data"))
    monkeypatch.setenv("BAUHINIA_MODEL", "fake")
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


@pytest.fixture
def database_folder() -> Iterator[Path]:
    """A folder for an embedded database.

    Not in `tmp_path`: run by root, PostgreSQL is another user, and each new pytest session closes the folder
    above every `tmp_path` to other users.
    """
    with tempfile.TemporaryDirectory(prefix="bauhinia-") as folder:
        yield Path(folder)


class External(EmbeddedPostgres):
    """A PostgreSQL that runs already."""

    def __init__(self, url: str) -> None:
        self._url = url

    def url(self, database: str = "postgres") -> str:
        """Where clients connect."""
        return make_conninfo(self._url, dbname=database)

    def start(self) -> None:
        """It runs already; what a killed run left there goes."""
        self.stop()

    def stop(self) -> None:
        """What the tests made in it goes; it runs on."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as admin:
            admin.execute(f"DROP DATABASE IF EXISTS {_TEMPLATE}")


def _in_memory() -> str | None:
    """Where files are kept in memory, if there is room: copying a database takes 20 ms there, and on a disk
    0.6 s. None for the usual place."""
    usable = os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM
    return str(_MEMORY) if usable else None


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    """One real PostgreSQL for the session, with a migrated database to copy; not safe against power loss."""
    folder = tempfile.TemporaryDirectory(prefix="bauhinia-", dir=_in_memory())
    embedded = EmbeddedPostgres(Path(folder.name) / "postgres", durable=False)
    server = External(_EXTERNAL) if _EXTERNAL else embedded
    server.start()
    try:
        with psycopg.connect(server.url("postgres"), autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {_TEMPLATE}")
        upgrade(server.url(_TEMPLATE))
        yield server
    finally:
        server.stop()
        folder.cleanup()


@pytest.fixture
def database_url(postgres: EmbeddedPostgres) -> Iterator[str]:
    """A fresh database with the schema in place."""
    name = f"test_{secrets.token_hex(6)}"
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE} STRATEGY file_copy")
    yield postgres.url(name)
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    """Settings of a server on the fresh database, with FakeModel and a data folder of its own."""
    return Settings(data_folder=tmp_path / "data", database_url=database_url, model="fake")


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    """The fresh database, open."""
    async with Database.open(settings) as opened:
        yield opened


@pytest.fixture
def model() -> FakeModel:
    """What answers behind `gateway`; a test module overrides it to script replies."""
    return FakeModel()


@pytest.fixture
async def gateway(settings: Settings, database: Database, model: FakeModel) -> AsyncIterator[Gateway]:
    """The one door, started, with `model` behind it."""
    door = Gateway(settings, database, backend=model, embedder=FakeEmbedder())
    await door.start()
    yield door
    await door.stop()


@pytest.fixture
async def open_gateway(
    settings: Settings, database: Database
) -> AsyncIterator[Callable[[FakeModel], Gateway]]:
    """Makes a door, not yet started, for a model that the test scripts; stopped at the end."""
    doors: list[Gateway] = []

    def make(model: FakeModel) -> Gateway:
        doors.append(Gateway(settings, database, backend=model, embedder=FakeEmbedder()))
        return doors[-1]

    yield make
    for door in doors:
        await door.stop()
