"""Whom the command line works for where people sign in: whoever runs this machine, and nobody else's rows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext

from ..people import Officer, acting_as
from ..settings import Settings
from ..store import Database


def operating(settings: Settings) -> AbstractContextManager[None]:
    """Within it, work is for this machine's operator; where nobody signs in, for the one local officer."""
    if settings.sign_in == "none":
        return nullcontext()
    operator = Officer(
        id="operator",
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
