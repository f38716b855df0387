"""Three hundred hostile files: each is refused in a sentence or read within the limits, and nothing stays behind."""

from __future__ import annotations

import asyncio
import gc
import tempfile
import time
from contextlib import suppress
from dataclasses import fields
from pathlib import Path

import psutil
import pytest
from hostile_files import HostileFile, hostile_files

from bauhinia.documents import read_document, read_units, rewrite
from bauhinia.documents.child import layout, parse
from bauhinia.documents.collecting import Bounds
from bauhinia.documents.reading import log
from bauhinia.errors import DocumentError, EmptyDocument, UnsupportedFormat
from bauhinia.language import Variety
from bauhinia.models import pseudo
from bauhinia.settings import Limits

from .processes import forks

LIMITS = Limits(
    unpacked_bytes=50_000_000, blocks=50_000, characters=4_000_000, seconds=20, memory_bytes=1_500_000_000
)
MOST_GROWTH = 60_000_000
"""Bytes that the server's own memory may grow by over the whole set: its caches, not the files."""


async def _outcome(file: HostileFile) -> str:
    """The name of the error, or `read`."""
    try:
        document = await read_document(file.data, file.name, LIMITS)
    except DocumentError as error:
        assert error.message.endswith(".") and "Traceback" not in error.message, (file.name, error.message)
        assert error.hint or isinstance(error, UnsupportedFormat), file.name
        return error.code
    assert sum(len(block.text) for block in document.blocks) <= LIMITS.characters, file.name
    return "read"


def _started() -> set[psutil.Process]:
    """Every process that this one has begun to read files with."""
    return {*psutil.Process().children(), *forks()}


async def test_every_hostile_file_ends_in_a_sentence_or_a_document(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    await _outcome(HostileFile("text", "first.txt", b"The fork server runs from here on."))
    running = _started()
    crashes: list[str] = []
    log.addFilter(lambda record: crashes.append(record.getMessage()) or True)
    files = hostile_files()
    two_at_once = asyncio.Semaphore(2)

    async def read(file: HostileFile) -> str:
        async with two_at_once:
            return await _outcome(file)

    outcomes = await asyncio.gather(*(read(file) for file in files))
    assert len(outcomes) >= 300
    assert not [message for message in crashes if "signal" in message], crashes
    left = await asyncio.to_thread(lambda: list(tmp_path.rglob("*")))
    assert not left, "files were left behind"
    after = {process for process in _started() if process.status() != psutil.STATUS_ZOMBIE}
    assert after <= running, "processes were left behind"
    assert {"DocumentTooLarge", "BrokenDocument", "MislabelledDocument", "read"} <= set(outcomes)


async def _rewritten(file: HostileFile) -> str:
    """The name of the error, or `written`, after the whole way of a translation that keeps the layout."""
    try:
        units = await read_units(file.data, file.name, LIMITS)
        targets = {unit.id: pseudo(unit.source, "chinese") for unit in units}
        await rewrite(file.data, file.name, targets, Variety.TRADITIONAL, LIMITS, label="AI")
    except DocumentError as error:
        assert error.message.endswith(".") and "Traceback" not in error.message, (file.name, error.message)
        return error.code
    return "written"


@pytest.mark.timeout(900)
async def test_every_hostile_file_is_written_again_or_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    process = psutil.Process()
    await _outcome(HostileFile("text", "first.txt", b"The fork server runs from here on."))
    running = _started()
    crashes: list[str] = []
    log.addFilter(lambda record: crashes.append(record.getMessage()) or True)
    files = hostile_files()
    two_at_once = asyncio.Semaphore(2)

    async def write(file: HostileFile) -> str:
        async with two_at_once:
            return await _rewritten(file)

    before = process.memory_info().rss
    outcomes = await asyncio.gather(*(write(file) for file in files))
    gc.collect()
    assert process.memory_info().rss - before < MOST_GROWTH
    assert not [message for message in crashes if "signal" in message], crashes
    assert not await asyncio.to_thread(lambda: list(tmp_path.rglob("*"))), "files were left behind"
    # A zombie counts: whoever started a process has to wait for its end.
    assert _started() <= running, "processes were left behind"
    assert {"DocumentTooLarge", "BrokenDocument", "MislabelledDocument", "written"} <= set(outcomes)


@pytest.mark.parametrize("name", ["brackets.md", "stars.md", "comment.html"])
def test_a_text_of_nothing_but_marks_takes_less_than_a_second_a_megabyte(name: str) -> None:
    file = next(file for file in hostile_files() if file.name == name)
    bounds = Bounds(**{each.name: getattr(LIMITS, each.name) for each in fields(Bounds)})
    before = time.process_time()
    with suppress(EmptyDocument):
        document = parse(file.data, name, bounds)
        assert "was read as plain text" in document.warnings[0]
    assert not layout(file.data, name, bounds).units
    assert time.process_time() - before < 1


async def test_the_servers_memory_stays_flat() -> None:
    files = [file for file in hostile_files() if file.kind in ("bombs", "tables", "words")]
    process = psutil.Process()
    for file in files[:10]:
        await _outcome(file)
    gc.collect()
    first = process.memory_info().rss
    for file in files:
        await _outcome(file)
    gc.collect()
    assert process.memory_info().rss - first < MOST_GROWTH
