"""How much of a draft stands word for word in another text: runs of words shared with it (D-3.3-21).

A run of seven words, or of thirteen where they are mostly Chinese characters, is no chance. Shared runs are
put together, and the share is that of the draft's words that lie in any of them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from ..language import to_traditional

ENGLISH_RUN = 7
CHINESE_RUN = 13
LONGEST_ALLOWED = 30
"""Words in one go, or characters of Chinese, that may be like another text's: a quotation, a title."""
SHARE_ALLOWED = 0.2
"""Of a draft's words."""
_WORD = re.compile("[a-z0-9]+|[\u3400-\u9fff\uf900-\ufaff]")
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]")


class Overlap(NamedTuple):
    """What a text shares with another."""

    share: float
    """Of its words, 0 to 1."""
    longest: int
    """Words of the longest run."""

    @property
    def is_substantial(self) -> bool:
        """Whether a person has to look at it."""
        return self.longest > LONGEST_ALLOWED or (self.share > SHARE_ALLOWED and self.longest > 0)


class Wording:
    """A text's words, ready to be looked for in others."""

    def __init__(self, text: str) -> None:
        self.words = words_of(text)
        chinese = sum(bool(_HAN.match(word)) for word in self.words)
        self._run = CHINESE_RUN if chinese * 2 > len(self.words) else ENGLISH_RUN
        self._places: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for place, run in enumerate(_runs(self.words, self._run)):
            self._places[run].append(place)

    def overlap(self, texts: Sequence[str]) -> Overlap:
        """What of it stands in any of these texts."""
        held = bytearray(len(self.words))
        if self._places:
            for text in texts:
                for run in _runs(words_of(text), self._run):
                    for place in self._places.get(run, ()):
                        held[place : place + self._run] = b"\1" * self._run
        longest = max((len(run) for run in held.split(b"\0")), default=0)
        return Overlap(share=sum(held) / len(held) if held else 0.0, longest=longest)


def words_of(text: str) -> list[str]:
    """Words without their capitals, and Chinese characters in Traditional script one by one."""
    return _WORD.findall(to_traditional(text).casefold())


def _runs(words: Sequence[str], length: int) -> zip[tuple[str, ...]]:
    return zip(*(words[start:] for start in range(length)), strict=False)
