"""From written Chinese to written Cantonese, word for word.

A last resort: for the answer of a model that was asked in Cantonese and replied in written Chinese. It
changes only words that are safe to change (`data/cantonese_forms.csv`); sentences keep their order, and
formal words stay.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path

from .rewording import Rewording

_TABLE = Path(__file__).parent / "data" / "cantonese_forms.csv"
_LEFT_ALONE = re.compile(
    r"「[^「」\n]*」|『[^『』\n]*』|《[^《》\n]*》|“[^“”\n]*”|https?://\S+|[\w.+-]{1,64}@[\w.-]+"
)
_DAYS = re.compile("(?<=[0-9０-９一二三四五六七八九十百兩幾半])天(?![氣文然台橋]|到晚)")


def to_cantonese(text: str) -> str:
    """Traditional written Chinese in words of written Cantonese; quotations and titles stay."""
    pieces: list[str] = []
    end = 0
    for match in _LEFT_ALONE.finditer(text):
        pieces += [_reword(text[end : match.start()]), match.group()]
        end = match.end()
    return "".join([*pieces, _reword(text[end:])])


def _reword(text: str) -> str:
    return _DAYS.sub("日", _forms().apply(text))


@cache
def _forms() -> Rewording:
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return Rewording({row["from"]: row["to"] for row in csv.DictReader(file)})
