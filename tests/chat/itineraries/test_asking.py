"""Sentences in four languages, and the trips that they ask for."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bauhinia.chat.itineraries.asking import read_trip, wants_itinerary
from bauhinia.language import Variety

TODAY = date(2026, 11, 27)
SATURDAY = date(2026, 11, 28)
CASES: list[tuple[str, Variety, dict[str, Any]]] = [
    (
        "two days with kids, like museums, budget 500 a day",
        Variety.ENGLISH,
        {"days": 2, "children": 1, "interests": ("museums",), "budget": 500},
    ),
    (
        "Plan a weekend from Central, relaxed, temples and food",
        Variety.ENGLISH,
        {"days": 2, "start": "CEN", "pace": "relaxed", "interests": ("temples", "food")},
    ),
    (
        "3 days from 12 December in a wheelchair, budget HK$3,000 in total",
        Variety.ENGLISH,
        {"days": 3, "begins": date(2026, 12, 12), "wheelchair": True, "budget": 1000},
    ),
    (
        "想帶兩個小朋友玩兩日，鍾意睇動物，每日預算800蚊，住喺旺角",
        Variety.CANTONESE,
        {"days": 2, "children": 2, "interests": ("animals",), "budget": 800, "start": "MOK"},
    ),
    (
        "一家四口下星期六去兩天，坐輪椅，想看歷史古蹟，不要太趕",
        Variety.TRADITIONAL,
        {"days": 2, "adults": 2, "children": 2, "begins": date(2026, 12, 5), "wheelchair": True,
         "interests": ("history",), "pace": "relaxed"},
    ),
    (
        "星期六开始三天行程，喜欢行山和离岛，预算3000元",
        Variety.SIMPLIFIED,
        {"days": 3, "begins": SATURDAY, "interests": ("hiking", "islands"), "budget": 1000},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "language", "trip"), CASES)
def test_a_sentence_is_read(sentence: str, language: Variety, trip: dict[str, Any]) -> None:
    read = read_trip(sentence, today=TODAY)
    assert read.language is language
    said = read.trip.model_dump(exclude_defaults=True)
    assert said == {"begins": SATURDAY, **trip}
    assert set(read.found) <= set(said) | {"adults", "children"}
    assert wants_itinerary(sentence, today=TODAY)


@pytest.mark.parametrize(
    "question",
    [
        "Will it rain tomorrow?",
        "When is the next 96R bus at Choi Hung?",
        "聽日天氣點？",
        "How many days until Christmas?",
        "深圳灣去機場點去？",
        "What is 15% of 2,480?",
        "下一個公眾假期係幾時？",
    ],
)
def test_other_questions_ask_for_no_plan(question: str) -> None:
    assert not wants_itinerary(question, today=TODAY)
