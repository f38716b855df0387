"""The data files that the parts of the guideline ship, read in one way and checked against their shapes."""

from __future__ import annotations

from importlib.resources import files
from typing import TypeVar

from pydantic import TypeAdapter

from ..yaml_text import read_yaml

Shape = TypeVar("Shape")


def data_file(name: str, shape: type[Shape]) -> Shape:
    """A YAML file of this package, such as `tiers.yaml` or `assessment/questions.yaml`."""
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    return TypeAdapter(shape).validate_python(read_yaml(text))
