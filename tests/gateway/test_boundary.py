"""The data boundary: nothing leaves above it, a setting only lowers it, and two people raise it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import psycopg
import pytest

from bauhinia.errors import BauhiniaError, Conflict, InputError, NotFound, Refused
from bauhinia.gateway import Gateway, classifications
from bauhinia.gateway.exchange import Decision
from bauhinia.language import Variety
from bauhinia.models import FakeEmbedder, FakeModel
from bauhinia.people import Accounts, Officer, acting_as
from bauhinia.settings import Settings
from bauhinia.store import Database

from .conftest import MakeAsk

NOT_PERMITTED = (psycopg.errors.InsufficientPrivilege, psycopg.errors.CheckViolation)
WHY = "A pilot with the department's own server, agreed with the security officer."


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"sign_in": "accounts"})


@pytest.fixture
async def people(database: Database) -> dict[str, Officer]:
    """Two service operators, a programme owner and an officer."""
    accounts, found = Accounts(database), {}
    roles = {"first": "service_operator", "second": "service_operator", "owner": "programme_owner"}
    await accounts.add_department("ogcio", "OGCIO")
    for name in (*roles, "officer"):
        await accounts.add_officer(name, name, "ogcio", [roles[name]] if name in roles else [])
        async with database.maintenance() as connection:
            cursor = await connection.execute("SELECT id FROM officers WHERE account = %s", (name,))
            row = await cursor.fetchone()
        assert row is not None
        kept = frozenset({roles[name]} if name in roles else ())
        found[name] = Officer(id=row[0], department="ogcio", name=name, roles=kept)
    return found


@pytest.fixture
async def gateways(settings: Settings, database: Database) -> AsyncIterator[tuple[Gateway, Gateway]]:
    """Two processes of one service."""
    doors = [Gateway(settings, database, backend=FakeModel(), embedder=FakeEmbedder()) for _ in range(2)]
    yield doors[0], doors[1]
    for door in doors:
        await door.stop()


async def opened(gateway: Gateway, people: dict[str, Officer], highest: str = "confidential") -> str:
    """A boundary of the model that two have opened."""
    with acting_as(people["first"]):
        key = await gateway.boundary.ask(people["first"], "model", highest, why=WHY, days=7)
    with acting_as(people["second"]):
        await gateway.boundary.approve(people["second"], key)
    return key


async def may(gateway: Gateway, officer: Officer, classification: str = "confidential") -> bool:
    with acting_as(officer):
        return (await gateway.boundary.may_see(classification, "model")).allowed


async def deeds(database: Database) -> list[tuple[str, str, bool]]:
    """Of the boundary: deed, who, whether it was done."""
    async with database.maintenance() as connection:
        cursor = await connection.execute(
            "SELECT body::jsonb ->> 'deed', body::jsonb ->> 'officer', body::jsonb ->> 'outcome' FROM ledger"
            " WHERE body::jsonb ->> 'kind' = 'deed' ORDER BY seq"
        )
        return [(row[0], row[1], row[2] == "answered") for row in await cursor.fetchall()]


def test_the_list_is_ordered_and_knows_no_others() -> None:
    scale = classifications()
    assert scale.ids == ("unclassified", "restricted", "confidential", "secret", "top_secret")
    assert scale.within("restricted", "restricted") and not scale.within("confidential", "restricted")
    assert scale.highest(["restricted", "secret", "unclassified"]) == "secret"
    assert scale.highest([]) == "unclassified"
    assert not scale.within("cosmic", "top_secret")
    with pytest.raises(InputError, match="no such classification"):
        scale.rank("cosmic")


@pytest.mark.parametrize("part", ["model", "embedder", "reranker"])
async def test_a_setting_lowers_and_never_raises(settings: Settings, database: Database, part: str) -> None:
    lowered = settings.model_copy(update={f"{part}_classification": "unclassified"})
    gateway = Gateway(lowered, database, backend=FakeModel(), embedder=FakeEmbedder())
    assert not (await gateway.boundary.may_see("restricted", part)).allowed  # type: ignore[arg-type]
    await gateway.stop()
    raised = settings.model_copy(update={f"{part}_classification": "secret"})
    with pytest.raises(InputError, match="never raises"):
        Gateway(raised, database, backend=FakeModel(), embedder=FakeEmbedder())


async def test_of_what_is_refused_not_a_byte_is_sent(
    settings: Settings, database: Database, ask_for: MakeAsk
) -> None:
    received, reached = bytearray(), asyncio.Event()

    async def record(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reached.set()
        received.extend(await reader.read(100_000))
        writer.close()

    async with await asyncio.start_server(record, "127.0.0.1", 0) as server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
        chosen = settings.model_copy(
            update={"model_url": url, "embedder_url": url, "embedder_model": "e", "sign_in": "none"}
        )
        gateway = Gateway(chosen, database)
        above = ask_for("Hello " * 20_000, classification="confidential", max_tokens=8_000)
        officer = above.officer
        for refused in (
            gateway.ask(above),
            gateway.count_tokens("Hello", classification="confidential"),
            gateway.embed(
                ["Hello"], "query", officer=officer, use="api.embed", classification="confidential"
            ),
            gateway.ask(ask_for("Hello", classification="cosmic")),
        ):
            with pytest.raises(Refused) as raised:
                await refused
            assert raised.value.stage == "route" and raised.value.hint
        assert not reached.is_set() and not received
        with pytest.raises(BauhiniaError):
            await gateway.ask(ask_for("Hello", classification="restricted"))
        assert reached.is_set() and received, "the recording server sees what is allowed"
        await gateway.stop()


async def test_a_second_attempt_asks_the_boundary_again(
    settings: Settings, database: Database, ask_for: MakeAsk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may have been closed while the first one was written."""
    model = FakeModel(
        lambda _: "This is plainly English, and long enough to be judged as such by anybody. " * 3
    )
    gateway = Gateway(
        settings.model_copy(update={"sign_in": "none"}), database, backend=model, embedder=FakeEmbedder()
    )
    answers = iter(
        [Decision("route", True, "boundary_opened"), Decision("route", False, "classification", "No.")]
    )

    async def may_see(classification: str, part: str) -> Decision:
        return next(answers)

    monkeypatch.setattr(gateway.boundary, "may_see", may_see)
    with pytest.raises(Refused):
        await gateway.ask(ask_for("你好", classification="confidential", reply_in=Variety.TRADITIONAL))
    assert len(model.requests) == 1
    await gateway.stop()


async def test_two_open_it_at_once_everywhere_and_either_closes_it(
    gateways: tuple[Gateway, Gateway], people: dict[str, Officer], database: Database, ask_for: MakeAsk
) -> None:
    here, elsewhere = gateways
    first, second, officer = people["first"], people["second"], people["officer"]
    assert not await may(here, officer)
    key = await opened(here, people)
    assert await may(here, officer) and await may(elsewhere, officer)
    assert not await may(elsewhere, officer, "secret")
    with acting_as(officer):
        answer = await elsewhere.ask(ask_for("Hello", classification="confidential", officer=officer))
        assert answer.decided("boundary_opened")
        assert await here.boundary.highest("model") == "confidential"
        assert await here.boundary.highest("embedder") == "restricted"
    with acting_as(first):
        await elsewhere.boundary.close(first, key)
        with pytest.raises(Conflict):
            await elsewhere.boundary.close(first, key)
    assert not await may(here, officer) and not await may(elsewhere, officer)
    assert await deeds(database) == [
        ("boundary.ask", first.id, True),
        ("boundary.approve", second.id, True),
        ("boundary.close", first.id, True),
    ]


async def test_nobody_opens_it_alone(
    gateways: tuple[Gateway, Gateway], people: dict[str, Officer], database: Database
) -> None:
    gate, first, officer = gateways[0].boundary, people["first"], people["officer"]
    with acting_as(first):
        key = await gate.ask(first, "model", "secret", why=WHY, days=1)
        with pytest.raises(Refused, match="yourself"):
            await gate.approve(first, key)
    with acting_as(officer), pytest.raises(Refused, match="service operators"):
        await gate.approve(officer, key)
    assert not await may(gateways[0], officer, "secret")
    assert [done for _, _, done in await deeds(database)] == [True, False, False]


@pytest.mark.parametrize(
    ("who", "change"),
    [
        ("first", "outcome = 'approved', decided_by = '{first}'"),
        ("first", "outcome = 'approved', decided_by = '{second}'"),
        ("officer", "outcome = 'approved', decided_by = '{officer}'"),
        ("second", "subject = '{{}}'"),
        ("second", "asked_by = '{officer}'"),
    ],
)
async def test_the_database_holds_to_it_too(
    gateways: tuple[Gateway, Gateway],
    people: dict[str, Officer],
    database: Database,
    who: str,
    change: str,
) -> None:
    with acting_as(people["first"]):
        await gateways[0].boundary.ask(people["first"], "model", "secret", why=WHY, days=1)
    statement = change.format(**{name: officer.id for name, officer in people.items()})
    with acting_as(people[who]), suppress(*NOT_PERMITTED):
        async with database.connection() as connection:
            cursor = await connection.execute(f"UPDATE approvals SET {statement}")  # type: ignore[arg-type]
            assert cursor.rowcount == 0
    assert not await may(gateways[0], people["officer"], "secret")


async def test_it_ends_by_itself_and_with_either_administrator(
    gateways: tuple[Gateway, Gateway], people: dict[str, Officer], database: Database
) -> None:
    officer = people["officer"]
    for ended, mended in (
        ("UPDATE approvals SET expires = now()", "UPDATE approvals SET expires = now() + interval '1 day'"),
        ("UPDATE officers SET roles = '{}' WHERE account = 'second'", ""),
    ):
        await opened(gateways[0], people)
        assert await may(gateways[0], officer)
        await _alter(database, ended)
        assert not await may(gateways[0], officer)
        if mended:
            await _alter(database, mended)
            assert await may(gateways[0], officer)


async def _alter(database: Database, statement: str) -> None:
    async with database.maintenance() as connection:
        await connection.execute(statement)  # type: ignore[arg-type]


async def test_it_is_for_the_address_that_was_asked_for(
    gateways: tuple[Gateway, Gateway], people: dict[str, Officer], settings: Settings, database: Database
) -> None:
    await opened(gateways[0], people)
    moved = settings.model_copy(update={"model_url": "https://models.example/v1"})
    other = Gateway(moved, database, backend=FakeModel(), embedder=FakeEmbedder())
    assert not await may(other, people["officer"]) and await may(gateways[0], people["officer"])
    await other.stop()


async def test_what_cannot_be_asked_for(
    gateways: tuple[Gateway, Gateway], people: dict[str, Officer], settings: Settings, database: Database
) -> None:
    gate, first = gateways[0].boundary, people["first"]
    with acting_as(first):
        for highest, why, days in (
            ("restricted", WHY, 7), ("cosmic", WHY, 7), ("secret", " ", 7), ("secret", WHY, 181), ("secret", WHY, 0)
        ):  # fmt: skip
            with pytest.raises(InputError):
                await gate.ask(first, "model", highest, why=why, days=days)
        with pytest.raises(InputError, match="no such endpoint"):
            await gate.ask(first, "reranker", "secret", why=WHY, days=7)
        with pytest.raises(NotFound):
            await gate.approve(first, "x")
    for change in ({"sign_in": "none"}, {"model_classification": "unclassified"}):
        closed = Gateway(
            settings.model_copy(update=change), database, backend=FakeModel(), embedder=FakeEmbedder()
        )
        with acting_as(first), pytest.raises(Refused, match="setting"):
            await closed.boundary.ask(first, "model", "secret", why=WHY, days=7)
        await closed.stop()


async def test_a_refusal_and_a_question_too_old_are_final(
    gateways: tuple[Gateway, Gateway], people: dict[str, Officer], database: Database
) -> None:
    gate, first, second = gateways[0].boundary, people["first"], people["owner"]
    with acting_as(first):
        key = await gate.ask(first, "model", "secret", why=WHY, days=30)
        old = await gate.ask(first, "model", "secret", why=WHY, days=30)
    await _alter(database, f"UPDATE approvals SET asked = now() - interval '8 days' WHERE id = '{old}'")
    with acting_as(second):
        await gate.refuse(second, key)
        for each in (key, old):
            with pytest.raises(Conflict):
                await gate.approve(second, each)
        states: dict[str, Any] = {each.id: each.state for each in await gate.asked()}
    assert states == {key: "refused", old: "expired"}
