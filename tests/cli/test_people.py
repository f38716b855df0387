"""`bauhinia people`: an officer is added, listed, given a token, and closed."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from bauhinia.cli import app


def run(*words: str) -> str:
    ran = CliRunner().invoke(app, ["people", *words])
    assert ran.exit_code == 0, ran.output
    return ran.output


def test_an_officer_from_the_first_to_the_last(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAUHINIA_DATABASE_URL", database_url)
    run("add-department", "hyd", "Highways Department", "--zh", "路政署")
    assert "/welcome/" in run("add-officer", "as.records", "Assistant Secretary (Records)", "hyd")
    assert run("list").split("\t")[-1].strip() == "invited"
    assert run("token", "as.records", "nightly", "--scope", "v1").startswith("bauhinia_")
    run("close", "AS.Records")
    assert run("list").split("\t")[-1].strip() == "closed"
    refused = CliRunner().invoke(app, ["people", "token", "as.records", "nightly", "--scope", "v1"])
    assert refused.exit_code != 0
