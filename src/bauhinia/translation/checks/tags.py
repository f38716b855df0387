"""The tags of inline formatting."""

# ruff: noqa: ARG001  # all checks have the same signature, whatever they use
from __future__ import annotations

from ...documents.layout import faults, projected
from ...language import Variety
from .fault import Context, Fault

_SAID = {
    "missing": "Tag {} of the source is missing.",
    "added": "Tag {} is not in the source.",
    "twice": "Tag {} stands there twice.",
    "nesting": "Tag {} is not closed where it should be.",
}


def check_tags(source: str, target: str, to: Variety, context: Context) -> list[Fault]:
    """Each tag once, pairs closed, properly nested. The suggestion is the whole target, tagged."""
    if context.tagged is None:
        return []
    before, after = context.tagged
    return [
        Fault(
            check="tags", severity="error",
            kind="wrong" if fault.kind == "twice" or fault.kind == "nesting" else fault.kind,
            message=_SAID[fault.kind].format(fault.number), suggestion=projected(before, after),
            wanted=str(fault.number) if fault.kind == "missing" else "",
            found="" if fault.kind == "missing" else str(fault.number),
        )
        for fault in faults(before, after)
    ]  # fmt: skip
