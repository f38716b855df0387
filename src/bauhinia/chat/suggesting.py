"""What may be asked next: suggested by a table, and only what the assistant answers from a source."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from ..language import Variety


def asked_next(tool: str, language: Variety) -> tuple[str, ...]:
    """Questions that may follow that tool's answer, in its language; none after tools without any."""
    table = _table()
    return tuple(table["questions"][key][language.value] for key in table["after"].get(tool, ()))


@cache
def _table() -> dict[str, Any]:
    text = files(__package__).joinpath("data", "follow_ups.yaml").read_text(encoding="utf-8")
    table: dict[str, Any] = yaml.safe_load(text)
    return table
