"""Language and script: what a row is in, and Simplified islands in Traditional text made Traditional."""

from __future__ import annotations

from typing import Literal, NamedTuple

from datatrove.data import Document
from datatrove.pipeline.filters.base_filter import BaseFilter
from datatrove.pipeline.writers.disk_base import DiskWriter

from ....language import (
    Variety,
    detect,
    simplified_characters,
    split_sentences,
    to_simplified,
    to_traditional,
)
from ....language.scripts import count_han, count_traditional
from ..rows import RowLanguage

_LANGUAGES: dict[Variety, RowLanguage] = {
    Variety.CANTONESE: "yue",
    Variety.TRADITIONAL: "zh-Hant",
    Variety.SIMPLIFIED: "zh-Hans",
    Variety.ENGLISH: "en",
}


class Repaired(NamedTuple):
    """A text in one script, and how many characters of it were not."""

    text: str
    changed: int


def repaired(text: str, island: float) -> Repaired | None:
    """The text in its own script. None where neither script has all but a share `island` of the characters
    that are of one script only.

    Only sentences that hold a foreign character are touched, so that what both scripts share, and words that
    a Traditional text means, stay as they were.
    """
    simplified, traditional = len(simplified_characters(text)), count_traditional(text)
    if not simplified or not traditional:
        return Repaired(text, 0)
    share = simplified / (simplified + traditional)
    if share <= island:
        pieces = (text[start:end] for start, end in split_sentences(text))
        mended = [to_traditional(piece) if simplified_characters(piece) else piece for piece in pieces]
        return Repaired("".join(mended), simplified)
    if share >= 1 - island:
        return Repaired(to_simplified(text), traditional)
    return None


class OneScript(BaseFilter):
    """Repairs script; turns away text that is in both (`script_mixed`), and pairs in Simplified."""

    name = "One script"

    def __init__(self, island: float, exclusion_writer: DiskWriter) -> None:
        super().__init__(exclusion_writer)
        self._island = island

    def filter(self, doc: Document) -> Literal[True] | tuple[Literal[False], str]:
        """`script_mixed` or `simplified_side`; how many characters were changed is kept with the row."""
        pair = doc.metadata.get("pair")
        text = pair[1] if pair else doc.text
        mended = repaired(text, self._island)
        if mended is None:
            return False, "script_mixed"
        if pair:
            if simplified_characters(mended.text):
                return False, "simplified_side"
            doc.metadata["pair"] = [pair[0], mended.text]
            doc.text = f"{pair[0]}\n{mended.text}"
        else:
            doc.text = mended.text
        if mended.changed:
            doc.metadata["script_repaired"] = mended.changed
            self.stat_update("repaired")
        return True


class Labelled(BaseFilter):
    """Says which language a row is in; turns away what is in none of ours (`unknown_language`), and pairs
    that are not of English and Chinese (`not_parallel`)."""

    name = "Language"

    def __init__(self, mixed: float, exclusion_writer: DiskWriter) -> None:
        super().__init__(exclusion_writer)
        self._mixed = mixed

    def filter(self, doc: Document) -> Literal[True] | tuple[Literal[False], str]:
        """The language goes with the row."""
        if pair := doc.metadata.get("pair"):
            english, chinese = pair
            if count_han(english) or not count_han(chinese) or not any(map(str.isalpha, english)):
                return False, "not_parallel"
            doc.metadata["language"] = "mixed"
            return True
        language = language_of(doc.text, self._mixed)
        if language is None:
            return False, "unknown_language"
        doc.metadata["language"] = language
        return True


def language_of(text: str, mixed: float) -> RowLanguage | None:
    """The language of a text; `mixed` where both English and Chinese take that share of it at least.

    Cantonese with English words in it is Cantonese.
    """
    found = detect(text)
    english = found.shares.get(Variety.ENGLISH, 0.0)
    if found.variety is not Variety.CANTONESE and mixed <= english <= 1 - mixed:
        return "mixed"
    return _LANGUAGES.get(found.variety)
