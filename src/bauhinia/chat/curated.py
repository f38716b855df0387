"""What departments answer to the public in their own words: with an owner, a last day, and a second person.

preview  written by its owner, shown to the department alone
published  by another officer of the department; given to everybody until its last day
retired  no longer given
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from psycopg.types.json import Jsonb
from rapidfuzz import fuzz, process

from ..errors import InputError, NotFound, NotPermitted
from ..language import Variety, to_simplified, to_traditional
from ..ledger import Ledger
from ..people import Officer
from ..people.permissions import Subject, check
from ..people.quotas import HONG_KONG
from ..store import Database, Remembered
from .reading.tongue import asked_in

State = Literal["preview", "published", "retired"]
REMEMBERED = 1.0
"""Seconds for which published answers are not read anew; what is published or retired is seen that late."""
LIKE = 88.0
"""Least likeness, of 100, of a question to one that its owner wrote down: a letter or a small word apart."""
LONGEST_QUESTION, LONGEST_ANSWER = 300, 2_000
_MARKS = re.compile(r"[\s，。？！、；：,.?!;:'\"“”「」()（）\-]+")
_POLITE = re.compile(
    r"^(?:(?:please|hi|hello|hey|can you|could you|tell me|i want to know|do you know)\s*)+"
    r"|^(?:請問|唔該|想問下|想問|你好|麻煩)+"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CuratedAnswer:
    """One answer."""

    id: str
    department: str
    owner: str
    owner_post: str
    questions: list[str]
    """How people ask for it, in any language."""
    answers: dict[str, str]
    """By BCP 47 tag; English and written Chinese at least."""
    url: str
    state: State
    expires: date
    """The last day on which it is given."""
    changed: datetime
    published: datetime | None
    publisher: str | None

    def said(self, language: Variety) -> str:
        """The answer in a language; Cantonese and Simplified, unless written, are from written Chinese."""
        if language.value in self.answers:
            return self.answers[language.value]
        if language is Variety.SIMPLIFIED:
            return to_simplified(self.answers[Variety.TRADITIONAL])
        return self.answers[Variety.TRADITIONAL if language.is_chinese else Variety.ENGLISH]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What an owner writes."""

    post: str
    """Whose answer it is: a post, not a name."""
    questions: Sequence[str]
    answers: Mapping[str, str]
    expires: date
    url: str = ""


class CuratedAnswers:
    """The answers of one database."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._database = database
        self._ledger = ledger
        self._published: Remembered[str, _Index] = Remembered(REMEMBERED)

    async def find(self, question: str) -> CuratedAnswer | None:
        """The published answer to a question; None where nobody wrote one. Raises StoreError."""
        return (await self._published.get("all", self._read)).find(question)

    async def beside(self, answer: CuratedAnswer, language: Variety, most: int = 2) -> tuple[str, ...]:
        """Questions in that language that other published answers of its department are given to, the
        likest to its own first. Raises StoreError."""
        return (await self._published.get("all", self._read)).beside(answer, language)[:most]

    async def preview(self, question: str) -> CuratedAnswer | None:
        """The answer that the acting officer's department would give, unpublished ones included."""
        held = await self.listed()
        return _Index([each for each in held if each.state != "retired"]).find(question)

    async def listed(self) -> list[CuratedAnswer]:
        """The acting officer's department's, those that end first at the top."""
        return await self._select("SELECT * FROM curated_answers ORDER BY state = 'retired', expires, id")

    async def get(self, key: str) -> CuratedAnswer:
        """One of the department's. Raises NotFound."""
        found = await self._select("SELECT * FROM curated_answers WHERE id = %s", key)
        if not found:
            raise NotFound("There is no such answer.", hint="See the list on /curated.")
        return found[0]

    async def write(self, by: Officer, wording: Wording, key: str = "") -> str:
        """Write an answer, or write one anew: it is in preview until another publishes it. Gives its id.

        Raises InputError, NotFound.
        """
        _check(wording)
        values = (
            wording.post.strip(), _plain(wording.questions), Jsonb(dict(wording.answers)),
            wording.url.strip(), wording.expires,
        )  # fmt: skip
        if key:
            await self.get(key)
            await self._database.write(_CHANGE, (*values, by.id, key))
        else:
            key = secrets.token_urlsafe(9)
            await self._database.write(_NEW, (key, *values))
        await self._record(by, "write", key)
        return key

    async def publish(self, by: Officer, key: str) -> None:
        """Give it to everybody from now on. Raises NotFound, NotPermitted where the publisher wrote it."""
        answer = await self.get(key)
        check(by, "govern", Subject(id=answer.owner, department=answer.department))
        if answer.owner == by.id:
            raise NotPermitted(
                "Whoever wrote an answer does not publish it.", why="own", hint="Ask another administrator."
            )
        if answer.expires < _today():
            raise InputError(
                "Its last day is over.", hint="Have its owner look at it and set a new last day."
            )
        await self._database.write(_PUBLISH, (by.id, key))
        await self._record(by, "publish", key)

    async def retire(self, by: Officer, key: str) -> None:
        """Give it no longer. Raises NotFound."""
        await self.get(key)
        await self._database.write("UPDATE curated_answers SET state = 'retired' WHERE id = %s", (key,))
        await self._record(by, "retire", key)

    async def _read(self) -> _Index:
        return _Index(await self._select("SELECT * FROM curated_in_force()"))

    async def _select(self, query: str, *values: str) -> list[CuratedAnswer]:
        return await self._database.rows(CuratedAnswer, query, values)

    async def _record(self, by: Officer, verb: str, key: str) -> None:
        self._published.forget()
        await self._ledger.record(f"curated.{verb}", officer=by.id, department=by.department, subject=key)


class _Index:
    """Answers, found by their questions."""

    def __init__(self, answers: Sequence[CuratedAnswer]) -> None:
        self._answers = answers
        asked = [
            (shape(question), place) for place, each in enumerate(answers) for question in each.questions
        ]
        self._shapes = [shape for shape, _ in asked]
        self._places = [place for _, place in asked]

    def find(self, question: str) -> CuratedAnswer | None:
        """The answer whose question is nearest, if it is near enough."""
        best = process.extractOne(shape(question), self._shapes, scorer=fuzz.ratio, score_cutoff=LIKE)
        return self._answers[self._places[best[2]]] if best else None

    def beside(self, answer: CuratedAnswer, language: Variety) -> tuple[str, ...]:
        """See `CuratedAnswers.beside`."""
        own = " ".join(shape(question) for question in answer.questions)
        others = (
            next((asked for asked in each.questions if asked_in(asked, language) is language), "")
            for each in self._answers
            if each.department == answer.department and each.id != answer.id
        )
        ranked = sorted(filter(None, others), key=lambda asked: -fuzz.token_set_ratio(shape(asked), own))
        return tuple(dict.fromkeys(ranked))


def shape(question: str) -> str:
    """A question as it is compared: one script, no marks, no courtesies."""
    plain = _MARKS.sub(" ", to_traditional(question).casefold()).strip()
    return _POLITE.sub("", plain).strip()


def _check(wording: Wording) -> None:
    missing = [
        tag for tag in (Variety.ENGLISH, Variety.TRADITIONAL) if not wording.answers.get(tag, "").strip()
    ]
    if missing:
        raise InputError(
            "An answer is given in English and in written Chinese.", hint=f"Write it in {', '.join(missing)}."
        )
    if not _plain(wording.questions):
        raise InputError("An answer needs a question.", hint="Write down how people ask for it.")
    if any(len(text) > LONGEST_ANSWER for text in wording.answers.values()) or any(
        len(question) > LONGEST_QUESTION for question in wording.questions
    ):
        raise InputError(
            f"A question has at most {LONGEST_QUESTION} characters and an answer {LONGEST_ANSWER}.",
            hint="Shorten it, and give the address of a page that says more.",
        )
    if not wording.post.strip():
        raise InputError("An answer needs an owner.", hint="Name the post that keeps it right.")
    if wording.expires < _today():
        raise InputError("Its last day is over.", hint="Set a day to come: it is looked at again by then.")
    if wording.url and not re.match(r"https://|/(?!/)", wording.url):
        raise InputError("The page's address is not one.", hint="It begins with https:// or with a slash.")


def _plain(questions: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(question.strip() for question in questions if question.strip()))


def _today() -> date:
    return datetime.now(HONG_KONG).date()


_NEW = """
INSERT INTO curated_answers (id, owner_post, questions, answers, url, expires) VALUES (%s, %s, %s, %s, %s, %s)
"""
_CHANGE = """
UPDATE curated_answers SET owner_post = %s, questions = %s, answers = %s, url = %s, expires = %s, owner = %s,
    state = 'preview', publisher = NULL, published = NULL, changed = clock_timestamp()
WHERE id = %s
"""
_PUBLISH = """
UPDATE curated_answers SET state = 'published', publisher = %s, published = clock_timestamp() WHERE id = %s
"""
