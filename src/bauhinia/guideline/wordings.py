"""Words in the guideline's data files: English and Traditional Chinese, Simplified made from the latter."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from ..language import to_simplified

Words = dict[Literal["en", "zh-HK"], str]


def said(words: Words, language: str) -> str:
    """Words of `en` and `zh-HK` in a language of the interface or a variety of a text."""
    if language == "en":
        return words["en"]
    return _simplified(words["zh-HK"]) if language == "zh-Hans" else words["zh-HK"]


@lru_cache(maxsize=2_000)
def _simplified(text: str) -> str:
    return to_simplified(text)
