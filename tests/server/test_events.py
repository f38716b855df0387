"""Server-sent events: form, resuming, keeping alive, stopping."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from starlette.responses import StreamingResponse

from bauhinia.jobs import Ended, PieceWritten, TaskEvent
from bauhinia.server import events


async def numbered(*given: TaskEvent, then_wait: bool = False) -> AsyncIterator[tuple[int, TaskEvent]]:
    for pair in enumerate(given, 1):
        yield pair
    if then_wait:
        await asyncio.Event().wait()


async def sent(response: object, most: int = 100) -> list[str]:
    assert isinstance(response, StreamingResponse)
    lines: list[str] = []
    async for chunk in response.body_iterator:
        lines.append(bytes(chunk).decode())  # type: ignore[arg-type]
        if len(lines) == most:
            break
    return lines


PIECES = [PieceWritten(passage="p0", text=text) for text in ("a", "b\nc", "d")]


async def test_events_are_numbered_named_and_end() -> None:
    got = await sent(events.stream(numbered(*PIECES, Ended(status="done")), asyncio.Event()))
    assert got[0] == "retry: 1000\n\n"
    assert got[1] == 'id: 1\nevent: piece\ndata: {"passage":"p0","text":"a"}\n\n'
    assert got[2] == 'id: 2\nevent: piece\ndata: {"passage":"p0","text":"b\\nc"}\n\n'
    assert got[-1].startswith("id: 4\nevent: ended\n")


async def test_resuming_skips_what_was_seen() -> None:
    got = await sent(events.stream(numbered(*PIECES, Ended(status="done")), asyncio.Event(), after=2))
    assert [line.split("\n")[0] for line in got[1:]] == ["id: 3", "id: 4"]


async def test_a_quiet_stream_is_kept_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "KEEP_ALIVE_SECONDS", 0.01)
    got = await sent(events.stream(numbered(PIECES[0], then_wait=True), asyncio.Event()), most=4)
    assert got[2:] == [": keep-alive\n\n"] * 2


async def test_a_closing_server_ends_the_stream() -> None:
    closing = asyncio.Event()
    asyncio.get_running_loop().call_later(0.02, closing.set)
    async with asyncio.timeout(2):
        got = await sent(events.stream(numbered(PIECES[0], then_wait=True), closing))
    assert len(got) == 2
