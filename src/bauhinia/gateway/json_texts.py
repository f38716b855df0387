"""Texts inside JSON: what tools are given and described by, changed string by string."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson

DEEPEST = 64
"""Levels of JSON that are looked into."""

Change = Callable[[str], str]


def changed(value: Any, change: Change, *, numbers: bool = False, deepest: int = DEEPEST) -> Any:
    """The same JSON with every string changed, names of members too. With `numbers`, a number that `change`
    would not leave as it is becomes a string. Raises ValueError where it is nested too deep."""
    if not deepest:
        raise ValueError("nested too deep")
    match value:
        case str():
            return change(value)
        case dict():
            return {
                change(name): changed(item, change, numbers=numbers, deepest=deepest - 1)
                for name, item in value.items()
            }
        case list():
            return [changed(item, change, numbers=numbers, deepest=deepest - 1) for item in value]
        case int() | float() if numbers and not isinstance(value, bool):
            written = str(value)
            return value if (made := change(written)) == written else made
    return value


def changed_text(text: str, change: Change) -> str:
    """A JSON text with its strings and numbers changed; the whole text changed where it is not JSON."""
    try:
        value = orjson.loads(text)
        made = changed(value, change, numbers=True)
    except ValueError:
        return change(text)
    return text if made == value else orjson.dumps(made).decode()
