"""Protected files at the command line: the password comes from standard input or a terminal, never an argument."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "documents"))

from locked_makers import PASSWORD, locked_pdf

COMMAND = [sys.executable, "-c", "from bauhinia.cli import main; main()", "summarise", "locked.pdf"]


@pytest.fixture
def environment(database_url: str, tmp_path: Path) -> dict[str, str]:
    (tmp_path / "locked.pdf").write_bytes(locked_pdf("legco-reply-en.pdf"))
    own = {"BAUHINIA_DATA_FOLDER": str(tmp_path / "data"), "BAUHINIA_DATABASE_URL": database_url}
    return {**os.environ, **own, "BAUHINIA_MODEL": "fake", "COLUMNS": "100"}


def summarise(
    environment: dict[str, str], folder: Path, *more: str, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *more], env=environment, cwd=folder, input=stdin, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip


def test_without_a_terminal_the_hint_names_the_option(environment: dict[str, str], tmp_path: Path) -> None:
    done = summarise(environment, tmp_path)
    assert done.returncode == 1
    assert "Error: The PDF is protected with a password." in done.stderr
    assert "--password-stdin" in done.stderr


def test_the_password_from_standard_input(environment: dict[str, str], tmp_path: Path) -> None:
    done = summarise(environment, tmp_path, "--password-stdin", stdin=f"{PASSWORD}\n")
    assert done.returncode == 0, done.stderr
    assert PASSWORD not in done.stdout + done.stderr


def test_a_wrong_one_from_standard_input_is_not_asked_again(
    environment: dict[str, str], tmp_path: Path
) -> None:
    done = summarise(environment, tmp_path, "--password-stdin", stdin="not this one\n")
    assert done.returncode == 1
    assert "Error: The password does not open the file." in done.stderr
    assert "not this one" not in done.stdout + done.stderr


def test_a_terminal_asks_again_after_a_wrong_one(environment: dict[str, str], tmp_path: Path) -> None:
    process, terminal = pty.fork()
    if not process:
        os.chdir(tmp_path)
        os.execve(COMMAND[0], COMMAND, environment)
    shown = _until(terminal, "Password of locked.pdf: ")
    os.write(terminal, b"not this one\n")
    shown += _until(terminal, "does not open the file.\r\nPassword of locked.pdf: ")
    os.write(terminal, f"{PASSWORD}\n".encode())
    shown += _until(terminal, "")
    assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 0, shown
    assert PASSWORD not in shown and "not this one" not in shown


def _until(terminal: int, words: str) -> str:
    """What the terminal shows up to these words, or to the end."""
    shown = b""
    while not words or words not in shown.decode("utf-8", "replace"):
        try:
            piece = os.read(terminal, 4096)
        except OSError:  # the program has ended
            piece = b""
        if not piece:
            assert not words, shown
            break
        shown += piece
    return shown.decode("utf-8", "replace")
