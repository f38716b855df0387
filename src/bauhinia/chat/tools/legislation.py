"""Ordinances by number or subject: the title, the chapter, and where e-Legislation keeps the text."""

from __future__ import annotations

import re
from functools import cache

from pydantic import Field

from .protocol import Context
from .resolve import Names, folded, rows, table
from .result import Frozen, Result, Source, Unknown, Words, found

_CAP = re.compile(
    r"(?:\bcap(?:ter|\.)?\s*\.?\s*|\bchapter\s+|第\s*)(\d{1,4})([a-z]{0,2})(?![a-z0-9])|香港法例\s*(\d{1,4})",
    re.I,
)
_NAME = Words(en="Hong Kong e-Legislation", zh="電子版香港法例")


class LawQuestion(Frozen):
    """A chapter, or what it is about."""

    query: str = Field(min_length=1, max_length=120)


class Law(Frozen):
    """An ordinance."""

    cap: str
    title: str
    title_zh: str
    url: str


class Legislation:
    """`data/legislation.csv`: the ordinances most asked for; it says nothing about what they provide."""

    name = "legislation"
    about = "The title and chapter number of a Hong Kong ordinance, with its address at e-Legislation."
    arguments = LawQuestion

    async def run(self, given: LawQuestion, context: Context) -> Result:  # noqa: ARG002
        """Found, or Unknown for what the table does not have."""
        cap = cap_number(given.query) or next(iter(laws_in(given.query)), "")
        row = next((each for each in rows("legislation.csv") if each["cap"] == cap), None)
        if row is None:
            return _no_law(cap)
        url = f"https://www.elegislation.gov.hk/hk/cap{cap}"
        value = Law(cap=cap, title=row["en"], title_zh=row["zh"], url=url)
        words = Words(
            en=f"{value.title} (Cap. {cap}): {url}",
            zh=f"《{value.title_zh}》（第{cap}章）：{url}",
        )
        return found(self.name, value, Source(name=_NAME, url=url, page=url), words)


def cap_number(text: str) -> str:
    """The chapter that a text names by number; empty where it names none."""
    match = _CAP.search(folded(text))
    return f"{match[1]}{match[2].upper()}" if match and match[1] else match[3] if match else ""


def laws_in(text: str) -> list[str]:
    """Chapters whose title or subject stands in a text, the longest first."""
    return _laws().spotted(text)


@cache
def _laws() -> Names:
    return table("legislation.csv", "cap")


def _no_law(cap: str) -> Unknown:
    which, which_zh = (f"Cap. {cap}", f"第{cap}章") if cap else ("that ordinance", "這條條例")
    return Unknown(
        tool="legislation",
        reason="no_law",
        words=Words(
            en=f"My table does not have {which}, so I do not know; search https://www.elegislation.gov.hk/",
            zh=f"我的資料表沒有{which_zh}，所以我不知道；請到 https://www.elegislation.gov.hk/ 搜尋",
            yue=f"我嘅資料表冇{which_zh}，所以我唔知道；請去 https://www.elegislation.gov.hk/ 搵",
        ),
    )
