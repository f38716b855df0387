"""The bill: what was used and what it cost, and whether it adds up to the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import LiteralString

from psycopg.rows import class_row

from ..store import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A line of the bill that is not what the ledger says."""

    day: date
    department: str
    officer: str
    use: str
    model: str
    ledger: list[int] | None
    """Requests, prompt, cached and completion tokens, millionths of a HK$, requests of unknown price; None
    where the ledger has nothing."""
    usage: list[int] | None
    """The same of the single calls."""
    daily: list[int] | None
    """The same of the days' totals."""


_AUDIT: LiteralString = """
WITH calls AS (
    SELECT body::jsonb AS body FROM ledger
), of_ledger AS (
    SELECT ((body->>'at')::timestamptz AT TIME ZONE 'Asia/Hong_Kong')::date AS day,
        body->>'department' AS department, body->>'officer' AS officer, body->>'use' AS use,
        body->>'model' AS model,
        ARRAY[count(*), sum((body->>'prompt_tokens')::bigint), sum((body->>'cached_tokens')::bigint),
            sum((body->>'completion_tokens')::bigint), coalesce(sum((body->>'cost')::bigint), 0),
            count(*) - count(body->>'cost')]::bigint[] AS amounts
    FROM calls WHERE body->>'outcome' <> 'refused' AND body->>'kind' <> 'deed' GROUP BY 1, 2, 3, 4, 5
), of_usage AS (
    SELECT (at AT TIME ZONE 'Asia/Hong_Kong')::date AS day, department, officer, use, model,
        ARRAY[count(*), sum(prompt_tokens), sum(cached_tokens), sum(completion_tokens),
            coalesce(sum(cost), 0), count(*) - count(cost)]::bigint[] AS amounts
    FROM usage GROUP BY 1, 2, 3, 4, 5
), of_days AS (
    SELECT day, department, officer, use, model,
        ARRAY[requests, prompt_tokens, cached_tokens, completion_tokens, cost, unpriced] AS amounts
    FROM usage_daily
)
SELECT day, department, officer, use, model, of_ledger.amounts AS ledger, of_usage.amounts AS usage,
    of_days.amounts AS daily
FROM of_ledger
    FULL JOIN of_usage USING (day, department, officer, use, model)
    FULL JOIN of_days USING (day, department, officer, use, model)
WHERE of_ledger.amounts IS DISTINCT FROM of_usage.amounts
    OR of_ledger.amounts IS DISTINCT FROM of_days.amounts
ORDER BY 1, 2, 3, 4, 5
"""


async def audited(database: Database) -> list[Difference]:
    """Every line of the bill that differs from the ledger, of all departments; empty when it adds up."""
    async with (
        database.maintenance() as connection,
        connection.cursor(row_factory=class_row(Difference)) as cursor,
    ):
        await cursor.execute(_AUDIT)
        return await cursor.fetchall()
