"""A spoken question is written down for who said it, and asked by nobody; pages that may use a microphone."""

from __future__ import annotations

import io
import json
import re
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bauhinia.chat.guests import BURST
from bauhinia.models import FakeModel
from bauhinia.settings import Settings

from ..models.media_server import MediaServer
from .conftest import OpenSite, Site, recording

HTML = {"accept": "text/html"}


@pytest.fixture
def settings(settings: Settings, listener: MediaServer) -> Settings:
    return settings.model_copy(
        update={"sign_in": "accounts", "chat_guests": True, "listener_url": f"{listener.url}/v1"}
    )


@pytest.fixture
async def who(open_site: OpenSite) -> AsyncIterator[aiohttp.ClientSession]:
    site: Site = await open_site(FakeModel())
    async with aiohttp.ClientSession(site.url, cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield session


async def said(who: aiohttp.ClientSession, sound: bytes, language: str = "yue") -> tuple[int, Any]:
    form = aiohttp.FormData()
    form.add_field("file", io.BytesIO(sound), filename="question")
    form.add_field("language", language)
    async with who.post("/chat/hear", data=form) as answer:
        text = await answer.text()
        if answer.content_type != "text/event-stream":
            return answer.status, json.loads(text)
        return answer.status, [
            (name, json.loads(data)) for name, data in re.findall(r"event: (\w+)\ndata: (.*)", text)
        ]


async def test_what_was_heard_comes_back_and_is_not_asked(who: aiohttp.ClientSession) -> None:
    status, events = await said(who, recording())
    assert status == 200 and events[-1] == (
        "heard",
        {
            "pieces": [{"text": "圖書館", "doubtful": False}, {"text": "開門", "doubtful": False}],
            "model": "listener",
        },
    )
    async with who.get("/chat/history", headers=HTML) as page:
        assert "There is none." in await page.text()


async def test_silence_length_and_language_are_one_sentence(
    who: aiohttp.ClientSession, listener: MediaServer
) -> None:
    status, events = await said(who, recording(62))
    assert status == 200 and events[-1][0] == "failed" and "1 min" in events[-1][1]["message"]
    assert not listener.asked, "what is too long is sent nowhere"
    assert (await said(who, b"no sound"))[1][-1][1]["message"] == "The sound cannot be read."
    assert (await said(who, recording(), "fr"))[0] == 400
    listener.heard = {"text": " ", "duration": 1.0}
    assert (await said(who, recording()))[1][-1][1]["message"] == "Nothing was heard."


async def test_guests_are_held_to_their_rate(who: aiohttp.ClientSession) -> None:
    for _ in range(BURST):
        await said(who, b"")
    status, told = await said(who, b"")
    assert status == 429 and told["error"]["hint"]


async def test_only_pages_that_are_spoken_to_may_use_the_microphone(who: aiohttp.ClientSession) -> None:
    async with who.get("/chat", headers=HTML) as page:
        assert "microphone=(self)" in page.headers["permissions-policy"]
        assert "data-speak" in await page.text()
    for path in ("/chat/history", "/chat/status", "/chat/notes", "/sign-in"):
        async with who.get(path, headers=HTML) as page:
            assert "microphone=()" in page.headers["permissions-policy"], path


async def test_without_a_listener_there_is_no_button_and_the_status_says_how_to_get_one(
    open_site: OpenSite, settings: Settings, tmp_path: Any
) -> None:
    without = settings.model_copy(update={"listener_url": "", "models_folder": tmp_path})
    site = await open_site(FakeModel(), without)
    async with aiohttp.ClientSession(site.url, cookie_jar=aiohttp.CookieJar(unsafe=True)) as who:
        async with who.get("/chat", headers=HTML) as page:
            assert "data-speak" not in await page.text()
        async with who.get("/chat/status", headers=HTML) as page:
            text = await page.text()
            assert "bauhinia models fetch whisper-base" in text or "bauhinia[speech]" in text
