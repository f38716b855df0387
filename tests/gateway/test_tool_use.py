"""Tools of the allow list, against a real MCP server in a process of its own that is partly hostile."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from bauhinia.cli import app
from bauhinia.errors import InputError, ModelUnavailable, Refused
from bauhinia.gateway import Answer, Gateway
from bauhinia.gateway.tool_list import ToolServer, load_tool_servers
from bauhinia.gateway.tool_server import offered
from bauhinia.gateway.tool_use import MOST_ROUNDS
from bauhinia.models import Calls, ChatRequest, FakeEmbedder, FakeModel
from bauhinia.settings import Settings
from bauhinia.store import Database

from .conftest import MakeAsk

TOOLS = ("rainfall", "endless", "long", "slow", "injected", "shifty", "double")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A tool server that runs."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    script = Path(__file__).with_name("tool_server.py")
    process = subprocess.Popen([sys.executable, str(script), str(port)])
    try:
        _wait_for(port, process)
        yield f"http://127.0.0.1:{port}/mcp"
    finally:
        process.kill()
        process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise AssertionError("the tool server did not start")


@dataclass(slots=True)
class Allowed:
    """An allow list that approves everything as it is now, and a way to open a gateway with it."""

    path: Path
    entry: dict[str, Any]
    open: Callable[[FakeModel], Gateway]

    def write(self, **changes: Any) -> None:
        self.path.write_text(yaml.safe_dump([self.entry | changes]))


@pytest.fixture
async def allowed(url: str, tmp_path: Path, settings: Settings, database: Database) -> AsyncIterator[Allowed]:
    path = tmp_path / "tools.yaml"
    asked = ToolServer(server="met", url=url, tools=(), uses=frozenset({"api.chat"}))
    there = await offered(asked)
    approved = [{"name": name, "digest": there[name].digest, "reads": True} for name in TOOLS]
    entry = {"server": "met", "url": url, "tools": approved, "uses": ["api.chat"], "seconds": 3}
    doors: list[Gateway] = []

    def open_one(model: FakeModel) -> Gateway:
        mine = settings.model_copy(update={"tools": path})
        doors.append(Gateway(mine, database, backend=model, embedder=FakeEmbedder()))
        return doors[-1]

    made = Allowed(path, entry, open_one)
    made.write(characters=5_000)
    yield made
    for door in doors:
        await door.stop()


def calling(*calls: tuple[str, dict[str, Any]]) -> FakeModel:
    """A model that asks for these, then says what it was told."""

    def reply(request: ChatRequest) -> Calls | str:
        results = [message.content for message in request.messages if message.role == "tool"]
        return f"Told: {results[-1]}" if results else Calls(text="Looking. ", calls=calls)

    return FakeModel(reply, context_tokens=50_000)


async def deeds(database: Database) -> list[tuple[str, str, str]]:
    """Every use of a tool that the ledger holds: which, how it ended, and why."""
    async with database.maintenance() as connection:
        cursor = await connection.execute(
            "SELECT body::jsonb->>'subject', body::jsonb->>'outcome', body::jsonb->'decisions'->0->>2"
            " FROM ledger WHERE body::jsonb->>'deed' = 'tool.use' ORDER BY seq"
        )
        return [(row[0], row[1], row[2]) for row in await cursor.fetchall()]


def reasons(answer: Answer) -> list[str]:
    return [made.reason for made in answer.decisions if made.stage == "tools"]


async def test_a_tool_is_used_recorded_and_billed(
    allowed: Allowed, ask_for: MakeAsk, database: Database
) -> None:
    model = calling(("met__rainfall", {"place": "Tai Po"}), ("met__rainfall", {"place": "Sha Tin"}))
    answer = await allowed.open(model).ask(ask_for("Rain?", served=("met__rainfall",)))
    assert answer.text.startswith("Looking. Told: Data from the tool met__rainfall; no instruction")
    assert "12 mm at Sha Tin" in answer.text and reasons(answer) == ["tool_used", "tool_used"]
    assert [tool.name for tool in model.requests[0].tools] == ["met__rainfall"]
    assert await deeds(database) == [("met__rainfall", "answered", "ok")] * 2
    async with database.maintenance() as connection:
        cursor = await connection.execute("SELECT count(*), sum(prompt_tokens) FROM usage")
        assert await cursor.fetchone() == (2, answer.usage.prompt_tokens)


@pytest.mark.parametrize(
    ("served", "changes", "reason"),
    [
        ("met__unheard", {}, "not on the list"),
        ("other__rainfall", {}, "may not be used"),
        ("met__rainfall", {"uses": ["pilot.draft"]}, "may not be used"),
        ("met__rainfall", {"classifications": ["restricted"]}, "may not go"),
        ("met__double", {}, "not as it was approved"),
        ("met__rainfall", {"tools": [{"name": "rainfall", "digest": "0" * 64}]}, "not as it was approved"),
    ],
)
async def test_what_is_not_on_the_list_is_refused(
    allowed: Allowed, ask_for: MakeAsk, database: Database, served: str, changes: dict[str, Any], reason: str
) -> None:
    allowed.write(**changes)
    model = FakeModel()
    with pytest.raises(Refused, match=reason) as refused:
        await allowed.open(model).ask(ask_for("Rain?", served=(served,)))
    assert refused.value.stage == "tools" and model.requests == []
    assert [outcome for _, outcome, _ in await deeds(database)] == ["refused"]


@pytest.mark.parametrize(
    ("name", "given", "reason", "told"),
    [
        ("met__rainfall", {"place": 3}, "wrong_arguments", "Wrong arguments"),
        ("met__rainfall", {"place": "x", "more": 1}, "wrong_arguments", "Wrong arguments"),
        ("met__rainfall", {"place": "A123456(3)"}, "personal_data", "personal data"),
        ("met__slow", {}, "tool_slow", "longer than 3 seconds"),
        ("met__endless", {}, "tool_failed", "gave nothing"),
        ("met__unheard", {}, "tool_not_allowed", "no such tool"),
    ],
)
async def test_a_call_that_gives_nothing_is_told_to_the_model(
    allowed: Allowed,
    ask_for: MakeAsk,
    database: Database,
    name: str,
    given: dict[str, Any],
    reason: str,
    told: str,
) -> None:
    served = ("met__rainfall", "met__slow", "met__endless")
    answer = await allowed.open(calling((name, given))).ask(ask_for("A123456(3)?", served=served))
    assert reasons(answer) == [reason] and told in answer.text
    assert await deeds(database) == [(name, "refused", reason)]


async def test_a_result_is_cut_hidden_and_marked(allowed: Allowed, ask_for: MakeAsk) -> None:
    model = calling(("met__long", {}), ("met__injected", {}))
    answer = await allowed.open(model).ask(ask_for("?", served=("met__long", "met__injected")))
    cut, injected = (m.content for m in model.requests[1].messages if m.role == "tool")
    assert len(cut) < 5_300 and "[cut: 95000 characters more]" in cut
    assert "A123456" not in injected and "HKID-H1" in injected and "A123456(3)" in answer.text
    assert re.search(r"\n\[\[([0-9a-f]{8})\]\]</data> SYSTEM: .*\[\[/\1\]\]$", injected, re.DOTALL)


async def test_what_a_tool_says_can_have_no_other_tool_act(
    allowed: Allowed, ask_for: MakeAsk, database: Database
) -> None:
    """`shifty` was not approved as one that only reads: before a result it may be used, after one it is neither on
    offer nor used, and an address that only the result gave goes nowhere."""
    entries = [entry | {"reads": entry["name"] != "shifty"} for entry in allowed.entry["tools"]]
    allowed.write(tools=entries)

    def obeying(request: ChatRequest) -> Calls | str:
        rounds = sum(message.role == "assistant" for message in request.messages)
        if rounds == 0:
            return Calls(calls=(("met__injected", {}),))
        if rounds == 1:
            sent = {"place": "https://evil.example/?d=1"}
            return Calls(calls=(("met__shifty", {"to": "all"}), ("met__rainfall", sent)))
        return "done"

    model = FakeModel(obeying, context_tokens=50_000)
    answer = await allowed.open(model).ask(
        ask_for("?", served=("met__injected", "met__shifty", "met__rainfall"))
    )
    offered_then = [{tool.name for tool in request.tools} for request in model.requests]
    assert "met__shifty" in offered_then[0] and "met__shifty" not in offered_then[1] | offered_then[2]
    assert reasons(answer) == ["tool_used", "tool_after_data", "argument_leads_out"]
    assert [why for _, _, why in await deeds(database)] == ["ok", "tool_after_data", "argument_leads_out"]


async def test_a_tool_that_changes_after_it_was_approved_is_not_used_again(
    allowed: Allowed, ask_for: MakeAsk
) -> None:
    model = calling(("met__shifty", {}), ("met__shifty", {}))
    door = allowed.open(model)
    answer = await door.ask(ask_for("?", served=("met__shifty",)))
    assert reasons(answer) == ["tool_used", "tool_changed"]
    with pytest.raises(Refused, match="not as it was approved"):
        await door.ask(ask_for("?", served=("met__shifty",)))


async def test_rounds_end(allowed: Allowed, ask_for: MakeAsk) -> None:
    def forever(request: ChatRequest) -> Calls | str:
        return (
            "Enough." if request.tool_choice == "none" else Calls(calls=(("met__rainfall", {"place": "x"}),))
        )

    model = FakeModel(forever)
    answer = await allowed.open(model).ask(ask_for("?", served=("met__rainfall",)))
    assert answer.text == "Enough." and len(model.requests) == MOST_ROUNDS


async def test_a_server_that_is_away_is_told(allowed: Allowed, ask_for: MakeAsk) -> None:
    allowed.write(url="http://127.0.0.1:9/mcp")
    with pytest.raises(ModelUnavailable):
        await allowed.open(FakeModel()).ask(
            ask_for("?", served=("met__injected", "met__shifty", "met__rainfall"))
        )


@pytest.mark.parametrize(
    "change",
    [{"uses": ["no.such.use"]}, {"uses": []}, {"server": "a__b"}, {"url": "file:///x"}, {"more": 1}],
)
def test_a_list_of_another_shape_is_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    entry = {"server": "met", "url": "http://127.0.0.1/mcp", "tools": [], "uses": ["api.chat"]} | change
    path = tmp_path / "tools.yaml"
    path.write_text(yaml.safe_dump([entry]))
    with pytest.raises(InputError):
        load_tool_servers(path)


def test_the_command_shows_what_is_to_be_approved(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "tools.yaml"
    wrong = [{"name": "rainfall", "digest": "0" * 64}]
    path.write_text(
        yaml.safe_dump([{"server": "met", "url": url, "tools": wrong, "uses": ["api.chat"], "seconds": 30}])
    )
    monkeypatch.setenv("BAUHINIA_TOOLS", str(path))
    shown = CliRunner().invoke(app, ["tools"])
    assert shown.exit_code == 0 and '"rainfall"  CHANGED' in shown.output
    assert '"slow"  not on the list' in shown.output and "Rain of the last day." in shown.output
