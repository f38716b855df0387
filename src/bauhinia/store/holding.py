"""While a backup copies the files that came last, no row that names a file is deleted."""

from __future__ import annotations

from .pool import Connection

_TURN = 7_215_002
"""Number of the advisory lock: deletions share it, a backup holds it alone for a moment."""


async def before_deleting(connection: Connection) -> None:
    """Called in the transaction that deletes rows whose files are deleted after it. Waits for a backup."""
    await connection.execute("SELECT pg_advisory_xact_lock_shared(%s)", (_TURN,))


async def hold_deletions(connection: Connection) -> None:
    """From now until `let_delete`, or the end of the connection."""
    await connection.execute("SELECT pg_advisory_lock(%s)", (_TURN,))
    await connection.commit()


async def let_delete(connection: Connection) -> None:
    """The files are copied."""
    await connection.execute("SELECT pg_advisory_unlock(%s)", (_TURN,))
