"""From script to script, in the forms that Hong Kong's government writes.

Text is taken run by run (a run is Chinese characters without anything between them, at most `LONGEST_RUN`).
A run with a Simplified character goes through OpenCC (`s2hk`) and the house table
(`data/hong_kong_forms.csv`); one without only through the part of the table that holds for any text. A run
that both scripts share follows the runs before it, so 皇后 or 余先生 in a Traditional text is left alone.

`s2hkp` is not used: its 82 phrases are film directors, American states and a few computer words, of which the
table has those that an office needs.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from .rewording import Rewording
from .scripts import HAN_RANGES, IN_BOTH, SIMPLIFIED_ONLY, TRADITIONAL_ONLY, simplified_characters

LONGEST_RUN = 64
"""Characters after which a run is cut even where no mark or space stands: bounds what a stream holds back."""

_TABLE = Path(__file__).parent / "data" / "hong_kong_forms.csv"
_PIECE = re.compile(f"[{HAN_RANGES}]{{1,{LONGEST_RUN}}}|[^{HAN_RANGES}]+")
_HAN = re.compile(f"[{HAN_RANGES}]")
_QUOTE_MARK = re.compile("[「『《“\n」』》”]")
_SURNAME = re.compile(
    "(?<![其剩多業至對關由在])([餘範於])(?=(?:先生|女士|小姐|太太|議員|局長|署長|司長|處長|主任|主席|博士|教授|律師|醫生|督察|法官))"
)
_PARTICLE = re.compile(
    "(?<=[隨沿有執沉附接藉憑為對向朝本帶跟看在續持響表味穿衣存])著(?![名作述者書稱錄])"
    "|(?<![顯名原專編合遺論昭卓土巨])著(?=[手重眼意陸火落想力])"
)
"""着 for the particle and the verb (隨着 着手); 著 for writing and renown (著名 著作 顯著 為著名作家)."""
_SURNAMES = {"餘": "余", "範": "范", "於": "于"}
_SETTLED = 4
_CHANGES = SIMPLIFIED_ONLY | IN_BOTH


def to_traditional(text: str) -> str:
    """The text in Traditional script with Hong Kong forms and wording; Traditional text keeps its characters.

    Wording (信息 → 資訊) is left as it is inside 「」, 『』, 《》 and “”: what is quoted, or is the title of
    something, is not ours to reword. Script and character forms are converted there too.
    """
    converter = StreamConverter()
    return converter.feed(text) + converter.flush()


def to_simplified(text: str) -> str:
    """The text in Simplified script; the words stay Hong Kong's."""
    return str(_opencc("hk2s").convert(text)) if _HAN.search(text) else text


@dataclass(slots=True)
class StreamConverter:
    """`to_traditional` for a stream: the same result, however the text is cut into chunks."""

    _held: str = ""
    _script: Literal["", "simplified", "traditional"] = ""
    _quoted: bool = False

    def feed(self, chunk: str) -> str:
        """What is settled once `chunk` has come. Holds back the run of characters that is still growing."""
        self._held += chunk
        settled = []
        end = 0
        for piece in self._whole_pieces():
            settled.append(self._convert(piece))
            end += len(piece)
        self._held = self._held[end:]
        return "".join(settled)

    def flush(self) -> str:
        """The rest, at the end of the text."""
        rest, self._held = self._held, ""
        return self._convert(rest) if rest else ""

    def _whole_pieces(self) -> Iterator[str]:
        for match in _PIECE.finditer(self._held):
            piece = match.group()
            growing = match.end() == len(self._held) and len(piece) < LONGEST_RUN and _HAN.match(piece)
            if not growing:
                yield piece

    def _convert(self, piece: str) -> str:
        if not _HAN.match(piece):
            for mark in _QUOTE_MARK.findall(piece):
                self._quoted = mark in "「『《“"
            return piece
        simplified = bool(simplified_characters(piece))
        foreign = simplified or (TRADITIONAL_ONLY.isdisjoint(piece) and self._script != "traditional")
        converted = _from_simplified(piece, self._quoted) if foreign else _tidy(piece, self._quoted)
        if simplified:
            self._script = "simplified"
        elif not TRADITIONAL_ONLY.isdisjoint(converted):
            self._script = "traditional"
        return converted


class _Forms:
    """One part of the house table, ready to apply."""

    def __init__(self, rows: list[dict[str, str]]) -> None:
        self._glyphs = {ord(row["from"]): row["to"] for row in rows if row["kind"] == "glyph"}
        words = {row["from"]: row["to"] for row in rows if row["kind"] != "glyph"}
        wording = {row["from"] for row in rows if row["kind"] == "wording"}
        self._anywhere = Rewording(words)
        self._in_quotation = Rewording({word: to for word, to in words.items() if word not in wording})

    def apply(self, text: str, quoted: bool) -> str:
        """The text in these forms; inside a quotation its wording stays."""
        words = self._in_quotation if quoted else self._anywhere
        return words.apply(text.translate(self._glyphs))


def _from_simplified(run: str, quoted: bool) -> str:
    """A run through OpenCC and the whole table, until nothing changes: so that twice is the same as once."""
    for _ in range(_SETTLED):
        converted = _PARTICLE.sub("着", _forms("simplified").apply(_to_hong_kong(run), quoted))
        converted = _SURNAME.sub(lambda match: _SURNAMES[match.group()], converted)
        converted = _rest(converted)
        if converted == run:
            break
        run = converted
    return run


def _to_hong_kong(run: str) -> str:
    if _CHANGES.isdisjoint(run):
        return run
    return str(_opencc("s2hk").convert(run))


def _rest(run: str) -> str:
    """Simplified characters that a phrase of OpenCC kept, one by one."""
    if SIMPLIFIED_ONLY.isdisjoint(run) or not simplified_characters(run):
        return run
    return "".join(_to_hong_kong(char) if char in SIMPLIFIED_ONLY else char for char in run)


def _tidy(run: str, quoted: bool) -> str:
    tidied = _forms("any").apply(run, quoted)
    return _PARTICLE.sub("着", tidied) if "著" in tidied else tidied


@cache
def _forms(scope: Literal["any", "simplified"]) -> _Forms:
    """The rows for any text, or those for converted text, which include them."""
    return _Forms([row for row in _rows() if row["scope"] in ("any", scope)])


def _rows() -> list[dict[str, str]]:
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def kept_words() -> tuple[str, ...]:
    """Right words that hold a foreign word across a word boundary: 出租車位, 電視頻道."""
    return tuple(row["from"] for row in _rows() if row["kind"] == "keep")


@cache
def _opencc(config: str) -> Any:
    """Loaded when first needed: OpenCC's dictionaries take 0.2 s and 40 MB."""
    from opencc import OpenCC

    return OpenCC(config)
