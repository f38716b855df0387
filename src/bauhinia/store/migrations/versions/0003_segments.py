"""The segments of a translation that an officer edits side by side."""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision: str | None = "0002"
branch_labels: str | None = None
depends_on: str | None = None

_SEGMENTS = """
CREATE TABLE segments (
    task text NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    place integer NOT NULL,
    passage text NOT NULL,
    source text NOT NULL,
    target text NOT NULL,
    original text NOT NULL,
    status text NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'confirmed')),
    findings jsonb NOT NULL DEFAULT '[]',
    PRIMARY KEY (task, place)
);
COMMENT ON COLUMN segments.passage IS 'id of the passage of the draft that it stands for';
COMMENT ON COLUMN segments.source IS 'tagged text, as target and original are';
COMMENT ON COLUMN segments.original IS 'the target as it was when the editor first opened';
"""


def upgrade() -> None:
    """Make the table of segments."""
    op.execute(_SEGMENTS)


def downgrade() -> None:
    """What officers have written would be lost."""
    raise NotImplementedError("restore a backup instead")
