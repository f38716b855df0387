"""What the assistant says in its own words, in the language that it is asked in."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml

from ..language import Variety, detect

_FILE = Path(__file__).parent / "data" / "wordings.yaml"
LANGUAGES = (Variety.ENGLISH, Variety.TRADITIONAL, Variety.CANTONESE, Variety.SIMPLIFIED)
_READERS = {"zh-Hans": Variety.SIMPLIFIED, "zh-Hant-HK": Variety.TRADITIONAL}
_UNSURE = 0.5
_SPOKEN = re.compile(
    "點(?:呀|搭|行|講|去|解|樣)|會點|幾(?:大|耐|錢|多錢)|幾點(?:日|開|有|到|收|呀|？|[?]|$)|幾時"
    "|邊(?:張|隻|個|度|條|班|日|間|位|幾)|聽(?:朝|日|晚)|尋日|琴日|而家|依家|教我整|幫我計"
)
"""Words of spoken Cantonese in questions too short for the particles by which a text is told."""
_MAINLAND = re.compile("[于几]|概率")
"""Characters and words of Simplified Chinese that Traditional has too, for other things."""


def wording(key: str, language: Variety) -> str:
    """The sentence of that key. An unknown key is a defect: KeyError."""
    return _wordings()[key][language.value]


def asked_in(question: str, reader: str = "") -> Variety:
    """The language that a question is in, and so its answer.

    Where its characters are those of both scripts, the reader's interface language tells; what is in none of
    the four is answered in English.
    """
    found = detect(question)
    if found.variety is Variety.TRADITIONAL and _SPOKEN.search(question):
        return Variety.CANTONESE
    if found.variety is Variety.TRADITIONAL and found.confidence <= _UNSURE:
        return Variety.SIMPLIFIED if _MAINLAND.search(question) else _READERS.get(reader, Variety.TRADITIONAL)
    return found.variety if found.variety in LANGUAGES else _READERS.get(reader, Variety.ENGLISH)


@cache
def _wordings() -> dict[str, dict[str, str]]:
    held: dict[str, dict[str, str]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return held
