"""Departments' own answers: two people, a last day, found by how people ask."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bauhinia.chat.curated import CuratedAnswers, Wording, shape
from bauhinia.errors import InputError, NotPermitted
from bauhinia.language import Variety
from bauhinia.ledger import Ledger
from bauhinia.people import Officer, acting_as
from bauhinia.store import Database

WRITER = Officer(id="w", department="immd", name="Officer", roles=frozenset({"department_administrator"}))
PUBLISHER = Officer(id="p", department="immd", name="Officer", roles=frozenset({"department_administrator"}))
STRANGER = Officer(id="s", department="td", name="Officer", roles=frozenset({"department_administrator"}))
LOST = Wording(
    post="Senior Immigration Officer (Records)",
    questions=("What do I do when I lose my identity card?", "我唔見咗身份證點算？", "遗失身份证怎么办"),
    answers={"en": "Report it in person within 14 days.", "zh-Hant-HK": "請於十四日內親身報失。"},
    expires=date.today() + timedelta(90),
)


@pytest.fixture
def curated(database: Database) -> CuratedAnswers:
    return CuratedAnswers(database, Ledger(database))


async def test_nothing_is_given_before_another_publishes_it(curated: CuratedAnswers) -> None:
    with acting_as(WRITER):
        key = await curated.write(WRITER, LOST)
        assert (await curated.preview("what do i do when i lose my identity card")) is not None
        with pytest.raises(NotPermitted) as refused:
            await curated.publish(WRITER, key)
        assert refused.value.why == "own"
    assert await curated.find(LOST.questions[0]) is None
    with acting_as(PUBLISHER):
        await curated.publish(PUBLISHER, key)
    for asked in (
        "Please, what do I do when I lose my identity card",
        "我唔見咗身份證點算",
        "遺失身份證怎麼辦？",
    ):
        found = await curated.find(asked)
        assert found is not None and found.id == key, asked
    assert await curated.find("What do I do when I find a wallet?") is None


async def test_a_change_takes_it_back_into_preview(curated: CuratedAnswers) -> None:
    with acting_as(WRITER):
        key = await curated.write(WRITER, LOST)
    with acting_as(PUBLISHER):
        await curated.publish(PUBLISHER, key)
        assert await curated.find(LOST.questions[0]) is not None
        await curated.write(PUBLISHER, LOST, key)
    assert await curated.find(LOST.questions[0]) is None
    with acting_as(WRITER):
        await curated.publish(WRITER, key)
        await curated.retire(WRITER, key)
    assert await curated.find(LOST.questions[0]) is None


async def test_another_department_sees_and_changes_nothing(curated: CuratedAnswers) -> None:
    with acting_as(WRITER):
        key = await curated.write(WRITER, LOST)
    with acting_as(STRANGER):
        assert await curated.listed() == []
        with pytest.raises(InputError):
            await curated.publish(STRANGER, key)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"answers": {"en": "Report it."}}, "written Chinese"),
        ({"questions": (" ",)}, "needs a question"),
        ({"expires": date(2020, 1, 1)}, "last day is over"),
        ({"post": ""}, "needs an owner"),
        ({"url": "http://elsewhere"}, "address"),
        ({"answers": {"en": "x" * 3_000, "zh-Hant-HK": "x"}}, "at most"),
    ],
)
async def test_what_cannot_be_kept_is_told(
    curated: CuratedAnswers, change: dict[str, object], told: str
) -> None:
    with acting_as(WRITER), pytest.raises(InputError, match=told):
        await curated.write(WRITER, replace(LOST, **change))  # type: ignore[arg-type]


async def test_beside_an_answer_stand_its_departments_others_in_the_askers_language(
    curated: CuratedAnswers,
) -> None:
    others = {
        "What do I do when I lose my passport?": "我唔見咗護照點算？",
        "When does the office open?": "辦事處幾點開門呀？",
        "How do I get an identity card for a child?": "細路點樣攞身份證呀？",
    }
    keys = []
    with acting_as(WRITER):
        keys.append(await curated.write(WRITER, LOST))
        for asked in others.items():
            keys.append(await curated.write(WRITER, replace(LOST, questions=asked)))
        keys.append(await curated.write(WRITER, replace(LOST, questions=("Which card is not published?",))))
    with acting_as(PUBLISHER):
        for key in keys[:-1]:
            await curated.publish(PUBLISHER, key)
    with acting_as(STRANGER):
        other = await curated.write(STRANGER, replace(LOST, questions=("When does the card office close?",)))
    with acting_as(replace(STRANGER, id="t")):
        await curated.publish(replace(STRANGER, id="t"), other)
    found = await curated.find(LOST.questions[0])
    assert found is not None
    beside = await curated.beside(found, Variety.ENGLISH)
    assert len(beside) == 2 and beside[0] == "What do I do when I lose my passport?"
    assert set(beside) < set(others)
    for asked in await curated.beside(found, Variety.CANTONESE):
        assert asked in others.values() and await curated.find(asked) is not None


async def test_it_is_said_in_four_languages(curated: CuratedAnswers) -> None:
    with acting_as(WRITER):
        key = await curated.write(WRITER, LOST)
        answer = await curated.get(key)
    assert answer.said(Variety.ENGLISH).startswith("Report")
    assert answer.said(Variety.CANTONESE) == answer.said(Variety.TRADITIONAL) == "請於十四日內親身報失。"
    assert answer.said(Variety.SIMPLIFIED) == "请于十四日内亲身报失。"


def test_courtesies_and_marks_do_not_count() -> None:
    assert shape("Hi, can you tell me: where is it?") == shape("where is it")
    assert shape("請問，喺邊？") == shape("喺邊")
