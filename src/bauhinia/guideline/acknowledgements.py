"""Who accepted which notice: once for each text, and again for another (D-3.3-01, D-3.3-10).

Where nobody signs in, the one officer of the machine accepts for the data folder.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ..errors import InputError
from ..ledger import Ledger
from ..people import Officer
from ..store import Database
from .notice_texts import Notice

_MOST_REMEMBERED = 10_000


class Acknowledgements:
    """The notices that are asked for, and who has accepted them."""

    def __init__(self, database: Database, ledger: Ledger, asked: Sequence[Notice]) -> None:
        self.asked = tuple(asked)
        self._database = database
        self._ledger = ledger
        self._done: set[str] = set()
        """Officers who have accepted all. Nothing that was accepted is taken back, so this holds."""

    async def due(self, officer: Officer) -> list[Notice]:
        """What that officer, who must be the one who acts, has yet to accept, in order."""
        if not self.asked or officer.id in self._done:
            return []
        async with self._database.connection() as connection:
            cursor = await connection.execute(
                "SELECT digest FROM acknowledgements WHERE officer = %s", (officer.id,)
            )
            accepted = {row[0] for row in await cursor.fetchall()}
        missing = [notice for notice in self.asked if notice.digest not in accepted]
        if not missing:
            self._remember(officer.id)
        return missing

    async def has_accepted(self, officer: Officer) -> bool:
        """Whether that officer, who must be the one who acts, has accepted any notice before."""
        async with self._database.connection() as connection:
            cursor = await connection.execute(
                "SELECT EXISTS (SELECT FROM acknowledgements WHERE officer = %s)", (officer.id,)
            )
            return await cursor.fetchone() == (True,)

    async def accept(self, officer: Officer, digests: Collection[str], language: str) -> None:
        """Keep that the officer who acts accepts these notices as they were shown, in that language.

        All that is due must be accepted at once. Raises InputError where one is left out, or has changed
        since it was shown.
        """
        due = await self.due(officer)
        if {notice.digest for notice in due} - set(digests):
            raise InputError(
                "Not all that is asked for was accepted, or its words have changed meanwhile.",
                hint="Read what is shown now, tick the box and accept.",
            )
        async with self._database.connection() as connection:
            for notice in due:
                await connection.execute(_KEEP, (notice.id, notice.digest, notice.version, language))
        for notice in due:
            await self._ledger.record(
                "notices.accept",
                officer=officer.id,
                department=officer.department,
                subject=f"{notice.id}@{notice.version}:{notice.digest[:16]}",
            )
        self._remember(officer.id)

    def _remember(self, officer: str) -> None:
        if len(self._done) >= _MOST_REMEMBERED:
            self._done.clear()
        self._done.add(officer)


_KEEP = """
INSERT INTO acknowledgements (notice, digest, version, language) VALUES (%s, %s, %s, %s)
ON CONFLICT DO NOTHING
"""
