"""The bill: what was used and what it cost, by whom, and whether it adds up to the ledger."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, LiteralString, NamedTuple

from psycopg.rows import class_row

from ..errors import InputError, Refused
from ..people import Officer
from ..people.quotas import HONG_KONG
from ..store import LOCAL, Database

Whose = Literal["mine", "department", "all"]
_SEES_DEPARTMENT = frozenset({"department_administrator"})
_SEES_ALL = frozenset({"service_operator", "programme_owner", "auditor"})


MONTH = r"^([1-9]\d{3}-(0[1-9]|1[0-2]))?$"
"""How a month is written; nothing for the present one."""


class Month(NamedTuple):
    """A month of Hong Kong."""

    year: int
    month: int

    @classmethod
    def of(cls, text: str) -> Month:
        """`2026-11`, or the present one for nothing. Raises InputError."""
        if not re.match(MONTH, text):
            raise InputError("This is no month.", hint="Write it as 2026-11.")
        year, _, month = (text or f"{datetime.now(HONG_KONG):%Y-%m}").partition("-")
        return cls(int(year), int(month))

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    @property
    def following(self) -> Month:
        """The month after it."""
        after = self.first + timedelta(days=31)
        return Month(after.year, after.month)

    @property
    def preceding(self) -> Month:
        """The month before it."""
        before = self.first - timedelta(days=1)
        return Month(before.year, before.month)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What was used: of a day by one officer, or of a month by a department."""

    day: date
    """Of Hong Kong; the month's first for a department."""
    department: str
    officer: str
    """Their name, or their id where that is not known; empty for a whole department."""
    use: str
    model: str
    requests: int
    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int
    cost: int
    """Millionths of a HK$."""
    unpriced: int
    """Requests of which no price was known."""


_AMOUNTS: LiteralString = """
sum(requests)::bigint AS requests, sum(prompt_tokens)::bigint AS prompt_tokens,
sum(cached_tokens)::bigint AS cached_tokens, sum(completion_tokens)::bigint AS completion_tokens,
sum(cost)::bigint AS cost, sum(unpriced)::bigint AS unpriced
"""
_LINES: dict[Whose, LiteralString] = {
    "mine": """
SELECT day, department, '' AS officer, use, model, {amounts} FROM usage_daily
WHERE day >= %(first)s AND day < %(following)s AND department = %(department)s AND officer = %(officer)s
GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 4, 5
""",
    "department": """
SELECT %(first)s::date AS day, usage_daily.department,
    coalesce(officers.name, usage_daily.officer) AS officer, use, model, {amounts}
FROM usage_daily LEFT JOIN officers ON officers.id = usage_daily.officer
WHERE day >= %(first)s AND day < %(following)s AND usage_daily.department = %(department)s
GROUP BY 1, 2, 3, 4, 5 ORDER BY cost DESC, requests DESC, 3, 4, 5
""",
    "all": """
SELECT %(first)s::date AS day, coalesce(name_en, usage_daily.department) AS department, '' AS officer, use,
    model, {amounts}
FROM usage_daily LEFT JOIN departments ON departments.id = usage_daily.department
WHERE day >= %(first)s AND day < %(following)s
GROUP BY 1, 2, 3, 4, 5 ORDER BY cost DESC, requests DESC, 2, 4, 5
""",
}


def may_see(officer: Officer) -> tuple[Whose, ...]:
    """Whose bill that officer is shown."""
    if officer.id == LOCAL or officer.roles & _SEES_ALL:
        return ("mine", "department", "all")
    return ("mine", "department") if officer.roles & _SEES_DEPARTMENT else ("mine",)


async def lines(database: Database, officer: Officer, month: Month, whose: Whose) -> list[Line]:
    """The lines of a month's bill. Raises Refused for one that the officer is not shown."""
    if whose not in may_see(officer):
        raise Refused("You are not shown this bill.", stage="admit", hint="Your own is on this page.")
    values = {
        "first": month.first,
        "following": month.following.first,
        "department": officer.department,
        "officer": officer.id,
    }
    # Other departments' lines are behind their walls: read as the owner, once it is known who asks.
    opened = database.maintenance() if whose == "all" else database.connection()
    async with opened as connection, connection.cursor(row_factory=class_row(Line)) as cursor:
        await cursor.execute(_LINES[whose].replace("{amounts}", _AMOUNTS), values)
        return await cursor.fetchall()


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


async def seconds_a_token(database: Database, model: str) -> float | None:
    """How long the model took to write a token in the last week, for the acting officer's department; None
    where it wrote nothing."""
    async with database.connection() as connection:
        cursor = await connection.execute(
            "SELECT sum(seconds) / nullif(sum(completion_tokens), 0) FROM usage_daily"
            " WHERE model = %s AND day > current_date - 7",
            (model,),
        )
        row = await cursor.fetchone()
    return None if row is None else row[0]
