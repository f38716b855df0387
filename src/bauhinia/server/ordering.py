"""From a page's form to the order that a task takes."""

from __future__ import annotations

from typing import Any

from starlette.datastructures import FormData

from ..pilot.draft import TaskKind
from ..pilot.orders import ORDERS, AnyOrder
from .faults import reading_input

ONE_DOCUMENT = frozenset(kind for kind, made in ORDERS.items() if "document" in made.model_fields)
"""Tasks that are about one document."""


def order_from_form(kind: TaskKind, form: FormData) -> AnyOrder:
    """The order that a page's form describes. Raises InputError with the first thing that is wrong."""
    values: dict[str, Any] = {key: value for key, value in form.items() if isinstance(value, str)}
    if "documents" in ORDERS[kind].model_fields:
        values.pop("document", None)
        values["documents"] = [value for value in form.getlist("document") if isinstance(value, str)]
    if kind == "translate" and "stories" in form:
        values["stories"] = [value for value in form.getlist("stories") if value]
    with reading_input():
        return ORDERS[kind].model_validate(values)


def documents_of(order: dict[str, Any]) -> list[str]:
    """Ids of the documents that a stored order names."""
    return [order["document"]] if "document" in order else list(order.get("documents", ()))
