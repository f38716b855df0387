"""Questions that ask for a trip, a song, a film or minutes: an outline, and the page with the request filled in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from re import search
from urllib.parse import parse_qs, urlsplit

import pytest

import bauhinia.server
from bauhinia.chat import workshops
from bauhinia.chat.planner import plan
from bauhinia.chat.questions import questions
from bauhinia.chat.replay import REPLAY_NOW, Replay
from bauhinia.chat.sources import Sources
from bauhinia.chat.tools import Context
from bauhinia.chat.turn import Answer
from bauhinia.chat.workshops import WORKSHOPS, answer_of, workshop_for
from bauhinia.language import Variety

TODAY = date(2026, 11, 27)


def kind(text: str) -> str:
    has_tool = any(part.understood.call is not None for part in plan(text, today=TODAY))
    found = workshop_for(text, today=TODAY, has_tool=has_tool)
    return found.kind if found else ""


@pytest.fixture
def all_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workshops, "WORKSHOPS", tuple(replace(each, built=True) for each in WORKSHOPS))


def test_a_page_is_switched_on_when_it_is_there() -> None:
    """Fails when a page is built and its line in the table still says that it is not, and the other way round."""
    folder = Path(bauhinia.server.__file__).parent
    pages = "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py")))
    there = {each.path: search(rf'\.get\(\s*"{each.path}"', pages) is not None for each in WORKSHOPS}
    assert there == {each.path: each.built for each in WORKSHOPS}, "set `built` in chat/workshops.py"


@pytest.mark.usefixtures("all_built")
@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("plan two days in Hong Kong with kids", "trip"),
        ("幫我計劃一日遊", "trip"),
        ("帮我安排三天行程", "trip"),
        ("Plan a day trip to Lamma with seafood", "trip"),
        ("Write a cheerful song for our sports day", "song"),
        ("幫我作首歌賀中秋", "song"),
        ("make a video about recycling", "film"),
        ("幫我整條短片介紹回收", "film"),
        ("make meeting notes from this transcript", "notes"),
        ("帮我整理会议记录", "notes"),
        ("who wrote the song Below the Lion Rock", ""),
        ("how do I make a video call", ""),
        ("點樣做會議記錄？", ""),
        ("my trip was nice", ""),
        ("What should I do if I lose my passport on a trip?", ""),
        ("plan for retirement", ""),
        ("Will it rain on my trip tomorrow?", ""),
    ],
)
def test_what_is_asked_for(text: str, wanted: str) -> None:
    assert kind(text) == wanted


@pytest.mark.usefixtures("all_built")
def test_no_question_that_a_tool_answers_is_taken_for_one() -> None:
    assert [each.text for each in questions() if each.expected.tool and kind(each.text)] == []


def test_what_has_no_page_yet_is_not_offered() -> None:
    absent = [each.kind for each in WORKSHOPS if not each.built]
    wanted = {"song": "Write a cheerful song for our sports day", "film": "make a video about recycling"}
    assert all(kind(text) == "" for name, text in wanted.items() if name in absent)


async def outlined(question: str, language: Variety, base: str, *, built: bool) -> Answer:
    sources = Sources(base)
    context = Context(sources=sources, now=lambda: REPLAY_NOW)
    answer = await answer_of(replace(WORKSHOPS[0], built=built), question, language, context)
    await sources.close()
    return answer


async def test_a_trip_gets_its_outline_and_its_page() -> None:
    question = "plan two days in Hong Kong with 2 kids, museums, call me at 9123 4567"
    async with Replay(lambda: REPLAY_NOW, port=0) as replay:
        answer = await outlined(question, Variety.ENGLISH, replay.base, built=True)
    assert answer.via == "made" and "2 days in Hong Kong" in answer.said[0].text
    days = [said for said in answer.said if said.text.startswith("Day ")]
    assert (
        len(days) == 2
        and all(said.source == 0 for said in days)
        and "10:00 Hong Kong Science Museum" in days[0].text
    )
    assert answer.references[0].title.startswith("Hong Kong Observatory")
    page = answer.references[-1]
    assert answer.said[-1].source == len(answer.references) - 1 and page.title == "Plan a trip"
    asked = parse_qs(urlsplit(page.url).query)
    assert page.url.startswith("/chat/itinerary/plan?") and "9123" not in page.url
    assert asked["days"] == ["2"] and asked["children"] == ["2"] and asked["interest"] == ["museums"]


async def test_offline_the_outline_guesses_no_weather() -> None:
    answer = await outlined("幫我計劃一日遊", Variety.CANTONESE, "http://127.0.0.1:9", built=False)
    assert (
        answer.via == "made" and answer.references == () and all(said.source is None for said in answer.said)
    )
    assert "冇用語言模型" in answer.text


async def test_what_no_plan_meets_is_said_to_be_that() -> None:
    question = "plan two days for 4 people, budget HK$50 in total"
    answer = await outlined(question, Variety.ENGLISH, "http://127.0.0.1:9", built=False)
    assert answer.via == "unknown" and answer.why == "no_trip"


async def test_a_song_gets_its_page() -> None:
    song = replace(WORKSHOPS[1], built=True)
    question = "幫我作首歌賀中秋"
    context = Context(sources=Sources("http://127.0.0.1:9"), now=lambda: REPLAY_NOW)
    answer = await answer_of(song, question, Variety.CANTONESE, context)
    assert answer.via == "made" and answer.references[0].title == "作首歌" and answer.said[0].source == 0
    assert parse_qs(urlsplit(answer.references[0].url).query) == {"request": [question]}
