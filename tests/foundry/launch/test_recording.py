"""What is recorded of a tool's arguments, from source that stands in for it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bauhinia.foundry.launch.checking import fits
from bauhinia.foundry.launch.recording import main

SWIFT = """
from dataclasses import dataclass
from typing import ClassVar, Literal, Optional

@dataclass
class Shared:
    lr: float = 1.0
    seed: int = 1

@dataclass
class MegatronSftArguments(Shared):
    seed: Optional[int] = None
    kind: Literal['a', 'b'] = 'a'
    _hidden: bool = False
    fixed: ClassVar[int] = 3

@dataclass
class MegatronPretrainArguments(MegatronSftArguments):
    pass

@dataclass
class MegatronRLHFArguments(MegatronSftArguments):
    beta: float = 0.1
"""


def test_fields_of_a_class_and_its_bases_are_recorded(tmp_path: Path) -> None:
    place = tmp_path / "swift" / "megatron" / "arguments"
    place.mkdir(parents=True)
    (place / "arguments.py").write_text(SWIFT, encoding="utf-8")

    main(["swift", str(tmp_path), "--version", "9.9", "--source", "made up", "--out", str(tmp_path)])
    found = json.loads((tmp_path / "swift.json").read_text(encoding="utf-8"))

    assert found["version"] == "9.9"
    assert found["commands"]["sft"] == {"lr": "float", "seed": "Optional[int]", "kind": "Literal['a', 'b']"}
    assert found["commands"]["rlhf"]["beta"] == "float"


def test_options_of_a_manual_page_are_recorded(tmp_path: Path) -> None:
    page = tmp_path / "sbatch.1"
    page.write_text("\\fB\\-N\\fR, \\fB\\-\\-nodes\\fR=<n>\nsee \\fB\\-\\-time\\fR\n\\fB\\-\\-mem\\fR=<s>\n")

    main(["slurm", str(page), "--version", "1.0", "--source", "made up", "--out", str(tmp_path)])

    assert json.loads((tmp_path / "slurm.json").read_text())["options"] == ["mem", "nodes"]


@pytest.mark.parametrize(
    ("kind", "value", "fitting"),
    [
        ("int", 3, True),
        ("int", True, False),
        ("float", 3, True),
        ("bool", "true", False),
        ("Optional[str]", "x", True),
        ("Literal['a', 'b']", "b", True),
        ("Literal['a', 'b']", "c", False),
        ("Optional[Literal['a', None]]", "c", False),
        ("List[str]", ["x"], True),
        ("bool | str | SaveConsolidatedMode", "final", True),
        ("Any", object(), True),
    ],
)
def test_a_value_fits_its_kind_or_not(kind: str, value: object, fitting: bool) -> None:
    assert fits(kind, value) is fitting
