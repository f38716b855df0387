"""SCIM filters for officers (RFC 7644, 3.4.2.2): what an index can answer, and everything else refused."""

from __future__ import annotations

from typing import Literal

from scim2_models import InvalidFilterException
from scim2_models.path import CompareOperator, Comparison, FilterNode, LogicalExpr, LogicalOperator

from ..people.directory import Condition, Either, Equals, Every

FIELDS: dict[str, Literal["id", "account", "external_id", "name", "active"]] = {
    "id": "id",
    "username": "account",
    "externalid": "external_id",
    "displayname": "name",
    "active": "active",
}
MOST_TERMS = 100


def condition_of(wanted: FilterNode) -> Condition:
    """The filter as a condition on officers. Raises InvalidFilterException."""
    if isinstance(wanted, Comparison):
        return _equality(wanted)
    if not isinstance(wanted, LogicalExpr) or len(wanted.terms) > MOST_TERMS:
        raise _refused()
    terms = tuple(condition_of(term) for term in wanted.terms)
    return Every(terms) if wanted.op == LogicalOperator.and_ else Either(terms)


def _equality(wanted: Comparison) -> Equals:
    path, value = wanted.attr_path, wanted.value
    field = FIELDS.get(path.attr.casefold())
    if field is None or path.sub_attr or path.uri or wanted.op != CompareOperator.eq:
        raise _refused()
    if isinstance(value, bool) and field == "active":
        return Equals(field, value)
    if isinstance(value, str) and value.isprintable() and field != "active":
        return Equals(field, value)
    raise _refused()


def _refused() -> InvalidFilterException:
    return InvalidFilterException(
        detail="Filters compare id, userName, externalId, displayName or active by eq, joined by and or or."
    )
