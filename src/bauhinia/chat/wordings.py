"""What the assistant says in its own words, in the language that it is asked in."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ..language import Variety
from ..yaml_text import read_yaml

_FILE = Path(__file__).parent / "data" / "wordings.yaml"
LANGUAGES = (Variety.ENGLISH, Variety.TRADITIONAL, Variety.CANTONESE, Variety.SIMPLIFIED)
READERS = {"en": Variety.ENGLISH, "zh-Hans": Variety.SIMPLIFIED, "zh-Hant-HK": Variety.TRADITIONAL}
"""What the interface's language is as a language to answer in."""


def wording(key: str, language: Variety) -> str:
    """The sentence of that key. An unknown key is a defect: KeyError."""
    return _wordings()[key][language.value]


@cache
def _wordings() -> dict[str, dict[str, str]]:
    held: dict[str, dict[str, str]] = read_yaml(_FILE.read_text(encoding="utf-8"))
    return held
