"""Meeting notes over HTTP, for a guest: transcripts, a recording heard and cancelled, corrections, Word with its label."""

from __future__ import annotations

import asyncio
import io
import json
import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from typing import Any

import aiohttp
import docx
import pytest

from bauhinia.chat.guests import BURST
from bauhinia.chat.notes.files import LARGEST_FILE
from bauhinia.models import FakeModel
from bauhinia.settings import Settings

from ..models.media_server import MediaServer
from .conftest import OpenSite, Site, recording

HTML = {"accept": "text/html"}
SAMPLES = Path(__file__).resolve().parents[2] / "samples"
BORNE = "The lift of the footbridge at Example Road has been out of service since 12 February."
INVENTED = "The repair will cost HK$3 million."


@pytest.fixture
def settings(settings: Settings, listener: MediaServer) -> Settings:
    return settings.model_copy(
        update={"sign_in": "accounts", "chat_guests": True, "listener_url": f"{listener.url}/v1"}
    )


@pytest.fixture
async def site(open_site: OpenSite) -> AsyncIterator[Site]:
    yield await open_site(FakeModel(lambda _: f"{BORNE} {INVENTED}"))


@pytest.fixture
async def who(site: Site) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(site.url, cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield session


def sample(name: str = "meeting-en.txt") -> bytes:
    return (SAMPLES / name).read_bytes()


def form(data: bytes = b"", name: str = "meeting.txt", **fields: str) -> aiohttp.FormData:
    made = aiohttp.FormData()
    if data:
        made.add_field("file", io.BytesIO(data), filename=name)
    for key, value in fields.items():
        made.add_field(key, value)
    return made if data or fields else aiohttp.FormData({"text": ""})


async def said(answer: aiohttp.ClientResponse) -> list[tuple[str, Any]]:
    """The events of a stream."""
    text = await answer.text()
    return [(name, json.loads(data)) for name, data in re.findall(r"event: (\w+)\ndata: (.*)", text)]


def fields_of(page: str) -> list[tuple[str, str]]:
    """What the form of a result would send as it stands."""
    inside = page[page.index('<form id="found"') : page.index("data-summary")]
    pattern = re.compile(
        r'<input type="(?P<type>\w+)" name="(?P<name>\w+)"(?P<rest>[^>]*)>|<textarea name="(?P<area>\w+)"[^>]*>\n?(?P<text>.*?)</textarea>',
        re.DOTALL,
    )
    found = []
    for match in pattern.finditer(inside):
        if match["area"]:
            found.append((match["area"], unescape(match["text"])))
        elif match["type"] != "checkbox" or "checked" in match["rest"]:
            value = re.search(r'value="([^"]*)"', match["rest"])
            found.append((match["name"], unescape(value[1]) if value else ""))
    return found


def sent(fields: list[tuple[str, str]]) -> aiohttp.FormData:
    made = aiohttp.FormData(default_to_multipart=True)
    for name, value in fields:
        made.add_field(name, value)
    return made


async def test_a_transcript_becomes_notes_and_corrected_minutes(
    site: Site, who: aiohttp.ClientSession
) -> None:
    async with who.get("/chat/notes", headers=HTML) as page:
        assert page.status == 200 and "Nothing of the meeting is kept here" in await page.text()
    async with who.post("/chat/notes", data=form(sample()), headers=HTML) as page:
        text = await page.text()
        assert page.status == 200 and 'style="' not in text
    assert "agreed that the footbridge closes" in text and 'href="#line-8"' in text and "00:01:06" in text
    fields = fields_of(text)
    assert [value for name, value in fields if name == "owner"] == [
        "",
        "",
        "",
        "Senior Engineer",
        "Secretary",
        "",
    ]
    assert ("day", "2026-03-10") in fields and ("held", "2026-03-04") in fields
    mended = [(name, "Clerk" if (name, value) == ("owner", "Secretary") else value) for name, value in fields]
    mended = [pair for pair in mended if pair != ("keep", "1")]
    async with who.post("/chat/notes/docx", data=sent(mended)) as file:
        data = await file.read()
        assert file.status == 200 and file.headers["cache-control"] == "no-store"
    words = "\n".join(each.text for each in docx.Document(io.BytesIO(data)).element.body.iter() if each.text)
    assert "Clerk (by 10 March 2026)" in words and "leave that for the next meeting" not in words
    verdict = await site.office.labels.check(data, "minutes.docx")
    assert verdict.state == "unaltered" and verdict.record is not None
    assert verdict.record.use == "chat.notes" and verdict.record.origin is None


@pytest.mark.parametrize(
    ("name", "owner"),
    [("meeting-tc.txt", "渠務工程師"), ("meeting-yue.srt", "活動主任"), ("meeting-sc.vtt", "数据员")],
)
async def test_four_languages_and_their_files(who: aiohttp.ClientSession, name: str, owner: str) -> None:
    async with who.post("/chat/notes", data=form(sample(name), name), headers=HTML) as page:
        text = await page.text()
    assert page.status == 200 and ("owner", owner) in fields_of(text)
    assert ("The day of the meeting is not known" in text) is (name != "meeting-tc.txt")


async def test_the_day_of_the_meeting_is_asked_for_and_then_counted_from(who: aiohttp.ClientSession) -> None:
    async with who.post("/chat/notes", data=form(sample("meeting-yue.srt"), "a.srt")) as page:
        fields = fields_of(await page.text())
    assert not any(value for name, value in fields if name == "day") and ("due", "下星期五") in fields
    again = [(name, "2026-03-04" if name == "held" else value) for name, value in fields]
    async with who.post("/chat/notes", data=sent(again)) as page:
        assert ("day", "2026-03-13") in fields_of(await page.text())


async def test_a_recording_is_heard_then_corrected_then_labelled_as_heard(
    site: Site, who: aiohttp.ClientSession, listener: MediaServer
) -> None:
    listener.heard = {"segments": [{"start": 5, "end": 7, "text": "we agreed to close it"}]}
    async with who.post("/chat/notes/hear", data=form(recording(), "a.wav", language="en")) as answer:
        assert answer.content_type == "text/event-stream"
        events = await said(answer)
    names = [name for name, _ in events]
    assert "progress" in names and names[-1] == "heard"
    heard = events[-1][1]
    assert heard["text"] == "[00:00:05] we agreed to close it" and heard["model"] == "listener"
    text = "[00:00:05] Chairman: We agreed to close it."
    async with who.post("/chat/notes", data=form(text=text, heard=heard["token"])) as page:
        fields = fields_of(await page.text())
    async with who.post("/chat/notes/docx", data=sent(fields)) as file:
        verdict = await site.office.labels.check(await file.read(), "minutes.docx")
    assert verdict.record is not None and verdict.record.origin is not None
    assert verdict.record.origin.model == "listener"


async def test_without_scripts_a_recording_comes_back_as_text_in_the_form(who: aiohttp.ClientSession) -> None:
    async with who.post("/chat/notes", data=form(recording(), "a.wav", language="yue"), headers=HTML) as page:
        text = await page.text()
    assert page.status == 200 and "[00:00:00] 圖書館" in text and "Written down by AI (listener)" in text


async def test_leaving_ends_the_hearing(
    site: Site, who: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, ended = asyncio.Event(), asyncio.Event()

    async def never(*_: object, **__: object) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    monkeypatch.setattr("bauhinia.server.notes_events.heard_meeting", never)
    async with who.post("/chat/notes/hear", data=form(recording(), "a.wav", language="en")):
        await asyncio.wait_for(begun.wait(), 20)
    await asyncio.wait_for(ended.wait(), 20)
    assert site.app.state.reception.hearing.length == 0


async def test_a_summary_holds_only_what_lines_bear_out(site: Site, who: aiohttp.ClientSession) -> None:
    async with who.post("/chat/notes", data=form(sample())) as page:
        fields = fields_of(await page.text())
    async with who.post("/chat/notes/summary", data=sent(fields)) as answer:
        events = await said(answer)
    assert [(name, data["text"]) for name, data in events if name == "said"] == [("said", BORNE)]
    whole = events[-1][1]
    assert events[-1][0] == "summary" and whole["withdrawn"] == 1 and whole["token"]
    with_summary = [(name, whole["token"] if name == "summary" else value) for name, value in fields]
    async with who.post("/chat/notes/docx", data=sent(with_summary)) as file:
        data = await file.read()
    words = "\n".join(each.text for each in docx.Document(io.BytesIO(data)).element.body.iter() if each.text)
    assert BORNE in words and INVENTED not in words and "Generated by AI" in words
    forged = [(name, f"{whole['token']}x" if name == "summary" else value) for name, value in fields]
    async with who.post("/chat/notes/docx", data=sent(forged)) as file:
        assert file.status == 400
    async with who.post("/chat/notes/summarised", data=sent(fields), headers=HTML) as page:
        text = await page.text()
    assert page.status == 200 and BORNE in text and INVENTED not in text
    left_out = [*with_summary, ("without_summary", "yes")]
    async with who.post("/chat/notes/docx", data=sent(left_out)) as file:
        verdict = await site.office.labels.check(await file.read(), "minutes.docx")
    assert verdict.record is not None and verdict.record.origin is None


@pytest.mark.parametrize(
    ("data", "status", "told"),
    [
        (form(), 400, "There is no transcript"),
        (form(b"x" * (LARGEST_FILE + 1)), 413, "larger than"),
        (form(b"\x00\x01broken", "a.docx"), 422, ""),
        (form(text="Chair: Hello.", held="soon"), 400, "not a date"),
        (form(b"RIFF", "a.wav", language="xx"), 400, "language of the recording"),
    ],
)
async def test_what_cannot_be_read_comes_back_with_the_form(
    who: aiohttp.ClientSession, data: aiohttp.FormData, status: int, told: str
) -> None:
    async with who.post("/chat/notes", data=data, headers=HTML) as page:
        text = await page.text()
    assert page.status == status and 'role="alert"' in text and told in text


async def test_hostile_words_are_shown_as_words(who: aiohttp.ClientSession) -> None:
    words = "<script>alert(1)</script></textarea><b>"
    async with who.post("/chat/notes", data=form(text=f"Chair: We agreed to {words}.")) as page:
        text = await page.text()
    assert "<script>alert" not in text and "&lt;script&gt;" in text
    for bad in (
        [("text", "Chair: Hello."), ("kind", "action"), ("keep", "0")],
        [("text", "Chair: Hello."), *_item(lines="99"), ("keep", "0")],
        [("text", "Chair: Hello."), *_item(kind="other"), ("keep", "0")],
        [("text", "Chair: Hello."), *_item(lines="x"), ("keep", "0")],
    ):
        async with who.post("/chat/notes/docx", data=sent(bad)) as file:
            assert file.status == 400


def _item(**changed: str) -> list[tuple[str, str]]:
    row = {"kind": "action", "item": "x", "owner": "", "day": "", "due": "", "lines": "1"}
    return list((row | changed).items())


async def test_guests_are_held_to_a_rate(who: aiohttp.ClientSession) -> None:
    statuses = []
    for _ in range(BURST + 1):
        async with who.post("/chat/notes", data=form(text="Chair: Hello."), headers=HTML) as page:
            statuses.append(page.status)
    assert statuses[:BURST] == [200] * BURST and statuses[-1] == 429
    async with who.post("/chat/notes/hear", data=form(recording(), "a.wav", language="en")) as answer:
        assert answer.status == 429 and answer.content_type == "application/json"
