"""Alembic's entry: apply migrations to the URL that `store.migrate` gives, one process at a time."""

from __future__ import annotations

import psycopg
from alembic import context
from sqlalchemy import create_engine, pool, text

_TURN = 7_215_001
"""Number of the advisory lock that migrating processes take turns by."""


def run() -> None:
    """Apply everything in one transaction."""
    url: str = context.config.attributes["url"]
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(url), poolclass=pool.NullPool
    )
    with engine.connect() as connection:
        context.configure(connection=connection, transaction_per_migration=False)
        with context.begin_transaction():
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_TURN})"))
            context.run_migrations()


run()
