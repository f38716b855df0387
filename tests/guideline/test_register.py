"""The register: who proposes, who approves, what a change does, and what the gateway then lets through."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest

from bauhinia.errors import InputError, NotFound, NotPermitted, Refused
from bauhinia.gateway import Ask, Gateway, Message
from bauhinia.guideline import Proposal, Register, latest_review, shipped, tiers
from bauhinia.guideline.register import REMEMBERED
from bauhinia.people import Officer, acting_as
from bauhinia.store import Database

OWNER = Officer(id="owner", department="hyd", name="Assistant Secretary (Records)")
COLLEAGUE = Officer(id="colleague", department="hyd", name="Executive Officer (General)")
HEAD = Officer(
    id="head", department="hyd", name="Chief Officer", roles=frozenset({"department_administrator"})
)
STRANGER = Officer(
    id="stranger", department="td", name="Clerk", roles=frozenset({"department_administrator"})
)
PROPOSAL = Proposal(
    title_en="Road works enquiries",
    title_zh="道路工程查詢",
    purpose="Sorts enquiries about road works by district.",
    data=("enquiries without names",),
)
PEOPLE = """
INSERT INTO departments VALUES ('hyd', 'Highways', ''), ('td', 'Transport', '') ON CONFLICT DO NOTHING;
INSERT INTO officers (id, department, account, name, roles) VALUES
    ('owner', 'hyd', 'o', 'O', '{}'), ('colleague', 'hyd', 'c', 'C', '{}'),
    ('head', 'hyd', 'h', 'H', '{department_administrator}'),
    ('stranger', 'td', 's', 'S', '{department_administrator}')
"""


@pytest.fixture
def register(gateway: Gateway, database_url: str) -> Register:
    with psycopg.connect(database_url) as owner:
        owner.execute(PEOPLE)
    return gateway.register


async def proposed(register: Register) -> str:
    with acting_as(OWNER):
        return await register.propose(OWNER, PROPOSAL)


async def approved(register: Register, *, tier: str = "low", days: int = 30) -> str:
    name = await proposed(register)
    await approve(register, name, tier=tier, days=days)
    return name


async def approve(
    register: Register, name: str, by: Officer = HEAD, *, tier: str = "low", days: int = 30
) -> None:
    with acting_as(by):
        await register.approve(
            by,
            name,
            assessment="a",
            tier=tier,  # type: ignore[arg-type]
            argument="It sorts and writes nothing.",
            review_by=date.today() + timedelta(days),
        )


async def asked(gateway: Gateway, use: str, by: Officer = OWNER, level: str = "unclassified") -> str:
    ask = Ask(officer=by, use=use, messages=(Message("user", "Sort this."),), classification=level)
    with acting_as(by):
        return (await gateway.ask(ask)).text


async def refusal(
    gateway: Gateway, use: str, by: Officer = OWNER, level: str = "unclassified"
) -> tuple[str, str]:
    """The ledger's reason and what the officer is told to do."""
    with pytest.raises(Refused) as raised:
        await asked(gateway, use, by, level)
    async with gateway.ledger._database.maintenance() as connection:
        cursor = await connection.execute("SELECT body::jsonb FROM ledger ORDER BY seq DESC LIMIT 1")
        row = await cursor.fetchone()
    assert row is not None and row[0]["outcome"] == "refused"
    return row[0]["decisions"][-1][2], raised.value.hint


async def test_what_the_product_ships_may_be_used_for_a_year(gateway: Gateway, register: Register) -> None:
    for use in await register.listed(OWNER):
        assert use.shipped and use.approval is not None
        assert use.due is not None and 364 <= (use.due - date.today()).days <= 367
        assert use.tier in ("low", "limited") and len(use.approval.argument) > 60
        assert (await register.standing(use.id, "hyd")).allowed
    assert await asked(gateway, "pilot.summarise")


async def test_a_use_is_refused_until_somebody_else_approves_it(gateway: Gateway, register: Register) -> None:
    assert await refusal(gateway, "use-0123456789ab") == (
        "unknown_use",
        "Register it on the page /register/new, or ask for one of the uses in the register.",
    )
    name = await proposed(register)
    reason, hint = await refusal(gateway, name)
    assert reason == "use_unassessed" and f"/register/{name}" in hint
    for by in (OWNER, COLLEAGUE, STRANGER, replace(OWNER, roles=HEAD.roles)):
        with pytest.raises(NotPermitted):
            await approve(register, name, by)
    await approve(register, name)
    assert await asked(gateway, name)
    assert (await refusal(gateway, name, STRANGER))[0] == "use_of_others"


async def test_the_database_itself_lets_nobody_approve_what_is_their_own(
    register: Register, database: Database
) -> None:
    name = await proposed(register)
    for by, lets in ((OWNER, False), (COLLEAGUE, False), (STRANGER, False), (HEAD, True)):
        with acting_as(by):
            async with database.connection() as connection:
                row = await (await connection.execute("SELECT may_review(%s)", (name,))).fetchone()
        assert row == (lets,), by.id


@pytest.mark.parametrize(
    ("change", "reopens"),
    [
        ({"purpose": "Answers enquiries."}, "purpose"),
        ({"data": ("enquiries with names",)}, "data"),
        ({"model": "another"}, "model"),
        ({"audience": "minors"}, "audience"),
        ({"classification": "restricted"}, "classification"),
        ({"title_en": "Enquiries"}, ""),
    ],
)
async def test_a_change_of_what_matters_asks_for_a_new_assessment(
    register: Register, change: dict[str, Any], reopens: str
) -> None:
    name = await approved(register, days=200)
    with acting_as(OWNER):
        await register.edit(OWNER, name, replace(PROPOSAL, **change))
        use = await register.get(OWNER, name)
    assert use.is_reopened == bool(reopens)
    assert use.due is not None
    left = (use.due - date.today()).days
    assert 28 <= left <= 31 if reopens else left >= 199
    if reopens:
        assert use.reopened_why == f"changed: {reopens}"
        await approve(register, name, days=200)
        assert not (await register.get(OWNER, name)).is_reopened


async def test_a_high_risk_use_stops_with_the_change(gateway: Gateway, register: Register) -> None:
    name = await approved(register, tier="high")
    assert (await register.standing(name, "hyd")).allowed
    with acting_as(OWNER):
        await register.reopen(OWNER, name, "New data arrived.")
    reason, hint = await refusal(gateway, name)
    assert reason == "use_overdue" and "a second person approves it" in hint


async def test_past_its_review_a_use_is_refused(
    gateway: Gateway, register: Register, database_url: str
) -> None:
    name = await approved(register)
    with psycopg.connect(database_url) as owner:
        owner.execute("UPDATE use_approvals SET review_by = current_date - 2")
    register.forget()
    assert (await refusal(gateway, name))[0] == "use_overdue"


async def test_a_use_sees_no_more_than_it_was_assessed_for(gateway: Gateway, register: Register) -> None:
    name = await approved(register)
    assert await asked(gateway, name) and await asked(gateway, "pilot.summarise", level="restricted")
    reason, hint = await refusal(gateway, name, level="restricted")
    assert reason == "use_classification" and f"/register/{name}" in hint


async def test_what_is_ruled_unacceptable_may_not_be_run(gateway: Gateway, register: Register) -> None:
    name = await approved(register, tier="unacceptable")
    assert await refusal(gateway, name) == ("use_unacceptable", "It may not be run.")
    with acting_as(OWNER):
        await register.retire(OWNER, name)
    assert (await refusal(gateway, name))[0] == "use_retired"


async def test_a_model_that_is_new_here_reopens_what_was_approved_before(
    gateway: Gateway, register: Register, database: Database
) -> None:
    name = await approved(register, days=200)
    other = Register(database, gateway.ledger, "another-model")
    use = await other.find(name)
    assert use is not None and use.reopened_why == "changed: model, now another-model"
    assert use.due is not None and (use.due - date.today()).days <= 31
    shipped_one = await other.find("pilot.draft")
    assert shipped_one is not None and shipped_one.is_reopened
    assert not (await Register(database, gateway.ledger, gateway.model).get(OWNER, name)).is_reopened


async def test_another_process_sees_it_within_a_second(
    gateway: Gateway, register: Register, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = await approved(register)
    assert REMEMBERED <= 1.0
    monkeypatch.setattr("bauhinia.guideline.register.REMEMBERED", 0.05)
    other = Register(database, gateway.ledger, gateway.model)
    assert (await other.standing(name, "hyd")).allowed
    with acting_as(OWNER):
        await register.retire(OWNER, name)
    await asyncio.sleep(0.06)
    assert (await other.standing(name, "hyd")).reason == "use_retired"


async def test_who_may_not_is_told_and_nothing_changes(register: Register) -> None:
    name = await approved(register)
    for by in (COLLEAGUE, STRANGER):
        with acting_as(by):
            for deed in (
                register.edit(by, name, PROPOSAL),
                register.reopen(by, name, "x"),
                register.retire(by, name),
            ):
                with pytest.raises(NotPermitted):
                    await deed
    with acting_as(OWNER), pytest.raises(InputError):
        await register.retire(OWNER, "pilot.draft")
    with acting_as(OWNER), pytest.raises(NotFound):
        await register.get(OWNER, "use-ffffffffffff")
    with acting_as(OWNER), pytest.raises(InputError):
        await register.propose(OWNER, replace(PROPOSAL, purpose=" "))
    with pytest.raises(InputError, match="out of bounds"):
        await approve(register, name, days=1_000)


def test_the_tiers_and_what_is_shipped_are_whole() -> None:
    for tier in tiers().tiers.values():
        assert set(tier.demands) <= set(tiers().conditions)
    assert {each["tier"] for each in shipped().uses.values()} <= set(tiers().tiers)
    assert latest_review("limited") > date.today() + timedelta(364)
