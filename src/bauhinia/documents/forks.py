"""Forks of the fork server, one for each file, and what is said to them and by them."""

from __future__ import annotations

import asyncio
import atexit
import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import BinaryIO

_ROOT = str(Path(__file__).resolve().parents[2])
_SERVER = "bauhinia.documents.fork_server"
_CHUNK = 1 << 16


class Forks:
    """The fork server of this process: started when first asked, and again where it has died."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._server: subprocess.Popen[bytes] | None = None
        self._control: socket.socket

    def begin(self, module: str) -> tuple[BinaryIO, BinaryIO, BinaryIO]:
        """A new fork with the works of `module`: its input, its output, and what tells of its life."""
        order, asks = os.pipe()
        says, answer = os.pipe()
        tells, told = os.pipe()
        try:
            with self._turn:
                self._send(module, [order, answer, told])
        finally:
            for theirs in (order, answer, told):
                os.close(theirs)
        return os.fdopen(asks, "wb", 0), os.fdopen(says, "rb", 0), os.fdopen(tells, "rb", 0)

    def close(self) -> None:
        """End the server and what it has forked."""
        if self._server is not None:
            self._control.close()
            self._server.wait()
            self._server = None

    def _send(self, module: str, descriptors: list[int]) -> None:
        if self._server is None or self._server.poll() is not None:
            self._start()
        try:
            socket.send_fds(self._control, [module.encode()], descriptors)
        except (BrokenPipeError, ConnectionResetError):  # it died just now
            self._start()
            socket.send_fds(self._control, [module.encode()], descriptors)

    def _start(self) -> None:
        self.close()
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._server = subprocess.Popen(
                [sys.executable, "-P", "-m", _SERVER, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=environment(),
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )


_FORKS = Forks()
atexit.register(_FORKS.close)


def environment() -> dict[str, str]:
    """No secret of the server's environment reaches the processes that read strangers' files."""
    kept = {key: os.environ[key] for key in ("PATH", "LD_LIBRARY_PATH") if key in os.environ}
    return {**kept, "PYTHONPATH": _ROOT, "PYTHONIOENCODING": "utf-8", "LC_ALL": "C.UTF-8"}


async def ask_fork(module: str, order: tuple[bytes, ...], most: int) -> tuple[bytes, int]:
    """What a fork with the works of `module` says to an order, and how it ended (as `Popen.returncode`).

    Of an answer over `most` bytes nothing is given. Cancelling ends the fork.
    """
    for _ in range(2):
        with ExitStack() as pipes:
            asks, says, tells = _FORKS.begin(module)
            told, said = await _reader(tells, pipes), await _reader(says, pipes)
            asking = await _writer(asks, pipes)
            if pid := int(await told.readline() or 0):
                return await _asked(pid, told, (asking, order), (said, most))
        # The fork server died between the message and the fork, say for want of memory: another is started.
    raise RuntimeError("the fork server cannot fork")


async def _asked(
    pid: int,
    told: asyncio.StreamReader,
    asking: tuple[asyncio.StreamWriter, tuple[bytes, ...]],
    said: tuple[asyncio.StreamReader, int],
) -> tuple[bytes, int]:
    ended = b""
    try:
        _, answer = await asyncio.gather(_send(*asking), _receive(*said))
        ended = await told.readline()
    finally:
        if not ended:
            # The number is nobody else's before the end has been told.
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            await asyncio.shield(told.read())
    return answer, int(ended)


async def _reader(pipe: BinaryIO, pipes: ExitStack) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, pipe)
    pipes.callback(transport.close)
    return reader


async def _writer(pipe: BinaryIO, pipes: ExitStack) -> asyncio.StreamWriter:
    loop = asyncio.get_running_loop()
    protocol = asyncio.StreamReaderProtocol(asyncio.StreamReader())
    transport, _ = await loop.connect_write_pipe(lambda: protocol, pipe)
    pipes.callback(transport.close)
    return asyncio.StreamWriter(transport, protocol, None, loop)


async def _send(pipe: asyncio.StreamWriter, order: tuple[bytes, ...]) -> None:
    try:
        for piece in order:
            pipe.write(piece)
            await pipe.drain()
        pipe.close()
        await pipe.wait_closed()
    except (BrokenPipeError, ConnectionResetError):
        # The fork ended before it read everything; what it said, or how it ended, tells why.
        pipe.close()


async def _receive(pipe: asyncio.StreamReader, most: int) -> bytes:
    """All that the fork says; nothing when that is more than any document within the limits needs."""
    said = bytearray()
    while chunk := await pipe.read(_CHUNK):
        said += chunk
        if len(said) > most:
            return b""
    return bytes(said)
