"""The termbases of departments, in the database, over the one that all share, over the shipped one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from psycopg.rows import class_row

from ..errors import InputError, NotFound
from ..language import Term, Termbase
from ..language.termbase import checked
from ..store import Connection, Database
from .term_rows import RefusedTerm, TermFile

SHARED = ""
"""The department whose terms hold for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What became of the terms of a file."""

    added: tuple[str, ...] = ()
    """Ids."""
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    refused: tuple[RefusedTerm, ...] = ()


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    en: list[str]
    zh: list[str]
    forbidden_en: list[str]
    forbidden_zh: list[str]
    domain: str
    source: str
    note: str
    withdrawn: bool

    def term(self) -> Term:
        return Term(
            self.id, self.en[0], self.zh[0], tuple(self.en[1:]), tuple(self.zh[1:]),
            tuple(self.forbidden_en), tuple(self.forbidden_zh), self.domain, self.source, self.note,
        )  # fmt: skip


class Termbases:
    """Every department's terms."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def merged(self, department: str) -> Termbase:
        """The terms that hold for a department: its own over the shared over the shipped.

        A term replaces that of the same id below it, and takes its forms from every term below it.
        """
        async with self._database.connection() as connection:
            own = await _rows(connection, department) if department != SHARED else []
            shared = await _rows(connection, SHARED)
        return Termbase(merge([own, shared], Termbase.load().terms))

    async def terms(self, department: str) -> list[Term]:
        """The terms that one termbase itself holds, by id."""
        async with self._database.connection() as connection:
            return [row.term() for row in await _rows(connection, department) if not row.withdrawn]

    async def put(self, department: str, term: Term, *, by: str = "") -> None:
        """Add a term, or replace the one of its id. Raises InputError for one that cannot be used."""
        try:
            checked(term)
        except ValueError as error:
            raise InputError(
                f"The term cannot be used: {error}.", hint="Correct it and try again."
            ) from error
        async with self._database.connection() as connection:
            await _put(connection, department, term, by)

    async def remove(self, department: str, key: str, *, by: str = "") -> None:
        """Take a term out. One that a termbase below holds is hidden in this one. Raises NotFound."""
        below = {term.id: term for term in Termbase.load().terms}
        async with self._database.connection() as connection:
            if department != SHARED:
                below |= {row.id: row.term() for row in await _rows(connection, SHARED)}
            own = {row.id for row in await _rows(connection, department) if not row.withdrawn}
            if key in below:
                await _put(connection, department, below[key], by, withdrawn=True)
            elif key in own:
                statement = "DELETE FROM terms WHERE department = %s AND id = %s"
                await connection.execute(statement, (department, key))
            else:
                raise NotFound(f"There is no term {key}.", hint="Look it up with `bauhinia terms list`.")

    async def dismiss(self, department: str, term: Term, *, by: str = "") -> None:
        """Note that the department does not want a term that was proposed to it."""
        async with self._database.connection() as connection:
            await _put(connection, department, term, by, withdrawn=True)

    async def dismissed(self, department: str) -> frozenset[str]:
        """Ids of the terms that the department does not want."""
        async with self._database.connection() as connection:
            return frozenset(row.id for row in await _rows(connection, department) if row.withdrawn)

    async def load(self, department: str, file: TermFile, *, by: str = "") -> ImportReport:
        """Take over the terms of a file, all in one transaction, and tell what became of each."""
        added: list[str] = []
        changed: list[str] = []
        unchanged: list[str] = []
        async with self._database.connection() as connection:
            there = {row.id: row for row in await _rows(connection, department)}
            for term in file.terms:
                old = there.get(term.id)
                if old is not None and not old.withdrawn and old.term() == term:
                    unchanged.append(term.id)
                    continue
                (changed if old is not None else added).append(term.id)
                await _put(connection, department, term, by)
        return ImportReport(
            added=tuple(added), changed=tuple(changed), unchanged=tuple(unchanged), refused=file.refused
        )


def holding(terms: Iterable[Term], words: str) -> list[Term]:
    """The terms with these words in their id or in any of their forms, whatever the case."""
    wanted = words.strip().casefold()
    return [term for term in terms if wanted in _said(term)]


def _said(term: Term) -> str:
    forms = (
        term.id, term.en, term.zh, *term.also_en, *term.also_zh, *term.forbidden_en, *term.forbidden_zh,
    )  # fmt: skip
    return "\n".join(forms).casefold()


def merge(layers: Sequence[Iterable[_Row]], shipped: Iterable[Term]) -> list[Term]:
    """The terms of all layers, the first of which goes before the rest."""
    seen: set[str] = set()
    taken: set[str] = set()
    found: list[Term] = []
    for rows in layers:
        new = [row for row in rows if row.id not in seen]
        seen |= {row.id for row in new}
        found += _unclaimed((row.term() for row in new if not row.withdrawn), taken)
    return found + _unclaimed((term for term in shipped if term.id not in seen), taken)


def _unclaimed(terms: Iterable[Term], taken: set[str]) -> list[Term]:
    """The terms without the forms that a layer above has; one that keeps no name in a language is left out.

    `taken` is told the forms of this layer.
    """
    kept = []
    claimed: set[str] = set()
    for term in terms:
        english, chinese, wrong_en, wrong_zh = (
            tuple(form for form in forms if form.casefold() not in taken)
            for forms in (
                (term.en, *term.also_en), (term.zh, *term.also_zh), term.forbidden_en, term.forbidden_zh,
            )
        )  # fmt: skip
        claimed |= {form.casefold() for form in (*english, *chinese, *wrong_en, *wrong_zh)}
        if english and chinese:
            kept.append(
                replace(
                    term, en=english[0], also_en=english[1:], zh=chinese[0], also_zh=chinese[1:],
                    forbidden_en=wrong_en, forbidden_zh=wrong_zh,
                )
            )  # fmt: skip
    taken |= claimed
    return kept


async def _rows(connection: Connection, department: str) -> list[_Row]:
    cursor = connection.cursor(row_factory=class_row(_Row))
    await cursor.execute(
        "SELECT id, en, zh, forbidden_en, forbidden_zh, domain, source, note, withdrawn"
        " FROM terms WHERE department = %s ORDER BY id",
        (department,),
    )
    return await cursor.fetchall()


async def _put(
    connection: Connection, department: str, term: Term, by: str, *, withdrawn: bool = False
) -> None:
    await connection.execute(
        """
        INSERT INTO terms (department, id, en, zh, forbidden_en, forbidden_zh, domain, source, note,
                           changed_by, withdrawn)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        ON CONFLICT (department, id) DO UPDATE
        SET en = excluded.en, zh = excluded.zh, forbidden_en = excluded.forbidden_en,
            forbidden_zh = excluded.forbidden_zh, domain = excluded.domain, source = excluded.source,
            note = excluded.note, changed_by = excluded.changed_by, withdrawn = excluded.withdrawn,
            changed = now()
        """,
        (
            department, term.id, [term.en, *term.also_en], [term.zh, *term.also_zh],
            list(term.forbidden_en), list(term.forbidden_zh), term.domain, term.source, term.note,
            by, withdrawn,
        ),
    )  # fmt: skip
