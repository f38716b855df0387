"""A protected file over HTTP: asked for, opened once, and its password nowhere afterwards."""

from __future__ import annotations

import asyncio
import io
import logging
import sys
import tempfile
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from psycopg import sql

from bauhinia.pilot.shelf import UNPROTECTED

from .conftest import Site

sys.path.insert(0, str(Path(__file__).parents[1] / "documents"))

from locked_makers import PASSWORD, locked_pdf, locked_word

WRONG = "Lantau-Link-1997"


async def send(site: Site, data: bytes, name: str, password: str) -> tuple[int, Any]:
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("file", io.BytesIO(data), filename=name)
    form.add_field("password", password)
    return await site.json("POST", "/api/documents", data=form)


@pytest.mark.parametrize(("name", "make"), [("circular.docx", locked_word), ("press.pdf", locked_pdf)])
async def test_the_password_is_asked_for_and_opens_the_file(site: Site, name: str, make: Any) -> None:
    status, answer = await site.upload(make(), name)
    assert (status, answer["error"]["code"]) == (422, "PasswordNeeded")
    status, answer = await send(site, make(), name, WRONG)
    assert (status, answer["error"]["code"]) == (422, "WrongPassword")
    assert WRONG not in str(answer)
    status, card = await send(site, make(), name, PASSWORD)
    assert status == 201, card
    assert UNPROTECTED in card["warnings"]
    assert len(await site.office.shelf.file(card["id"])) != len(make())


async def test_a_password_for_a_file_without_one_changes_nothing(site: Site) -> None:
    status, card = await send(site, b"Plain words.", "plain.txt", PASSWORD)
    assert status == 201
    assert UNPROTECTED not in card["warnings"]
    assert await site.office.shelf.file(card["id"]) == b"Plain words."


async def test_a_password_sent_as_a_file_is_refused(site: Site) -> None:
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("password", io.BytesIO(PASSWORD.encode()), filename="password")
    form.add_field("file", "words")
    status, answer = await site.json("POST", "/api/documents", data=form)
    assert (status, answer["error"]["code"]) == (400, "InputError")


async def test_no_log_no_row_and_no_file_holds_a_password(
    site: Site, caplog: pytest.LogCaptureFixture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("bauhinia.server").info("this is heard")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    for password in (WRONG, PASSWORD):
        _, card = await send(site, locked_word(), "circular.docx", password)
    await site.finished(documents=[card["id"]])
    async with asyncio.timeout(60):
        while list(temporary.iterdir()):  # noqa: ASYNC110  # LibreOffice numbers the pages
            await asyncio.sleep(0.05)
    assert "this is heard" in caplog.messages
    for text in [record.getMessage() for record in caplog.records] + [caplog.text]:
        assert WRONG not in text and PASSWORD not in text
    assert await _rows_with(site, WRONG) == await _rows_with(site, PASSWORD) == []
    assert await _rows_with(site, "circular.docx") == ["documents"]
    assert _files_with(tmp_path, WRONG) == _files_with(tmp_path, PASSWORD) == []


async def _rows_with(site: Site, words: str) -> list[str]:
    """The tables of which a row says these words, JSON in it as it is written."""
    found = []
    async with site.office.database.maintenance() as connection:
        cursor = await connection.execute(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_schema NOT IN ('pg_catalog', 'information_schema') AND table_type = 'BASE TABLE'"
        )
        for (table,) in await cursor.fetchall():
            query = sql.SQL("SELECT count(*) FROM {} AS row WHERE strpos(row::text, %s) > 0")
            counted = await connection.execute(query.format(sql.Identifier(table)), (words,))
            row = await counted.fetchone()
            found += [table] if row and row[0] else []
    return found


def _files_with(folder: Path, words: str) -> list[Path]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return [path for path in files if words.encode() in path.read_bytes()]
