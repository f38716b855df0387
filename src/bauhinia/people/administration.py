"""Administering departments and officers: each deed is asked of the permissions, done, and recorded.

What is written is written as the database's owner, here and nowhere else. A refusal is recorded too.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from psycopg import errors as postgres_errors

from ..errors import Conflict, InputError, NotFound
from ..store import Connection, Database
from . import directory
from .accounts import invitations_for
from .directory import Department, Found, Person, Wanted, check_text
from .officer import Officer
from .permissions import ROLES, Deed, Subject, check, may, reach
from .roll import Entry, Fate


class Record(Protocol):
    """The ledger's way to take a deed."""

    async def __call__(
        self, deed: str, *, officer: str, department: str, subject: str = "", done: bool = True, why: str = ""
    ) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOfficer:
    """An officer to add."""

    account: str
    name: str
    department: str
    grade: str = ""
    post: str = ""
    roles: frozenset[str] = frozenset()
    active: bool = True
    external_id: str | None = None

    @property
    def subject(self) -> Subject:
        """Whom adding is done to."""
        return Subject(department=self.department, roles=self.roles)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to become of an officer; None leaves a thing as it is."""

    account: str | None = None
    name: str | None = None
    grade: str | None = None
    post: str | None = None
    external_id: str | None = None
    """Empty for none."""
    department: str | None = None
    roles: frozenset[str] | None = None
    active: bool | None = None

    def deeds(self, before: Person) -> list[Deed]:
        """What it comes to for that officer; nothing where all is so already."""
        found: list[Deed] = []
        if self._edits(before):
            found.append("edit")
        if self.department not in (None, before.department):
            found.append("move")
        if self.roles is not None and self.roles != frozenset(before.roles):
            found.append("roles")
        if self.active is not None and self.active != before.active:
            found.append("reopen" if self.active else "close")
        return found

    def _edits(self, before: Person) -> bool:
        account = self.account and self.account.casefold()
        new = (account, self.name, self.grade, self.post, self.external_id)
        old = (before.account, before.name, before.grade, before.post, before.external_id or "")
        return any(mine not in (None, was) for mine, was in zip(new, old, strict=True))


@dataclass(frozen=True, slots=True)
class Added:
    """An officer who was added, and the secret of the one-time link."""

    person: Person
    secret: str


class Administration:
    """What one officer does to departments and officers."""

    def __init__(self, database: Database, by: Officer, record: Record) -> None:
        self._database = database
        self.by = by
        self._record = record

    async def check_provisions(self) -> None:
        """Raises NotPermitted for an officer who does not do a directory's work."""
        await self._permit("provision", "")

    async def people(self, wanted: Wanted) -> Found:
        """A page of the officers that may be seen. Raises NotPermitted."""
        await self._permit("see", "")
        if reach(self.by, "see") == "own":
            wanted = replace(wanted, department=self.by.department)
        async with self._database.maintenance() as connection:
            return await directory.list_people(connection, wanted)

    async def person(self, key: str) -> Person:
        """An officer. Raises NotPermitted, and NotFound for one that may not be seen."""
        await self._permit("see", key)
        async with self._database.maintenance() as connection:
            return await self._seen(connection, key)

    async def person_of(self, account: str) -> Person:
        """The officer of that account. Raises NotPermitted, NotFound."""
        check_text(account)
        async with self._database.maintenance() as connection:
            found = await directory.person_of(connection, account)
        return await self.person(found.id if found else "")

    async def departments(self) -> list[Department]:
        """The departments whose officers may be seen. Raises NotPermitted."""
        await self._permit("see", "")
        async with self._database.maintenance() as connection:
            found = await directory.departments(connection)
        own = reach(self.by, "see") == "own"
        return [each for each in found if not own or each.id == self.by.department]

    async def put_department(
        self, key: str, name_en: str, name_zh: str, external_id: str | None = None
    ) -> None:
        """Add a department, or rename the one of that key. Raises NotPermitted, InputError."""
        await self._permit("departments", key)
        check_text(key, name_en, name_zh, external_id)
        if not key or not name_en:
            raise InputError("A department has a short name and a name.", hint="Give both.")
        async with self._database.maintenance() as connection:
            values = (key, name_en, name_zh, external_id or None, external_id)
            await connection.execute(_PUT_DEPARTMENT, values)
        await self._done("departments.put", [key])

    async def remove_department(self, key: str) -> None:
        """Remove a department without officers. Raises NotPermitted, NotFound, Conflict."""
        await self._permit("departments", key)
        try:
            async with self._database.maintenance() as connection:
                gone = (await connection.execute("DELETE FROM departments WHERE id = %s", (key,))).rowcount
        except postgres_errors.ForeignKeyViolation:
            raise Conflict("The department has officers.", hint="Move them to another one first.") from None
        if not gone:
            raise _no_department()
        await self._done("departments.remove", [key])

    async def add(self, new: NewOfficer) -> Person:
        """Add an officer. Raises NotPermitted, InputError, NotFound, Conflict."""
        _check(new)
        await self._permit("add", "", new.subject)
        async with self._database.maintenance() as connection:
            (key,) = await _insert(connection, [new])
            person = await self._seen(connection, key)
        await self._done("people.add", [key])
        return person

    async def add_and_invite(self, new: NewOfficer) -> Added:
        """Add an officer, and make the one-time link. Raises NotPermitted, InputError, NotFound, Conflict."""
        person = await self.add(new)
        return Added(person, await self.invite(person.id))

    async def add_all(self, entries: Sequence[Entry]) -> list[Fate]:
        """Add all the officers of a roll, or none where one of them cannot be; says which, and why.

        Raises NotPermitted, and Conflict where somebody else added one of them meanwhile.
        """
        await self._permit("add", "")
        async with self._database.maintenance() as connection:
            fates = await self._fates(connection, entries)
            if any(fate.problem for fate in fates):
                return fates
            keys = await _insert(connection, [_new(entry) for entry in entries])
            links = await invitations_for(connection, keys)
        await self._done("people.add", keys)
        return [replace(fate, secret=link) for fate, link in zip(fates, links, strict=True)]

    async def invite(self, key: str) -> str:
        """The secret of a new one-time link; the older ones, sessions and tokens end. Raises NotPermitted,
        NotFound, Conflict."""
        async with self._database.maintenance() as connection:
            person = await self._held(connection, key, ["invite"])
            if not person.active:
                raise Conflict("The account is closed.", hint="Reopen it first.")
            await _sign_out(connection, key)
            (secret,) = await invitations_for(connection, [key])
        await self._done("people.invite", [key])
        return secret

    async def change(self, key: str, change: Change, *, version: int | None = None) -> Person:
        """Make an officer what is wanted, all of it or nothing; gives the officer.

        Whoever leaves a department, loses a role or is closed is signed out everywhere. `version` is the one
        that the change was made of. Raises NotPermitted, NotFound, InputError, Conflict.
        """
        _check_change(change)
        async with self._database.maintenance() as connection:
            before = await self._held(connection, key, [])
            if version not in (None, before.version):
                raise Conflict("Somebody else changed this officer meanwhile.", hint="Look at them again.")
            deeds = change.deeds(before)
            for deed in deeds:
                gained = (change.roles or frozenset()) if deed == "roles" else frozenset()
                subject = replace(before.subject, roles=before.subject.roles | gained)
                await self._permit(deed, key, subject)
            if deeds:
                await _write(connection, key, change)
                await _end_what_was_lost(connection, before, change)
            after = await self._seen(connection, key)
        for deed in deeds:
            await self._done(f"people.{deed}", [key])
        return after

    async def remove(self, key: str) -> None:
        """Take an officer out of the directory: closed for good, and the account's name is free again. What
        the officer made stays. Raises NotPermitted, NotFound."""
        async with self._database.maintenance() as connection:
            await self._held(connection, key, ["remove"])
            await _sign_out(connection, key)
            await connection.execute(_REMOVE, {"officer": key})
        await self._done("people.remove", [key])

    async def _held(self, connection: Connection, key: str, deeds: Iterable[Deed]) -> Person:
        """An officer to whom these deeds may be done, held until the transaction's end."""
        await self._permit("see", key)
        person = await self._seen(connection, key, lock=True)
        for deed in deeds:
            await self._permit(deed, key, person.subject)
        return person

    async def _seen(self, connection: Connection, key: str, *, lock: bool = False) -> Person:
        """An officer; who may not be seen is not there."""
        check_text(key)
        person = await directory.person(connection, key, lock=lock)
        if person is None or may(self.by, "see", person.subject) != "ok":
            raise NotFound("There is no such officer.", hint="Look at the list of officers.")
        return person

    async def _permit(self, deed: Deed, key: str, subject: Subject | None = None) -> None:
        """Raises NotPermitted, which is then recorded."""
        why = may(self.by, deed, subject)
        if why != "ok":
            await self._note(f"people.{deed}", key, done=False, why=why)
        check(self.by, deed, subject)

    async def _fates(self, connection: Connection, entries: Sequence[Entry]) -> list[Fate]:
        """What would become of each entry."""
        known = {each.id for each in await directory.departments(connection)}
        accounts = [entry.account.casefold() for entry in entries]
        cursor = await connection.execute(
            "SELECT account FROM officers WHERE account = ANY (%s)", (accounts,)
        )
        taken = {row[0] for row in await cursor.fetchall()}
        fates = []
        for entry in entries:
            problem = entry.problem or self._problem(entry, known, taken)
            fates.append(Fate(entry.line, entry.account, problem))
            taken.add(entry.account.casefold())
        return fates

    def _problem(self, entry: Entry, known: set[str], taken: set[str]) -> str:
        if entry.department not in known:
            return "unknown_department"
        if not entry.roles <= set(ROLES):
            return "unknown_role"
        if entry.account.casefold() in taken:
            return "taken"
        why = may(self.by, "add", _new(entry).subject)
        return "" if why == "ok" else why

    async def _done(self, deed: str, keys: Sequence[str]) -> None:
        await asyncio.gather(*(self._note(deed, key) for key in keys))

    async def _note(self, deed: str, key: str, *, done: bool = True, why: str = "") -> None:
        by = self.by
        await self._record(
            deed, officer=by.id, department=by.department, subject=key[:200], done=done, why=why
        )


def _new(entry: Entry) -> NewOfficer:
    return NewOfficer(
        account=entry.account,
        name=entry.name,
        department=entry.department,
        grade=entry.grade,
        post=entry.post,
        roles=entry.roles,
    )


def _check(new: NewOfficer) -> None:
    check_text(new.account, new.name, new.department, new.grade, new.post, new.external_id)
    if not new.account or " " in new.account or not new.name:
        raise InputError("An officer has an account, without spaces, and a name.", hint="Give both.")
    _check_roles(new.roles)


def _check_change(change: Change) -> None:
    check_text(change.account, change.name, change.grade, change.post, change.external_id, change.department)
    if (change.account is not None and (not change.account or " " in change.account)) or change.name == "":
        raise InputError("An officer has an account, without spaces, and a name.", hint="Give both.")
    _check_roles(change.roles or frozenset())


def _check_roles(roles: frozenset[str]) -> None:
    if not roles <= set(ROLES):
        raise InputError("There is no such role.", hint=f"Roles: {', '.join(ROLES)}.")


async def _insert(connection: Connection, new: Sequence[NewOfficer]) -> list[str]:
    keys = [secrets.token_hex(8) for _ in new]
    rows = [
        (key, each.department, each.account.casefold(), each.name, each.grade, each.post,
         sorted(each.roles), each.active, each.external_id or None)
        for key, each in zip(keys, new, strict=True)
    ]  # fmt: skip
    try:
        await connection.cursor().executemany(_INSERT, rows)
    except postgres_errors.UniqueViolation:
        raise _taken() from None
    except postgres_errors.ForeignKeyViolation:
        raise _no_department() from None
    return keys


async def _write(connection: Connection, key: str, change: Change) -> None:
    values = {
        "officer": key,
        "account": change.account and change.account.casefold(),
        "name": change.name,
        "grade": change.grade,
        "post": change.post,
        "external_id": change.external_id,
        "department": change.department,
        "roles": None if change.roles is None else sorted(change.roles),
        "active": change.active,
    }
    try:
        await connection.execute(_CHANGE, values)
    except postgres_errors.UniqueViolation:
        raise _taken() from None
    except postgres_errors.ForeignKeyViolation:
        raise _no_department() from None


async def _end_what_was_lost(connection: Connection, before: Person, change: Change) -> None:
    """Sign the officer out who has less than before, in the same transaction that takes it."""
    moved = change.department not in (None, before.department)
    cut = change.roles is not None and not set(before.roles) <= change.roles
    if moved or cut or change.active is False:
        await _sign_out(connection, before.id)
    if change.active is False:
        await connection.execute("DELETE FROM invitations WHERE officer = %s", (before.id,))


async def _sign_out(connection: Connection, key: str) -> None:
    await connection.execute("DELETE FROM sessions WHERE officer = %s", (key,))
    await connection.execute("DELETE FROM tokens WHERE officer = %s", (key,))


def _taken() -> Conflict:
    return Conflict("That account is another officer's already.", hint="Take another one, or invite again.")


def _no_department() -> NotFound:
    return NotFound("There is no such department.", hint="Add the department first.")


_INSERT = """
INSERT INTO officers (id, department, account, name, grade, post, roles, active, external_id)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_CHANGE = """
UPDATE officers SET account = coalesce(%(account)s, account), name = coalesce(%(name)s, name),
    grade = coalesce(%(grade)s, grade), post = coalesce(%(post)s, post),
    external_id = nullif(coalesce(%(external_id)s, external_id), ''),
    department = coalesce(%(department)s, department), roles = coalesce(%(roles)s, roles),
    active = coalesce(%(active)s, active), changed = now(), version = version + 1
WHERE id = %(officer)s
"""
_REMOVE = """
WITH proofs AS (DELETE FROM credentials WHERE officer = %(officer)s),
    links AS (DELETE FROM invitations WHERE officer = %(officer)s)
UPDATE officers SET active = false, removed = now(), account = 'removed:' || id, external_id = NULL,
    roles = '{}', changed = now(), version = version + 1
WHERE id = %(officer)s
"""
_PUT_DEPARTMENT = """
INSERT INTO departments (id, name_en, name_zh, external_id) VALUES (%s, %s, %s, %s)
ON CONFLICT (id) DO UPDATE SET name_en = excluded.name_en, name_zh = excluded.name_zh,
    external_id = nullif(coalesce(%s, departments.external_id), '')
"""
