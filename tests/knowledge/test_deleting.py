"""Deleted is deleted: no table holds a word of it, no file its bytes, no count its words."""

from __future__ import annotations

from pathlib import Path

import pytest
from psycopg import sql

from bauhinia.errors import NotFound
from bauhinia.knowledge import Library, Search
from bauhinia.people import Officer
from bauhinia.people.officer import acting_as
from bauhinia.settings import Settings
from bauhinia.store import Database

from ..statements import OURS

SECRET = "# Zanzibar\n\nThe quokka festival will cost HK$77,123 and be held at Xylophone Court."
MARKS = ("quokka", "Xylophone", "Zanzibar")


async def tables_holding(database: Database, words: tuple[str, ...]) -> list[str]:
    """Every table of the database with a row in whose text one of the words stands."""
    found = []
    async with database.maintenance() as connection:
        cursor = await connection.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        for (table,) in await cursor.fetchall():
            statement = sql.SQL("SELECT count(*) FROM {0} WHERE {0}::text ~* %s").format(
                sql.Identifier(table)
            )
            row = await (await connection.execute(statement, ("|".join(words),))).fetchone()
            if row and row[0]:
                found.append(table)
    return sorted(found)


def files_holding(folder: Path, words: tuple[str, ...]) -> list[Path]:
    """Every file of the data folder with one of the words in it."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if any(word.encode() in path.read_bytes() for word in words)]


async def counts(database: Database) -> dict[tuple[str, int], int]:
    async with database.maintenance() as connection:
        cursor = await connection.execute("SELECT department, key, passages FROM knowledge_words")
        return {(row[0], row[1]): row[2] for row in await cursor.fetchall()}


async def test_a_removed_document_is_nowhere(
    library: Library, database: Database, settings: Settings
) -> None:
    collection = await library.create("Papers", sheet=OURS)
    await library.add(collection, "other.md", b"# Other\n\nA paper that stays, of the festival.")
    before = await counts(database)
    fate = await library.add(collection, "quokka.md", SECRET.encode())
    held = await tables_holding(database, MARKS)
    assert held == ["knowledge_documents", "knowledge_passages"]
    assert len(files_holding(settings.data_folder, MARKS)) == 1
    assert await counts(database) != before
    await library.remove(fate.document)
    assert await tables_holding(database, MARKS) == []
    assert files_holding(settings.data_folder, MARKS) == []
    assert await counts(database) == before
    async with database.maintenance() as connection:
        cursor = await connection.execute("SELECT body FROM ledger ORDER BY seq DESC LIMIT 1")
        assert f'"{fate.document}"' in str(await cursor.fetchone())
    with pytest.raises(NotFound):
        await library.remove(fate.document)


async def test_bytes_of_another_department_stay(library: Library) -> None:
    ours = (
        await library.add(await library.create("Ours", sheet=OURS), "quokka.md", SECRET.encode())
    ).document
    with acting_as(Officer(id="stranger", department="Transport", name="Stranger")):
        theirs = (
            await library.add(await library.create("Theirs", sheet=OURS), "quokka.md", SECRET.encode())
        ).document
        with pytest.raises(NotFound):
            await library.remove(ours)
    await library.remove(ours)
    with acting_as(Officer(id="stranger", department="Transport", name="Stranger")):
        assert await library.file(theirs) == SECRET.encode()


async def test_what_is_due_is_swept(library: Library, database: Database, settings: Settings) -> None:
    kept = await library.add(await library.create("Kept", sheet=OURS), "kept.md", b"# Kept\n\nFor good.")
    await library.add(await library.create("Passing", sheet=OURS, days=30), "quokka.md", SECRET.encode())
    assert await library.sweep() == 0
    async with database.maintenance() as connection:
        await connection.execute("UPDATE knowledge_documents SET due = due - interval '31 days'")
    assert await library.sweep() == 1
    assert await tables_holding(database, MARKS) == []
    assert files_holding(settings.data_folder, MARKS) == []
    assert (await library.kept(kept.document)).name == "kept.md"


async def test_a_new_version_takes_the_place_of_the_old(
    library: Library, search: Search, settings: Settings
) -> None:
    collection = await library.create("Papers", sheet=OURS)
    await library.add(collection, "paper.md", SECRET.encode())
    again = await library.add(collection, "copy.md", SECRET.encode())
    fate = await library.add(collection, "paper.md", b"# Plan\n\nThe festival was called off.")
    assert (again.fate, fate.fate) == ("present", "replaced")
    assert [hit.passage.document for hit in (await search.find("festival")).hits] == [fate.document]
    assert files_holding(settings.data_folder, MARKS) == []


async def test_a_collection_goes_with_all_that_is_in_it(
    library: Library, database: Database, settings: Settings
) -> None:
    collection = await library.create("Papers", sheet=OURS)
    await library.add(collection, "quokka.md", SECRET.encode())
    await library.remove_collection(collection)
    assert await library.collections() == []
    assert await counts(database) == {}
    assert files_holding(settings.data_folder, MARKS) == []
    with pytest.raises(NotFound):
        await library.add(collection, "quokka.md", SECRET.encode())
