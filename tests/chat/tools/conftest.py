"""The replay server on a free port, and the tools' context on it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bauhinia.chat.replay import REPLAY_NOW, Replay
from bauhinia.chat.sources import Sources
from bauhinia.chat.tools import Context


@pytest.fixture
async def replay() -> AsyncIterator[Replay]:
    async with Replay() as running:
        yield running


@pytest.fixture
async def context(replay: Replay) -> AsyncIterator[Context]:
    sources = Sources(replay.base, rest=0)
    yield Context(sources=sources, now=lambda: REPLAY_NOW)
    await sources.close()
