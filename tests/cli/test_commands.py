"""The command line as a person meets it, in a process of its own, on the shipped FakeModel."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-c", "from bauhinia.cli import main; main()"]
CIRCULAR = """# Circular on leave

All staff must return old devices to the Supplies Section by 29 May 2026. The cost is $157,500.

Heads of section must report the number of devices by 10 July 2026.
"""

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def environment(database_url: str, tmp_path: Path) -> dict[str, str]:
    own = {"BAUHINIA_DATA_FOLDER": str(tmp_path / "data"), "BAUHINIA_DATABASE_URL": database_url}
    return {**os.environ, **own, "BAUHINIA_MODEL": "fake", "COLUMNS": "100"}


@pytest.fixture
def bauhinia(environment: dict[str, str], tmp_path: Path) -> Run:
    def run(*arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *arguments],
            env=environment,
            cwd=tmp_path,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


@pytest.fixture
def circular(tmp_path: Path) -> Path:
    path = tmp_path / "circular.md"
    path.write_text(CIRCULAR, encoding="utf-8")
    return path


def test_help_is_quick_and_imports_nothing_heavy() -> None:
    heavy = {"numpy", "psycopg", "fastapi", "pydantic_settings", "xllamacpp", "rich.progress"}
    look = "import sys; from bauhinia.cli import app; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert heavy.isdisjoint(done.stdout.split())
    # Processor time, so that a busy machine does not matter.
    spent = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([*COMMAND, "--help"], capture_output=True, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(spent) < 0.5


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["summarise", "no-such-file.docx"], "There is no file no-such-file.docx."),
        (["draft", "--type", "sonnet", "Write."], "There is no template named “sonnet”."),
    ],
)
def test_an_error_is_a_sentence_and_a_hint(bauhinia: Run, arguments: list[str], says: str) -> None:
    done = bauhinia(*arguments)
    assert done.returncode == 1
    assert f"Error: {says}" in done.stderr
    assert "What to do: " in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_a_broken_document_is_a_sentence(bauhinia: Run, tmp_path: Path) -> None:
    (tmp_path / "broken.docx").write_bytes(b"PK\x03\x04 this is no archive")
    done = bauhinia("summarise", "broken.docx")
    assert done.returncode == 1
    assert done.stderr.count("Error: ") == 1
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["summarise"],
        ["summarise", "circular.md", "--length", "endless"],
        ["summarise", "circular.md", "--out", "summary.exe"],
        ["summarise", "circular.md", "--out", "no/such/folder/summary.md"],
        ["analyse", "circular.md"],
        ["compare", "circular.md"],
        ["translate", "circular.md"],
        ["draft", "   "],
        ["sing"],
    ],
)
def test_a_wrong_use_exits_2_before_any_work(bauhinia: Run, circular: Path, arguments: list[str]) -> None:
    done = bauhinia(*arguments)
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_setting_is_named(bauhinia: Run, environment: dict[str, str], circular: Path) -> None:
    environment["BAUHINIA_PORT"] = "eighty"
    done = bauhinia("summarise", circular.name)
    assert done.returncode == 1
    assert "The setting BAUHINIA_PORT cannot be used" in done.stderr


def test_progress_goes_to_standard_error_and_the_draft_to_standard_output(
    bauhinia: Run, circular: Path
) -> None:
    done = bauhinia("analyse", circular.name, "By when must old devices be returned?")
    assert done.returncode == 0, done.stderr
    assert "Reading circular.md" in done.stderr
    assert "By when must old devices be returned?" in done.stdout
    assert "fake" in done.stdout.splitlines()[-1]


def test_json_is_the_task_and_nothing_else(bauhinia: Run, circular: Path) -> None:
    done = bauhinia("translate", circular.name, "--to", "zh-HK", "--json")
    assert done.returncode == 0, done.stderr
    task = json.loads(done.stdout)
    assert task["kind"] == "translate"
    assert task["status"] == "done"
    assert list(task["documents"].values()) == ["circular.md"]
    assert task["draft"]["sections"][0]["language"] == "zh-Hant-HK"
    assert done.stderr == ""


@pytest.mark.parametrize("end", ["docx", "md", "csv"])
def test_out_writes_the_file_that_its_name_asks_for(bauhinia: Run, circular: Path, end: str) -> None:
    done = bauhinia("analyse", circular.name, "--table", "--out", f"table.{end}")
    assert done.returncode == 0, done.stderr
    data = (circular.parent / f"table.{end}").read_bytes()
    assert data.startswith(b"PK") if end == "docx" else data.decode("utf-8")
    assert done.stdout == ""
    assert f"Written: table.{end}" in done.stderr


def test_two_versions_are_compared_without_loading_a_model(bauhinia: Run, circular: Path) -> None:
    later = circular.with_name("later.md")
    later.write_text(CIRCULAR.replace("must", "should"), encoding="utf-8")
    done = bauhinia("compare", circular.name, later.name)
    assert done.returncode == 0, done.stderr
    assert "An obligation was made weaker" in done.stdout
    assert "circular.md" in done.stdout
    assert "later.md" in done.stdout
    assert "Loading the model" not in done.stderr
    done = bauhinia("compare", circular.name, later.name, "--out", "changes.docx")
    assert done.returncode == 0, done.stderr
    assert (circular.parent / "changes.docx").read_bytes()[:2] == b"PK"


def test_instructions_come_from_standard_input(bauhinia: Run) -> None:
    done = bauhinia("draft", "-", "--type", "memo", stdin="Tell all staff that the office closes at noon.")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_ctrl_c_stops_the_task_and_leaves_it_cancelled(
    environment: dict[str, str], tmp_path: Path, bauhinia: Run
) -> None:
    long = "\n\n".join(
        f"Paragraph {n}. All staff must return device {n} by 29 May 2026." for n in range(3000)
    )
    (tmp_path / "long.md").write_text(long, encoding="utf-8")
    with subprocess.Popen(
        [*COMMAND, "translate", "long.md", "--to", "zh-HK"],
        env=environment,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell ignores Ctrl-C for what it runs in the background, and the suite may be run so.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith(("Working", "Writing")):
                break
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        out, error = process.communicate(timeout=200)
    assert process.returncode == 130, error
    assert "Stopped." in error
    assert "Traceback" not in error
    assert out == ""


def test_where_a_server_runs_on_the_data_folder_it_does_the_work(
    environment: dict[str, str], bauhinia: Run, circular: Path
) -> None:
    del environment["BAUHINIA_DATABASE_URL"]
    environment["BAUHINIA_PORT"] = str(free_port())
    server = subprocess.Popen([*COMMAND, "serve"], env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        assert "Bauhinia is at" in server.stdout.readline()
        done = bauhinia("analyse", circular.name, "By when must old devices be returned?")
        assert done.returncode == 0, done.stderr
        assert f"Asking the server at http://127.0.0.1:{environment['BAUHINIA_PORT']}" in done.stderr
        assert "By when must old devices be returned?" in done.stdout
        done = bauhinia("analyse", circular.name, "--table", "--out", "table.csv")
        assert done.returncode == 0, done.stderr
        assert (circular.parent / "table.csv").stat().st_size > 0
        done = bauhinia("draft", "--type", "sonnet", "Write.")
        assert done.returncode == 1
        assert "Error: There is no template named “sonnet”." in done.stderr
    finally:
        server.send_signal(signal.SIGINT)
        server.communicate(timeout=60)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_a_translation_with_the_suffix_of_its_source_keeps_the_layout(bauhinia: Run, tmp_path: Path) -> None:
    page = "<html lang='en'><body><p class='x'>公共服务</p></body></html>"
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    done = bauhinia("translate", "page.html", "--to", "zh-HK", "--out", "out.html")
    assert done.returncode == 0, done.stderr
    written = (tmp_path / "out.html").read_text(encoding="utf-8")
    assert "<p class='x'>公共服務</p>" in written and 'lang="zh-HK"' in written and "ai-label" in written
    refused = bauhinia("translate", "page.html", "--to", "zh-HK", "--out", "out.html", "--no-layout")
    assert refused.returncode == 2


def test_a_translation_leaves_the_kinds_of_text_that_it_is_told_to(bauhinia: Run, tmp_path: Path) -> None:
    page = '<html><body><p>The office is closed.</p><img src="a.png" alt="A map of the office"></body></html>'
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    out = ("--to", "zh-HK", "--out", "out.html")
    done = bauhinia("translate", "page.html", *out, "--without", "alt_text")
    assert done.returncode == 0, done.stderr
    written = (tmp_path / "out.html").read_text(encoding="utf-8")
    assert 'alt="A map of the office"' in written and "<p>The office is closed.</p>" not in written
    refused = bauhinia("translate", "page.html", *out, "--without", "margins")
    assert refused.returncode == 1 and "There is no kind of text named margins." in refused.stderr


def test_a_document_in_the_wanted_language_is_refused_before_the_model_is_loaded(
    bauhinia: Run, circular: Path
) -> None:
    refused = bauhinia("translate", circular.name, "--to", "en")
    assert refused.returncode == 1
    assert f"Error: {circular.name} is in English already." in refused.stderr
    assert "Loading the model" not in refused.stderr
