"""Officers' corrections for training, of those who consent to that now, and of nobody else (D-3.2.1-16).

Each officer is asked about by `Consents.may_use` in the moment before their rows are read, and the department
that the work was done in by `DepartmentConsents.may_use`. Names do not go along: officers are numbers that
mean nothing outside one export. Answers that a complaint keeps back, and what may not leave its department,
are left out.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, LiteralString

from psycopg.rows import dict_row

from ..gateway import classifications
from ..guideline.consent import Consents
from ..guideline.department_consent import DepartmentConsents
from ..privacy import Pseudonyms
from ..store import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentedCorrection:
    """One correction or confirmation, personal data replaced."""

    officer: int
    """Tells officers apart within one export."""
    source: str
    original: str
    """What the model wrote."""
    target: str
    """What the officer left."""
    to: str
    """`en` or `zh-HK`."""
    confirmed: bool


async def consented_corrections(
    database: Database, consents: Consents, departments: DepartmentConsents
) -> AsyncIterator[ConsentedCorrection]:
    """What may be learnt from, of all departments that consent: for whoever runs the machine. Raises
    StoreError."""
    highest = classifications().between_departments
    levels = [*classifications().below(highest), highest]
    number = 0
    for officer in await _officers(database):
        if not (await consents.may_use(officer, "training", covering="translations")).allowed:
            continue
        number += 1
        rows = await _rows(database, officer, levels)
        asked = {row["department"] for row in rows}
        let = {name for name in asked if (await departments.may_use(name)).allowed}
        for row in rows:
            if row["department"] in let:
                yield _without_names(row, number)


def _without_names(row: dict[str, Any], number: int) -> ConsentedCorrection:
    """One set of pseudonyms for the three texts, so that they still say the same."""
    hidden = Pseudonyms()
    source, original, target = (hidden.hide(row[key] or "") for key in ("source", "original", "target"))
    return ConsentedCorrection(
        officer=number,
        source=source,
        original=original,
        target=target,
        to=row["to"],
        confirmed=row["confirmed"],
    )


async def _officers(database: Database) -> list[str]:
    async with database.maintenance() as connection:
        cursor = await connection.execute(
            "SELECT DISTINCT officer FROM tasks WHERE kind = 'translate' ORDER BY officer"
        )
        return [row[0] for row in await cursor.fetchall()]


async def _rows(database: Database, officer: str, levels: list[str]) -> list[dict[str, Any]]:
    async with database.maintenance() as connection, connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(_OF_OFFICER, {"officer": officer, "levels": levels})
        return await cursor.fetchall()


_OF_OFFICER: LiteralString = """
WITH theirs AS (
    SELECT id, draft, "order" ->> 'to' AS "to", department, created FROM tasks
    WHERE kind = 'translate' AND officer = %(officer)s AND classification = ANY (%(levels)s)
        AND NOT answer_withdrawn(id)
)
SELECT source, original, target, "to", department, confirmed FROM (
    SELECT segments.source, segments.original, segments.target, "to", department,
        segments.status = 'confirmed' AS confirmed, created
    FROM segments JOIN theirs ON theirs.id = segments.task
    WHERE segments.status = 'confirmed' OR segments.target <> segments.original
    UNION ALL
    SELECT passage ->> 'source_text', passage ->> 'original', passage ->> 'text', "to", department,
        false, created
    FROM theirs, jsonb_path_query(draft, '$.sections[*].passages[*] ? (@.original != null)') AS passage
    WHERE NOT EXISTS (SELECT FROM segments WHERE segments.task = theirs.id)
) AS left_by_them ORDER BY created, source
"""
