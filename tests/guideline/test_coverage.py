"""The catalogue of duties, how each is met, and what a new edition would touch."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bauhinia.cli import app
from bauhinia.errors import InputError, NotFound
from bauhinia.guideline import coverage as module
from bauhinia.guideline.coverage import ROOT, Measure, code_exists, coverage, faults, measures
from bauhinia.guideline.duties import FOLDER, changes, edition, read_edition


def test_the_edition_is_whole() -> None:
    found = edition()
    assert len(found.duties) == 173 and len({duty.id for duty in found.duties}) == 173
    assert {duty.dimension for duty in found.duties} <= {each.id for each in found.dimensions}
    assert {role for duty in found.duties for role in duty.roles} <= {each.id for each in found.roles}
    assert all(duty.en and duty.zh and duty.id.startswith(f"D-{duty.section}-") for duty in found.duties)
    with pytest.raises(NotFound):
        edition("9.9")


def test_every_measure_names_code_and_tests_that_exist() -> None:
    assert list(faults()) == []


@pytest.mark.parametrize(
    ("measure", "fault"),
    [
        (Measure(point="bauhinia.guideline.uses:standing"), "neither point and tests nor a reason"),
        (
            Measure(point="bauhinia.guideline.uses:gone", tests=("tests/x.py::test_y",)),
            "there is no bauhinia",
        ),
        (
            Measure(point="bauhinia.guideline.uses:standing", tests=("tests/x.py::test_y",)),
            "there is no tests/",
        ),
    ],
)
def test_a_measure_that_is_not_there_is_told(
    monkeypatch: pytest.MonkeyPatch, measure: Measure, fault: str
) -> None:
    monkeypatch.setattr(module, "measures", lambda: {"D-2.1.2-01": measure})
    assert any(fault in told for told in faults())
    for wrong in ("D-9-01", "D-2.1.2-02"):
        monkeypatch.setattr(module, "measures", lambda wrong=wrong: {wrong: measure})
        assert any(told.startswith(wrong) for told in faults())


def test_code_is_found_without_importing_it() -> None:
    assert code_exists("bauhinia.guideline.register:Register.standing")
    assert code_exists("guideline/tiers.yaml")
    assert not code_exists("bauhinia.guideline.register:Register.nothing")
    assert not code_exists("bauhinia.nothing:Nothing")


def test_a_new_edition_is_held_against_this_one(tmp_path: Path) -> None:
    text = (FOLDER / "1.1.yaml").read_text(encoding="utf-8")
    before, begin, after = text.partition("  - id: D-2.1.2-03")
    reworded = begin + after.replace("A high-risk system has to pass", "High-risk systems pass", 1)
    reworded = reworded.replace("D-2.1.2-04", "D-2.1.2-99", 1).replace(
        "strength: must", "strength: should", 1
    )
    path = tmp_path / "1.2.yaml"
    path.write_text(before + reworded, encoding="utf-8")
    found = {change.duty: (change.kind, change.fields) for change in changes(edition(), read_edition(path))}
    assert found == {
        "D-2.1.2-03": ("changed", ("strength", "en")),
        "D-2.1.2-04": ("gone", ()),
        "D-2.1.2-99": ("new", ()),
    }
    told = CliRunner().invoke(app, ["guideline", "changes", str(path)])
    assert "D-2.1.2-04\tgone\tbauhinia.gateway.held:HeldAnswers" in told.output
    path.write_text("duties: 7", encoding="utf-8")
    with pytest.raises(InputError):
        read_edition(path)


def test_nine_in_ten_are_met_and_the_readme_says_how_many() -> None:
    found = coverage()
    assert found.percent >= 90
    for name in ("README.md", "README.zh-HK.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert re.search(rf"{found.met}\b.*{found.percent:.1f}|{found.for_software}.*{found.met}\b", text), (
            name
        )


def test_the_command_tells_every_duty_and_the_share() -> None:
    told = CliRunner().invoke(app, ["guideline", "coverage"])
    assert told.exit_code == 0
    lines = told.output.splitlines()
    assert len(lines) == 174 and f"{coverage().percent:.1f} %" in lines[-1]
    for line in lines[:-1]:
        duty, status, *_ = line.split("\t")
        assert status != "met" or measures()[duty].point in line
    one = CliRunner().invoke(app, ["guideline", "duty", "D-2.1.2-03"])
    assert "Test: tests/guideline/test_register.py::" in one.output
