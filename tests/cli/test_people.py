"""`bauhinia people`: an officer is added, listed, given a token, and closed."""

from __future__ import annotations

from pathlib import Path

import psycopg
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


def test_many_officers_come_from_a_file_or_none(
    database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("BAUHINIA_DATABASE_URL", database_url)
    run("add-department", "hyd", "Highways Department")
    run("add-department", "td", "Transport Department")
    roll = tmp_path / "roll.csv"
    roll.write_text("account,name,department,roles\neo1,EO 1,hyd,auditor\neo2,EO 2,nowhere,\n", "utf-8")
    refused = CliRunner().invoke(app, ["people", "import", str(roll)])
    assert refused.exit_code == 1 and "line 3\teo2\tunknown_department" in refused.output
    assert run("list") == ""
    roll.write_text("account,name,department,roles\neo1,EO 1,hyd,auditor\n", "utf-8")
    assert run("import", str(roll)).startswith("eo1\thttp://")
    run("change", "eo1", "--department", "td", "--role", "none", "--grade", "Executive Officer")
    assert run("list", "--department", "td").strip() == "td\teo1\tEO 1\tExecutive Officer\t\t\tinvited"
    refused = CliRunner().invoke(app, ["people", "token", "eo1", "Entra ID", "--scope", "scim"])
    assert refused.exit_code != 0
    with psycopg.connect(database_url) as owner:
        rows = owner.execute(
            "SELECT body::jsonb->>'deed', body::jsonb->>'officer' FROM ledger ORDER BY seq"
        ).fetchall()
    deeds = ["departments.put", "departments.put", "people.add", "people.edit", "people.move", "people.roles"]
    assert rows == [(deed, "operator") for deed in deeds]
