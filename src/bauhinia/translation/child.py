"""The process that opens one file of terms, or one that a translator sent back.

Its limits and what passes between it and its parent are those of `documents.child`.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from ..documents.child import Works
from ..documents.collecting import Bounds
from ..documents.damage import damage_told
from ..language import BadTermbase, Variety
from .bilingual import read
from .term_files import parse_terms


def _rows(data: bytes, order: dict[str, Any], bounds: Bounds) -> tuple[dict[str, Any], bytes]:
    with damage_told(bounds):
        return {"rows": read(data, Variety(order["to"]), bounds)}, b""


def _terms(data: bytes, order: dict[str, Any], bounds: Bounds) -> tuple[dict[str, Any], bytes]:
    try:
        parsed = parse_terms(data, order["name"], bounds)
    except BadTermbase as error:
        return {"unusable": {"message": error.message, "hint": error.hint}}, b""
    terms = [asdict(term) for term in parsed.terms]
    return {"terms": terms, "refused": [asdict(each) for each in parsed.refused]}, b""


WORKS: Works = {"rows": _rows, "terms": _terms}
