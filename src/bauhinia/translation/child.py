"""The process that opens one file of terms: `python -m bauhinia.translation.child`, as `documents.child`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from ..documents.child import main
from ..documents.collecting import Bounds
from ..language import BadTermbase
from .term_files import parse_terms


def _terms(data: bytes, order: dict[str, Any], bounds: Bounds) -> tuple[dict[str, Any], bytes]:
    try:
        read = parse_terms(data, order["name"], bounds)
    except BadTermbase as error:
        return {"unusable": {"message": error.message, "hint": error.hint}}, b""
    terms = [asdict(term) for term in read.terms]
    return {"terms": terms, "refused": [asdict(each) for each in read.refused]}, b""


if __name__ == "__main__":
    main({"terms": _terms})
