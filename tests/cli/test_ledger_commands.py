"""`bauhinia ledger`: what an auditor does with it, from the first row to a proof checked elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner, Result

from bauhinia.cli import app


def ledger(*words: str) -> Result:
    return CliRunner().invoke(app, ["ledger", *words])


def said(*words: str) -> str:
    ran = ledger(*words)
    assert ran.exit_code == 0, ran.output
    return ran.output


@pytest.fixture
def some_rows(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Two deeds by whoever runs the machine."""
    monkeypatch.setenv("BAUHINIA_DATABASE_URL", database_url)
    for key in ("hyd", "td"):
        assert CliRunner().invoke(app, ["people", "add-department", key, key.upper()]).exit_code == 0
    return database_url


def test_an_entry_is_proved_and_checked_without_the_database(
    some_rows: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert said("verify", "--tree") == "2 entries, each as it was written; signed up to checkpoint 2.\n"
    older, proof, growth = tmp_path / "older", tmp_path / "proof.json", tmp_path / "growth.json"
    older.write_text(said("checkpoint"))
    key = said("key").strip()
    CliRunner().invoke(app, ["people", "add-department", "bd", "BD"])
    said("prove", "2", "--output", str(proof))
    said("prove-growth", str(older), "--output", str(growth))
    # From here on there is no database to ask.
    monkeypatch.setenv("BAUHINIA_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    checked = said("check-proof", str(proof), "--key", key)
    assert checked.startswith("Entry 2 is in the ledger bauhinia/ledger of 3 entries, signed 2")
    assert json.loads(checked.split("\n")[1])["deed"] == "departments.put"
    assert "goes on from that of 2 entries" in said("check-proof", str(growth), "--key", key)
    proof.write_text(proof.read_text().replace("departments.put", "departments.bad"))
    assert ledger("check-proof", str(proof), "--key", key).exit_code != 0
    assert ledger("check-proof", str(growth), "--key", key.replace("bauhinia", "other")).exit_code != 0


def test_verify_names_the_first_bad_row_and_ends_with_1(some_rows: str) -> None:
    with psycopg.connect(some_rows) as owner:
        owner.execute("UPDATE ledger SET body = replace(body, 'hyd', 'xyz') WHERE seq = 1")
    ran = ledger("verify")
    assert (ran.exit_code, ran.output) == (1, "entry 1: edited\n")
    with psycopg.connect(some_rows) as owner:
        owner.execute("UPDATE ledger SET body = replace(body, 'xyz', 'hyd') WHERE seq = 1")
        owner.execute("DELETE FROM ledger WHERE seq = 2")
        owner.execute("UPDATE ledger_head SET seq = 1, hash = (SELECT hash FROM ledger)")
    ran = ledger("verify")
    assert (ran.exit_code, ran.output) == (1, "entry 2: truncated (against checkpoint 2)\n")


def test_an_export_has_every_entry_with_its_hash(some_rows: str, tmp_path: Path) -> None:
    lines = [json.loads(line) for line in said("export").splitlines()]
    with psycopg.connect(some_rows) as owner:
        hashes = [row[0].hex() for row in owner.execute("SELECT hash FROM ledger ORDER BY seq")]
    assert [line["hash"] for line in lines] == hashes
    assert [line["entry"]["subject"] for line in lines] == ["hyd", "td"]
    said("export", "--after", "1", "--output", str(tmp_path / "out.jsonl"))
    assert (tmp_path / "out.jsonl").read_text().count("\n") == 1


def test_an_empty_ledger_has_nothing_to_sign(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAUHINIA_DATABASE_URL", database_url)
    assert said("verify") == "0 entries, each as it was written; signed up to no checkpoint.\n"
    assert ledger("checkpoint").exit_code != 0
