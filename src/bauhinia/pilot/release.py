"""A draft stays one until a person accepts it; for the public, until a second approves (D-2.1.3.5-02).

What a person accepted is the words, by their digest: whoever changes one of them, by whatever way, has a
draft again. Nothing has to remember to take the acceptance back.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, LiteralString

from psycopg.rows import class_row

from ..errors import Conflict, InputError, Refused
from ..guideline.checklists import Audience, checklists
from ..ledger import Ledger
from ..people import Officer
from ..store import LOCAL, Database
from .draft import Draft
from .release_checks import digest_of

State = Literal["draft", "accepted", "in_review", "released", "returned"]
"""`accepted`: for internal use. `in_review`: for the public, and waits for a second officer."""
_LONGEST_REASON = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """Who answered for which words of a draft."""

    id: str
    task: str
    digest: str
    """Of the words, as `release_checks.digest_of` gives it."""
    audience: Audience
    officer: str
    officer_name: str
    checked: list[str]
    """Items of the checklist."""
    statement: str
    findings: int
    """Findings that were open."""
    unverified: int
    """Statements without a supporting passage."""
    accepted: datetime
    outcome: Literal["approved", "returned"] | None
    reviewer: str | None
    reviewer_name: str | None
    why: str
    reviewed: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a draft stands now."""

    state: State
    last: Acceptance | None = None
    """The newest acceptance, of these words or of earlier ones."""
    changed: bool = False
    """Whether its words were changed after it was accepted."""

    @property
    def is_final(self) -> bool:
        """Whether it may leave without being marked as a draft."""
        return self.state in ("accepted", "released")

    def sentence(self, language: str) -> str:
        """What a file says of it, in the file's own language: `en`, `zh-HK` or `zh-Hans`."""
        values: dict[str, str] = {}
        if self.last is not None:
            values = {
                "by": self.last.officer_name,
                "on": f"{self.last.accepted:%Y-%m-%d}",
                "second": self.last.reviewer_name or "",
            }
        return _SENTENCES[language][self.state].format(**values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptation:
    """What an officer gives to accept a draft."""

    audience: Audience
    ticked: frozenset[str]
    digest: str
    """Of the words that were shown."""
    findings: int
    unverified: int
    language: str = "en"
    """Of the statement."""


class Release:
    """The acceptances of one database."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._database = database
        self._ledger = ledger

    async def standing(self, task: str, draft: Draft) -> Standing:
        """Where the task's draft stands, as its words are now."""
        last = await self._last(task)
        if last is None:
            return Standing(state="draft")
        if last.digest != digest_of(draft):
            return Standing(state="draft", last=last, changed=True)
        if last.audience == "internal":
            return Standing(state="accepted", last=last)
        by_outcome: dict[str | None, State] = {None: "in_review", "approved": "released"}
        return Standing(state=by_outcome.get(last.outcome, "returned"), last=last)

    async def accept(self, by: Officer, task: str, draft: Draft, given: Acceptation) -> str:
        """Accept an own draft: that officer answers for it from now on; gives the acceptance's id.

        Raises InputError where the checklist is not done, Conflict where the words are not those that were
        shown, Refused for a public text where there is no second officer.
        """
        if given.audience == "public" and by.id == LOCAL:
            await self._record("accept", by, task, "no_second_officer")
            raise Refused(
                "A text for the public is approved by a second officer, and nobody signs in here.",
                stage="release",
                hint="Accept it for internal use, or run the server with BAUHINIA_SIGN_IN=accounts.",
            )
        checked = checklists().check(draft.kind, given.audience, given.ticked)
        if digest_of(draft) != given.digest:
            raise Conflict("The draft was changed meanwhile.", hint="Look at it again, then accept it.")
        key = secrets.token_hex(8)
        statement = checklists().signed(by.name, given.language)
        values = (
            key, task, given.digest, given.audience, by.name, checked, statement, given.findings,
            given.unverified,
        )  # fmt: skip
        await self._database.write(_ACCEPT, values)
        await self._record(f"accept.{given.audience}", by, f"{task}:{given.digest[:16]}")
        return key

    async def waiting(self, by: Officer, task: str, draft: Draft) -> Acceptance:
        """The acceptance that waits for that officer's review. Raises Refused where none does and for its own
        author, Conflict where the words were changed after it."""
        standing = await self.standing(task, draft)
        last = standing.last
        if last is None or last.audience != "public" or last.outcome is not None:
            await self._record("review", by, task, "nothing_waits")
            raise Refused(
                "Nothing waits for a review here.",
                stage="release",
                hint="Its author accepts it for the public first.",
            )
        if last.officer == by.id:
            await self._record("review", by, task, "own_text")
            raise Refused(
                "Nobody reviews what is their own.",
                stage="release",
                hint="Another officer of the department does.",
            )
        if standing.changed:
            raise Conflict("The text was changed after it was accepted.", hint="Its author accepts it again.")
        return last

    async def review(self, by: Officer, task: str, draft: Draft, *, approve: bool, why: str = "") -> None:
        """Approve a public text of another officer of the department, or give it back with the reason.

        Raises what `waiting` does, InputError without a reason, Refused for another department's officer.
        """
        last = await self.waiting(by, task, draft)
        if len(why) > _LONGEST_REASON or (not approve and not why.strip()):
            raise InputError("Say in a few sentences why it goes back.", hint="Its author reads it.")
        outcome = "approved" if approve else "returned"
        if not await self._database.write(_REVIEW, (outcome, by.id, by.name, why.strip(), last.id)):
            await self._record("review", by, task, "not_of_department")
            raise Refused(
                "This is reviewed by an officer of its own department, once.",
                stage="release",
                hint="Ask its author who that is.",
            )
        await self._record(f"review.{outcome}", by, f"{task}:{last.digest[:16]}")

    async def _last(self, task: str) -> Acceptance | None:
        async with (
            self._database.connection() as connection,
            connection.cursor(row_factory=class_row(Acceptance)) as cursor,
        ):
            await cursor.execute(_LAST, (task,))
            return await cursor.fetchone()

    async def _record(self, verb: str, by: Officer, subject: str, why: str = "") -> None:
        await self._ledger.record(
            f"release.{verb}",
            officer=by.id,
            department=by.department,
            subject=subject,
            done=not why,
            why=why,
        )


def marked_name(name: str, standing: Standing, language: str) -> str:
    """A file's name, which says that it holds a draft as long as it does."""
    return name if standing.is_final else f"{_PREFIX[language]}{name}"


_PREFIX = {"en": "DRAFT - ", "zh-HK": "草稿 - ", "zh-Hans": "草稿 - "}
_SENTENCES: dict[str, dict[State, str]] = {
    "en": {
        "draft": "DRAFT – not checked by a person",
        "returned": "DRAFT – returned by the second officer",
        "in_review": "DRAFT – not for the public: accepted by {by}, not yet by a second officer",
        "accepted": "Checked and accepted by {by} on {on}, for internal use",
        "released": "Checked by {by} on {on}; approved for the public by {second}",
    },
    "zh-HK": {
        "draft": "草稿——未經人員核對",
        "returned": "草稿——已由第二人退回",
        "in_review": "草稿——不可公開：{by}已接納，尚待第二人批准",
        "accepted": "{by}於{on}核對並接納，供內部使用",
        "released": "{by}於{on}核對；{second}批准公開",
    },
    "zh-Hans": {
        "draft": "草稿——未经人员核对",
        "returned": "草稿——已由第二人退回",
        "in_review": "草稿——不可公开：{by}已接纳，尚待第二人批准",
        "accepted": "{by}于{on}核对并接纳，供内部使用",
        "released": "{by}于{on}核对；{second}批准公开",
    },
}
_LAST = """
SELECT id, task, digest, audience, officer, officer_name, checked, statement, findings, unverified, accepted,
       outcome, reviewer, reviewer_name, why, reviewed
  FROM acceptances WHERE task = %s ORDER BY accepted DESC LIMIT 1
"""
_ACCEPT: LiteralString = (
    "INSERT INTO acceptances (id, task, digest, audience, officer_name, checked, statement, findings,"
    " unverified) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
)
_REVIEW: LiteralString = (
    "UPDATE acceptances SET outcome = %s, reviewer = %s, reviewer_name = %s, why = %s, reviewed = now()"
    " WHERE id = %s AND outcome IS NULL"
)
