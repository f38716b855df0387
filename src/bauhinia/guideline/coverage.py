"""How each duty is met: where in the code, proved by which test, shown on which page."""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from .data_files import data_file
from .duties import Change, Duty, Edition, edition

ROOT = Path(__file__).parents[3]
"""Of a checkout; an installed package has no tests beside it, and they are not looked for."""


class Measure(BaseModel):
    """What the product does for a duty."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    how: str = ""
    """In a sentence."""
    point: str = ""
    """The code that meets it: `bauhinia.module:Name` or `:Name.method`, or a data file of the package."""
    tests: tuple[str, ...] = ()
    """What proves it: `tests/file.py::test_name`."""
    page: str = ""
    """Where a person sees it."""
    why_not: str = ""
    """Why it is not met, or what is left of it."""

    @property
    def is_met(self) -> bool:
        """Whether the product meets it: there is code, and a test that proves it."""
        return bool(self.point and self.tests) and not self.why_not


class _Measures(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    measures: dict[str, Measure] = Field(default_factory=dict)


@lru_cache(maxsize=1)
def measures() -> dict[str, Measure]:
    """Each duty's measure, from `measures.yaml`."""
    return data_file("measures.yaml", _Measures).measures


@dataclass(frozen=True, slots=True)
class Line:
    """A duty and how it is met."""

    duty: Duty
    measure: Measure | None

    @property
    def status(self) -> str:
        """`met`, `not met`, or `organisational`."""
        if not self.duty.is_for_software:
            return "organisational"
        return "met" if self.measure is not None and self.measure.is_met else "not met"


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far an edition is met."""

    edition: Edition
    lines: tuple[Line, ...]

    @property
    def for_software(self) -> int:
        """Duties that software can enforce or record."""
        return sum(line.duty.is_for_software for line in self.lines)

    @property
    def met(self) -> int:
        """Of these, those that are met."""
        return sum(line.status == "met" for line in self.lines)

    @property
    def percent(self) -> float:
        """The share that is met."""
        return 100 * self.met / self.for_software


def coverage(of: Edition | None = None) -> Coverage:
    """How the edition in force, or another, is met."""
    chosen = of or edition()
    known = measures()
    return Coverage(chosen, tuple(Line(duty, known.get(duty.id)) for duty in chosen.duties))


def touched(change: Change) -> Measure | None:
    """What of the product a change of edition touches."""
    return measures().get(change.duty)


def faults() -> Iterator[str]:
    """What is wrong with the measures themselves: a duty that does not exist, code or a test that is gone."""
    known = {duty.id: duty for duty in edition().duties}
    for name, measure in measures().items():
        if name not in known:
            yield f"{name}: the edition has no such duty"
        elif not known[name].is_for_software:
            yield f"{name}: nothing software does meets it"
        if not (measure.is_met or measure.why_not):
            yield f"{name}: it has neither point and tests nor a reason"
        if measure.point and not code_exists(measure.point):
            yield f"{name}: there is no {measure.point}"
        for test in measure.tests if (ROOT / "tests").is_dir() else ():
            if not test_exists(test):
                yield f"{name}: there is no {test}"


def code_exists(point: str) -> bool:
    """Whether the module defines that name, or the package has that file; nothing is imported."""
    module, _, name = point.partition(":")
    if not name:
        return (Path(__file__).parents[1] / module).is_file()
    found = importlib.util.find_spec(module)
    if found is None or found.origin is None:
        return False
    return _defines(ast.parse(Path(found.origin).read_text(encoding="utf-8")), name.split("."))


def _defines(tree: ast.Module | ast.ClassDef, names: list[str]) -> bool:
    for node in tree.body:
        if _named(node) == names[0]:
            return len(names) == 1 or (isinstance(node, ast.ClassDef) and _defines(node, names[1:]))
    return False


def _named(node: ast.stmt) -> str:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return name
        case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]):
            return name
    return ""


def test_exists(test: str) -> bool:
    """Whether the checkout has that test."""
    file, _, name = test.partition("::")
    path = ROOT / file
    return path.is_file() and name in _tests_of(path)


@lru_cache(maxsize=256)
def _tests_of(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(_named(node) for node in tree.body if _named(node).startswith("test_"))
