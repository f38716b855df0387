"""Long work with sound and film: told how far it is, stopped when asked, and tidied up after."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from ..errors import Cancelled, InputError, MissingPart

log = logging.getLogger(__name__)

Progress = Callable[[str, float], None]
"""Told what is being done, and how much of the whole is, 0 to 1. It may raise to end the work."""
LeftOut = Callable[[str, str], None]
"""Told a text that a model gave and that is not used, and why."""
_Result = TypeVar("_Result")


def untold(text: str, reason: str) -> None:
    """A `LeftOut` for those who do not ask."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A program of the machine that work needs."""

    name: str
    package: str
    """Debian's package that has it."""
    use: str
    """What it is for, as the end of `... needs`."""

    def found(self) -> str:
        """Where it is. Raises MissingPart."""
        if (path := shutil.which(self.name)) is None:
            raise MissingPart(
                f"{self.use} needs the program {self.name}, which is not on this machine.",
                hint=f"Run `sudo apt-get install --yes {self.package}`.",
            )
        return path


FFMPEG = Program(name="ffmpeg", package="ffmpeg", use="Writing sound and film")
FFPROBE = Program(name="ffprobe", package="ffmpeg", use="Checking sound and film")


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """How a file is labelled before it leaves: the product binds these to `provenance.Labelling`."""

    sentence: str
    """The visible label: AI made this, which model, when, for whom, and the trace id."""
    sign: Callable[[bytes, str], Awaitable[bytes]]
    """Given a file and its media type, the file with its tags and its C2PA manifest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What a program looked at in something that was made."""

    name: str
    passed: bool
    detail: str
    """What was found, with its figures."""


class Work:
    """One piece of work. Cancelling the task that awaits it stops its programs and its threads."""

    def __init__(self, progress: Progress | None = None) -> None:
        self._progress = progress
        self._stopped = threading.Event()

    def tell(self, what: str, share: float) -> None:
        """Say how far the work is."""
        if self._progress is not None:
            self._progress(what, min(max(share, 0.0), 1.0))

    def going_on(self) -> None:
        """Raises Cancelled once the work was stopped: called inside long loops of a thread."""
        if self._stopped.is_set():
            raise Cancelled("The work was stopped.", hint="Start it again when you want it.")

    async def in_thread(self, function: Callable[[], _Result]) -> _Result:
        """What the function gives, worked out beside the loop. When cancelled, the thread is told and waited
        for, so that nothing of it writes into a folder that is gone."""
        running = asyncio.ensure_future(asyncio.to_thread(function))
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            self._stopped.set()
            with suppress(BaseException):
                await running
            raise

    async def run(self, program: Program, arguments: Sequence[str], folder: Path, *, seconds: float) -> bytes:
        """What a program writes to its standard output. It is ended when it takes longer.

        Raises MissingPart where it is not here or fails, InputError over the time.
        """
        process = await asyncio.create_subprocess_exec(
            program.found(),
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=folder,
            env=environment(folder),
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(seconds):
                said, complaint = await process.communicate()
        except TimeoutError:
            raise InputError(
                f"{program.name} took longer than {seconds:g} seconds, which is the limit.",
                hint="Ask for something shorter, or try when the machine is less busy.",
            ) from None
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await asyncio.shield(process.wait())
        if process.returncode:
            raise failed(program, process.returncode, complaint)
        return said


def failed(program: Program, code: int | None, complaint: bytes) -> MissingPart:
    """The error for a program that ended badly; what it said goes into the log, since it may quote texts."""
    log.warning("%s ended with code %s: %s", program.name, code, complaint[-500:].decode(errors="replace"))
    return MissingPart(
        f"The program {program.name} could not do its work here.",
        hint=f"Look at the log; `sudo apt-get install --reinstall --yes {program.package}` may mend it.",
    )


def environment(folder: Path) -> dict[str, str]:
    """Neither a secret of the server's environment nor its home folder reaches a program."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LC_ALL": "C.UTF-8",
    }


@asynccontextmanager
async def work_folder(name: str) -> AsyncIterator[Path]:
    """A folder of its own for the work's files, gone afterwards, however the work ends."""
    folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix=f"bauhinia-{name}-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
