"""Itineraries over HTTP, for a guest: a sentence or a form, the plan, its files and their labels."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import aiohttp
import icalendar
import pytest

from bauhinia.chat.guests import BURST
from bauhinia.chat.tools.result import HONG_KONG
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
    yield await open_site(FakeModel())


@pytest.fixture
async def who(site: Site) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(site.url, cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield session


def soon() -> str:
    return (datetime.now(HONG_KONG).date() + timedelta(days=30)).isoformat()


async def test_a_sentence_becomes_a_plan_and_files_that_are_labelled(
    site: Site, who: aiohttp.ClientSession
) -> None:
    words = "two days with kids, like museums, budget 500 a day, my name is Example Person"
    async with who.post("/chat/itinerary/read", data={"words": words}) as page:
        text = await page.text()
        asked = parse_qs(urlsplit(str(page.url)).query)
        assert page.status == 200 and "Person" not in str(page.url)
    assert asked["days"] == ["2"] and asked["budget"] == ["500"] and asked["interest"] == ["museums"]
    assert "2 days in Hong Kong" in text and "<svg" in text and "Weather: not known" in text
    assert "no language model had a part" in text and 'style="' not in text
    query = urlsplit(str(page.url)).query
    async with who.get(f"/chat/itinerary/plan/ics?{query}") as file:
        data = await file.read()
        assert file.status == 200 and file.content_type == "text/calendar"
    read = icalendar.Calendar.from_ical(data)
    assert str(read["x-ai-provenance"]).startswith("eyJ")
    assert all(re.search(r"BH-\w{4}-\w{4}-\w{4}", event["description"]) for event in read.walk("VEVENT"))
    async with who.get(f"/chat/itinerary/plan/pdf?{query}") as file:
        printed = await file.read()
        assert file.status == 200 and printed.startswith(b"%PDF")
    labels = site.office.labels
    for sent, name in ((data, "plan.ics"), (printed, "plan.pdf")):
        verdict = await labels.check(sent, name)
        assert (name, verdict.state) == (name, "unaltered")
        assert verdict.record is not None and verdict.record.use == "chat.itinerary"
        assert verdict.record.origin is None and verdict.record.department == "public"
    later = re.sub(rb"(DTSTART;TZID=Asia/Hong_Kong:\d{8}T)\d{6}", rb"\g<1>235900", data, count=1)
    assert (await labels.check(later, "plan.ics")).state == "altered"


@pytest.mark.parametrize(
    ("language", "title"),
    [("zh-Hant-HK", "香港1天"), ("yue-Hant-HK", "香港1日"), ("zh-Hans", "香港1天"), ("en", "One day")],
)
async def test_the_plan_is_in_the_language_that_is_asked_for(
    who: aiohttp.ClientSession, language: str, title: str
) -> None:
    address = f"/chat/itinerary/plan?begins={soon()}&language={language}&start=Tsim+Sha+Tsui"
    async with who.get(address, headers=HTML) as page:
        text = await page.text()
    assert page.status == 200 and f'lang="{language}"' in text
    assert title in text or title.replace("1", "一") in text


async def test_what_cannot_be_planned_comes_back_with_the_form(who: aiohttp.ClientSession) -> None:
    async with who.get("/chat/itinerary", headers=HTML) as page:
        assert page.status == 200 and "Plan a day out" in await page.text()
    for query, told in (
        ("days=30", "days"),
        ("budget=10", "less than meals"),
        ("start=Atlantis", "no MTR station"),
        ("begins=2020-01-01", "past"),
        ("interest=gold", "interests"),
    ):
        async with who.get(f"/chat/itinerary/plan?{query}", headers=HTML) as page:
            text = await page.text()
            assert page.status == 400 and 'role="alert"' in text and told in text, query
    async with who.post("/chat/itinerary/read", data={"words": " "}) as page:
        assert page.status == 400


async def test_guests_are_held_to_a_rate(who: aiohttp.ClientSession) -> None:
    statuses = []
    for _ in range(BURST + 1):
        async with who.get(f"/chat/itinerary/plan?begins={soon()}&pace=relaxed", headers=HTML) as page:
            statuses.append(page.status)
    assert statuses[:BURST] == [200] * BURST and statuses[-1] == 429
