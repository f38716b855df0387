"""Complaints: a case from every answer, with a number, a clock, a handler and an outcome that is told.

received -> under way -> decided. Where the kind says so, the answer leaves every shared place at once, comes
back when the complaint was unfounded or the answer has been corrected, and is deleted where it has to be.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, LiteralString

from ..errors import Conflict, InputError, NotFound, NotPermitted, Refused
from ..ledger import Ledger
from ..people import Officer
from ..people.permissions import Subject, check, reach
from ..store import LOCAL, Connection, Database
from .case_kinds import FEEDBACK, case_kind, case_kinds

State = Literal["received", "under_way", "decided"]
Outcome = Literal["upheld", "partly", "unfounded", "noted"]
OUTCOMES: tuple[Outcome, ...] = ("upheld", "partly", "unfounded", "noted")
FAULTY: frozenset[str] = frozenset({"upheld", "partly"})
"""Outcomes that say that the answer was at fault."""
_LONGEST = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One complaint, and what has become of it."""

    id: str
    number: int
    kind: str
    complainant: str
    complainant_name: str
    department: str
    task: str | None
    answered_by: str | None
    entry: int | None
    subject: str
    words: str
    good: bool | None
    state: State
    created: datetime
    due: datetime
    handler: str | None
    handler_name: str | None
    outcome: Outcome | None
    reply: str
    cause: str
    correction: str
    decided: datetime | None
    withdrawn: datetime | None
    reinstated: datetime | None

    @property
    def name(self) -> str:
        """The number that people are given."""
        return f"C-{self.created.year}-{self.number:05d}"

    @property
    def overdue(self) -> bool:
        """Whether its clock has run out."""
        return self.state != "decided" and self.due < datetime.now(UTC)

    @property
    def keeps_back(self) -> bool:
        """Whether the answer is out of shared places because of it."""
        return self.withdrawn is not None and self.reinstated is None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEvent:
    """One step of a case, with what proves it."""

    at: datetime
    officer: str
    officer_name: str
    what: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """How a case ends."""

    outcome: Outcome
    reply: str
    """What the complainant is told."""
    cause: str = ""
    """How the fault came about; needed where there was one."""
    correction: str = ""
    """What was changed because of it."""
    remove: bool = False
    """Whether the answer is deleted, with what was learnt and logged of it."""


def without_complainant(case: Case, events: Sequence[CaseEvent]) -> list[CaseEvent]:
    """The timeline as it is told to those who need not know who complained."""
    return [
        replace(event, officer="", officer_name="") if event.officer == case.complainant else event
        for event in events
    ]


class Complaints:
    """The cases of one database."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._database = database
        self._ledger = ledger

    async def file(
        self,
        by: Officer,
        kind: str,
        words: str,
        *,
        task: str = "",
        entry: int | None = None,
        good: bool | None = None,
    ) -> Case:
        """Complain, or say what one thinks, of a draft that one may read or of something else.

        Feedback that is all praise is noted at once; anything else waits for its answer. Raises InputError,
        NotFound.
        """
        about = case_kind(kind)
        if not (words := words.strip()) and kind != FEEDBACK:
            raise InputError("Say what is wrong.", hint="A sentence or two; quote the words if you can.")
        if len(words) > _LONGEST:
            raise InputError("This is too long.", hint=f"Use at most {_LONGEST:,} characters.")
        answered_by, department, subject = None, by.department, ""
        key = secrets.token_hex(8)
        async with self._database.connection() as connection:
            if task:
                answered_by, department, subject = await _answer(connection, task)
            values = {
                "id": key, "kind": kind, "name": by.name, "department": department, "task": task or None,
                "answered_by": answered_by, "entry": entry, "subject": subject, "words": words, "good": good,
                "due": datetime.now(UTC) + timedelta(days=about.days),
                "withdrawn": datetime.now(UTC) if about.withdraws and task else None,
                "praise": kind == FEEDBACK and good is True and not words,
            }  # fmt: skip
            await connection.execute(_FILE, values)
            await _note(connection, key, by, "received")
            if values["withdrawn"]:
                await _note(connection, key, by, "withdrawn")
        await self._record(by, f"file.{kind}", key)
        if values["withdrawn"]:
            await self._record(by, "withdraw", task)
        return await self.get(key)

    async def get(self, key: str) -> Case:
        """A case of one's own, or that one handles or audits. Raises NotFound."""
        if not (found := await self._read(_SEEN + " WHERE id = %s", (key,))):
            raise NotFound("There is no such case.", hint="See /cases for yours.")
        return found[0]

    async def mine(self, by: Officer) -> list[Case]:
        """What the officer brought, the newest first."""
        return await self._read(_SEEN + " WHERE complainant = %s ORDER BY created DESC LIMIT 200", (by.id,))

    async def of_answers(self, by: Officer) -> list[Case]:
        """What others brought about the officer's own drafts, the newest first."""
        query = _SEEN + " WHERE answered_by = %s AND complainant <> %s ORDER BY created DESC LIMIT 200"
        return await self._read(query, (by.id, by.id))

    async def about(self, task: str) -> list[Case]:
        """Those about one answer that whoever acts may see, the newest first."""
        return await self._read(_SEEN + " WHERE task = %s ORDER BY created DESC LIMIT 50", (task,))

    async def queue(self, by: Officer) -> list[Case]:
        """What waits for a decision, the most pressing first; nothing for who handles no cases."""
        if reach(by, "cases") is None and reach(by, "audit") is None:
            return []
        return await self._read(_SEEN + " WHERE state <> 'decided' ORDER BY due LIMIT 500", ())

    async def misinformation(self, by: Officer) -> list[Case]:
        """The log: every answer that was found to be wrong, with owner, cause and correction (D-3.1-20)."""
        if reach(by, "cases") is None and reach(by, "audit") is None:
            return []
        kinds = [kind for kind, about in case_kinds().items() if about.misinformation]
        query = _SEEN + " WHERE kind = ANY(%s) AND outcome = ANY(%s) ORDER BY decided DESC LIMIT 500"
        return await self._read(query, (kinds, sorted(FAULTY)))

    async def events(self, case: Case) -> list[CaseEvent]:
        """What was done, in order."""
        return await self._database.rows(CaseEvent, _EVENTS, (case.id,))

    async def is_withdrawn(self, task: str) -> bool:
        """Whether an answer is out of shared places, for whatever case."""
        async with self._database.connection() as connection:
            cursor = await connection.execute("SELECT answer_withdrawn(%s)", (task,))
            row = await cursor.fetchone()
        return row is not None and row[0] is True

    async def check_issuable(self, task: str) -> None:
        """Raises Refused for an answer that is withdrawn: it leaves the office in no form (D-3.3-05)."""
        if await self.is_withdrawn(task):
            raise Refused(
                "This answer is withdrawn while a complaint about it is looked into.",
                stage="share",
                hint="The page of the answer leads to the case; it comes back when that is decided.",
            )

    async def take(self, by: Officer, key: str) -> Case:
        """Begin to handle a case. Raises NotPermitted, NotFound, Conflict."""
        case = await self._handled(by, key, "take")
        async with self._database.connection() as connection:
            values = (by.id, by.name, key)
            if not (await connection.execute(_TAKE, values)).rowcount:
                raise _decided_already()
            await _note(connection, key, by, "taken")
        await self._record(by, "take", case.id)
        return await self.get(key)

    async def decide(self, by: Officer, key: str, decision: Decision) -> Case:
        """Decide; the complainant reads the outcome and the reply. An unfounded complaint gives the answer
        back, a fault keeps it withdrawn until it is corrected, or deletes it with proof.

        Nobody decides on what they wrote or complained of themselves. Raises NotPermitted, NotFound,
        Conflict, InputError.
        """
        case = await self._handled(by, key, "decide")
        _check(decision)
        if by.id in (case.complainant, case.answered_by) and by.id != LOCAL:
            await self._record(by, "decide", key, "oneself")
            raise NotPermitted(
                "You are a party to this case.", why="oneself", hint="Ask another who handles cases."
            )
        async with self._database.connection() as connection:
            values = (
                decision.outcome, decision.reply.strip(), decision.cause.strip(), decision.correction.strip(),
                by.id, by.name, decision.outcome not in FAULTY, key,
            )  # fmt: skip
            if not (await connection.execute(_DECIDE, values)).rowcount:
                raise _decided_already()
            await _note(connection, key, by, f"decided.{decision.outcome}")
            if case.keeps_back and decision.outcome not in FAULTY:
                await _note(connection, key, by, "reinstated")
            if decision.remove:
                await _note(connection, key, by, "removed", await _removed(connection, key))
        await self._record(by, f"decide.{decision.outcome}", key)
        if decision.remove:
            await self._record(by, "remove", case.task or "")
        return await self.get(key)

    async def reinstate(self, by: Officer, key: str, correction: str) -> Case:
        """Give a faulty answer back once it has been corrected. Raises NotPermitted, NotFound, Conflict,
        InputError."""
        case = await self._handled(by, key, "reinstate")
        if not correction.strip():
            raise InputError("Say what was corrected.", hint="It stays in the case as its proof.")
        async with self._database.connection() as connection:
            if not (await connection.execute(_REINSTATE, (correction.strip(), key))).rowcount:
                raise Conflict("This answer is not withdrawn any more.", hint="Reload the page.")
            await _note(connection, key, by, "reinstated", correction.strip())
        await self._record(by, "reinstate", case.task or "")
        return await self.get(key)

    async def _handled(self, by: Officer, key: str, verb: str) -> Case:
        case = await self.get(key)
        try:
            check(by, "cases", Subject(department=case.department))
        except NotPermitted as error:
            await self._record(by, verb, key, error.why)
            raise
        return case

    async def _record(self, by: Officer, verb: str, subject: str, why: str = "") -> None:
        await self._ledger.record(
            f"case.{verb}",
            officer=by.id,
            department=by.department,
            subject=subject,
            done=not why,
            why=why,
        )

    async def _read(self, query: LiteralString, values: tuple[Any, ...]) -> list[Case]:
        return await self._database.rows(Case, query, values)


def _check(decision: Decision) -> None:
    """Raises InputError for a decision that leaves out what it owes."""
    if not decision.reply.strip():
        raise InputError("The complainant is owed a reply.", hint="Write it in plain words.")
    if decision.outcome in FAULTY and not decision.cause.strip():
        raise InputError("A fault has a cause.", hint="Say how it came about; it goes into the log.")
    if decision.remove and decision.outcome not in FAULTY:
        raise InputError("Only a faulty answer is removed.", hint="Uphold the complaint, at least in part.")
    if max(map(len, (decision.reply, decision.cause, decision.correction))) > _LONGEST:
        raise InputError("This is too long.", hint=f"Use at most {_LONGEST:,} characters a field.")


async def _answer(connection: Connection, task: str) -> tuple[str, str, str]:
    """Whose draft it is, of which department, and what it is called. Raises NotFound for one that whoever
    acts may not read."""
    row = await (await connection.execute(_ANSWER, (task,))).fetchone()
    if row is None:
        raise NotFound("There is no such document or task.", hint="It may have been removed.")
    return row[0], row[1], row[2]


async def _removed(connection: Connection, key: str) -> str:
    """What was deleted, as it is kept for proof."""
    row = await (await connection.execute("SELECT answer_removed(%s)::text", (key,))).fetchone()
    if row is None or row[0] is None:
        raise InputError("There is no answer to remove.", hint="It may have been removed already.")
    return str(row[0])


async def _note(connection: Connection, key: str, by: Officer, what: str, note: str = "") -> None:
    await connection.execute(_NOTE, (key, by.id, by.name, what, note))


def _decided_already() -> Conflict:
    return Conflict("This case has been decided.", hint="Reload the page.")


_FILE: LiteralString = """
INSERT INTO cases (id, kind, complainant_name, department, task, answered_by, entry, subject, words, good,
    due, withdrawn, state, outcome, decided)
VALUES (%(id)s, %(kind)s, %(name)s, %(department)s, %(task)s, %(answered_by)s, %(entry)s, %(subject)s,
    %(words)s, %(good)s, %(due)s, %(withdrawn)s, CASE WHEN %(praise)s THEN 'decided' ELSE 'received' END,
    CASE WHEN %(praise)s THEN 'noted' END, CASE WHEN %(praise)s THEN now() END)
"""
_SEEN: LiteralString = (
    "SELECT id, number, kind, complainant, complainant_name, department, task, answered_by, entry, subject,"
    " words, good, state, created, due, handler, handler_name, outcome, reply, cause, correction, decided,"
    " withdrawn, reinstated FROM cases"
)
_EVENTS: LiteralString = (
    'SELECT at, officer, officer_name, what, note FROM case_events WHERE "case" = %s ORDER BY id'
)
_NOTE: LiteralString = (
    'INSERT INTO case_events ("case", officer, officer_name, what, note) VALUES (%s, %s, %s, %s, %s)'
)
_TAKE: LiteralString = """
UPDATE cases SET state = 'under_way', handler = %s, handler_name = %s WHERE id = %s AND state <> 'decided'
"""
_DECIDE: LiteralString = """
UPDATE cases SET state = 'decided', outcome = %s, reply = %s, cause = %s, correction = %s, handler = %s,
    handler_name = %s, decided = now(), reinstated = CASE WHEN %s AND withdrawn IS NOT NULL THEN now() END
WHERE id = %s AND state <> 'decided'
"""
_REINSTATE: LiteralString = """
UPDATE cases SET reinstated = now(), correction = %s
WHERE id = %s AND withdrawn IS NOT NULL AND reinstated IS NULL AND state = 'decided'
"""
_ANSWER: LiteralString = """
SELECT officer, department, left(coalesce(nullif(draft ->> 'title', ''), kind), 200) FROM tasks WHERE id = %s
"""
