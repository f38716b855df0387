"""The assistant over HTTP: guests are let in where a setting says so, and to nothing else."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bauhinia.chat.guests import BURST
from bauhinia.chat.speech import seconds_of
from bauhinia.models import FakeModel
from bauhinia.settings import Settings

from .conftest import OpenSite, Site

HTML = {"accept": "text/html"}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(
        update={"sign_in": "accounts", "chat_guests": True, "chat_sources": "http://127.0.0.1:9"}
    )


@pytest.fixture
async def site(open_site: OpenSite) -> AsyncIterator[Site]:
    yield await open_site(FakeModel(lambda _: "Begin with a greeting."))


def guest(site: Site) -> aiohttp.ClientSession:
    """A browser of its own."""
    return aiohttp.ClientSession(site.url, cookie_jar=aiohttp.CookieJar(unsafe=True))


async def asked(who: aiohttp.ClientSession, question: str, **more: Any) -> list[tuple[str, dict[str, Any]]]:
    async with who.post("/chat/ask", json={"question": question, **more}) as answer:
        assert answer.status == 200, await answer.text()
        lines = (await answer.text()).strip().split("\n\n")
    return [(line.split("\n")[0][7:], json.loads(line.split("\n")[1][6:])) for line in lines]


async def test_a_guest_is_let_into_the_assistant_and_nothing_else(site: Site) -> None:
    async with guest(site) as who:
        async with who.get("/chat", headers=HTML) as page:
            assert page.status == 200 and "What would you like to know?" in await page.text()
            cookie = page.cookies["guest"]
            assert cookie["httponly"] and cookie["path"] == "/chat"
        for path in ("/", "/tasks", "/curated", "/chats", "/knowledge", "/api/tasks", "/chat/../tasks"):
            async with who.get(path, headers=HTML, allow_redirects=False) as answer:
                assert answer.status in (303, 401), path


async def test_no_guest_is_let_in_without_the_setting(open_site: OpenSite, settings: Settings) -> None:
    site = await open_site(FakeModel(), settings.model_copy(update={"chat_guests": False}))
    async with guest(site) as who:
        async with who.get("/chat", headers=HTML, allow_redirects=False) as answer:
            assert answer.status == 303 and answer.headers["location"].startswith("/sign-in")
        async with who.post("/chat/ask", json={"question": "x"}) as answer:
            assert answer.status == 401


async def test_an_answer_streams_and_is_kept_for_its_guest_alone(site: Site) -> None:
    async with guest(site) as who, guest(site) as other:
        events = await asked(who, "What is 15% of 2,480?")
        assert [name for name, _ in events] == ["reference", "said", "answer"]
        last = events[-1][1]
        assert last["via"] == "tool" and "372" in last["said"][0]["text"]
        key = last["conversation"]
        async with who.get(f"/chat/c/{key}", headers=HTML) as page:
            assert "372" in await page.text()
        async with other.get(f"/chat/c/{key}", headers=HTML) as page:
            assert page.status == 404
        async with other.post("/chat/ask", json={"question": "And 16%?", "conversation": key}) as answer:
            assert answer.status == 404
        async with other.post(f"/chat/c/{key}/delete", allow_redirects=False) as answer:
            assert answer.status == 404
        async with who.get("/chat/history?words=2,480", headers=HTML) as page:
            assert key in await page.text()
        async with who.get(f"/chat/c/{key}/export?form=json") as taken:
            assert "attachment" in taken.headers["content-disposition"]
            assert json.loads(await taken.text())["turns"][0]["question"] == "What is 15% of 2,480?"


async def test_without_scripts_the_page_comes_with_the_answer(site: Site) -> None:
    form = {"question": "", "example": "What is 15% of 2,480?"}
    async with guest(site) as who, who.post("/chat", data=form) as page:
        assert page.status == 200 and "/chat/c/" in str(page.url) and "372" in await page.text()


async def test_a_shared_copy_is_for_whoever_has_the_link(site: Site) -> None:
    async with guest(site) as who, guest(site) as other:
        key = (await asked(who, "My number is 9123 4567. What is 15% of 2,480?"))[-1][1]["conversation"]
        async with who.post(f"/chat/c/{key}/share") as page:
            link = (await page.text()).split('readonly value="')[1].split('"')[0]
        async with other.get(link[link.index("/chat/") :], headers=HTML) as page:
            text = await page.text()
            assert page.status == 200 and "9123" not in text and "[…]" in text


async def test_a_guest_may_complain_and_reads_the_number(site: Site) -> None:
    async with guest(site) as who:
        key = (await asked(who, "How do I write a polite letter?"))[-1][1]["conversation"]
        form = {"kind": "wrong", "words": "It is wrong.", "conversation": key, "turn": "1"}
        async with who.post("/chat/feedback", data=form) as page:
            text = await page.text()
            assert page.status == 200 and "Yours" in text
        async with who.post("/chat/feedback", data={**form, "words": " "}) as page:
            assert page.status == 400 and "Say what is wrong" in await page.text()


async def test_too_many_questions_are_told_when_to_go_on(site: Site) -> None:
    async with guest(site) as who:
        for _ in range(BURST):
            await asked(who, "What is 2 + 2?")
        async with who.post("/chat/ask", json={"question": "What is 2 + 2?"}) as answer:
            told = await answer.json()
            assert answer.status == 429 and int(answer.headers["retry-after"]) > 0
            assert "lost" in told["error"]["hint"]


async def test_status_and_manifest(site: Site) -> None:
    async with guest(site) as who:
        async with who.get("/chat/status", headers=HTML) as page:
            assert "Hong Kong Observatory" in await page.text()
        async with who.get("/chat/manifest.webmanifest") as manifest:
            assert (await manifest.json(content_type=None))["start_url"] == "/chat"


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="needs `apt-get install espeak-ng`")
async def test_an_answer_is_read_aloud_to_its_owner_and_labelled(site: Site) -> None:
    async with guest(site) as who, guest(site) as other:
        events = await asked(who, "What is 12 times 12?")
        key = events[-1][1]["conversation"]
        async with who.get(f"/chat/c/{key}", headers=HTML) as page:
            assert f'src="/chat/c/{key}/spoken/1"' in await page.text()
        async with who.get(f"/chat/c/{key}/spoken/1") as sound:
            assert (sound.status, sound.content_type) == (200, "audio/wav")
            data = await sound.read()
        async with who.get(f"/chat/c/{key}/spoken/2") as none:
            assert none.status == 404
        async with other.get(f"/chat/c/{key}/spoken/1") as none:
            assert none.status == 404
    assert seconds_of(data) > 1
    assert (await site.office.labels.check(data, "answer.wav")).state == "unaltered"


async def test_without_a_voice_the_page_offers_none(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    async with guest(site) as who:
        key = (await asked(who, "What is 12 times 12?"))[-1][1]["conversation"]
        async with who.get(f"/chat/c/{key}", headers=HTML) as page:
            assert "/spoken/" not in await page.text()
        async with who.get(f"/chat/c/{key}/spoken/1") as refused:
            assert refused.status == 503 and "espeak-ng" in await refused.text()


REPLY = (Path(__file__).resolve().parents[2] / "samples" / "legco-reply-en.pdf").read_bytes()
NOTICE = b"# Pool notice\n\nThe swimming pool opens at 6:30 in the morning.\n\nThe fee is $17 for adults.\n"


async def attached(who: aiohttp.ClientSession, data: bytes, name: str) -> tuple[int, dict[str, Any]]:
    form = aiohttp.FormData()
    form.add_field("file", data, filename=name)
    async with who.post("/chat/attach", data=form, headers={"accept": "application/json"}) as answer:
        return answer.status, await answer.json()


async def test_a_question_is_answered_from_the_askers_file_alone(open_site: OpenSite) -> None:
    site = await open_site(
        FakeModel(lambda _: "The swimming pool opens at 6:30 in the morning. It closes at 22:15. ")
    )
    async with guest(site) as who, guest(site) as other:
        status, held = await attached(who, NOTICE, "notice.md")
        assert status == 200 and held["name"] == "notice.md"
        events = await asked(who, "When does the swimming pool open?", attached=[held["id"]])
        kind, answer = events[-1]
        assert (kind, answer["via"], answer["withdrawn"]) == ("answer", "attached", 1)
        assert [each["text"] for each in answer["said"]] == [
            "The swimming pool opens at 6:30 in the morning."
        ]
        assert answer["references"][0]["title"] == "notice.md"
        kind, told = (await asked(other, "When does it open?", attached=[held["id"]]))[-1]
        assert kind == "failed" and "no longer held" in told["message"]
        status, told = await attached(who, b"PK\x03\x04", "broken.docx")
        assert status == 422 and told["error"]["hint"]


async def test_the_page_of_the_file_is_cited(open_site: OpenSite) -> None:
    said = "EPD will install 120 more quick chargers in 18 government car parks by the end of 2026-27."
    site = await open_site(FakeModel(lambda _: f"{said} "))
    async with guest(site) as who:
        _, held = await attached(who, REPLY, "reply.pdf")
        events = await asked(who, "How many quick chargers will EPD install?", attached=[held["id"]])
    answer = events[-1][1]
    assert answer["via"] == "attached" and answer["said"][0]["text"] == said
    assert [each["title"] for each in answer["references"]] == ["reply.pdf, page 2"]


async def test_the_memory_is_off_until_a_person_turns_it_on(site: Site) -> None:
    async with guest(site) as who, guest(site) as other:
        async with who.get("/chat", headers=HTML) as page:
            assert "Memory is off." in await page.text()
        async with who.get("/chat/memory/export") as none:
            assert none.status == 404
        async with who.post("/chat/memory", data={}) as page:
            assert "It is on." in await page.text()
        lines = aiohttp.FormData(
            [
                *(("called", "home"), ("route", "96R"), ("stop", "Choi Hung"), ("stop", "")),
                *(("district", "Sha Tin"), ("need", "I use a wheelchair"), ("need", "")),
            ]
        )
        async with who.post("/chat/memory", data=lines) as page:
            text = await page.text()
            assert page.status == 200 and "I use a wheelchair" in text and 'value="Choi Hung"' in text
        async with who.post("/chat/memory", data={"need": "Call me on 9123 4567"}) as page:
            assert page.status == 400 and "looks like personal data" in await page.text()
        async with who.get("/chat/memory/export") as taken:
            kept = json.loads(await taken.text())
            assert kept["rides"] == [{"called": "home", "route": "96R", "stop": "Choi Hung"}]
        async with other.get("/chat/memory", headers=HTML) as page:
            assert "It is off" in await page.text()
        events = await asked(who, "When is the next bus home?")
        assert events[-1][1]["via"] == "down" and "remember" in events[-1][1]["said"][-1]["text"]
        async with who.post("/chat/history/delete"):
            pass
        async with who.get("/chat/memory", headers=HTML) as page:
            assert "It is off" in await page.text()
