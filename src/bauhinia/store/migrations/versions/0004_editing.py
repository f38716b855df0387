"""What the editor searches in a segment, and what its last replacement changed."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision: str | None = "0003"
branch_labels: str | None = None
depends_on: str | None = None

_WORDS = """
CREATE FUNCTION words_of(tagged text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    replace(replace(replace(
        regexp_replace(regexp_replace(tagged, '<[0-9]{1,4}/>', U&'\\FFFC', 'g'), '</?[0-9]{1,4}>', '', 'g'),
        '&lt;', '<'), '&gt;', '>'), '&amp;', '&');
COMMENT ON FUNCTION words_of IS 'tagged text without its tags; U+FFFC for each thing that stands in the line';
"""
_COLUMNS = """
ALTER TABLE segments
    ADD COLUMN source_words text NOT NULL GENERATED ALWAYS AS (words_of(source)) STORED,
    ADD COLUMN target_words text NOT NULL GENERATED ALWAYS AS (words_of(target)) STORED,
    ADD COLUMN earlier jsonb;
COMMENT ON COLUMN segments.earlier IS 'target and status before the last replacement';
"""


def upgrade() -> None:
    """Make the columns."""
    op.execute(_WORDS)
    op.execute(_COLUMNS)


def downgrade() -> None:
    """What a replacement changed could not be taken back."""
    raise NotImplementedError("restore a backup instead")
