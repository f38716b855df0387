"""Who answers what: a department first, then a live source, public documents, the model, or nobody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from datetime import date, timedelta

import pytest

from bauhinia.chat import reception as reception_module
from bauhinia.chat.curated import Wording
from bauhinia.chat.guests import guest
from bauhinia.chat.line import Waiting
from bauhinia.chat.memory import Memory, Ride
from bauhinia.chat.reception import Reception
from bauhinia.chat.replay import REPLAY_NOW, Replay
from bauhinia.chat.sources import Sources
from bauhinia.chat.suggesting import asked_next
from bauhinia.chat.tools import Context
from bauhinia.chat.turn import Answer, Exchange, Reference, Said
from bauhinia.errors import ModelBusy
from bauhinia.gateway import Gateway
from bauhinia.guideline.stopping import Stopping
from bauhinia.knowledge import Library, Search
from bauhinia.models import FakeModel
from bauhinia.people import Officer, acting_as, local_officer
from bauhinia.settings import Limits, Settings
from bauhinia.store import Blobs, Database

GUEST = guest("g")
Heard = list[Said | Reference | Waiting | Answer]
OpenReception = Callable[[FakeModel, str], Reception]


@pytest.fixture
async def replay() -> AsyncIterator[str]:
    async with Replay(lambda: REPLAY_NOW, port=0) as server:
        yield server.base


@pytest.fixture
async def opened(settings: Settings, database: Database) -> AsyncIterator[OpenReception]:
    made: list[Reception] = []

    def open_(model: FakeModel, base: str) -> Reception:
        gateway = Gateway(settings, database, backend=model)
        reception = Reception(
            gateway=gateway,
            database=database,
            search=Search(database, gateway),
            library=Library(database, gateway, Blobs.open(settings), Limits()),
            context=Context(sources=Sources(base), now=lambda: REPLAY_NOW),
        )
        made.append(reception)
        return reception

    yield open_
    for reception in made:
        await reception.close()
        await reception.gateway.stop()


async def heard(
    reception: Reception, question: str, earlier: Sequence[Exchange] = ()
) -> tuple[Answer, Heard]:
    await reception.gateway.start()
    events: Heard = []
    with acting_as(GUEST):
        async with aclosing(reception.answer(question, by=GUEST, earlier=earlier)) as answer:
            async for event in answer:
                events.append(event)
    last = events[-1]
    assert isinstance(last, Answer)
    return last, events


def never(_: object) -> str:
    raise AssertionError("the model is not asked for this")


async def test_a_live_source_answers_with_its_time(opened: OpenReception, replay: str) -> None:
    answer, events = await heard(opened(FakeModel(never), replay), "When is the next public holiday?")
    assert answer.via == "tool" and answer.references[0].title.startswith("1823")
    assert isinstance(events[0], Reference) and isinstance(events[1], Said) and events[1].source == 0
    assert answer.follow_ups == asked_next("public_holidays", answer.language) != ()
    sums, _ = await heard(opened(FakeModel(never), replay), "What is 12 times 12?")
    assert sums.follow_ups == ()


async def test_a_source_that_is_away_is_said_to_be(opened: OpenReception) -> None:
    answer, _ = await heard(opened(FakeModel(never), "http://127.0.0.1:9"), "而家落唔落雨？")
    assert answer.via == "down" and "唔知道" in answer.text and not answer.references


async def test_a_departments_own_words_come_first(opened: OpenReception, replay: str) -> None:
    reception = opened(FakeModel(never), replay)
    writer, publisher = (
        Officer(id=each, department="hko", name="O", roles=frozenset({"department_administrator"}))
        for each in ("w", "p")
    )
    wording = Wording(
        post="Senior Scientific Officer (Enquiries)",
        questions=("When is the next public holiday?",),
        answers={"en": "See the calendar.", "zh-Hant-HK": "請看日曆。"},
        expires=date.today() + timedelta(9),
    )
    with acting_as(writer):
        key = await reception.curated.write(writer, wording)
    with acting_as(publisher):
        await reception.curated.publish(publisher, key)
    answer, _ = await heard(reception, "when is the next public holiday")
    assert answer.via == "curated" and answer.text == "See the calendar."


async def test_the_model_alone_never_answers_what_must_be_exact(opened: OpenReception, replay: str) -> None:
    reception = opened(FakeModel(lambda _: "The Secretary is Mr Chan Tai-man."), replay)
    answer, _ = await heard(reception, "Who won the seat of the Harbour constituency?")
    assert answer.via == "unknown" and "Chan" not in answer.text


async def test_what_the_model_invents_is_held_back(opened: OpenReception, replay: str) -> None:
    reception = opened(
        FakeModel(lambda _: "Begin with a greeting. The rule was made on 3 March 2026. End with thanks."),
        replay,
    )
    answer, _ = await heard(reception, "How do I write a polite letter?")
    assert answer.via == "model" and answer.model and answer.entry
    assert "greeting" in answer.text and "thanks" in answer.text and "March" not in answer.text
    assert answer.withdrawn == 1 and answer.said[0].text.startswith("No source was found")


async def test_many_wait_and_are_told(opened: OpenReception, replay: str) -> None:
    reception = opened(FakeModel(lambda _: "Begin with a greeting."), replay)
    async with reception.line.joined("somebody") as waiting:
        async for _ in waiting:
            pass
        slots = reception.gateway.slots
        assert slots >= 1
    _, events = await heard(reception, "How do I write a polite letter?")
    assert not any(isinstance(event, Waiting) for event in events), "nobody is before them"


async def test_two_questions_are_answered_in_order_each_with_its_source(
    opened: OpenReception, replay: str
) -> None:
    answer, events = await heard(
        opened(FakeModel(never), replay), "Will it rain tomorrow and is it a public holiday?"
    )
    assert answer.via == "tool" and [said.source for said in answer.said] == [0, 1]
    assert [each.title.partition(",")[0] for each in answer.references] == [
        "Hong Kong Observatory",
        "1823 (general holidays)",
    ]
    assert "28 November 2026" in answer.said[0].text and "28 November 2026" in answer.said[1].text
    assert [type(event) for event in events] == [Reference, Reference, Said, Said, Answer]


async def test_what_no_tool_knows_is_asked_beside_what_one_does(opened: OpenReception, replay: str) -> None:
    reception = opened(FakeModel(lambda _: "Begin with a greeting. It was made on 3 March 2026."), replay)
    answer, events = await heard(
        reception, "When is the next public holiday? How do I write a polite letter to a neighbour?"
    )
    assert (
        answer.via == "several"
        and answer.model
        and answer.said[0].source == 0
        and len(answer.references) == 1
    )
    assert "greeting" in answer.text and "March" not in answer.text and answer.withdrawn == 1
    alone = next(place for place, said in enumerate(answer.said) if "No source was found" in said.text)
    assert alone > 0 and all(said.source is None for said in answer.said[alone:])
    assert [event for event in events if isinstance(event, Said)] == list(answer.said)


async def test_which_of_two_questions_has_no_answer_is_told(opened: OpenReception, replay: str) -> None:
    answer, _ = await heard(opened(FakeModel(never), replay), "而家幾度，過海隧道巴士幾時到？")
    assert answer.said[0].source == 0 and answer.said[1].source is None
    assert "過海隧道巴士幾時到" in answer.said[1].text and "邊條路線" in answer.said[1].text


async def test_a_question_goes_on_from_the_one_before(opened: OpenReception, replay: str) -> None:
    reception = opened(FakeModel(lambda _: "I do not know."), replay)
    first, _ = await heard(reception, "Will it rain today?")
    then, _ = await heard(
        reception, "and tomorrow?", [Exchange(question="Will it rain today?", answer=first)]
    )
    assert then.via == "tool" and "28 November 2026" in then.text
    alone, _ = await heard(reception, "and tomorrow?")
    assert alone.via == "unknown"


async def test_nothing_goes_on_from_what_no_tool_answered(opened: OpenReception, replay: str) -> None:
    reception = opened(FakeModel(lambda _: "Begin with a greeting."), replay)
    rain, _ = await heard(reception, "Will it rain today?")
    letter, _ = await heard(reception, "How do I write a polite letter?")
    earlier = [
        Exchange(question="Will it rain today?", answer=rain),
        Exchange(question="How do I write a polite letter?", answer=letter),
    ]
    then, _ = await heard(reception, "and tomorrow?", earlier)
    assert then.via == "unknown" and not then.references


async def test_what_is_remembered_is_used_and_told(opened: OpenReception, replay: str) -> None:
    reception = opened(FakeModel(lambda asked: "Use the lift."), replay)
    with acting_as(GUEST):
        await reception.memories.keep(
            Memory(rides=(Ride(called="home", route="96R", stop="Choi Hung"),), needs=("I use a wheelchair",))
        )
    answer, _ = await heard(reception, "When is the next bus home?")
    assert answer.via == "tool" and "96R" in answer.text
    assert answer.said[-1].text == "This uses what you let me remember."
    assert answer.references[answer.said[-1].source or 0].url == "/chat/memory"
    alone, _ = await heard(reception, "How does one get up a footbridge politely?")
    assert alone.via == "model" and alone.said[-1].text == "This uses what you let me remember."
    with acting_as(GUEST):
        await reception.memories.forget()
    answer, _ = await heard(reception, "When is the next bus home?")
    assert answer.why == "missing_argument" and "remember" not in answer.text


async def test_a_forecast_by_district_is_said_to_be_for_the_whole_territory(
    opened: OpenReception, replay: str
) -> None:
    answer, _ = await heard(opened(FakeModel(never), replay), "Will it rain in Sha Tin tomorrow?")
    assert answer.via == "tool" and answer.said[-1].text.startswith("The forecast is for the whole")
    answer, _ = await heard(
        reception := opened(FakeModel(never), replay), "Will it rain in Hong Kong tomorrow?"
    )
    assert len(answer.said) == 1 and reception


async def test_stopped_by_the_switch_the_model_is_not_asked_and_the_rest_goes_on(
    opened: OpenReception, replay: str, database: Database, settings: Settings
) -> None:
    reception = opened(FakeModel(never), replay)
    await reception.gateway.start()
    officer = local_officer(settings)
    await Stopping(database, reception.gateway.ledger).stop(officer, "use", "chat.answer", "A test.")
    await reception.gateway.switch.look()
    assert await reception.step() == "stopped"
    answer, _ = await heard(reception, "How do I write a polite letter?")
    assert answer.via == "unknown" and answer.why == "stopped" and "not available" in answer.text
    answer, _ = await heard(reception, "When is the next public holiday?")
    assert answer.via == "tool"


async def test_more_than_can_be_looked_up_is_told_to_come_back(
    opened: OpenReception, replay: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reception_module, "MOST_AT_ONCE", 3)
    open_ = opened(FakeModel(), replay)

    async def asked(number: int) -> str:
        by = guest(f"g{number}")
        with acting_as(by):
            try:
                async with aclosing(open_.answer("What is 15% of 2,480?", by=by)) as events:
                    return [event async for event in events][-1].text
            except ModelBusy as error:
                assert error.retry_after
                return error.message

    told = await asyncio.gather(*(asked(number) for number in range(5)))
    assert sum("372" in each for each in told) == 3
    assert sum("Too many people" in each for each in told) == 2
    assert "372" in await asked(9), "the places are given back"
