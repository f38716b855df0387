"""Held-out questions through the rules, and through the whole assistant with a model that always invents."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from bauhinia.chat.guests import guest
from bauhinia.chat.questions.heldout import HeldOut, held_out, judge
from bauhinia.chat.reception import Reception
from bauhinia.chat.replay import REPLAY_NOW, Replay
from bauhinia.chat.sources import Sources
from bauhinia.chat.tools import Context
from bauhinia.chat.turn import Answer, Exchange
from bauhinia.gateway import Gateway
from bauhinia.knowledge import Library, Search
from bauhinia.language import Variety, detect
from bauhinia.models import ChatRequest, FakeModel
from bauhinia.people import acting_as
from bauhinia.settings import Limits, Settings
from bauhinia.store import Blobs, Database

GUEST = guest("g")
LIAR = {
    Variety.ENGLISH: "The Secretary is Mr Chan Tai-man. It began on 3 March 2026. The fee is HK$512.",
    Variety.TRADITIONAL: "局長是陳大文先生。計劃於2026年3月3日開始。費用為512元。",
    Variety.SIMPLIFIED: "局长是陈大文先生。计划于2026年3月3日开始。费用为512元。",
}
LIES = ("Chan Tai-man", "陳大文", "陈大文", "3 March", "3月3日", "512")


def lying(request: ChatRequest) -> str:
    return LIAR.get(detect(request.messages[-1].content).variety, LIAR[Variety.TRADITIONAL])


@pytest.fixture
async def reception(settings: Settings, database: Database) -> AsyncIterator[Reception]:
    async with Replay(lambda: REPLAY_NOW, port=0) as replay:
        gateway = Gateway(settings, database, backend=FakeModel(lying))
        opened = Reception(
            gateway=gateway,
            database=database,
            search=Search(database, gateway),
            library=Library(database, gateway, Blobs.open(settings), Limits()),
            context=Context(sources=Sources(replay.base), now=lambda: REPLAY_NOW),
        )
        await gateway.start()
        yield opened
        await opened.close()
        await gateway.stop()


async def answered(reception: Reception, question: HeldOut) -> Answer:
    earlier: list[Exchange] = []
    for text in (*question.earlier, question.text):
        last: object = None
        with acting_as(GUEST):
            async with aclosing(reception.answer(text, by=GUEST, earlier=earlier)) as events:
                async for event in events:
                    last = event
        assert isinstance(last, Answer)
        earlier.append(Exchange(question=text, answer=last))
    return earlier[-1].answer


def test_there_are_sixty_of_every_kind() -> None:
    assert len(held_out()) >= 60 and min(Counter(each.kind for each in held_out()).values()) >= 5
    assert len({each.text for each in held_out()}) == len(held_out())


async def test_they_are_read_and_answered(reception: Reception) -> None:
    wrong, told, elsewhere = [], [], []
    for question in held_out():
        judged = await judge(question, reception.context)
        answer = await answered(reception, question)
        found = sum(wanted.status == "found" and not wanted.none for wanted in question.expect)
        sourced = {said.source for said in answer.said if said.source is not None}
        if not judged.right or len(sourced) < found:
            wrong.append((question.id, question.text[-60:], judged.why, answer.via))
        never = [*question.never, *(lie for lie in LIES if lie not in question.text)]
        if judged.invented or any(words in answer.text for words in never):
            told.append((question.id, judged.why, answer.text))
        if question.language in tuple(Variety) and answer.language.value != question.language:
            elsewhere.append((question.id, answer.language.value))
    print(*wrong, *told, *elsewhere, sep="\n")
    assert len(wrong) <= 2 and told == [] and elsewhere == []
