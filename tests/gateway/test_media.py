"""Speech, songs and films go through the one door: admitted, kept within the boundary, recorded."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bauhinia.errors import ModelError, NotFound, Refused
from bauhinia.gateway import Gateway, SongRequest
from bauhinia.gateway.boundary import Limit
from bauhinia.ledger.rows import Wanted, page
from bauhinia.models import FakeEmbedder, FakeModel
from bauhinia.people import Officer
from bauhinia.settings import Settings
from bauhinia.store import Database

from ..models.media_server import FILM, SOUND, MediaServer, media_server

OFFICER = Officer(id="o1", department="Test Department", name="Test officer")
BY: dict[str, Any] = {"officer": OFFICER, "use": "api.chat", "classification": "unclassified"}


@pytest.fixture
async def server() -> AsyncIterator[MediaServer]:
    async with media_server() as running:
        yield running


@pytest.fixture
async def door(settings: Settings, database: Database, server: MediaServer) -> AsyncIterator[Gateway]:
    """The door, with every media server on this machine."""
    urls = dict.fromkeys(("listener_url", "speaker_url", "films_url"), f"{server.url}/v1")
    told = settings.model_copy(update={**urls, "songs_url": server.url})
    opened = Gateway(told, database, backend=FakeModel(), embedder=FakeEmbedder())
    yield opened
    await opened.stop()


def _move_elsewhere(door: Gateway, *parts: str) -> None:
    """As if the servers were on another machine."""
    for part in parts:
        limit = door.boundary.limits[part]  # type: ignore[index]
        door.boundary.limits[part] = Limit(  # type: ignore[index]
            part=limit.part,
            address=limit.address,
            endpoint="remote",
            highest="unclassified",
            by_setting=False,
        )


async def _last(database: Database, kind: str) -> dict[str, Any]:
    return (await page(database, Wanted(kind=kind))).entries[0]


SONG = SongRequest(style="pop", lyrics="月光光", language="yue", tempo=96, key="C major", beats=4, seconds=60)


async def test_each_call_is_in_the_ledger_without_its_text(door: Gateway, database: Database) -> None:
    heard = await door.media.hear(b"RIFF", "yue", **BY)
    assert heard.text == "圖書館 開門"
    assert await door.media.speak("歡迎", "yue", **BY) == SOUND
    assert await door.media.song(SONG, **BY) == SOUND
    assert await door.media.film("A harbour", 5, **BY) == FILM
    for kind, characters in (("hear", 64), ("speak", 2), ("song", 6), ("film", 9)):
        entry = await _last(database, kind)
        assert (entry["outcome"], entry["use"], entry["officer"]) == ("answered", "api.chat", "o1")
        assert entry["prompt_characters"] == characters and len(entry["prompt_digest"]) == 64
    assert (await _last(database, "hear"))["answer_characters"] == len("圖書館 開門")
    assert set(door.media.models) == {"listener", "speaker", "songs", "films"}


async def test_a_server_elsewhere_is_given_no_personal_data(
    door: Gateway, database: Database, server: MediaServer
) -> None:
    _move_elsewhere(door, "speaker", "songs", "films", "listener")
    for call in (
        door.media.speak("請致電 A123456(3) 的持有人", "yue", **BY),
        door.media.film("The holder of A123456(3) walks by", 5, **BY),
    ):
        with pytest.raises(Refused) as refused:
            await call
        assert refused.value.stage == "redact" and "built in" in refused.value.hint
    assert server.asked == []
    assert (await _last(database, "speak"))["outcome"] == "refused"
    assert await door.media.speak("請致電查詢", "yue", **BY) == SOUND
    await door.media.hear(b"RIFF", "yue", **BY)
    assert ["redact", True, "sound_as_it_is"] in (await _last(database, "hear"))["decisions"]


async def test_the_boundary_holds_for_sound_too(door: Gateway, server: MediaServer) -> None:
    _move_elsewhere(door, "listener")
    assert "listener" in door.boundary.parts
    with pytest.raises(Refused) as refused:
        await door.media.hear(b"RIFF", "yue", **(BY | {"classification": "restricted"}))
    assert refused.value.stage == "route" and server.asked == []


async def test_a_failure_is_recorded_and_no_server_is_no_call(
    door: Gateway, gateway: Gateway, database: Database, server: MediaServer
) -> None:
    server.status = 500
    with pytest.raises(ModelError):
        await door.media.speak("hello", "en", **BY)
    entry = await _last(database, "speak")
    assert (entry["outcome"], entry["error"]) == ("failed", "ModelError")
    with pytest.raises(NotFound, match="no speech server"):
        await gateway.media.speak("hello", "en", **BY)


async def test_a_use_that_nobody_registered_is_refused(door: Gateway, server: MediaServer) -> None:
    with pytest.raises(Refused):
        await door.media.film("x", 5, **(BY | {"use": "nobody.knows"}))
    assert server.asked == []
