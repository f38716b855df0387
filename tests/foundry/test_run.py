"""Runs: resumed after any death, held by one process, and honest about what stopped them."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bauhinia.errors import Cancelled, Conflict, MissingPart, NotFound
from bauhinia.foundry import marks, recipe, run
from bauhinia.foundry.marks import finished
from bauhinia.foundry.report import Silent

pytestmark = pytest.mark.usefixtures("stubs")
HERE = Path(__file__).parent


def stubbed(tmp_path: Path, *, more: str = "", seconds: float = 0.0) -> recipe.Recipe:
    from stub_stages import RECIPE, base_folder

    base = tmp_path / "given"
    if not base.exists():
        base_folder(base)
    return recipe.parse(RECIPE % {"base": base, "more": more, "seconds": seconds}, "stubbed.yaml")


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_a_run_does_its_stages_in_order_and_marks_each_last(tmp_path: Path) -> None:
    folder = run.run(stubbed(tmp_path), tmp_path / "run")
    assert json.loads((folder / "second" / "model" / "weights.json").read_text()) == [1, 11, 4, 11, 2]
    assert json.loads((folder / "evaluation" / "models.json").read_text()) == ["base", "first", "second"]
    mark = finished(folder / "first")
    assert mark is not None
    assert mark["figures"] == {"steps": 4, "tokens_trained": 40}
    assert set(mark["outputs"]) == {"losses.jsonl", "model/weights.json"}
    assert mark["outputs"]["model/weights.json"] == marks.digest_of_file(folder / "first/model/weights.json")
    record = run.record_of(folder)
    assert record["status"] == "finished"
    assert record["environment"]["python"] == ".".join(map(str, sys.version_info[:3]))
    assert record["code"]["version"]
    assert record["stages"]["first"]["figures"]["tokens_trained"] == 40
    assert recipe.read(folder / "recipe.yaml") == stubbed(tmp_path)


def test_a_finished_run_is_not_done_again(tmp_path: Path) -> None:
    class Seen(Silent):
        def __init__(self) -> None:
            self.done: list[bool] = []

        def stage(self, name: str, number: int, count: int, *, done: bool) -> None:
            self.done.append(done)

    folder = run.run(stubbed(tmp_path), tmp_path / "run")
    before = {path: path.stat().st_mtime_ns for path in folder.glob("*/*.json*")}
    seen = Seen()
    run.resume(folder, watch=seen)
    assert seen.done == [True] * 4
    assert {path: path.stat().st_mtime_ns for path in folder.glob("*/*.json*")} == before
    assert [session["outcome"] for session in run.record_of(folder)["sessions"]] == ["finished", "finished"]


CHILD = """
import sys
from pathlib import Path
sys.path.insert(0, {here!r})
import stub_stages
from bauhinia.foundry import kinds, recipe, run
kinds.KINDS.update(stub_stages.registered())
run.run(recipe.read(Path(sys.argv[1])), Path(sys.argv[2]))
"""


def child(path: Path, folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CHILD.format(here=str(HERE)), str(path), str(folder)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def test_a_run_killed_again_and_again_ends_as_one_that_was_not(tmp_path: Path) -> None:
    """Killed between stages and inside them: every step is done once, no stage is begun before its turn."""
    asked = stubbed(tmp_path, seconds=0.06)
    path, folder = tmp_path / "asked.yaml", tmp_path / "run"
    path.write_text(asked.as_yaml(), encoding="utf-8")
    draw, deaths, ending = random.Random(3), 0, None
    while ending != 0:
        process = child(path, folder)
        until = _steps(folder) + draw.randint(1, 3)
        while process.poll() is None and _steps(folder) < until:
            time.sleep(0.005)
        time.sleep(draw.random() * 0.05)
        if process.poll() is None and deaths < 3:
            process.kill()
            deaths += 1
        said, _ = process.communicate(timeout=60)
        ending = process.returncode
        assert ending in (0, -signal.SIGKILL), said
    assert deaths == 3
    whole = run.run(asked, tmp_path / "whole")
    for stage in ("corpus", "first", "second", "evaluation"):
        got = [(row["step"], row["loss"]) for row in lines(folder / stage / "losses.jsonl")]
        assert got == [(row["step"], row["loss"]) for row in lines(whole / stage / "losses.jsonl")]
    assert len({row["process"] for p in folder.glob("*/losses.jsonl") for row in lines(p)}) > 2
    mine, theirs = finished(folder / "second"), finished(whole / "second")
    assert mine is not None and theirs is not None
    assert mine["outputs"]["model/weights.json"] == theirs["outputs"]["model/weights.json"]
    outcomes = [session["outcome"] for session in run.record_of(folder)["sessions"]]
    assert outcomes[-1] == "finished"
    assert "running" in outcomes, "a session that was killed left no word of its end"


def _steps(folder: Path) -> int:
    return sum(len(path.read_text().splitlines()) for path in folder.glob("*/losses.jsonl"))


def test_two_processes_do_not_work_in_one_folder(tmp_path: Path) -> None:
    asked = stubbed(tmp_path)
    with run.held(tmp_path / "run"), pytest.raises(Conflict) as refused:
        run.run(asked, tmp_path / "run")
    assert f"Another process ({os.getpid()}) is at work" in refused.value.message


def test_a_folder_keeps_the_recipe_that_it_began_with(tmp_path: Path) -> None:
    folder = run.run(stubbed(tmp_path), tmp_path / "run")
    with pytest.raises(Conflict) as refused:
        run.run(stubbed(tmp_path, seconds=0.001), folder)
    assert "belongs to another recipe" in refused.value.message


def test_a_full_disk_is_told_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    asked = stubbed(tmp_path, more=", fail: full")
    with pytest.raises(MissingPart) as refused:
        run.run(asked, tmp_path / "run")
    assert "The disk of" in refused.value.message
    assert "is full" in refused.value.message
    assert "bauhinia foundry resume" in refused.value.hint
    assert finished(tmp_path / "run" / "corpus") is not None
    assert finished(tmp_path / "run" / "first") is None
    assert run.record_of(tmp_path / "run")["status"] == "failed"


def test_a_really_full_disk(tmp_path: Path) -> None:
    """On `/dev/full` every write fails as on a disk with no room."""
    with pytest.raises(MissingPart) as refused, marks.room_on_disk(tmp_path):
        Path("/dev/full").write_text("a result", encoding="utf-8")
    assert "is full" in refused.value.message


def test_libraries_that_hide_a_full_disk_are_understood(tmp_path: Path) -> None:
    from safetensors import SafetensorError

    words = 'Error while serializing: I/O error: No space left on device (os error 28) at "model.safetensors"'
    with pytest.raises(MissingPart), marks.room_on_disk(tmp_path):
        raise SafetensorError(words)
    with pytest.raises(ZeroDivisionError), marks.room_on_disk(tmp_path):
        raise ZeroDivisionError


def test_a_file_is_whole_or_not_there(tmp_path: Path) -> None:
    path = tmp_path / "figures.json"
    marks.write_json(path, {"a": 1})
    with pytest.raises(TypeError):
        marks.write_json(path, {"a": object()})
    assert json.loads(path.read_text()) == {"a": 1}
    assert [each.name for each in tmp_path.iterdir()] == ["figures.json"]


def test_stopping_says_how_to_go_on_and_going_on_finishes(tmp_path: Path) -> None:
    asked = stubbed(tmp_path, more=", fail: interrupt")
    folder = tmp_path / "run"
    with pytest.raises(Cancelled) as stopped:
        run.run(asked, folder)
    assert stopped.value.hint == f"What was done is kept. Go on with `bauhinia foundry resume {folder}`."
    assert run.record_of(folder)["status"] == "cancelled"
    assert json.loads((folder / "first" / "spent.json").read_text())["seconds"] >= 0
    run.resume(folder)
    assert run.record_of(folder)["status"] == "finished"
    mark = finished(folder / "first")
    assert mark is not None
    assert "spent.json" not in mark["outputs"]
    assert mark["cpu_seconds"] >= 0


def test_stopping_between_two_stages(tmp_path: Path) -> None:
    class Stops(Silent):
        def __init__(self) -> None:
            self.after = False

        def stage(self, name: str, number: int, count: int, *, done: bool) -> None:
            self.after = name == "second"

        def stopped(self) -> bool:
            return self.after

    with pytest.raises(Cancelled) as stopped:
        run.run(stubbed(tmp_path), tmp_path / "run", watch=Stops())
    assert "between two stages" in stopped.value.message
    assert not (tmp_path / "run" / "second").exists()


def test_what_is_no_run_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(NotFound) as refused:
        run.resume(tmp_path)
    assert "is no run" in refused.value.message


def test_the_page_of_a_run_needs_nothing_from_anywhere(tmp_path: Path) -> None:
    folder = run.run(stubbed(tmp_path), tmp_path / "run")
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert "<strong>finished</strong>" in page
    assert "http-equiv" not in page, "a page at rest does not read itself again"
    assert page.count("<svg") == 4
    assert "<script" not in page
    assert "https://" not in page
    assert "http://" not in page.replace("http://www.w3.org/2000/svg", "")


def test_the_page_is_redrawn_while_losses_come_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from bauhinia.foundry import live

    monkeypatch.setattr(live, "LOOK_SECONDS", 0.02)
    folder = tmp_path / "run"
    seen: list[str] = []

    class Looks(Silent):
        def step(self, done: int, total: int, note: str = "") -> None:
            time.sleep(0.12)
            if (folder / "index.html").is_file():
                seen.append((folder / "index.html").read_text(encoding="utf-8"))

    run.run(stubbed(tmp_path), folder, watch=Looks())
    assert any('http-equiv="refresh"' in page for page in seen)
    assert len({page.count("<svg") for page in seen}) >= 3, "plots appear as stages begin to log"


def test_what_a_run_beside_made_from_the_same_inputs_is_taken_over(tmp_path: Path) -> None:
    first = run.run(stubbed(tmp_path), tmp_path / "one")
    other = stubbed(tmp_path, more=", fail: none")
    folder = run.run(other, tmp_path / "two", beside=(first,))
    corpus, changed = finished(folder / "corpus"), finished(folder / "first")
    assert corpus is not None and changed is not None
    assert corpus["taken_from"] == "one"
    assert "taken_from" not in changed, "its stage was asked for otherwise"
    assert corpus["outputs"] == marks.outputs(folder / "corpus")
    base = finished(folder / "base")
    assert base is not None
    assert base["taken_from"] == "one"
    second = finished(folder / "second")
    assert second is not None
    assert second["taken_from"] == "one", "what it starts from came out the same to the last byte"
