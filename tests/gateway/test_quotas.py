"""Quotas at the door: what is used up refuses, what is under way counts, and the bill adds up to the ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pytest

from bauhinia.errors import InputError, OverQuota, Refused
from bauhinia.gateway import Answer, Gateway, Piece
from bauhinia.gateway.billing import audited
from bauhinia.gateway.prices import Price, Prices
from bauhinia.models import FakeModel, Usage
from bauhinia.people import Amount, Limit, Officer, Quotas, QuotaSetting
from bauhinia.people.quotas import in_force, seconds_left
from bauhinia.store import Database

MakeGateway = Callable[[FakeModel], Gateway]
OPERATOR = Officer(id="op", department="IT", name="Operator", roles=frozenset({"service_operator"}))
HEAD = Officer(id="h", department="Works", name="Head", roles=frozenset({"department_administrator"}))
CLERK = Officer(id="clerk", department="Works", name="Clerk")
ENGINEER = Officer(id="engineer", department="Works", name="Engineer")
STRANGER = Officer(id="stranger", department="Transport", name="Stranger")


@pytest.fixture
def setting(database: Database) -> QuotaSetting:
    return QuotaSetting(database)


async def limit(setting: QuotaSetting, most: int, **more: Any) -> None:
    values = {
        "scope": "each officer",
        "department": "",
        "subject": "",
        "measure": "requests",
        "period": "day",
    }
    await setting.put(OPERATOR, most=most, **(values | more))


async def asked(gateway: Gateway, ask_for: Any, officer: Officer = CLERK, **more: Any) -> Answer:
    answer: Answer = await gateway.ask(ask_for("Good morning.", officer=officer, **more))
    return answer


async def test_what_is_used_up_refuses_until_the_next_day(
    gateway: Gateway, setting: QuotaSetting, ask_for: Any
) -> None:
    await limit(setting, 2)
    await asked(gateway, ask_for)
    await asked(gateway, ask_for)
    with pytest.raises(OverQuota) as refused:
        await asked(gateway, ask_for)
    assert refused.value.status == 429 and refused.value.stage == "admit"
    assert refused.value.message == "Your day's quota is used up: 2 of 2 requests."
    assert 0 < refused.value.retry_after <= 86_400
    await asked(gateway, ask_for, ENGINEER)
    assert [row["decisions"][-1] for row in await ledger(gateway) if row["outcome"] == "refused"] == [
        ["admit", False, "quota_day"]
    ]


async def test_a_warning_comes_before_the_end(gateway: Gateway, setting: QuotaSetting, ask_for: Any) -> None:
    await limit(setting, 10, warn_at=50)
    answers = [await asked(gateway, ask_for) for _ in range(7)]
    assert [answer.decided("quota_soft") for answer in answers] == [False] * 5 + [True] * 2


@pytest.mark.parametrize(
    ("values", "open_to"),
    [
        ({"scope": "department", "department": "Works"}, [STRANGER]),
        ({"scope": "use", "subject": "api.chat"}, []),
        ({"scope": "use", "subject": "api.chat", "department": "Works"}, [STRANGER]),
        ({"scope": "officer", "subject": "clerk", "department": "Works"}, [ENGINEER, STRANGER]),
        ({"scope": "each officer", "department": "Works"}, [ENGINEER, STRANGER]),
        ({"scope": "use", "subject": "pilot.draft"}, [CLERK, ENGINEER, STRANGER]),
    ],
)
async def test_a_quota_is_for_whom_it_is_set(
    gateway: Gateway, setting: QuotaSetting, ask_for: Any, values: dict[str, Any], open_to: list[Officer]
) -> None:
    await limit(setting, 1, **values)
    await asked(gateway, ask_for)
    for officer in (CLERK, ENGINEER, STRANGER):
        if officer in open_to:
            await asked(gateway, ask_for, officer)
        else:
            with pytest.raises(OverQuota):
                await asked(gateway, ask_for, officer)


async def test_what_is_under_way_counts(
    open_gateway: MakeGateway, setting: QuotaSetting, ask_for: Any
) -> None:
    await limit(setting, 5)
    gateway = open_gateway(FakeModel(lambda _: "Good morning.", delay=0.01, slots=50))
    await gateway.start()
    ended = await asyncio.gather(*(asked(gateway, ask_for) for _ in range(40)), return_exceptions=True)
    answered = sum(isinstance(each, Answer) for each in ended)
    # What is settled while the database is read may count twice for a moment: too few, never too many.
    assert 1 <= answered <= 5 and sum(isinstance(each, OverQuota) for each in ended) == 40 - answered
    for _ in range(5 - answered):
        await asked(gateway, ask_for)
    with pytest.raises(OverQuota):
        await asked(gateway, ask_for)


async def test_room_that_was_not_used_is_given_back(
    gateway: Gateway, setting: QuotaSetting, ask_for: Any
) -> None:
    """The estimate of an answer's length is held only while it is written."""
    await limit(setting, 400, measure="tokens")
    for _ in range(5):
        answer = await asked(gateway, ask_for, max_tokens=300)
        assert answer.usage.completion_tokens < 20


async def test_another_process_is_seen_within_a_second(
    gateway: Gateway, open_gateway: MakeGateway, setting: QuotaSetting, ask_for: Any
) -> None:
    await limit(setting, 3)
    other = open_gateway(FakeModel())
    await other.start()
    for each in (gateway, other, gateway):
        await asked(each, ask_for)
    with pytest.raises(OverQuota):
        await asked(other, ask_for)


async def test_an_answer_that_was_left_is_billed_once_and_its_room_given_back(
    open_gateway: MakeGateway, database: Database, setting: QuotaSetting, ask_for: Any
) -> None:
    await limit(setting, 2)
    model = FakeModel(lambda _: "Good morning. " * 50, delay=0.005)
    gateway = open_gateway(model)
    await gateway.start()
    exchange = gateway.exchange(ask_for("Say much.", officer=CLERK))
    async for event in exchange:
        assert isinstance(event, Piece)
        break
    await exchange.aclose()
    await gateway.ledger.close()
    assert model.cancelled == 1
    assert [row["outcome"] for row in await ledger(gateway)] == ["cancelled"]
    standings = await gateway.quotas.standings(CLERK, "api.chat")
    assert [standing.used for standing in standings] == [1]
    assert (await bill(database))[0][:2] == ("clerk", 1)


async def test_an_officers_own_quota_goes_before_each_officers() -> None:
    def made(key: int, scope: Any, department: str, most: int) -> Limit:
        return Limit(
            id=key,
            scope=scope,
            department=department,
            subject="",
            measure="cost",
            period="day",
            most=most,
            warn_at=80,
        )

    every, of_works, own = (
        made(1, "each officer", "", 1),
        made(2, "each officer", "Works", 2),
        made(3, "officer", "Works", 3),
    )
    assert in_force([every, of_works, own]) == [own]
    assert in_force([of_works, every]) == [of_works]
    department = made(4, "department", "Works", 4)
    assert in_force([department, every]) == [every, department]


@pytest.mark.parametrize(
    ("officer", "scope", "department", "may"),
    [
        (OPERATOR, "department", "Works", True),
        (HEAD, "department", "Works", False),
        (HEAD, "each officer", "Works", True),
        (HEAD, "each officer", "", False),
        (HEAD, "each officer", "Transport", False),
        (CLERK, "each officer", "Works", False),
    ],
)
async def test_who_may_set_a_quota(
    setting: QuotaSetting, officer: Officer, scope: Any, department: str, may: bool
) -> None:
    asked = {"scope": scope, "department": department, "subject": "", "measure": "cost", "period": "month"}
    if may:
        await setting.put(officer, most=1, **asked)
    else:
        with pytest.raises(Refused):
            await setting.put(officer, most=1, **asked)


async def test_a_quota_says_whose_it_is(setting: QuotaSetting) -> None:
    for scope, department, subject in (("officer", "Works", ""), ("use", "", ""), ("department", "", "")):
        with pytest.raises(InputError):
            await limit(setting, 1, scope=scope, department=department, subject=subject)


async def test_a_quota_that_was_removed_holds_nobody(
    gateway: Gateway, database: Database, setting: QuotaSetting, ask_for: Any
) -> None:
    key = await setting.put(
        HEAD, scope="each officer", department="Works", subject="", measure="requests", period="day", most=0
    )
    with pytest.raises(OverQuota):
        await asked(gateway, ask_for)
    with pytest.raises(Refused):
        await setting.remove(STRANGER, key)
    await setting.remove(HEAD, key)
    gateway.quotas.forget()
    await asked(gateway, ask_for)


def test_periods_are_those_of_hong_kong() -> None:
    """16:30 UTC is half past midnight of the next day there."""
    assert seconds_left("day", datetime(2026, 11, 30, 16, 30, tzinfo=UTC)) == 23 * 3_600 + 1_800 + 1
    assert seconds_left("month", datetime(2026, 12, 31, 15, 30, tzinfo=UTC)) == 1_801
    assert seconds_left("month", datetime(2026, 12, 31, 16, 30, tzinfo=UTC)) == 31 * 86_400 - 1_800 + 1


# Prices and the bill


def test_a_price_is_of_a_model_a_place_and_a_time(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(
        "- {model: 'house-*', since: 2026-07-01, prompt: '2', cached: '0.5', completion: '8', source: contract}\n"
    )
    prices = Prices.load(tmp_path / "own.yaml")
    used = Usage(prompt_tokens=1_000, cached_tokens=400, completion_tokens=10)
    assert prices.cost("House-7", "remote", used, date(2026, 8, 1)) == 600 * 2 + 200 + 80
    assert prices.cost("house-7", "remote", used, date(2026, 6, 30)) is None
    assert prices.cost("anything", "local", used, date(2026, 6, 30)) == 0
    assert prices.cost("deepseek-chat", "remote", used, date(2026, 6, 30)) == 2_973


def test_prices_of_another_shape_are_refused(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(
        "- {model: 'x', prompt: '-1', cached: '0', completion: '0', source: s}\n"
    )
    with pytest.raises(InputError, match="cannot be used"):
        Prices.load(tmp_path / "own.yaml")
    with pytest.raises(InputError, match="cannot be used"):
        Prices.load(tmp_path / "none.yaml")


@pytest.fixture
def priced(gateway: Gateway) -> Gateway:
    three = Decimal(3)
    gateway.prices = Prices([Price(model="*", prompt=three, cached=three, completion=three, source="a test")])
    return gateway


async def test_the_bill_adds_up_to_the_ledger(priced: Gateway, database: Database, ask_for: Any) -> None:
    for officer in (CLERK, CLERK, ENGINEER, STRANGER):
        await asked(priced, ask_for, officer)
    await priced.embed(
        ["Good morning."], "query", officer=CLERK, use="api.embed", classification="unclassified"
    )
    with pytest.raises(Refused):
        await asked(priced, ask_for, CLERK, use="nothing")
    costs = [row["cost"] for row in await ledger(priced)]
    assert all(cost and cost % 3 == 0 for cost in costs[:-1]) and costs[-1] is None
    assert sum(row[2] for row in await bill(database)) == sum(cost or 0 for cost in costs)
    assert await audited(database) == []


@pytest.mark.parametrize("table", ["usage", "usage_daily"])
async def test_a_bill_that_was_changed_is_found(
    priced: Gateway, database: Database, ask_for: Any, table: str
) -> None:
    await asked(priced, ask_for)
    async with database.maintenance() as connection:
        await connection.execute(f"UPDATE {table} SET cost = cost + 1")  # type: ignore[call-overload]
    [difference] = await audited(database)
    assert (difference.officer, difference.use) == ("clerk", "api.chat")


async def test_a_limit_in_hong_kong_dollars(priced: Gateway, setting: QuotaSetting, ask_for: Any) -> None:
    await limit(setting, 2_000, measure="cost", period="month")
    with pytest.raises(OverQuota, match=r"HK\$0.00 of HK\$0.00"):
        for _ in range(100):
            await asked(priced, ask_for, max_tokens=100)


async def test_an_unknown_price_is_counted_as_such(
    gateway: Gateway, database: Database, ask_for: Any
) -> None:
    gateway.prices = Prices([])
    await asked(gateway, ask_for)
    async with database.maintenance() as connection:
        cursor = await connection.execute("SELECT cost, unpriced FROM usage_daily")
        assert await cursor.fetchall() == [(0, 1)]


async def test_room_is_settled_once(database: Database) -> None:
    quotas = Quotas(database)
    await limit(QuotaSetting(database), 10)
    held = await quotas.reserve(CLERK, "api.chat", Amount(requests=4))
    held.settle(Amount(requests=1))
    held.settle(Amount(requests=1))
    assert (await quotas.reserve(CLERK, "api.chat", Amount())).standings[0].used == 1


async def ledger(gateway: Gateway) -> list[dict[str, Any]]:
    await gateway.ledger.close()
    async with gateway.ledger._database.maintenance() as connection:
        cursor = await connection.execute("SELECT body FROM ledger ORDER BY seq")
        return [orjson.loads(row[0]) for row in await cursor.fetchall()]


async def bill(database: Database) -> list[tuple[Any, ...]]:
    async with database.maintenance() as connection:
        cursor = await connection.execute("SELECT officer, requests, cost FROM usage_daily ORDER BY officer")
        return await cursor.fetchall()
