"""`bauhinia bilingual`: a finished translation to a file and back, with a server running and without one."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import docx
import pytest

COMMAND = [sys.executable, "-c", "from bauhinia.cli import main; main()"]
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def environment(database_url: str, tmp_path: Path) -> dict[str, str]:
    own = {"BAUHINIA_DATA_FOLDER": str(tmp_path / "data"), "BAUHINIA_DATABASE_URL": database_url}
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
    told = {"PYTHONFAULTHANDLER": "1"}  # where a process that aborts was
    return {**os.environ, **own, **told, "BAUHINIA_MODEL": "fake", "BAUHINIA_PORT": port}


@pytest.fixture
def bauhinia(environment: dict[str, str], tmp_path: Path) -> Run:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *arguments], env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=120
        )

    return run


@pytest.fixture
def task(bauhinia: Run, tmp_path: Path) -> str:
    """A finished translation of two paragraphs."""
    (tmp_path / "a.md").write_text("# A notice\n\nThe form is due in May.\n", encoding="utf-8")
    done = bauhinia("translate", "a.md", "--to", "zh-HK", "--json")
    assert done.returncode == 0, done.stderr
    return str(json.loads(done.stdout)["id"])


def _goes_and_comes(bauhinia: Run, task: str, folder: Path) -> None:
    for name, *options in (("a.xlf",), ("a.xlsx",), ("old.xlf", "--xliff12")):
        done = bauhinia("bilingual", "export", task, name, *options)
        assert (done.returncode, f"Written: {name}" in done.stderr) == (0, True), done.stderr
        done = bauhinia("bilingual", "import", task, name)
        assert done.stdout == "0 changed, 0 confirmed, 2 unchanged, 0 skipped.\n", done.stderr
    assert 'version="1.2"' in (folder / "old.xlf").read_text(encoding="utf-8")
    bauhinia("bilingual", "export", task, "a.docx")
    paper = docx.Document(str(folder / "a.docx"))
    paper.tables[0].rows[1].cells[2].text = "通告"
    paper.tables[0].rows[1].cells[3].text = "Confirmed"
    paper.tables[0].rows[2].cells[1].text = "Another source."
    paper.save(str(folder / "b.docx"))
    done = bauhinia("bilingual", "import", task, "b.docx")
    assert done.stdout == "1 changed, 1 confirmed, 0 unchanged, 1 skipped.\n"
    assert "Skipped: 2: The source text was changed" in done.stderr


def test_without_a_server(bauhinia: Run, task: str, tmp_path: Path) -> None:
    _goes_and_comes(bauhinia, task, tmp_path)
    for arguments, said in (
        (("export", task, "a.pdf"), "none of .xlf, .docx, .xlsx"),
        (("export", task, "a.docx", "--xliff12"), "no .xlf file"),
        (("export", "0" * 16, "a.xlf"), "no such task"),
        (("import", task, "none.xlf"), "There is no file none.xlf"),
        (("import", task, "a.md"), "not valid XML"),
    ):
        done = bauhinia("bilingual", *arguments)
        assert done.returncode != 0 and said in done.stderr, done.stderr
        assert "Traceback" not in done.stderr


def test_with_a_server(bauhinia: Run, task: str, environment: dict[str, str], tmp_path: Path) -> None:
    server = subprocess.Popen([*COMMAND, "serve"], env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None and "Bauhinia is at" in server.stdout.readline()
        _goes_and_comes(bauhinia, task, tmp_path)
    finally:
        server.send_signal(signal.SIGINT)
        server.communicate(timeout=60)
