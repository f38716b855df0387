"""Protected files: asked for, opened with the right password alone, and nothing of it left anywhere."""

from __future__ import annotations

import asyncio
import io
import random
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from file_makers import bounds
from locked_makers import PASSWORD, SAMPLES, WORDS, locked_old, locked_pdf, locked_word, locked_zip

from bauhinia.documents import read_document, unlock
from bauhinia.documents.unlocking import unlocked
from bauhinia.errors import BrokenDocument, DocumentError, EncryptedDocument, PasswordNeeded, WrongPassword
from bauhinia.settings import Limits

LOCKED: dict[str, Callable[[], bytes]] = {
    "circular.docx": locked_word,
    "press.pdf": locked_pdf,
    "papers.zip": locked_zip,
    "letter.doc": lambda: locked_old("doc"),
    "table.xls": lambda: locked_old("xls"),
}
SAYS = {"circular.docx": "Circular", "press.pdf": "歇涼中心"}


@pytest.mark.parametrize("name", LOCKED)
async def test_a_locked_file_opens_with_its_password_alone(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    data = LOCKED[name]()
    with pytest.raises(PasswordNeeded, match="password") as asked:
        await read_document(data, name, Limits())
    assert type(asked.value) is PasswordNeeded
    with pytest.raises(WrongPassword) as wrong:
        await unlock(data, name, "not the password", Limits())
    assert "not the password" not in wrong.value.message + wrong.value.hint
    opened = await unlock(data, name, PASSWORD, Limits())
    document = await read_document(opened, name, Limits())
    assert SAYS.get(name, WORDS) in document.text
    assert await unlock(opened, name, "whatever", Limits()) == opened
    assert list(tmp_path.rglob("*")) == []  # noqa: ASYNC240


@pytest.mark.parametrize("name", ["circular-en.docx", "press-release-tc.pdf", "notice-sc.txt"])
def test_a_file_without_protection_comes_back_as_it_is(name: str) -> None:
    data = (SAMPLES / name).read_bytes()
    assert unlocked(data, PASSWORD, bounds()) == data


def test_a_pdf_that_only_forbids_printing_needs_no_password() -> None:
    open_to_all = locked_pdf(password="")
    assert unlocked(open_to_all, PASSWORD, bounds()) == open_to_all


async def test_what_no_password_opens_here_does_not_ask_for_one() -> None:
    aes = bytearray(locked_zip())
    for place in (8, aes.index(b"PK\x01\x02") + 10):
        aes[place : place + 2] = (99).to_bytes(2, "little")
    for data, name in ((bytes(aes), "papers.zip"), (locked_old("odt"), "letter.odt")):
        for password in ("", PASSWORD):
            with pytest.raises(EncryptedDocument, match="cannot be") as refused:
                opened = await unlock(data, name, password, Limits())
                await read_document(opened, name, Limits())
            assert not isinstance(refused.value, PasswordNeeded)
            assert refused.value.hint


async def test_the_password_is_not_on_the_process_that_uses_it() -> None:
    unlocking = asyncio.create_task(unlock(locked_word(), "a.docx", PASSWORD, Limits()))
    shown: list[str] = []
    while not unlocking.done():
        for child in psutil.Process().children(recursive=True):
            try:
                shown += [*child.cmdline(), *child.environ().values()]
            except psutil.Error:
                continue
        await asyncio.sleep(0.01)
    assert any("documents.fork_server" in word for word in shown)
    assert not [word for word in shown if PASSWORD in word]


def test_a_zip_bomb_behind_a_password_is_refused() -> None:
    with pytest.raises(DocumentError, match="unpacks to more"):
        unlocked(locked_zip(bytes(300_000)), PASSWORD, bounds(unpacked_bytes=200_000))


def test_names_in_a_locked_archive_stay() -> None:
    with zipfile.ZipFile(io.BytesIO(unlocked(locked_zip(), PASSWORD, bounds()))) as package:
        assert package.namelist() == ["notice.txt"]


@pytest.mark.parametrize("name", LOCKED)
def test_damage_behind_a_password_is_one_of_our_errors(name: str) -> None:
    chance = random.Random(20270301)
    whole = LOCKED[name]()
    for _ in range(12):
        data = bytearray(whole)
        for _ in range(chance.choice([1, 20, 300])):
            data[chance.randrange(len(data))] = chance.randrange(256)
        for damaged in (bytes(data), whole[: chance.randrange(len(whole))]):
            try:
                unlocked(damaged, PASSWORD, bounds())
            except DocumentError as error:
                assert error.hint, error
                assert isinstance(error, EncryptedDocument | BrokenDocument)
