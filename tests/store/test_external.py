"""A PostgreSQL of somebody's: an ordinary user is enough, and what is missing there is said.

The same runs on any server with BAUHINIA_TEST_DATABASE_URL; see docs/operation.md for what it was run on.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from bauhinia.errors import StoreError
from bauhinia.settings import Settings
from bauhinia.store import Database, EmbeddedPostgres, Walls, migrate, within
from bauhinia.store.archive import read
from bauhinia.store.backup import back_up
from bauhinia.store.walls import APPLICATION

INSERT = "INSERT INTO tasks (id, kind, \"order\", status) VALUES ('t', 'k', '{}', 'done')"


@pytest.fixture
def plain(postgres: EmbeddedPostgres) -> Iterator[str]:
    """A new, empty database whose owner is a user who may do nothing else."""
    name = f"plain_{secrets.token_hex(6)}"
    who = sql.Identifier(name)
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB").format(who))
        admin.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(who, who))
    yield make_conninfo(postgres.url(name), user=name)
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(who))
        admin.execute(sql.SQL("DROP ROLE {}").format(who))


def administer(postgres: EmbeddedPostgres, plain: str) -> None:
    """What docs/operation.md asks of the administrator."""
    there = psycopg.conninfo.conninfo_to_dict(plain)
    user = there["user"]
    with psycopg.connect(postgres.url(str(there["dbname"])), autocommit=True) as admin:
        admin.execute("CREATE EXTENSION vector")
        names = (sql.Identifier(APPLICATION), sql.Identifier(str(user)))
        admin.execute(sql.SQL("GRANT {} TO {}").format(*names))


async def test_an_ordinary_owner_is_enough_and_the_walls_stand(
    postgres: EmbeddedPostgres, plain: str, tmp_path: Path
) -> None:
    administer(postgres, plain)
    settings = Settings(data_folder=tmp_path, database_url=plain, model="fake", sign_in="accounts")
    async with Database.open(settings) as database:
        with within(Walls(officer="a", department="Works")):
            async with database.connection() as connection:
                await connection.execute(INSERT)
        for officer, sees in (("a", 1), ("b", 0)):
            with within(Walls(officer=officer, department="Works")):
                async with database.connection() as connection:
                    assert (await connection.execute("SELECT id FROM tasks")).rowcount == sees
    await back_up(settings, tmp_path / "saved.tar", lambda _: None)
    assert read(tmp_path / "saved.tar").roles == [APPLICATION]


async def test_a_user_who_may_not_is_told_what_the_administrator_does(plain: str) -> None:
    with pytest.raises(StoreError, match="may not make") as refused:
        await migrate.bring_up_to_date(plain)
    assert f"GRANT {APPLICATION}" in refused.value.hint


async def test_an_old_postgresql_is_refused(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrate, "OLDEST", 99)
    with pytest.raises(StoreError, match="Bauhinia needs 99 or newer"):
        await migrate.bring_up_to_date(database_url)
