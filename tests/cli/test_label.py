"""`bauhinia label`: the exit status says what the words say."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

from bauhinia.ledger import Ledger
from bauhinia.people import local_officer
from bauhinia.provenance import Labelling, Origin, Record, sentence_of
from bauhinia.settings import Limits, Settings
from bauhinia.store import Database

COMMAND = [sys.executable, "-c", "from bauhinia.cli import main; main()"]


async def labelled(settings: Settings, text: str) -> str:
    """Markdown with its label."""
    officer = local_officer(settings)
    record = Record(
        id="ABCD-EFGH-JKLM", use="pilot.draft", origin=Origin(model="fake"), department="Works",
        issued_at="2026-03-05T10:00:00+08:00", language="en", edited=0.2,
    )  # fmt: skip
    async with Database.open(settings) as database:
        labels = Labelling(settings.data_folder, database, Ledger(database), Limits())
        written = f"{text}\n\n*{sentence_of(record)}*\n"
        return (await labels.labelled(written.encode(), "a.md", record, officer=officer)).decode()


def test_where_a_file_came_from_and_the_exit_status(settings: Settings, tmp_path: Path) -> None:
    folder = {
        "BAUHINIA_DATA_FOLDER": str(settings.data_folder),
        "BAUHINIA_DATABASE_URL": settings.database_url,
    }

    def run(*arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            [*COMMAND, "label", *arguments],
            env={**os.environ, **folder},
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        assert not done.stderr, done.stderr
        return done.returncode, done.stdout

    file = tmp_path / "a.md"
    text = asyncio.run(labelled(settings, "The works cost $90."))
    file.write_text(text)
    status, said = run("check", "a.md")
    assert status == 0 and "as it was issued" in said and "BH-ABCD-EFGH-JKLM" in said and "20%" in said
    file.write_text(text.replace("$90", "$91"))
    status, said = run("check", "a.md")
    assert status == 1 and "altered since: about" in said
    status, said = run("check", "a.md", "--json")
    assert status == 1 and json.loads(said)["state"] == "altered"
    file.write_text("The works cost $90.")
    assert run("check", "a.md") == (2, "This file carries no label of this system.\n")
    assert run("key")[1].startswith("-----BEGIN PUBLIC KEY-----")
