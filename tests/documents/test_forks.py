"""The fork server: what befalls one fork, or the server itself, is nobody else's."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from bauhinia.documents import read_document
from bauhinia.errors import BrokenDocument
from bauhinia.settings import Limits

from .file_makers import docx, p
from .processes import fork_servers, forks

LETTER = b"The footbridge in Kowloon will be repaired."
SLOW = docx("".join(p(f"Paragraph {n}") for n in range(100_000)))


def server() -> psutil.Process:
    (found,) = fork_servers()
    return found


async def forks_of(*readings: asyncio.Task[object]) -> list[psutil.Process]:
    """The processes that read."""
    while len(running := forks()) < len(readings):
        assert not any(reading.done() for reading in readings)
        await asyncio.sleep(0.005)
    return running


def open_in(process: psutil.Process) -> set[str]:
    """What its descriptors lead to, nothing aside."""
    return {str(entry.readlink()) for entry in Path(f"/proc/{process.pid}/fd").iterdir()} - {os.devnull}


async def reads() -> bool:
    return "Kowloon" in (await read_document(LETTER, "letter.txt", Limits())).text


async def test_a_fork_that_crashes_ends_alone() -> None:
    assert await reads()
    first = server()
    reading = asyncio.create_task(read_document(SLOW, "a.docx", Limits()))
    (fork,) = await forks_of(reading)
    fork.send_signal(signal.SIGSEGV)
    with pytest.raises(BrokenDocument):
        await reading
    assert await reads()
    assert server() == first


async def test_another_fork_server_is_started_for_one_that_died() -> None:
    assert await reads()
    first = server()
    first.kill()
    first.wait(5)
    assert await reads()
    assert server() != first


async def test_a_fork_has_nothing_open_but_its_own_pipes() -> None:
    assert await reads()
    readings = [asyncio.create_task(read_document(SLOW, name, Limits())) for name in ("a.docx", "b.docx")]
    both = await forks_of(*readings)
    await asyncio.sleep(0.1)
    first, second = map(open_in, both)
    assert len(first) == len(second) == 2 and not first & second, (first, second)
    for reading in readings:
        reading.cancel()
    await asyncio.gather(*readings, return_exceptions=True)


def test_nothing_outlives_a_process_that_was_killed() -> None:
    code = (
        "import asyncio, os, signal, psutil\n"
        "from bauhinia.documents import read_document\n"
        "from bauhinia.settings import Limits\n"
        "asyncio.run(read_document(b'A letter.', 'a.txt', Limits()))\n"
        "print(psutil.Process().children()[0].pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    until = time.monotonic() + 10
    while psutil.pid_exists(int(done.stdout)):
        assert time.monotonic() < until, "the fork server outlived its parent"
        time.sleep(0.01)
