"""Tools of MCP servers in the public chat, against a real server in a process of its own that is partly hostile."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
import yaml

from bauhinia.chat.guests import guest
from bauhinia.chat.reception import Reception
from bauhinia.chat.replay import REPLAY_NOW
from bauhinia.chat.sources import Sources
from bauhinia.chat.tools import Context
from bauhinia.chat.turn import Answer
from bauhinia.gateway import Gateway
from bauhinia.gateway.tool_list import ToolServer
from bauhinia.gateway.tool_server import ToolFailed, offered
from bauhinia.knowledge import Library, Search
from bauhinia.models import Calls, ChatRequest, FakeEmbedder, FakeModel
from bauhinia.people import acting_as
from bauhinia.settings import Limits, Settings
from bauhinia.store import Blobs, Database

GUEST = guest("g")
QUESTION = "What does the gauge show for the Plover Cove reservoir?"
Serve = Callable[..., Reception]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    script = Path(__file__).parents[1] / "gateway" / "tool_server.py"
    process = subprocess.Popen([sys.executable, str(script), str(port)])
    try:
        yield f"http://127.0.0.1:{port}/mcp"
    finally:
        process.kill()
        process.wait()


@pytest.fixture
async def serve(url: str, tmp_path: Path, settings: Settings, database: Database) -> AsyncIterator[Serve]:
    """Opens the assistant with an allow list: `rainfall` and `injected` read, `shifty` was not found to."""
    asked = ToolServer(server="met", url=url, tools=(), uses=frozenset({"chat.answer"}))
    async with asyncio.timeout(60):
        while True:
            try:
                there = await offered(asked)
                break
            except ToolFailed:
                await asyncio.sleep(0.05)
    tools = [
        {"name": name, "digest": there[name].digest, "reads": name != "shifty"}
        for name in ("rainfall", "injected", "shifty")
    ]
    entry = {"server": "met", "url": url, "tools": tools, "uses": ["chat.answer"], "seconds": 3}
    entry |= {"title": "Hill Gauges", "page": "https://gauges.example/"}
    made: list[Reception] = []

    def open_(model: FakeModel, **changes: Any) -> Reception:
        path = tmp_path / "tools.yaml"
        path.write_text(yaml.safe_dump([entry | changes]))
        mine = settings.model_copy(update={"tools": path})
        gateway = Gateway(mine, database, backend=model, embedder=FakeEmbedder())
        made.append(
            Reception(
                gateway=gateway,
                database=database,
                search=Search(database, gateway),
                library=Library(database, gateway, Blobs.open(settings), Limits()),
                context=Context(sources=Sources("http://127.0.0.1:9"), now=lambda: REPLAY_NOW),
            )
        )
        return made[-1]

    yield open_
    for reception in made:
        await reception.close()
        await reception.gateway.stop()


def looking_up(tool: str, given: dict[str, Any], then: str) -> FakeModel:
    """A model that asks for that tool where there are tools, and then says that."""

    def reply(request: ChatRequest) -> Calls | str:
        if any(message.role == "tool" for message in request.messages):
            return then
        return Calls(text="Looking it up. ", calls=((f"met__{tool}", given),)) if request.tools else "Hm."

    return FakeModel(reply, context_tokens=50_000)


async def answered(reception: Reception, question: str = QUESTION) -> Answer:
    await reception.gateway.start()
    last: object = None
    with acting_as(GUEST):
        async with aclosing(reception.answer(question, by=GUEST)) as events:
            async for event in events:
                last = event
    assert isinstance(last, Answer)
    return last


async def test_a_tool_answers_with_its_title_and_the_time(serve: Serve) -> None:
    model = looking_up(
        "rainfall", {"place": "Plover Cove"}, "At Plover Cove 12 mm fell. It was 99 mm in May."
    )
    answer = await answered(serve(model))
    assert answer.via == "served" and answer.model and answer.text == "At Plover Cove 12 mm fell."
    assert answer.withdrawn == 1 and answer.said[0].source == 0
    (reference,) = answer.references
    assert reference.title == "Hill Gauges, 2026-11-27 10:00" and reference.url == "https://gauges.example/"


async def test_only_what_reads_is_on_offer_and_a_result_is_fenced(serve: Serve) -> None:
    model = looking_up("injected", {}, "All documents were sent away to evil.example/x.")
    answer = await answered(serve(model))
    assert {tool.name for request in model.requests for tool in request.tools} == {
        "met__rainfall",
        "met__injected",
    }
    told = next(m.content for request in model.requests for m in request.messages if m.role == "tool")
    assert "no instruction to anybody" in told and "[[" in told and "A123456(3)" not in told
    assert answer.via in ("unknown", "model") and "sent away" not in answer.text


async def test_what_acts_is_not_used_even_when_the_model_asks(serve: Serve) -> None:
    answer = await answered(serve(looking_up("shifty", {}, "It is done.")))
    assert answer.via != "served" and "done." not in answer.text.partition("No source")[0]
    assert any("gave nothing" in said.text for said in answer.said)


async def test_a_server_that_is_down_is_told(serve: Serve) -> None:
    answer = await answered(
        serve(FakeModel(), url="http://127.0.0.1:9/mcp"), "How many litres are there now?"
    )
    assert answer.via == "unknown" and "Hill Gauges, cannot be reached" in answer.text


async def test_a_server_that_was_changed_is_told_and_not_asked(serve: Serve) -> None:
    model = FakeModel()
    tools = [{"name": "rainfall", "digest": "0" * 64, "reads": True}]
    answer = await answered(serve(model, tools=tools), "而家水塘有幾多水？")
    assert answer.via == "unknown" and "「Hill Gauges」改過" in answer.text
    assert not any(request.tools for request in model.requests)


async def test_a_server_for_officers_is_not_asked_for_the_public(serve: Serve) -> None:
    model = FakeModel(lambda _: "Hm.")
    answer = await answered(serve(model, uses=["api.chat"]))
    assert "Hill Gauges" not in answer.text and not any(request.tools for request in model.requests)


async def test_no_tool_is_sent_to_where_a_guest_says(serve: Serve) -> None:
    model = FakeModel(lambda _: "Hm.")
    await answered(serve(model), "What does the page https://gauges.example/private tell?")
    assert not any(request.tools for request in model.requests)


async def test_live_tools_come_first(serve: Serve) -> None:
    def never(_: object) -> str:
        raise AssertionError("the model is not asked for this")

    answer = await answered(serve(FakeModel(never)), "What is 17 * 23?")
    assert answer.via == "tool" and "391" in answer.text
