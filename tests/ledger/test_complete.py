"""One row for each model call, refusal, share, setting change and deed: after a run there are just so many."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from bauhinia import __version__
from bauhinia.cli import app
from bauhinia.errors import BauhiniaError
from bauhinia.gateway import Ask, Gateway
from bauhinia.ledger import Ledger, in_force
from bauhinia.ledger.in_force import record_settings
from bauhinia.models import Message
from bauhinia.people import acting
from bauhinia.settings import Settings
from bauhinia.store import Database


async def entries(database: Database) -> list[dict[str, Any]]:
    async with database.maintenance() as connection:
        rows = await (await connection.execute("SELECT body FROM ledger ORDER BY seq")).fetchall()
    return [orjson.loads(row[0]) for row in rows]


def ask(settings: Settings, use: str, text: str) -> Ask:
    return Ask(officer=acting(settings), use=use, messages=(Message(role="user", content=text),))


async def test_a_run_leaves_exactly_one_row_for_each_thing_that_was_done(
    gateway: Gateway, settings: Settings, database: Database
) -> None:
    for number in range(3):
        await gateway.ask(ask(settings, "api.chat", f"Question {number}"))
    for use in ("never.registered", "api.chat"):
        wrong = ask(settings, use, "Question")
        with pytest.raises(BauhiniaError):
            await gateway.ask(replace(wrong, model="no-such-model"))
    await gateway.embed(
        ["a", "b"], "passage", officer=acting(settings), use="api.embed", classification="unclassified"
    )
    await gateway.ledger.record("sharing.share", officer="o", department="d", subject="s")
    await record_settings(gateway.ledger, settings)
    found = Counter((each["kind"], each["outcome"], each["deed"]) for each in await entries(database))
    assert found == {
        ("chat", "answered", ""): 3,
        ("chat", "refused", ""): 2,
        ("embed", "answered", ""): 1,
        ("deed", "answered", "sharing.share"): 1,
        ("deed", "answered", "settings.in_force"): 1,
    }
    assert (await gateway.ledger.verify()).ok


async def test_what_was_asked_and_answered_is_in_no_entry(
    gateway: Gateway, settings: Settings, database: Database
) -> None:
    text = "Chan Tai Man, HKID A123456(3), asks about the zebra crossing in Nathan Road."
    answer = await gateway.ask(ask(settings, "api.chat", text))
    assert "zebra" in answer.text, "the model was given it"
    (entry,) = await entries(database)
    written = str(entry)
    assert not [word for word in ("A123456", "zebra", "Nathan", "Chan") if word in written]
    assert entry["prompt_characters"] > 50 and len(entry["prompt_digest"]) == 64


def test_administration_by_the_command_line_is_in_the_ledger(
    database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("BAUHINIA_DATABASE_URL", database_url)
    done = (
        ("people", "add-department", "hyd", "Highways"),
        ("people", "add-officer", "eo1", "EO 1", "hyd"),
        ("people", "token", "eo1", "nightly", "--scope", "v1"),
        ("usage", "limit", "department", "requests", "day", "9", "--department", "hyd"),
        ("people", "close", "eo1"),
    )
    for words in done:
        ran = CliRunner().invoke(app, words)
        assert ran.exit_code == 0, ran.output
    refused = CliRunner().invoke(app, ["usage", "limit", "department", "requests", "day", "9"])
    assert refused.exit_code != 0
    lines = CliRunner().invoke(app, ["ledger", "export"]).output.splitlines()
    found = [orjson.loads(line)["entry"] for line in lines]
    assert [(each["deed"], each["outcome"]) for each in found] == [
        ("departments.put", "answered"),
        ("people.add", "answered"),
        ("people.invite", "answered"),
        ("people.token_made", "answered"),
        ("quotas.set", "answered"),
        ("people.close", "answered"),
        ("quotas.set", "refused"),
    ]
    assert {each["officer"] for each in found} == {"operator"}
    assert found[3]["subject"].startswith(found[1]["subject"]), "whose token it is"


async def test_settings_in_force_are_named_and_never_told(
    settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = Ledger(database)
    secret = settings.model_copy(update={"model_key": SecretStr("a-key-of-the-model")})
    later = secret.model_copy(update={"model_key": SecretStr("another-key"), "jobs": 3})
    for each in (settings, settings, secret, later):
        await record_settings(ledger, each)
    monkeypatch.setattr(in_force, "__version__", "99.0")
    await record_settings(ledger, later)
    found = [each["decisions"] for each in await entries(database)]
    told = [(decisions[0][2], [name for name, _, how in decisions[2:]]) for decisions in found]
    assert told == [
        ("first", []),
        ("unchanged", []),
        ("changed", ["model_key"]),
        ("changed", ["jobs", "model_key"]),
        ("changed", ["version"]),
    ]
    assert [decisions[1][2] for decisions in found] == [__version__] * 4 + ["99.0"]
    written = str(await entries(database)) + (settings.data_folder / "settings-in-force.json").read_text()
    assert "a-key-of-the-model" not in written and "another-key" not in written
    digests = [each["subject"] for each in await entries(database)]
    assert digests[0] == digests[1] and len(set(digests)) == 4
