"""The switch and the opt-out at the door: from memory, at once, in every process, and closed when in doubt."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from bauhinia.errors import BauhiniaError, Conflict, InputError, NotFound, NotPermitted, Refused, StoreError
from bauhinia.gateway import Gateway, Piece
from bauhinia.gateway.stops import BLIND, FRESH, Switch
from bauhinia.guideline.consent import Consents, consent_texts
from bauhinia.guideline.stopping import Stopping
from bauhinia.guideline.uses import shipped
from bauhinia.guideline.without_ai import OptOuts, paths_without_ai
from bauhinia.models import FakeEmbedder, FakeModel
from bauhinia.people import Officer, acting_as, local_officer
from bauhinia.settings import Settings
from bauhinia.store import Database

from .conftest import MakeAsk

LOCAL = local_officer(Settings(department="Test Department"))
SOON = 10.0
"""Seconds, for a busy machine; `bench/switch.py` measures how soon it is."""
WRITES = "A long answer that goes on and on. " * 200


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"department": "Test Department"})


@pytest.fixture
def model() -> FakeModel:
    """Writes for longer than any test waits."""
    return FakeModel(lambda _: WRITES, delay=0.5)


@pytest.fixture
async def other(settings: Settings) -> AsyncIterator[Database]:
    """The same database, opened by another process: nothing in memory is common."""
    async with Database.open(settings) as opened:
        yield opened


@pytest.fixture
def stopping(other: Database, gateway: Gateway) -> Stopping:
    return Stopping(other, gateway.ledger)


async def reading(gateway: Gateway, ask: object, began: asyncio.Event) -> BaseException:
    """What an exchange ended with."""
    try:
        async for event in gateway.exchange(ask):  # type: ignore[arg-type]
            if isinstance(event, Piece):
                began.set()
    except BauhiniaError as error:
        return error
    raise AssertionError("the answer came to its end")


async def outcomes(database: Database) -> list[tuple[str, str]]:
    """Outcome and last reason of each entry that is no deed."""
    async with database.maintenance() as connection:
        cursor = await connection.execute(
            "SELECT body::jsonb ->> 'outcome', body::jsonb #>> '{decisions,-1,2}' FROM ledger"
            " WHERE body::jsonb ->> 'kind' <> 'deed' ORDER BY seq"
        )
        return [(row[0], row[1]) for row in await cursor.fetchall()]


@pytest.mark.parametrize(
    ("scope", "subject"), [("all", ""), ("use", "api.chat"), ("model", "fake")], ids=["all", "use", "model"]
)
async def test_a_stream_of_another_process_ends(
    gateway: Gateway, stopping: Stopping, ask_for: MakeAsk, model: FakeModel, scope: str, subject: str
) -> None:
    began = asyncio.Event()
    stream = asyncio.create_task(reading(gateway, ask_for("Go on."), began))
    await began.wait()
    key = await stopping.stop(LOCAL, scope, subject, "A test of the switch.")  # type: ignore[arg-type]
    error = await asyncio.wait_for(stream, SOON)
    assert isinstance(error, Refused) and "A test of the switch." in error.message and error.hint
    assert model.cancelled == 1 and model.active == 0
    with pytest.raises(Refused):
        await gateway.ask(ask_for("Again."))
    await gateway.ledger.close()
    assert await outcomes(gateway.ledger._database) == [("cancelled", "stopped"), ("refused", "stopped")]
    await stopping.resume(LOCAL, key)
    await asyncio.sleep(0.6)
    went_on = asyncio.Event()
    again = asyncio.create_task(reading(gateway, ask_for("Once more."), went_on))
    await asyncio.wait_for(went_on.wait(), SOON)
    again.cancel()
    with suppress(asyncio.CancelledError):
        await again


async def test_what_is_not_stopped_goes_on(gateway: Gateway, stopping: Stopping, ask_for: MakeAsk) -> None:
    await stopping.stop(LOCAL, "use", "pilot.translate", "One use alone.")
    began = asyncio.Event()
    stream = asyncio.create_task(reading(gateway, ask_for("Go on."), began))
    await asyncio.wait_for(began.wait(), SOON)
    with pytest.raises(Refused):
        await gateway.embed(
            ["x"], "query", officer=LOCAL, use="pilot.translate", classification="unclassified"
        )
    await asyncio.sleep(0.6)
    assert not stream.done()
    stream.cancel()
    with suppress(asyncio.CancelledError):
        await stream


async def test_a_loading_model_is_not_waited_for(
    settings: Settings, database: Database, stopping: Stopping, ask_for: MakeAsk
) -> None:
    class Slow(FakeModel):
        async def start(self) -> None:
            await asyncio.sleep(60)

    door = Gateway(settings, database, backend=Slow(), embedder=FakeEmbedder())
    waiting = asyncio.create_task(door.ask(ask_for("Hello.")))
    await asyncio.sleep(0.2)
    await stopping.stop(LOCAL, "all", "", "No waiting.")
    with pytest.raises(Refused, match="No waiting"):
        await asyncio.wait_for(waiting, SOON)
    await door.stop()


async def test_a_separate_process_presses_the_switch(
    gateway: Gateway, settings: Settings, ask_for: MakeAsk
) -> None:
    """The command line in a process of its own, with the server's stream under way."""
    began = asyncio.Event()
    stream = asyncio.create_task(reading(gateway, ask_for("Go on."), began))
    await began.wait()
    environment = {
        "BAUHINIA_DATABASE_URL": settings.database_url,
        "BAUHINIA_DATA_FOLDER": str(settings.data_folder),
        "PATH": "/usr/bin:/bin",
        "PYTHONPATH": ":".join(sys.path),
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "from bauhinia.cli import main; main()", "stop", "--why", "From a terminal.", env=environment,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    told, _ = await process.communicate()
    assert process.returncode == 0, told.decode()
    error = await asyncio.wait_for(stream, SOON)
    assert "From a terminal." in str(error)


async def test_when_the_switch_cannot_be_read_nothing_begins(
    gateway: Gateway, ask_for: MakeAsk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Database, "connection", lost)
    with pytest.raises(StoreError):
        await gateway.switch.admit("o1", "api.chat", "fake")


async def test_what_is_under_way_ends_when_the_switch_is_lost_for_long(
    gateway: Gateway, ask_for: MakeAsk, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = asyncio.Event()
    stream = asyncio.create_task(reading(gateway, ask_for("Go on."), began))
    await began.wait()
    with monkeypatch.context() as patched:
        patched.setattr(Database, "connection", lost)
        await asyncio.sleep(0.6)
        assert not stream.done(), "a hiccup ends nothing"
        gateway.switch._looked -= BLIND
        error = await asyncio.wait_for(stream, SOON)
    assert isinstance(error, StoreError)


def lost(*_: object, **__: object) -> object:
    raise StoreError("The database cannot be reached at the moment.")


async def test_only_who_may_presses_it(database: Database, gateway: Gateway) -> None:
    stopping = Stopping(database, gateway.ledger)
    officer = Officer(id="o1", department="d", name="Officer")
    administrator = Officer(id="o2", department="d", name="A", roles=frozenset({"department_administrator"}))
    for by in (officer, administrator):
        with acting_as(by), pytest.raises(NotPermitted):
            await stopping.stop(by, "all", "", "Because.")
    key = await stopping.stop(LOCAL, "all", "", "Because.")
    with acting_as(officer), pytest.raises(NotPermitted):
        await stopping.resume(officer, key)
    with pytest.raises(Conflict):
        await stopping.stop(LOCAL, "all", "", "Twice.")
    for scope, subject, why in (("use", "", "x"), ("all", "x", "x"), ("model", "m", " ")):
        with pytest.raises(InputError):
            await stopping.stop(LOCAL, scope, subject, why)  # type: ignore[arg-type]
    await stopping.resume(LOCAL, key)
    with pytest.raises(NotFound):
        await stopping.resume(LOCAL, key)
    assert [each.lifted_name for each in await stopping.listed()] == ["Local officer"]


async def test_an_opt_out_is_refused_with_the_way_without_ai(
    gateway: Gateway, database: Database, ask_for: MakeAsk
) -> None:
    officer = Officer(id="o1", department="Test Department", name="Test officer")
    outs = OptOuts(database, gateway.ledger)
    with acting_as(officer):
        await outs.choose(officer, frozenset({"api.chat"}))
        assert await outs.of(officer) == {"api.chat"}
        with pytest.raises(Refused, match="own functions that do not ask a model"):
            await gateway.ask(ask_for("Hello."))
        with pytest.raises(InputError):
            await outs.choose(officer, frozenset({"no.such.use"}))
        await outs.choose(officer, frozenset({"*"}))
        await asyncio.sleep(0.6)
        with pytest.raises(Refused):
            await gateway.embed(
                ["x"], "query", officer=officer, use="api.embed", classification="unclassified"
            )
    other = Officer(id="o2", department="Test Department", name="Other")
    assert await gateway.embed(["x"], "query", officer=other, use="api.embed", classification="unclassified")
    with acting_as(officer):
        await outs.choose(officer, frozenset())
        await asyncio.sleep(0.6)
        began = asyncio.Event()
        stream = asyncio.create_task(reading(gateway, ask_for("Go on."), began))
        await asyncio.wait_for(began.wait(), SOON)
        stream.cancel()
        with suppress(asyncio.CancelledError):
            await stream


def test_every_use_that_is_for_an_officer_has_a_way_without_ai() -> None:
    assert set(paths_without_ai()) == set(shipped().uses) - {"evaluation.compare", "knowledge.index"}


async def test_words_are_kept_of_whoever_consents_and_of_nobody_else(
    settings: Settings, database: Database, ask_for: MakeAsk
) -> None:
    door = Gateway(settings, database, backend=FakeModel(), embedder=FakeEmbedder())
    await door.start()
    officer = Officer(id="o1", department="Test Department", name="Test officer")
    consents = Consents(database, door.ledger)
    version = consent_texts().purposes["content"].newest.id
    with acting_as(officer):
        await door.ask(ask_for("Before."))
        assert await kept(database) == []
        await consents.give(officer, "content", version, "en")
        await asyncio.sleep(0.6)
        await door.ask(ask_for("My phone is 9123 4567."))
        ((asked, answered),) = await kept(database)
        assert "My phone is" in asked and answered
        # Withdrawn, while this process still believes in the consent: nothing is kept.
        state = door.switch._state
        await consents.withdraw(officer, "content", "en")
        assert await kept(database) == []
        door.switch._state, door.switch._looked = state, time.monotonic() + 60
        assert door.switch.logs("o1")
        await door.ask(ask_for("After."))
        assert await kept(database) == []
    await door.stop()


async def kept(database: Database) -> list[tuple[str, str]]:
    async with database.maintenance() as connection:
        cursor = await connection.execute("SELECT asked, answered FROM content_log ORDER BY entry")
        return [(row[0], row[1]) for row in await cursor.fetchall()]


async def test_the_check_costs_no_look_at_the_database(database: Database) -> None:
    """It is asked once in half a second, whatever is asked of the door meanwhile."""
    looks = 0

    class Counted(Switch):
        async def look(self) -> None:
            nonlocal looks
            looks += 1
            await super().look()

    switch = Counted(database)
    for _ in range(100):
        assert (await switch.admit("o1", "api.chat", "fake")).allowed
        switch._looked = max(switch._looked, time.monotonic() - FRESH / 2)
    assert looks == 1
