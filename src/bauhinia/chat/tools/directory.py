"""Posts of a department and their telephone numbers, from the Government Telephone Directory.

The directory is published as pages for people; the table of contacts in them is read, and nothing else.
A post that is not in the table is not known: no name and no number is ever made up.
"""

from __future__ import annotations

import re
from typing import Any

from pydantic import Field
from rapidfuzz import fuzz, process

from ..sources import Fetched, SourceDown
from .department import no_department
from .protocol import Context
from .resolve import departments, folded
from .result import Frozen, Result, Unknown, Words, found, from_host

_URL = "https://tel.directory.gov.hk/index_{code}_{language}.html?accept_disclaimer=yes"
_LABEL = re.compile(r"^(?:Full Name|Post Title|Office Tel|姓名|職位|辦事處電話)[:：]?\s*")
_LEAST = 78.0
"""Likeness of a post's title at which it is the one that was meant."""


class PostQuestion(Frozen):
    """Which post."""

    department: str = Field(default="", max_length=80)
    """Empty where the question names none: no directory is then searched, and the post is not known."""
    post: str = Field(min_length=1, max_length=80)


class Post(Frozen):
    """A post as the directory has it."""

    department: str
    post: str
    holder: str
    """The name that the directory gives; empty where it gives none."""
    telephone: str


class GovernmentDirectory:
    """`tel.directory.gov.hk`."""

    name = "government_directory"
    about = "The holder and telephone number of a post in a Hong Kong government department."
    arguments = PostQuestion

    async def run(self, given: PostQuestion, context: Context) -> Result:
        """Found, or Unknown for a department or a post that the directory does not list."""
        if not given.department:
            return _no_post(given, ("departments that I can read", "我能查閱的部門"), ())
        department = departments().find(given.department)
        if department is None:
            return no_department(self.name, given.department)
        fetched = await context.sources.text(_URL.format(code=department.id, language=_language(given.post)))
        posts = _posts(fetched)
        titles = [folded(row[1]) for row in posts]
        named = departments().things[department.id]
        best = process.extractOne(folded(given.post), titles, scorer=fuzz.ratio, score_cutoff=_LEAST)
        if best is None:
            return _no_post(given, (named.en, named.zh), tuple(row[1] for row in posts[:5]))
        name, title, telephone = posts[best[2]]
        value = Post(department=named.en, post=title, holder=name, telephone=telephone)
        return found(self.name, value, from_host(fetched), _words(value, named.zh))


def _language(post: str) -> str:
    return "ENG" if post.isascii() else "CHI"


def _posts(fetched: Fetched) -> list[tuple[str, str, str]]:
    """Name, title and telephone of every row of the page's table. Raises SourceDown."""
    from lxml import html

    try:
        page: Any = html.fromstring(str(fetched.data))
    except Exception as error:
        raise SourceDown(fetched.host, "shape") from error
    cells = [
        [" ".join(cell.text_content().split()) for cell in row.xpath("./td")]
        for row in page.xpath("//table[contains(@class, 'result-table')]//tr[.//a[contains(@class, 'name')]]")
    ]
    rows = [(_bare(row[0]), _bare(row[1]), _bare(row[2])) for row in cells if len(row) >= 3 and row[1]]
    if not rows:
        raise SourceDown(fetched.host, "shape")
    return rows


def _bare(cell: str) -> str:
    """A cell without the label that narrow screens show in it."""
    return _LABEL.sub("", cell).strip()


def _words(value: Post, department_zh: str) -> Words:
    holder, holder_zh = (f" ({value.holder})", f"（{value.holder}）") if value.holder else ("", "")
    return Words(
        en=f"{value.post}{holder}, {value.department}: telephone {value.telephone}.",
        zh=f"{department_zh}{value.post}{holder_zh}的電話是 {value.telephone}。",
        yue=f"{department_zh}{value.post}{holder_zh}嘅電話係 {value.telephone}。",
    )


def _no_post(given: PostQuestion, department: tuple[str, str], near: tuple[str, ...]) -> Unknown:
    return Unknown(
        tool="government_directory",
        reason="no_post",
        near=near,
        words=Words(
            en=(
                f"The telephone directory of the {department[0]} lists no post called {given.post}, so "
                "I do not know."
            ),
            zh=f"{department[1]}的電話簿沒有「{given.post}」這個職位，所以我不知道。",
            yue=f"{department[1]}嘅電話簿冇「{given.post}」呢個職位，所以我唔知道。",
        ),
    )
