"""`bauhinia notes`: what was found, with lines and times; minutes in Word, labelled."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import docx

from bauhinia.ledger import Ledger
from bauhinia.provenance import Labelling
from bauhinia.settings import Limits, Settings
from bauhinia.store import Database

COMMAND = [sys.executable, "-c", "from bauhinia.cli import main; main()"]
SAMPLES = Path(__file__).resolve().parents[2] / "samples"


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    whole = {**os.environ, **environment}
    return subprocess.run(
        [*COMMAND, "notes", *arguments], capture_output=True, text=True, env=whole, check=False
    )


def test_notes_are_printed_with_lines_and_times_without_a_database() -> None:
    nowhere = {"BAUHINIA_DATABASE_URL": "postgresql://127.0.0.1:9/none"}
    shown = run(str(SAMPLES / "meeting-en.txt"), **nowhere)
    assert shown.returncode == 0, shown.stderr
    assert "Secretary · 2026-03-10 · Secretary, please write to the home by next Tuesday" in shown.stdout
    assert "line 8: [00:01:06] Chairman: Then it's agreed" in shown.stdout
    told = run(str(SAMPLES / "meeting-yue.srt"), "--held", "2026-03-04", "--json", **nowhere)
    found = json.loads(told.stdout)
    assert found["held"] == "2026-03-04" and found["language"] == "yue-Hant-HK"
    first = found["actions"][0]
    assert (first["owner"], first["day"], first["due"]) == ("活動主任", "2026-03-13", "下星期五")
    assert [line["time"] for line in first["lines"]] == ["00:00:27", "00:00:31"]


def test_minutes_in_word_are_labelled(settings: Settings, tmp_path: Path) -> None:
    out = tmp_path / "minutes.docx"
    made = run(
        str(SAMPLES / "meeting-tc.txt"),
        "--docx",
        str(out),
        BAUHINIA_DATA_FOLDER=str(settings.data_folder),
        BAUHINIA_DATABASE_URL=settings.database_url,
    )
    assert made.returncode == 0 and "Written:" in made.stderr, made.stderr
    assert docx.Document(str(out)).paragraphs[0].text == "示例街渠務工作小組會議記錄"

    async def checked() -> str:
        async with Database.open(settings) as database:
            labels = Labelling(settings.data_folder, database, Ledger(database), Limits())
            return (await labels.check(out.read_bytes(), out.name)).state

    assert asyncio.run(checked()) == "unaltered"


def test_what_cannot_be_read_is_said() -> None:
    wrong = run(str(SAMPLES / "meeting-en.txt"), "--docx", "minutes.pdf")
    assert wrong.returncode == 2 and ".docx" in wrong.stderr
    assert run(str(SAMPLES / "no-such.txt")).returncode == 2
