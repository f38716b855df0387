"""Questions about what changes or must be exact: never answered by the model alone."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml

_FILE = Path(__file__).parent / "data" / "exact.yaml"


def asks_exactly(question: str) -> str:
    """Why a question needs a source: `now`, `amounts`, `people`, `law` or `places`; else empty."""
    return next((why for why, pattern in _patterns() if pattern.search(question)), "")


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    kinds = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return tuple(
        (why, re.compile(rf"\b(?:{words['en']})\b|{words['zh']}", re.IGNORECASE))
        for why, words in kinds.items()
    )
