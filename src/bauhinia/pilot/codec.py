"""Drafts to plain JSON and back, by their own types. Nothing stored is ever pickled."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import TypeAdapter

from ..errors import InputError
from ..jobs import Task
from .draft import Draft

T = TypeVar("T")


_adapters: dict[type[Any], TypeAdapter[Any]] = {}


def _adapter(kind: type[Any]) -> TypeAdapter[Any]:
    """Made once for each type: building one costs more than using it."""
    if kind not in _adapters:
        _adapters[kind] = TypeAdapter(kind)
    return _adapters[kind]


def to_json(value: Any) -> dict[str, Any]:
    """A draft, or any record of one, as JSON-ready values."""
    result = _adapter(type(value)).dump_python(value, mode="json")
    assert isinstance(result, dict)
    return result


def from_json(kind: type[T], data: dict[str, Any]) -> T:
    """The record that `to_json` made. Raises ValueError when the data do not fit."""
    result: T = _adapter(kind).validate_python(data)
    return result


def draft_of(task: Task) -> Draft:
    """The task's draft. Raises InputError while there is none."""
    if task.draft is None:
        raise InputError("This task has no draft yet.", hint="Wait until it is done, or resume it.")
    return from_json(Draft, task.draft)
