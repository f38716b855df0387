"""Officers and departments as they are kept: found, listed, written.

The rows of every department are read and written as the database's owner. Who may is asked before, by
`administration.py`; nothing else may use this module.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, LiteralString

from psycopg import sql
from psycopg.rows import class_row

from ..errors import InputError
from ..store import Connection
from .officer import Officer
from .permissions import Subject

UNASSIGNED = "unassigned"
"""The department of whom a directory has taken out of theirs. It is a department like any other, and has
nothing of another's."""
State = Literal["", "open", "invited", "closed"]
STATES: tuple[State, ...] = ("", "open", "invited", "closed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An officer, as whoever administers them sees them."""

    id: str
    department: str
    account: str
    name: str
    grade: str
    post: str
    roles: list[str]
    active: bool
    taken_up: bool
    """Whether the officer has chosen a password; nothing is told of sign-in by another way."""
    external_id: str | None
    created: datetime
    changed: datetime
    version: int

    @property
    def state(self) -> State:
        """`open`, `invited` or `closed`."""
        return "closed" if not self.active else "open" if self.taken_up else "invited"

    @property
    def subject(self) -> Subject:
        """Whom deeds are done to."""
        return Subject(id=self.id, department=self.department, roles=frozenset(self.roles))

    def as_officer(self) -> Officer:
        """Whom work is for once this person has signed in."""
        return Officer(id=self.id, department=self.department, name=self.name, roles=frozenset(self.roles))


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """A department, and how many officers it has."""

    id: str
    name_en: str
    name_zh: str
    external_id: str | None
    officers: int


@dataclass(frozen=True, slots=True)
class Equals:
    """A field that is equal to a value; text in any case."""

    field: Literal["id", "account", "external_id", "name", "active"]
    value: str | bool


@dataclass(frozen=True, slots=True)
class Every:
    """All of several conditions."""

    terms: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """One of several conditions."""

    terms: tuple[Condition, ...]


Condition = Equals | Every | Either


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which officers to list."""

    words: str = ""
    """In the account, the name, the grade or the post."""
    department: str = ""
    """One department's; every one's where it is empty."""
    role: str = ""
    state: State = ""
    condition: Condition | None = None
    skip: int = 0
    most: int = 50


@dataclass(frozen=True, slots=True)
class Found:
    """A page of officers, and how many there are on all."""

    people: list[Person]
    count: int


async def list_people(connection: Connection, wanted: Wanted) -> Found:
    """The officers that are wanted, by account."""
    where, values = _where(wanted)
    async with connection.cursor(row_factory=class_row(Person)) as cursor:
        await cursor.execute(
            sql.SQL(_PERSON) + where + sql.SQL(" ORDER BY account OFFSET %s LIMIT %s"),
            [*values, wanted.skip, wanted.most],
        )
        people = await cursor.fetchall()
    counted = await connection.execute(sql.SQL("SELECT count(*) FROM officers ") + where, values)
    row = await counted.fetchone()
    assert row is not None
    return Found(people, row[0])


async def person(connection: Connection, key: str, *, lock: bool = False) -> Person | None:
    """That officer, held until the transaction's end with `lock`."""
    query: LiteralString = _PERSON + "WHERE removed IS NULL AND id = %s" + (" FOR UPDATE" if lock else "")
    async with connection.cursor(row_factory=class_row(Person)) as cursor:
        await cursor.execute(query, (key,))
        return await cursor.fetchone()


async def person_of(connection: Connection, account: str) -> Person | None:
    """The officer of that account."""
    async with connection.cursor(row_factory=class_row(Person)) as cursor:
        await cursor.execute(_PERSON + "WHERE removed IS NULL AND account = %s", (account.casefold(),))
        return await cursor.fetchone()


async def departments(connection: Connection) -> list[Department]:
    """Every department, by its key."""
    async with connection.cursor(row_factory=class_row(Department)) as cursor:
        await cursor.execute(_DEPARTMENTS)
        return await cursor.fetchall()


def check_text(*texts: str | None) -> None:
    """Raises InputError for what PostgreSQL cannot keep or a person cannot see."""
    for text in texts:
        if text and (not text.replace("\u3000", " ").isprintable() or len(text) > 200):
            raise InputError(
                "A text holds a character that cannot be shown, or is longer than 200 characters.",
                hint="Take unusual characters out and try again.",
            )


def _where(wanted: Wanted) -> tuple[sql.Composed, list[Any]]:
    parts: list[sql.Composable] = [sql.SQL("removed IS NULL")]
    values: list[Any] = []
    if wanted.words:
        parts.append(sql.SQL("concat_ws(' ', account, name, grade, post) ILIKE %s"))
        values.append(f"%{_literally(wanted.words)}%")
    if wanted.department:
        parts.append(sql.SQL("department = %s"))
        values.append(wanted.department)
    if wanted.role:
        parts.append(sql.SQL("%s = ANY (roles)"))
        values.append(wanted.role)
    if wanted.state:
        parts.append(sql.SQL(_STATES[wanted.state]))
    if wanted.condition is not None:
        condition, given = _condition(wanted.condition)
        parts.append(condition)
        values += given
    return sql.SQL("WHERE ") + sql.SQL(" AND ").join(parts), values


def _condition(condition: Condition) -> tuple[sql.Composable, list[Any]]:
    if isinstance(condition, Equals):
        value = condition.value
        if condition.field == "account" and isinstance(value, str):
            value = value.casefold()
        if condition.field == "name":
            return sql.SQL("lower(name) = lower(%s)"), [value]
        return sql.SQL("{} = %s").format(sql.Identifier(condition.field)), [value]
    made = [_condition(term) for term in condition.terms]
    word = sql.SQL(" AND " if isinstance(condition, Every) else " OR ")
    joined = sql.SQL("({})").format(word.join(part for part, _ in made))
    return joined, [value for _, values in made for value in values]


def _literally(words: str) -> str:
    """Words in which LIKE finds no signs of its own."""
    return words.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")


_PERSON: LiteralString = """
SELECT id, department, account, name, grade, post, roles, active,
    EXISTS (SELECT FROM credentials WHERE credentials.officer = officers.id) AS taken_up,
    external_id, created, changed, version
FROM officers
"""
_STATES: dict[str, LiteralString] = {
    "open": "active AND EXISTS (SELECT FROM credentials WHERE credentials.officer = officers.id)",
    "invited": "active AND NOT EXISTS (SELECT FROM credentials WHERE credentials.officer = officers.id)",
    "closed": "NOT active",
}
_DEPARTMENTS = """
SELECT id, name_en, name_zh, external_id,
    (SELECT count(*) FROM officers WHERE department = departments.id AND removed IS NULL) AS officers
FROM departments ORDER BY id
"""
