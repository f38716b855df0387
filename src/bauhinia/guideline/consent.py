"""Consent: versioned texts that are data, every yes and no kept, and the one question that exporters ask.

Nobody has consented who did not say so (D-3.2.1-14, D-2.1.3.4-06); a withdrawal holds from its moment
(D-3.2.1-16).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, Literal, LiteralString

from psycopg.rows import dict_row
from pydantic import BaseModel, ConfigDict, Field

from ..errors import Conflict, InputError
from ..ledger import Ledger
from ..people import Officer
from ..store import Database
from .data_files import data_file
from .worded import Worded

Purpose = Literal["content", "training"]
PURPOSES: tuple[Purpose, ...] = ("content", "training")
SubjectKind = Literal["officer", "citizen"]
Covered = Literal["translations", "drafts", "ratings"]
"""What of an officer's work a text on training speaks of."""


class Version(BaseModel):
    """One text as it was put before people."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    since: date = Field(alias="from")
    renews: bool = False
    """Whether consents to earlier versions no longer count."""
    covers: tuple[Covered, ...] = ()
    """What it speaks of, where a later text may speak of more and leaves consents to this one as they are."""
    text: Worded


class PurposeTexts(BaseModel):
    """What is consented to, in all its versions, the newest last."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Worded
    versions: tuple[Version, ...] = Field(min_length=1)

    @property
    def newest(self) -> Version:
        """The text that is put before people now."""
        return self.versions[-1]


class ConsentTexts(BaseModel):
    """Every purpose's texts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    purposes: dict[Purpose, PurposeTexts]
    departments: dict[Literal["training"], PurposeTexts]
    """What departments are asked; their administrators answer."""

    def holding(self, purpose: Purpose, covering: Covered | None = None) -> tuple[str, ...]:
        """The versions to which a consent still counts, for that part of what is consented to."""
        versions = self.purposes[purpose].versions
        found = holding(versions)
        return tuple(
            version.id
            for version in versions
            if version.id in found and (covering is None or covering in version.covers)
        )


def holding(versions: Sequence[Version]) -> tuple[str, ...]:
    """Those of these versions, the newest last, to which a consent still counts."""
    found: list[str] = []
    for version in versions:
        found = [version.id] if version.renews else [*found, version.id]
    return tuple(found)


@lru_cache(maxsize=1)
def consent_texts() -> ConsentTexts:
    """The texts of this edition (`consents.yaml`)."""
    return data_file("consents.yaml", ConsentTexts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where somebody stands on one purpose."""

    purpose: Purpose
    given: bool
    version: str = ""
    """Of the text that was read; empty where nobody was asked."""
    at: datetime | None = None
    stale: bool = False
    """Given, to a text that asks for less than the present one: it counts no longer."""
    narrow: bool = False
    """Given, to an earlier text, and for no more than that one spoke of."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether somebody's content may be used, and why."""

    allowed: bool
    reason: Literal["consented", "no_consent"]


class Consents:
    """The consents of one database, and the deeds of whoever acts."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._database = database
        self._ledger = ledger

    async def may_use(
        self,
        subject: str,
        purpose: Purpose,
        *,
        kind: SubjectKind = "officer",
        at: datetime | None = None,
        covering: Covered | None = None,
    ) -> Verdict:
        """The one question of every exporter of content: whether that person consents, now or at a time, to a
        text that speaks of what is exported.

        It may be asked of anybody, in whoever's name. Raises StoreError; then nothing may be used.
        """
        values = (kind, subject, purpose, list(consent_texts().holding(purpose, covering)), at)
        async with self._database.connection() as connection:
            cursor = await connection.execute("SELECT consent_stands(%s, %s, %s, %s, %s)", values)
            row = await cursor.fetchone()
        allowed = row is not None and row[0] is True
        return Verdict(allowed, "consented" if allowed else "no_consent")

    async def standing(self, by: Officer, kind: SubjectKind = "officer") -> list[Standing]:
        """Where whoever acts stands on each purpose."""
        rows = {row["purpose"]: row for row in await self._rows(_NEWEST, (kind, by.id))}
        return [_standing(purpose, rows.get(purpose)) for purpose in PURPOSES]

    async def history(self, by: Officer, kind: SubjectKind = "officer") -> list[dict[str, Any]]:
        """Every yes and no of whoever acts, the newest first."""
        return await self._rows(_HISTORY, (kind, by.id))

    async def give(
        self, by: Officer, purpose: Purpose, version: str, language: str, kind: SubjectKind = "officer"
    ) -> None:
        """Consent to the text of that version, read in that language. Raises Conflict for an old text."""
        if version != consent_texts().purposes[purpose].newest.id:
            raise Conflict(
                "The text has changed since you opened the page.", hint="Read it again, then decide."
            )
        await self._add(by, kind, purpose, version, language, given=True)

    async def withdraw(
        self, by: Officer, purpose: Purpose, language: str, kind: SubjectKind = "officer"
    ) -> None:
        """Withdraw; it holds from this moment, and content that was kept is deleted. Raises InputError."""
        version = next(each.version for each in await self.standing(by, kind) if each.purpose == purpose)
        if not version:
            raise InputError("You have not consented to this.", hint="There is nothing to withdraw.")
        await self._add(by, kind, purpose, version, language, given=False)
        if purpose == "content":
            async with self._database.connection() as connection:
                await connection.execute("DELETE FROM content_log WHERE officer = %s", (by.id,))

    async def _add(
        self, by: Officer, kind: SubjectKind, purpose: Purpose, version: str, language: str, *, given: bool
    ) -> None:
        async with self._database.connection() as connection:
            await connection.execute(_ADD, (kind, by.id, purpose, version, language, given))
        deed = f"consent.{'give' if given else 'withdraw'}.{purpose}"
        await self._ledger.record(deed, officer=by.id, department=by.department, subject=version)

    async def _rows(self, query: LiteralString, values: tuple[Any, ...]) -> list[dict[str, Any]]:
        async with (
            self._database.connection() as connection,
            connection.cursor(row_factory=dict_row) as cursor,
        ):
            await cursor.execute(query, values)
            return await cursor.fetchall()


def _standing(purpose: Purpose, row: dict[str, Any] | None) -> Standing:
    if row is None:
        return Standing(purpose=purpose, given=False)
    counts = row["version"] in consent_texts().holding(purpose)
    return Standing(
        purpose=purpose,
        given=row["given"] and counts,
        version=row["version"],
        at=row["at"].astimezone(UTC),
        stale=row["given"] and not counts,
        narrow=row["given"] and counts and row["version"] != consent_texts().purposes[purpose].newest.id,
    )


_NEWEST: LiteralString = """
SELECT DISTINCT ON (purpose) purpose, version, given, at FROM consents
WHERE subject_kind = %s AND subject = %s ORDER BY purpose, id DESC
"""
_HISTORY: LiteralString = """
SELECT purpose, version, language, given, at FROM consents
WHERE subject_kind = %s AND subject = %s ORDER BY id DESC
"""
_ADD: LiteralString = """
INSERT INTO consents (subject_kind, subject, purpose, version, language, given)
VALUES (%s, %s, %s, %s, %s, %s)
"""
