"""Opting out: no AI is used for an officer who says so, and they are told how to do without (D-2.1.2-07).

The guideline does not say what users opt out of; this is of the service, use by use. Opting out of training
is not consenting to it (`consent.py`).
"""

from __future__ import annotations

from functools import lru_cache

from ..errors import InputError
from ..ledger import Ledger
from ..people import Officer
from ..store import Database
from .data_files import data_file
from .uses import is_an_id
from .worded import Worded

EVERY_USE = "*"
"""Opted out of all of them."""
_ELSEWHERE = Worded.model_validate(
    {
        "en": "Without AI: do this work by hand, or ask a colleague.",
        "zh-Hant-HK": "不用人工智能的方法：以人手處理，或請同事協助。",
        "zh-Hans": "不用人工智能的方法：以人手处理，或请同事协助。",
    }
)
"""For a use that the list does not name."""


@lru_cache(maxsize=1)
def paths_without_ai() -> dict[str, Worded]:
    """The uses that the product ships for officers, each with its way without AI."""
    return data_file("without_ai.yaml", dict[str, Worded])


def without_ai(use: str) -> Worded:
    """How that work is done without AI."""
    return paths_without_ai().get(use, _ELSEWHERE)


class OptOuts:
    """What whoever acts has opted out of."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._database = database
        self._ledger = ledger

    async def of(self, by: Officer) -> frozenset[str]:
        """The uses; `EVERY_USE` for all."""
        async with self._database.connection() as connection:
            cursor = await connection.execute("SELECT use FROM opt_outs WHERE officer = %s", (by.id,))
            return frozenset(row[0] for row in await cursor.fetchall())

    async def choose(self, by: Officer, uses: frozenset[str]) -> None:
        """Opt out of just these uses; all gateways know within half a second. Raises InputError."""
        if unknown := {use for use in uses if use != EVERY_USE and not is_an_id(use)}:
            raise InputError(
                f"There is nothing to opt out of called {sorted(unknown)[0]!r}.",
                hint="See the list on /consents.",
            )
        before = await self.of(by)
        async with self._database.connection() as connection:
            for use in before - uses:
                await connection.execute("DELETE FROM opt_outs WHERE officer = %s AND use = %s", (by.id, use))
            for use in uses - before:
                await connection.execute("INSERT INTO opt_outs (officer, use) VALUES (%s, %s)", (by.id, use))
        for use in sorted(uses ^ before):
            deed = "opt_out.begin" if use in uses else "opt_out.end"
            await self._ledger.record(deed, officer=by.id, department=by.department, subject=use)
