"""High risk: no answer leaves before a named person has approved it (D-2.1.2-04)."""

from __future__ import annotations

from datetime import date, timedelta

import psycopg
import pytest

from bauhinia.errors import Conflict, InputError, NotFound, Refused
from bauhinia.gateway import Answer, Ask, Gateway, Message
from bauhinia.guideline import Proposal
from bauhinia.models import FakeModel
from bauhinia.people import Officer, acting_as

ASKER = Officer(id="asker", department="hyd", name="Engineer (Structures)")
REVIEWER = Officer(
    id="reviewer", department="hyd", name="Chief Engineer", roles=frozenset({"department_administrator"})
)
ELSEWHERE = Officer(
    id="elsewhere", department="td", name="Clerk", roles=frozenset({"department_administrator"})
)
PEOPLE = """
INSERT INTO departments VALUES ('hyd', 'Highways', ''), ('td', 'Transport', '') ON CONFLICT DO NOTHING;
INSERT INTO officers (id, department, account, name, roles) VALUES ('asker', 'hyd', 'a', 'A', '{}'),
    ('reviewer', 'hyd', 'r', 'R', '{department_administrator}'),
    ('elsewhere', 'td', 'e', 'E', '{department_administrator}')
"""
SECRET = "Close the bridge."


@pytest.fixture
def model() -> FakeModel:
    return FakeModel(lambda _: SECRET)


@pytest.fixture
async def use(gateway: Gateway, database_url: str) -> str:
    """A use of high risk, approved."""
    with psycopg.connect(database_url) as owner:
        owner.execute(PEOPLE)
    proposal = Proposal(title_en="Bridge safety", title_zh="橋樑安全", purpose="Advises on closing bridges.")
    with acting_as(ASKER):
        name = await gateway.register.propose(ASKER, proposal)
    with acting_as(REVIEWER):
        await gateway.register.approve(
            REVIEWER,
            name,
            assessment="a",
            tier="high",
            argument="Safety rests on it.",
            review_by=date.today() + timedelta(days=7),
        )
    return name


async def events(gateway: Gateway, use: str) -> list[object]:
    ask = Ask(officer=ASKER, use=use, messages=(Message("user", "What is to be done?"),))
    with acting_as(ASKER):
        return [event async for event in gateway.exchange(ask)]


async def asked(gateway: Gateway, use: str) -> str:
    answer = (await events(gateway, use))[-1]
    assert isinstance(answer, Answer)
    return answer.text


async def waiting(gateway: Gateway, use: str) -> str:
    """Ask, be told to wait; the id of what waits."""
    with pytest.raises(Refused) as raised:
        await asked(gateway, use)
    assert raised.value.stage == "approve" and SECRET not in str(raised.value) + raised.value.hint
    return raised.value.hint.partition("/held/")[2].partition(".")[0]


async def test_nothing_of_an_answer_leaves_before_it_is_approved(gateway: Gateway, use: str) -> None:
    given: list[object] = []
    ask = Ask(officer=ASKER, use=use, messages=(Message("user", "What is to be done?"),))
    with acting_as(ASKER), pytest.raises(Refused):
        async for event in gateway.exchange(ask):
            given.append(event)
    assert given == []
    with acting_as(ASKER):
        (mine,) = await gateway.held.own()
        assert mine.outcome is None and await gateway.held.listed() == []
        with pytest.raises(NotFound):
            await gateway.held.get(mine.id)


async def test_released_it_is_given_to_who_asked_without_asking_the_model_again(
    gateway: Gateway, use: str, model: FakeModel
) -> None:
    name = await waiting(gateway, use)
    assert await waiting(gateway, use) == name and len(model.requests) == 1
    with acting_as(REVIEWER):
        held = await gateway.held.get(name)
        assert held.answer["text"] == SECRET and held.question == "What is to be done?"
        await gateway.held.decide(REVIEWER, name, release=True)
        with pytest.raises(Conflict):
            await gateway.held.decide(REVIEWER, name, release=False, note="Too late.")
    assert await asked(gateway, use) == SECRET
    assert len(model.requests) == 1


async def test_withheld_it_never_leaves_and_who_asked_learns_why(gateway: Gateway, use: str) -> None:
    name = await waiting(gateway, use)
    with acting_as(REVIEWER):
        with pytest.raises(InputError):
            await gateway.held.decide(REVIEWER, name, release=False)
        await gateway.held.decide(REVIEWER, name, release=False, note="The load was misread.")
    with pytest.raises(Refused) as raised:
        await asked(gateway, use)
    assert "withheld" in str(raised.value) and "The load was misread." in raised.value.hint


@pytest.mark.parametrize("by", [ASKER, ELSEWHERE])
async def test_nobody_else_decides(gateway: Gateway, use: str, by: Officer) -> None:
    name = await waiting(gateway, use)
    with acting_as(by), pytest.raises(NotFound):
        await gateway.held.decide(by, name, release=True)


async def test_other_uses_are_not_held(gateway: Gateway, use: str) -> None:
    assert await asked(gateway, "api.chat") == SECRET
