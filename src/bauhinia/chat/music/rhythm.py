"""When each syllable of a line is sung: patterns in eighths, the last syllable long, on a strong beat."""

from __future__ import annotations

from itertools import pairwise

from ...errors import InputError
from .score import Metre, MetreName

_PATTERNS: dict[MetreName, dict[int, tuple[tuple[int, ...], ...]]] = {
    "4/4": {
        3: ((0, 4, 8), (0, 2, 4)),
        4: ((0, 2, 4, 8), (0, 4, 6, 8)),
        5: ((0, 2, 4, 6, 8), (0, 3, 4, 6, 8)),
        6: ((0, 2, 4, 5, 6, 8), (0, 2, 3, 4, 6, 8)),
        7: ((0, 2, 3, 4, 6, 7, 8), (0, 1, 2, 4, 5, 6, 8), (0, 3, 4, 6, 8, 10, 12), (0, 2, 4, 6, 8, 10, 12)),
        8: ((0, 2, 4, 5, 6, 8, 10, 12), (0, 2, 3, 4, 6, 8, 10, 12)),
        9: ((0, 2, 3, 4, 6, 7, 8, 10, 12), (0, 1, 2, 4, 5, 6, 8, 10, 12)),
        10: ((0, 2, 3, 4, 5, 6, 7, 8, 10, 12), (0, 1, 2, 4, 5, 6, 8, 9, 10, 12)),
        11: ((0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12), (0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 12)),
        12: ((0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12),),
    },
    "3/4": {
        3: ((0, 6, 12),),
        4: ((0, 6, 12, 18),),
        5: ((0, 4, 6, 12, 18), (0, 6, 10, 12, 18)),
        6: ((0, 4, 6, 10, 12, 18),),
        7: ((0, 4, 6, 10, 12, 16, 18), (0, 2, 4, 6, 12, 16, 18)),
        8: ((0, 2, 4, 6, 10, 12, 16, 18), (0, 4, 6, 8, 10, 12, 16, 18)),
        9: ((0, 2, 4, 6, 10, 12, 14, 16, 18),),
        10: ((0, 2, 4, 6, 8, 10, 12, 14, 16, 18),),
        11: ((0, 2, 3, 4, 6, 8, 10, 12, 14, 16, 18),),
        12: ((0, 2, 3, 4, 6, 8, 9, 10, 12, 14, 16, 18),),
    },
    "6/8": {
        3: ((0, 3, 6), (0, 2, 6)),
        4: ((0, 2, 3, 6), (0, 3, 5, 6)),
        5: ((0, 2, 3, 5, 6), (0, 3, 5, 6, 9)),
        6: ((0, 2, 3, 5, 6, 9), (0, 1, 2, 3, 5, 6)),
        7: ((0, 2, 3, 5, 6, 8, 9), (0, 1, 2, 3, 5, 6, 9)),
        8: ((0, 1, 2, 3, 5, 6, 8, 9), (0, 2, 3, 4, 5, 6, 8, 9)),
        9: ((0, 1, 2, 3, 4, 5, 6, 8, 9),),
        10: ((0, 1, 2, 3, 4, 5, 6, 7, 8, 9),),
    },
}  # fmt: skip
_LIVELY = {"cheerful", "energetic", "festive"}
_LONGEST_HOLD = {"4/4": 12, "3/4": 12, "6/8": 6}
"""Sixteenths that the last syllable is held at most: then the singer breathes."""


def onsets(metre: Metre, syllables: int, mood: str, choice: int) -> tuple[int, ...]:
    """When the syllables of a line begin, in sixteenths from the line's beginning; `choice` says which of the
    patterns. Raises InputError for a line too long for the metre."""
    patterns = _PATTERNS[metre.name].get(syllables)
    if patterns is None:
        longest = max(_PATTERNS[metre.name])
        raise InputError(
            f"A line of {syllables} syllables does not fit a line of {metre.name}.",
            hint=f"Give lines of 3 to {longest} syllables.",
        )
    # The calm patterns of a list are its last ones.
    calm = max(len(patterns) - 1, 1)
    pattern = patterns[choice % calm] if mood in _LIVELY else patterns[-1 - choice % min(2, len(patterns))]
    return tuple(2 * onset for onset in pattern)


def lengths(metre: Metre, begins: tuple[int, ...]) -> tuple[int, ...]:
    """How long each is held: to the next, and the last one as long as a breath allows."""
    last = min(metre.line - begins[-1], _LONGEST_HOLD[metre.name])
    return (*(b - a for a, b in pairwise(begins)), last)
