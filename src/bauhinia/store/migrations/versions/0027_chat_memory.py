"""What a person lets the public assistant remember of them; no row where they let it nothing."""

from __future__ import annotations

from alembic import op

revision = "0027"
down_revision: str | None = "0026"
branch_labels: str | None = None
depends_on: str | None = None

_MEMORIES = """
CREATE TABLE chat_memories (
    owner text PRIMARY KEY DEFAULT acting_officer(),
    kept jsonb NOT NULL,
    changed timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE chat_memories IS 'what a person wrote for the assistant to know of them; off without a row';
ALTER TABLE chat_memories ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON chat_memories
    USING (owner = acting_officer()) WITH CHECK (owner = acting_officer());
GRANT SELECT, INSERT, DELETE ON chat_memories TO bauhinia_application;
GRANT UPDATE (kept, changed) ON chat_memories TO bauhinia_application;
"""


def upgrade() -> None:
    """Make it."""
    op.execute(_MEMORIES)


def downgrade() -> None:
    """Drop it."""
    op.execute("DROP TABLE chat_memories")
