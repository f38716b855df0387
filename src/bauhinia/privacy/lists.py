"""The lists of names and places, kept as data that anyone who knows Hong Kong can correct."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from ..yaml_text import read_yaml

_DATA = Path(__file__).parent / "data"


@cache
def table(name: str) -> dict[str, Any]:
    """`data/NAME.yaml`."""
    read: dict[str, Any] = read_yaml((_DATA / f"{name}.yaml").read_text(encoding="utf-8"))
    return read


@cache
def words(name: str, entry: str) -> frozenset[str]:
    """An entry whose words are parted by white space, or are a list."""
    listed = table(name)[entry]
    return frozenset(listed.split() if isinstance(listed, str) else listed)


@cache
def phrases(name: str, entry: str) -> frozenset[str]:
    """An entry whose phrases are parted by `|`."""
    return frozenset(phrase.strip() for phrase in table(name)[entry].split("|") if phrase.strip())


@cache
def characters(name: str, entry: str) -> frozenset[str]:
    """An entry whose every character counts."""
    return frozenset("".join(table(name)[entry].split()))
