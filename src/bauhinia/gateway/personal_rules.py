"""The rules on personal data in force, and setting stricter ones: the programme's and each department's."""

from __future__ import annotations

from typing import LiteralString

from ..errors import InputError, NotFound, NotPermitted
from ..guideline import is_an_id, shipped
from ..ledger import Ledger
from ..people import Officer
from ..people.permissions import Subject, check, may
from ..privacy.policy import (
    ACTIONS,
    WHERES,
    Action,
    Rule,
    SetRule,
    Where,
    policies,
    rules_for,
    stricter,
)
from ..store import Database, Remembered

REMEMBERED = 1.0
"""Seconds for which a process does not ask the database anew; other processes obey a new rule that late."""
LONGEST_WHY = 500
_LISTED: LiteralString = (
    "SELECT id, department, use, kind, place, action, why, set_by FROM privacy_rules"
    " ORDER BY department, kind, use, place"
)
_OF: LiteralString = "SELECT id, department, use, kind, place, action, why, set_by FROM privacy_rules_of(%s)"
_PUT: LiteralString = (
    "INSERT INTO privacy_rules (department, use, kind, place, action, why, set_by)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (department, use, kind, place) DO UPDATE"
    " SET action = excluded.action, why = excluded.why, set_by = excluded.set_by, set_at = now()"
    " RETURNING id"
)


class PersonalRules:
    """The rules of one database."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._database = database
        self._ledger = ledger
        self._known: Remembered[str, list[SetRule]] = Remembered(REMEMBERED)
        self._made: dict[tuple[str, Where, str], tuple[list[SetRule], dict[str, Rule]]] = {}
        """What was made of which reading, by use, place and department."""

    async def in_force(self, use: str, where: Where, department: str) -> dict[str, Rule]:
        """What becomes of each kind that this department gives to this AI use. Raises StoreError."""
        known = await self._known.get(department, lambda: self._of(department))
        made_of, made = self._made.get((use, where, department), (None, {}))
        if made_of is not known:
            made = rules_for(use, where, department, known)
            self._made[use, where, department] = known, made
        return made

    async def listed(self) -> list[SetRule]:
        """The rules that the acting officer may see: the programme's and their department's."""
        return await self._read(_LISTED)

    async def put(
        self, by: Officer, *, department: str, use: str, kind: str, place: str, action: Action, why: str
    ) -> int:
        """Set a rule in place of the one for the same; gives its id. It holds at once in this process.

        An empty `department` is the programme's rule. Raises NotPermitted, InputError; the ledger has it.
        """
        named = ":".join((department, use, kind, place, action))
        await self._check_may(by, "set", department, named)
        _check_rule(use, kind, place, action, why)
        await self._check_strict(department, use, kind, place, action)
        async with self._database.maintenance() as connection:
            values = (department, use, kind, place, action, why.strip(), by.id)
            cursor = await connection.execute(_PUT, values)
            row = await cursor.fetchone()
        assert row is not None
        self._known.forget()
        await self._record("set", by, named)
        return int(row[0])

    async def remove(self, by: Officer, key: int) -> None:
        """Remove a rule: what was in force before it is again. Raises NotFound, NotPermitted."""
        async with self._database.maintenance() as connection:
            cursor = await connection.execute("SELECT department FROM privacy_rules WHERE id = %s", (key,))
            row = await cursor.fetchone()
        # Who may not touch it is not told that it is there.
        if row is None or (row[0] not in ("", by.department) and may(by, "govern", _of(row[0])) != "ok"):
            raise NotFound("There is no such rule.", hint="See the list of rules on /privacy.")
        await self._check_may(by, "remove", row[0], str(key))
        async with self._database.maintenance() as connection:
            await connection.execute("DELETE FROM privacy_rules WHERE id = %s", (key,))
        self._known.forget()
        await self._record("remove", by, str(key))

    async def _of(self, department: str) -> list[SetRule]:
        return await self._read(_OF, (department,))

    async def _read(self, query: LiteralString, values: tuple[str, ...] = ()) -> list[SetRule]:
        return await self._database.rows(SetRule, query, values)

    async def _check_may(self, by: Officer, verb: str, department: str, named: str) -> None:
        """Raises NotPermitted, which is recorded. The programme's rules are for whoever governs all."""
        try:
            check(by, "govern", _of(department))
        except NotPermitted as error:
            await self._record(verb, by, named, error.why)
            raise

    async def _check_strict(self, department: str, use: str, kind: str, place: str, action: Action) -> None:
        """A department's rule adds to what holds for all; a milder one would say what is not so. One for
        every use or place must not be milder than what any of them has."""
        if not department:
            return
        common = await self._of("")
        there = [
            rules_for(each, where, "", common)[kind]
            for each in ([use] if use else shipped().uses)
            for where in WHERES
            if place in ("", where)
        ]
        least = max((rule.action for rule in there), key=ACTIONS.index)
        if stricter(least, action) != action:
            raise InputError(
                f"A department may be stricter than all are, and no milder: {kind} is {least} there already.",
                hint=f"Choose one of: {', '.join(ACTIONS[ACTIONS.index(least) :])}.",
            )

    async def _record(self, verb: str, by: Officer, subject: str, why: str = "") -> None:
        await self._ledger.record(
            f"privacy.{verb}",
            officer=by.id,
            department=by.department,
            subject=subject,
            done=not why,
            why=why,
        )


def _of(department: str) -> Subject:
    return Subject(department=department)


def _check_rule(use: str, kind: str, place: str, action: Action, why: str) -> None:
    """Raises InputError."""
    about = policies().kinds
    if (
        kind not in about
        or action not in ACTIONS
        or place not in ("", *WHERES)
        or not (use == "" or is_an_id(use))
    ):
        raise InputError(
            "This is no rule.",
            hint=f"Kinds: {', '.join(about)}. Actions: {', '.join(ACTIONS)}. Uses: see /register.",
        )
    if not why.strip() or len(why) > LONGEST_WHY:
        raise InputError("A reason is needed.", hint=f"Say why, in at most {LONGEST_WHY} characters.")
    if stricter(policies().floor(kind), action) != action:
        raise InputError(
            f"Nobody may set {action} for {kind}: a model never reads it as it is.",
            hint=f"The mildest rule for it is {policies().floor(kind)}.",
        )
