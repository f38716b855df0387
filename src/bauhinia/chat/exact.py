"""Questions about what changes or must be exact: never answered by the model alone."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from ..privacy import FoundKind, find_personal
from ..yaml_text import read_yaml

_PEOPLE: tuple[FoundKind, ...] = ("person",)
_WRITING = re.compile(
    r"\b(?:write|draft|compose|translate|rewrite)\b|寫|写|擬|拟|翻譯|翻译|改寫|改写", re.IGNORECASE
)
_FILE = Path(__file__).parent / "data" / "exact.yaml"


def asks_exactly(question: str) -> str:
    """Why a question needs a source: `now`, `amounts`, `people`, `law` or `places`; else empty. Who names a
    person asks about them, unless something is to be written."""
    if why := next((why for why, pattern in _patterns() if pattern.search(question)), ""):
        return why
    return "people" if not _WRITING.search(question) and find_personal(question, kinds=_PEOPLE) else ""


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    kinds = read_yaml(_FILE.read_text(encoding="utf-8"))
    return tuple(
        (why, re.compile(rf"\b(?:{words['en']})\b|{words['zh']}", re.IGNORECASE))
        for why, words in kinds.items()
    )
