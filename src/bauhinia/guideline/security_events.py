"""What the ledger shows of attacks: failed sign-ins, refused deeds, hours of many refusals.

D-3.2.1-15, D-3.2.1-19.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString

from psycopg.rows import class_row

from ..people import Officer
from ..people.permissions import check, reach
from ..store import Database

WINDOW = 200_000
"""The newest rows of the ledger that are looked through."""
SPIKE = 20
"""Refusals of one reason in an hour from which they are called a spike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecurityEvent:
    """So many refusals of one kind in one hour."""

    hour: datetime
    what: str
    """The deed that was refused, or `model` for a call of a model."""
    why: str
    count: int
    officers: int
    """How many officers they were of."""
    first: int
    """The ledger's entry of the first of them."""
    last: int

    @property
    def spike(self) -> bool:
        """Whether so many are out of the ordinary."""
        return self.count >= SPIKE


async def security_events(database: Database, by: Officer, days: int = 7) -> list[SecurityEvent]:
    """By hour, the newest first: all departments' for whoever handles or audits them all, else one's own
    department's. Raises NotPermitted."""
    if reach(by, "audit") is None:
        check(by, "cases")
    everywhere = "all" in (reach(by, "audit"), reach(by, "cases"))
    # As the owner, once it is known who asks: no officer's transaction reads the ledger's bodies.
    async with (
        database.maintenance() as connection,
        connection.cursor(row_factory=class_row(SecurityEvent)) as cursor,
    ):
        values = {"window": WINDOW, "days": days, "all": everywhere, "department": by.department}
        await cursor.execute(_EVENTS, values)
        return await cursor.fetchall()


_EVENTS: LiteralString = """
WITH newest AS (
    SELECT seq, body::jsonb AS body FROM ledger
    WHERE seq > (SELECT seq FROM ledger_head) - %(window)s AND body LIKE '%%"outcome":"refused"%%'
)
SELECT date_trunc('hour', (body ->> 'at')::timestamptz) AS hour,
    CASE WHEN body ->> 'kind' = 'deed' THEN body ->> 'deed' ELSE 'model' END AS what,
    coalesce(body #>> '{decisions,-1,2}', '') AS why,
    count(*) AS count, count(DISTINCT body ->> 'officer') AS officers, min(seq) AS first, max(seq) AS last
FROM newest
WHERE (body ->> 'at')::timestamptz > now() - make_interval(days => %(days)s)
    AND (%(all)s OR body ->> 'department' = %(department)s)
GROUP BY 1, 2, 3 ORDER BY hour DESC, count DESC LIMIT 500
"""
