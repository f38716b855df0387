"""What was asked and answered, kept for officers who consent to that, and for nobody else (D-2.1.3.4-06).

The ledger holds digests and lengths of every exchange; words are kept here alone. Whether an officer consents
is asked by the statement that keeps, so that a withdrawal holds from its moment.
"""

from __future__ import annotations

import logging

from ..errors import BauhiniaError
from ..guideline.consent import consent_texts
from ..store import Database
from .record import Notes

logger = logging.getLogger(__name__)


async def keep_content(database: Database, entry: int, notes: Notes) -> bool:
    """Keep the words of an exchange as the model had them, if its officer consents now; whether it did.

    An answer is not lost because its words could not be kept: that is logged.
    """
    values = (
        entry,
        notes.officer.id,
        notes.officer.department,
        notes.use,
        notes.task,
        "\n".join(notes.sent),
        notes.answer,
        list(consent_texts().holding("content")),
    )
    try:
        async with database.connection() as connection:
            cursor = await connection.execute("SELECT content_logged(%s, %s, %s, %s, %s, %s, %s, %s)", values)
            row = await cursor.fetchone()
    except BauhiniaError as error:
        logger.warning("the words of an exchange could not be kept: %s", error.code)
        return False
    return row is not None and row[0] is not None
