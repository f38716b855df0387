"""Whom the command line works for where people sign in: whoever runs this machine, and nobody else's rows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext

from ..ledger import Ledger
from ..people import Officer, acting_as
from ..settings import Settings
from ..store import Database

OPERATOR = "operator"
"""Who administers by the command line: whoever may run it on this machine."""


def operating(settings: Settings) -> AbstractContextManager[None]:
    """Within it, work is for this machine's operator; where nobody signs in, for the one local officer."""
    if settings.sign_in == "none":
        return nullcontext()
    operator = Officer(
        id=OPERATOR,
        department=settings.department,
        name="Operator of this machine",
        roles=frozenset({"programme_owner"}),
    )
    return acting_as(operator)


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[Database]:
    """The database, for the operator. Raises StoreError."""
    async with Database.open(settings) as database:
        with operating(settings):
            yield database


@asynccontextmanager
async def open_ledger(settings: Settings, database: Database) -> AsyncIterator[Ledger]:
    """The ledger, signed once more where something was added. Raises StoreError."""
    ledger = Ledger.open(settings, database)
    try:
        yield ledger
    finally:
        await ledger.close()


@asynccontextmanager
async def recorded(settings: Settings, database: Database, deed: str, subject: str) -> AsyncIterator[None]:
    """The ledger has what whoever runs this machine did, or why it was refused."""
    async with (
        open_ledger(settings, database) as ledger,
        ledger.recorded(deed, officer=OPERATOR, department=settings.department, subject=subject),
    ):
        yield
