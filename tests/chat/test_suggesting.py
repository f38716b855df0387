"""What is suggested is what the assistant can answer, by another tool, in the asker's language."""

from __future__ import annotations

from datetime import date

import pytest

from bauhinia.chat.reading.tongue import asked_in
from bauhinia.chat.suggesting import asked_next
from bauhinia.chat.tools.registry import TOOLS
from bauhinia.chat.understanding import understand
from bauhinia.chat.wordings import LANGUAGES

TODAY = date(2026, 11, 27)
SUGGESTING = [tool.name for tool in TOOLS if asked_next(tool.name, LANGUAGES[0])]


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda each: each.value)
@pytest.mark.parametrize("tool", SUGGESTING)
def test_each_is_answered_by_another_tool_in_the_same_language(tool: str, language) -> None:
    for question in asked_next(tool, language):
        understood = understand(question, today=TODAY, before=language)
        assert understood.call is not None and understood.call.tool != tool, question
        assert asked_in(question, language) is language, question


def test_weather_rides_and_days_have_some_and_sums_have_none() -> None:
    assert {"weather_now", "bus_arrivals", "public_holidays"} <= set(SUGGESTING)
    assert asked_next("arithmetic", LANGUAGES[0]) == ()


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda each: each.value)
@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("mtr_route", {"start": "Central", "end": "Sha Tin"}),
        ("mtr_next_train", {"station": "Central", "towards": "Tsuen Wan"}),
        ("ferry", {"start": "Central", "end": "Cheung Chau"}),
    ],
)
def test_of_a_journey_the_way_back_comes_first(tool: str, arguments: dict[str, str], language) -> None:
    back, *_ = asked_next(tool, language, arguments)
    understood = understand(back, today=TODAY, before=language)
    assert understood.call is not None and understood.call.tool == tool, back
    first, second = arguments
    assert understood.call.arguments == {first: arguments[second], second: arguments[first]}, back
    assert asked_in(back, language) is language, back


def test_without_both_ends_there_is_no_way_back() -> None:
    assert asked_next("ferry", LANGUAGES[0], {"end": "Cheung Chau"}) == asked_next("ferry", LANGUAGES[0])
