"""Two questions in one, and questions that go on from the one before: what is carried over, and what is not."""

from __future__ import annotations

import time
from datetime import date
from typing import Any

import pytest

from bauhinia.chat.planner import Part, plan
from bauhinia.chat.questions import questions
from bauhinia.chat.tools.registry import tool_named
from bauhinia.chat.understanding import understand, warm

TODAY = date(2026, 11, 27)
TOMORROW = date(2026, 11, 28)


def told(parts: tuple[Part, ...]) -> list[Any]:
    return [
        (part.understood.call.tool, part.understood.call.arguments)
        if part.understood.call
        else part.understood.reason
        for part in parts
    ]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "Will it rain tomorrow and is it a holiday?",
            [("rain_chance", {"day": TOMORROW}), ("public_holidays", {"day": TOMORROW})],
        ),
        ("而家幾度，過海隧道巴士幾時到？", [("weather_now", {}), "missing_argument"]),
        (
            "聽日天氣點？同埋 100 USD 換到幾多 HKD？",
            [
                ("forecast", {"day": TOMORROW}),
                ("currency", {"amount": "100", "start": "USD", "end": "HKD"}),
            ],
        ),
        (
            "When is the next 96R at Choi Hung and the 91M at HKUST?",
            [
                ("bus_arrivals", {"route": "96R", "stop": "choi hung"}),
                ("bus_arrivals", {"route": "91M", "stop": "hkust"}),
            ],
        ),
        ("Is it raining now? Should I take an umbrella?", [("weather_now", {})]),
        ("明天几点日出？大澳的潮汐时间呢？",
         [("sun", {"day": TOMORROW}), ("tides", {"day": TOMORROW, "place": "大澳"})]),
        ("Hi, can you help me? When is the next ferry to Mui Wo?", [("ferry", {"end": "Mui Wo"})]),
        ("Is it raining now? How do I renew a passport?", [("weather_now", {}), "no_tool"]),
        ("Is it raining now and how do I renew a passport?", [("weather_now", {}), "no_tool"]),
        ("去中環，由沙田出發，點搭？", [("mtr_route", {"start": "Sha Tin", "end": "Central"})]),
        ("What will the weather be on Christmas Day, 25 December?", [("forecast", {"day": date(2026, 12, 25)})]),
        ("Which law covers landlord and tenant matters?", [("legislation", {"query": "Cap. 7"})]),
    ],
)  # fmt: skip
def test_parts(text: str, parts: list[Any]) -> None:
    assert told(plan(text, today=TODAY)) == parts


def test_a_single_question_is_read_as_it_was() -> None:
    """None of the scripted questions is two, and none is read otherwise for being looked at for two."""
    apart = {
        question.text: told(parts)
        for question in questions()
        if len(parts := plan(question.text, today=TODAY)) > 1
        or parts[0].understood != understand(question.text, today=TODAY)
    }
    assert apart == {}


@pytest.mark.parametrize(
    ("earlier", "text", "call"),
    [
        ("Will it rain today?", "and tomorrow?", ("rain_chance", {"day": TOMORROW})),
        ("聽日天氣點？", "咁後日呢？", ("forecast", {"day": date(2026, 11, 29)})),
        ("明天会下雨吗？", "那后天呢？", ("rain_chance", {"day": date(2026, 11, 29)})),
        ("Is it raining now?", "what about Kowloon?", ("weather_now", {"place": "kowloon"})),
        ("Is it raining now?", "Sunday?", ("rain_chance", {"day": date(2026, 11, 29)})),
        ("而家沙田幾多度？", "咁大埔呢？", ("weather_now", {"place": "大埔"})),
        ("What's the weather tomorrow?", "and will it rain?", ("rain_chance", {"day": TOMORROW})),
        ("When is the next 96R at Choi Hung?", "and the 91M?",
         ("bus_arrivals", {"stop": "choi hung", "route": "91M"})),
        ("When is the next 96R at Choi Hung?", "how about at Diamond Hill?",
         ("bus_arrivals", {"route": "96R", "stop": "diamond hill"})),
        ("When is the next 96R bus?", "Choi Hung", ("bus_arrivals", {"route": "96R", "stop": "choi hung"})),
        ("小巴幾時到？", "11M", ("minibus_arrivals", {"route": "11M"})),
        ("How do I get to Central?", "from Sha Tin", ("mtr_route", {"end": "Central", "start": "Sha Tin"})),
        ("How do I get from Sha Tin to Central?", "and back?",
         ("mtr_route", {"start": "Central", "end": "Sha Tin"})),
        ("How do I get from Sha Tin to Central?", "and to Tsim Sha Tsui?",
         ("mtr_route", {"start": "Sha Tin", "end": "Tsim Sha Tsui"})),
        ("When is the next ferry to Cheung Chau?", "what about Mui Wo?",
         ("ferry", {"start": "Central", "end": "Mui Wo"})),
        ("100 USD in HKD?", "and 200?", ("currency", {"amount": "200", "start": "USD", "end": "HKD"})),
        ("100 USD in HKD?", "and in yen?", ("currency", {"amount": "100", "start": "USD", "end": "JPY"})),
        ("convert 5 miles to km", "and 10?", ("convert_units", {"amount": "10", "start": "mi", "end": "km"})),
        ("Is 26 December a public holiday?", "and 27 December?",
         ("public_holidays", {"day": date(2026, 12, 27)})),
        ("When is the Mid-Autumn holiday?", "and Easter?", ("public_holidays", {"name": "Easter"})),
        ("What are the holidays in 2027?", "and 2028?", ("public_holidays", {"year": 2028})),
        ("What's the phone number of the Immigration Department?", "and the Transport Department?",
         ("department_contact", {"department": "Transport Department"})),
        ("Is the typhoon signal up?", "咁暴雨呢？", ("weather_warnings", {"kind": "rainstorm"})),
        ("When is sunset today?", "and on 1 January 2027?", ("sun", {"day": date(2027, 1, 1)})),
        ("How is the air quality in Mong Kok?", "Tai Po?", ("air_quality", {"place": "tai po"})),
        ("When is the next train at Sha Tin?", "and Tai Wai?", ("mtr_next_train", {"station": "Tai Wai"})),
    ],
)  # fmt: skip
def test_what_goes_on(earlier: str, text: str, call: tuple[str, dict[str, Any]]) -> None:
    parts = plan(text, today=TODAY, earlier=[earlier])
    assert told(parts) == [call] and parts[0].followed
    tool_named(call[0]).arguments.model_validate(call[1]) if call[0] != "minibus_arrivals" else None


@pytest.mark.parametrize(
    ("earlier", "text"),
    [
        ("Will it rain today?", "and my passport?"),
        ("Will it rain today?", "and dogs tomorrow?"),
        ("Will it rain today?", "why?"),
        ("Will it rain today?", "thank you"),
        ("Will it rain today?", "and yesterday?"),
        ("When is the next 96R at Choi Hung?", "tomorrow?"),
        ("When is the next 96R at Choi Hung?", "and to Central?"),
        ("How do I get from Sha Tin to Central?", "what about Tai Po Market?"),
        ("100 USD in HKD?", "and yen?"),
        ("How do I write a letter?", "and tomorrow?"),
        ("When is the next public holiday?", "and the one my sister meant?"),
        ("When is the next 96R bus?", "why do you ask?"),
        ("When is the next 96R bus?", "never mind"),
        ("When is the next ferry from Mui Wo to Cheung Chau?", "and Yung Shue Wan?"),
    ],
)
def test_what_does_not_go_on(earlier: str, text: str) -> None:
    parts = plan(text, today=TODAY, earlier=[earlier])
    assert [part.understood.call for part in parts] == [None] and not parts[0].followed


def test_a_whole_question_takes_nothing_from_the_one_before() -> None:
    earlier = ["When is the next 96R at Choi Hung?"]
    assert told(plan("When is the next 91M bus?", today=TODAY, earlier=earlier)) == ["missing_argument"]
    earlier = ["Is it raining in Sha Tin?"]
    assert told(plan("What is the temperature now?", today=TODAY, earlier=earlier)) == [("weather_now", {})]
    earlier = ["What's the weather tomorrow?"]
    assert told(plan("Is it raining now?", today=TODAY, earlier=earlier)) == [("weather_now", {})]


def test_only_the_last_question_counts_itself_perhaps_one_that_went_on() -> None:
    chain = ["Will it rain today?", "and tomorrow?"]
    assert told(plan("and Sunday?", today=TODAY, earlier=chain)) == [
        ("rain_chance", {"day": date(2026, 11, 29)})
    ]
    chain = ["Will it rain today?", "I love you"]
    assert told(plan("and Sunday?", today=TODAY, earlier=chain)) == ["no_tool"]


def test_what_goes_on_from_two_questions_is_asked_for_both() -> None:
    earlier = ["Will it rain tomorrow and is it a holiday?"]
    sunday = {"day": date(2026, 11, 29)}
    assert told(plan("and on Sunday?", today=TODAY, earlier=earlier)) == [
        ("rain_chance", sunday),
        ("public_holidays", sunday),
    ]


def test_long_and_hostile_texts_are_planned_at_once() -> None:
    for text in ("a, " * 600, "rain and " * 200, "幾度，" * 600, "? " * 900, "and " * 500, "咁" * 2_000):
        began = time.process_time()
        plan(text, today=TODAY, earlier=[text])
        assert time.process_time() - began < 1, text[:20]


def test_planning_takes_about_a_millisecond() -> None:
    warm()
    taken = []
    for question in questions()[::4]:
        began = time.process_time()
        plan(question.text, today=TODAY, earlier=["Will it rain tomorrow?"])
        taken.append(time.process_time() - began)
    assert sorted(taken)[len(taken) // 2] < 0.01
