"""Reading questions by rules: days, tools, arguments, and when to say no."""

from __future__ import annotations

import statistics
import time
from datetime import date
from typing import Any

import pytest

from bauhinia.chat.questions import questions
from bauhinia.chat.reading.tongue import asked_in
from bauhinia.chat.reading.when import days_in
from bauhinia.chat.tools.registry import tool_named
from bauhinia.chat.tools.resolve import folded
from bauhinia.chat.understanding import understand, warm
from bauhinia.language import Variety

TODAY = date(2026, 11, 27)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("聽日", "2026-11-28"),
        ("明天", "2026-11-28"),
        ("後日", "2026-11-29"),
        ("大後天", "2026-11-30"),
        ("the day after tomorrow", "2026-11-29"),
        ("星期日", "2026-11-29"),
        ("星期五", "2026-11-27"),
        ("下個禮拜三", "2026-12-02"),
        ("下周三", "2026-12-02"),
        ("next Wednesday", "2026-12-02"),
        ("Saturday", "2026-11-28"),
        ("this weekend", "2026-11-28"),
        ("12月25日", "2026-12-25"),
        ("十二月二十五號", "2026-12-25"),
        ("2027年1月1日", "2027-01-01"),
        ("1月1號", "2027-01-01"),
        ("出年2月6號", "2027-02-06"),
        ("25 December", "2026-12-25"),
        ("Dec 25th", "2026-12-25"),
        ("1 January 2027", "2027-01-01"),
        ("2027-03-26", "2027-03-26"),
        ("3rd of March", "2027-03-03"),
    ],
)
def test_days(text: str, day: str) -> None:
    named = days_in(folded(text), TODAY)
    assert [each.day.isoformat() for each in named] == [day]


@pytest.mark.parametrize(
    "text", ["幾時", "2月30日", "may I ask", "星期幾", "route 96R", "13月1日", "第486章"]
)
def test_what_is_no_day(text: str) -> None:
    assert days_in(folded(text), TODAY) == []


@pytest.mark.parametrize(
    ("text", "reason", "missing"),
    [
        ("96R幾時到？", "missing_argument", "stop"),
        ("When is the next 96R bus?", "missing_argument", "stop"),
        ("How do I get to Central?", "missing_argument", "start"),
        ("輕鐵幾時到？", "missing_argument", "stop"),
        ("小巴幾時到？", "missing_argument", "route"),
        ("Who is the Chief Executive?", "person", ""),
        ("行政長官是誰？", "person", ""),
        ("I love you", "no_tool", ""),
        ("where is the nearest toilet?", "no_tool", ""),
        ("What time does the post office open?", "no_tool", ""),
        ("幫我寫封投訴信", "no_tool", ""),
        ("", "no_tool", ""),
        ("？？？", "no_tool", ""),
    ],
)
def test_when_no_tool_is_used(text: str, reason: str, missing: str) -> None:
    understood = understand(text, today=TODAY)
    assert understood.call is None and (understood.reason, understood.missing) == (reason, missing)


@pytest.mark.parametrize(
    ("text", "tool", "arguments"),
    [
        ("星期日落雨機會有幾大？", "rain_chance", {"day": date(2026, 11, 29)}),
        ("大學站272K下一班幾時開？", "bus_arrivals", {"route": "272K", "stop": "大學"}),
        ("what is 5 feet 7 inches in cm", "convert_units", {"amount": "67", "start": "in", "end": "cm"}),
        ("去中環，由沙田出發，點搭？", "mtr_route", {"start": "Sha Tin", "end": "Central"}),
        ("下星期一係幾號", "dates", {"ask": "weekday", "start": date(2026, 11, 30)}),
        ("農曆八月十五係新曆幾號", "lunar_calendar", {"ask": "solar_of", "month": 8, "number": 15}),
    ],
)
def test_readings_that_went_wrong_once(text: str, tool: str, arguments: dict[str, Any]) -> None:
    understood = understand(text, today=TODAY)
    assert understood.call is not None and (understood.call.tool, understood.call.arguments) == (
        tool,
        arguments,
    )


def test_every_call_has_arguments_that_its_tool_takes() -> None:
    for question in questions():
        if (call := understand(question.text, today=TODAY).call) is not None:
            tool_named(call.tool).arguments.model_validate(call.arguments)


def test_long_and_hostile_texts_are_read_at_once() -> None:
    for text in (
        "a " * 5_000,
        "站" * 5_000,
        "1+" * 5_000,
        "at " * 5_000,
        "喺" * 5_000,
        "(" * 5_000,
        "director of " * 900,
    ):
        began = time.perf_counter()
        understand(text, today=TODAY)
        assert time.perf_counter() - began < 2, text[:20]


def test_reading_takes_milliseconds() -> None:
    warm()
    taken = []
    for question in questions()[::4]:
        began = time.process_time()
        understand(question.text, today=TODAY)
        taken.append((time.process_time() - began) * 1000)
    assert statistics.median(taken) < 10


@pytest.mark.parametrize(
    "text",
    [
        "How much is the MTR fare from Sha Tin to Central?",
        "沙田去中環搭地鐵幾錢？",
        "下雨天適合去哪裡玩？",
        "如果下雨，迪士尼會關門嗎？",
        "What happens to the MTR when signal no. 8 is up?",
        "八號風球下港鐵點樣行駛？",
        "typhoon history of hong kong",
        "邊年打過十號風球？",
        "How do holidays work for part-time staff?",
        "法定假期同公眾假期有咩分別？",
        "日出而作日落而息係咩意思",
        "What does tide detergent cost?",
        "空氣清新機邊隻好？",
        "由機場去尖沙咀搭的士幾錢？",
        "How long does it take by taxi from the airport to Tsim Sha Tsui?",
        "Why is the Hong Kong dollar pegged to the US dollar?",
        "端午節點解要食糉？",
        "route 66 歌詞",
        "我喺中環站等你",
        "my phone number is 9123 4567",
        "A380係咩飛機？",
        "請問身份證點補領？",
        "我有幾多日年假？",
        "邊個港鐵站最多出口？",
    ],
)
def test_what_asks_about_a_thing_is_not_for_a_tool(text: str) -> None:
    assert understand(text, today=TODAY).call is None


def test_a_question_is_answered_in_its_own_language() -> None:
    told = [
        (question.language, understand(question.text, today=TODAY).language.value, question.text)
        for question in questions()
        if question.language != "mixed"
    ]
    wrong = [each for each in told if each[0] != each[1]]
    assert len(wrong) <= 0.015 * len(told), wrong


def test_what_both_scripts_share_follows_the_conversation() -> None:
    text = "3800的15%是多少？"
    assert asked_in(text, Variety.SIMPLIFIED) is Variety.SIMPLIFIED
    assert asked_in("今日幾點日落？", Variety.CANTONESE) is Variety.CANTONESE
    assert asked_in("今天的日落是幾點？", Variety.CANTONESE) is Variety.TRADITIONAL
    assert asked_in(text) is asked_in(text, Variety.ENGLISH) is Variety.TRADITIONAL
    assert (
        asked_in("1 + 1", Variety.SIMPLIFIED) is Variety.SIMPLIFIED and asked_in("1 + 1") is Variety.ENGLISH
    )
