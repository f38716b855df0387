"""`bauhinia knowledge`, in an office of its own and at a server that runs."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from .test_commands import COMMAND, free_port

Run = Callable[..., subprocess.CompletedProcess[str]]
SHEET = (
    "--source=The department's notices", "--basis=own_work", "--reference=File HyD 1/2026",
    "--post=Senior Records Officer", "--grade=A",
)  # fmt: skip
NOTICE = "# Footbridges\n\nThe Highways Department will repair 42 footbridges in Kowloon by 31 March 2027.\n"


@pytest.fixture
def environment(database_url: str, tmp_path: Path) -> dict[str, str]:
    own = {"BAUHINIA_DATA_FOLDER": str(tmp_path / "data"), "BAUHINIA_DATABASE_URL": database_url}
    return {**os.environ, **own, "BAUHINIA_MODEL": "fake", "COLUMNS": "100"}


@pytest.fixture
def bauhinia(environment: dict[str, str], tmp_path: Path) -> Run:
    (tmp_path / "notice.md").write_text(NOTICE, encoding="utf-8")
    (tmp_path / "broken.pdf").write_bytes(b"nothing")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, "knowledge", *arguments],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


def added_and_asked(bauhinia: Run) -> subprocess.CompletedProcess[str]:
    done = bauhinia("add", "Notices", "notice.md", "broken.pdf", *SHEET)
    assert done.returncode == 1, done.stderr
    fates = [line.split("\t")[:2] for line in done.stdout.splitlines()]
    assert fates == [["added", "notice.md"], ["refused", "broken.pdf"]]
    assert bauhinia("list").stdout == "Notices\t1 documents\t1 passages\tkept\n"
    return bauhinia("ask", "--collection", "Notices", "How many footbridges will be repaired?")


def test_files_are_added_listed_and_asked(bauhinia: Run) -> None:
    done = added_and_asked(bauhinia)
    assert done.returncode == 0, done.stderr
    done = bauhinia("verify", "Notices")
    assert (done.returncode, done.stdout) == (0, "Notices\t1 checked\t0 not as kept\n"), done.stderr
    done = bauhinia("add", "Papers", "notice.md")
    assert done.returncode == 1 and "A new collection needs" in done.stderr
    done = bauhinia("ask", "--collection", "Letters", "How many?")
    assert done.returncode == 1 and "Error: There is no collection “Letters”." in done.stderr
    done = bauhinia("add", "Notices", "gone.md")
    assert done.returncode == 1 and "Error: There is no file gone.md." in done.stderr


def test_a_server_that_runs_does_it(environment: dict[str, str], bauhinia: Run) -> None:
    environment["BAUHINIA_PORT"] = str(free_port())
    server = subprocess.Popen([*COMMAND, "serve"], env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        assert "Bauhinia is at" in server.stdout.readline()
        done = added_and_asked(bauhinia)
        assert done.returncode == 0, done.stderr
        assert "Asking the server" in done.stderr
    finally:
        server.send_signal(signal.SIGINT)
        server.communicate(timeout=60)
