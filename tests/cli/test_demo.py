"""The demonstration runs every task and writes its pages from what was seen; here with the shipped FakeModel."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from bauhinia.cli.demonstrating import BEGIN, END, STEPS

COMMAND = [sys.executable, "-c", "from bauhinia.cli import main; main()", "demo"]


def demo(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "BAUHINIA_MODEL": "fake", "BAUHINIA_DATA_FOLDER": str(folder / "data")}
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def test_every_task_is_shown_and_written(tmp_path: Path) -> None:
    for name in ("README.md", "README.zh-HK.md"):
        (tmp_path / name).write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    done = demo(tmp_path, "--write", str(tmp_path))
    assert done.returncode == 0, done.stderr
    steps = [step for step in STEPS if not step.long]
    assert {step.name.split(":")[0] for step in steps} == {"summarise", "translate", "draft", "analyse"}
    page = (tmp_path / "docs" / "demo.md").read_text(encoding="utf-8")
    for step in steps:
        assert f"$ {step.command}" in done.stdout
        assert f"\n{step.command}\n" in page
        assert page.count(f"| {step.name} | {step.file} |") == 1
    assert "What was done" in done.stdout
    for name in ("README.md", "README.zh-HK.md"):
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert text.startswith(f"before\n{BEGIN}\n")
        assert text.endswith(f"{END}\nafter\n")
        assert "old" not in text.splitlines()
        assert steps[0].command in text
    assert not (tmp_path / "data").exists(), "the officer's own folder is left alone"


def test_without_samples_it_says_where_they_are_sought(tmp_path: Path) -> None:
    done = demo(tmp_path, "--samples", str(tmp_path))
    assert done.returncode == 1
    assert f"is not in {tmp_path}" in done.stderr
    assert "What to do: " in done.stderr
