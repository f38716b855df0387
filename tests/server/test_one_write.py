"""An answer goes out in one write, and nothing that was written waits longer than a turn of the loop."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest
import uvicorn
from starlette.responses import PlainTextResponse

from bauhinia.server.one_write import Joining, OneWrite


class _Wire:
    """A transport that notes what it is given."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.closed = False

    def write(self, data: bytes) -> None:
        assert not self.closed, "written after it was closed"
        self.written.append(data)

    def close(self) -> None:
        self.closed = True

    def get_extra_info(self, name: str) -> str:
        return f"the {name}"


def _joining(wire: _Wire) -> Joining:
    return Joining(cast(asyncio.Transport, wire))


async def test_head_and_body_are_one_write() -> None:
    wire = _Wire()
    joining = _joining(wire)
    joining.write(b"head ")
    joining.write(b"body")
    assert wire.written == [b"head body"]
    await asyncio.sleep(0)
    assert wire.written == [b"head body"], "nothing is written twice"


async def test_a_piece_of_a_stream_goes_out_by_itself() -> None:
    wire = _Wire()
    joining = _joining(wire)
    for piece in (b"one", b"two", b"three"):
        joining.write(piece)
        await asyncio.sleep(0)
    assert wire.written == [b"one", b"two", b"three"]


async def test_what_is_kept_is_written_before_the_end() -> None:
    wire = _Wire()
    joining = _joining(wire)
    joining.write(b"the last")
    joining.close()
    await asyncio.sleep(0)
    assert (wire.written, wire.closed) == ([b"the last"], True)
    assert joining.get_extra_info("socket") == "the socket", "the rest is the transport's own"


@pytest.mark.parametrize("connection", ["keep-alive", "close"])
async def test_a_server_answers_by_it(connection: str) -> None:
    app = PlainTextResponse("x" * 300_000)
    server = uvicorn.Server(uvicorn.Config(app, port=0, http=OneWrite, lifespan="off", log_config=None))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _ in range(2 if connection == "keep-alive" else 1):
        writer.write(f"GET / HTTP/1.1\r\nhost: x\r\nconnection: {connection}\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 OK")
        assert await reader.readexactly(300_000) == b"x" * 300_000
    if connection == "close":
        assert await reader.read() == b""
    writer.close()
    server.should_exit = True
    await serving
