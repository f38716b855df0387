"""Termbases of departments, and the translation memory with its history."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision: str | None = "0001"
branch_labels: str | None = None
depends_on: str | None = None

_TERMS = """
CREATE TABLE terms (
    department text NOT NULL,
    id text NOT NULL,
    en text[] NOT NULL,
    zh text[] NOT NULL,
    forbidden_en text[] NOT NULL DEFAULT '{}',
    forbidden_zh text[] NOT NULL DEFAULT '{}',
    domain text NOT NULL DEFAULT '',
    source text NOT NULL DEFAULT '',
    note text NOT NULL DEFAULT '',
    withdrawn boolean NOT NULL DEFAULT false,
    changed timestamptz NOT NULL DEFAULT now(),
    changed_by text NOT NULL DEFAULT '',
    PRIMARY KEY (department, id)
);
COMMENT ON COLUMN terms.department IS 'empty: the termbase that all departments share';
COMMENT ON COLUMN terms.en IS 'the preferred form first, then the admitted ones';
COMMENT ON COLUMN terms.withdrawn IS 'hides the term of this id in the termbases below this one';
"""

_MEMORY = """
CREATE TABLE memory (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    department text NOT NULL,
    to_language text NOT NULL,
    source text NOT NULL,
    target text NOT NULL,
    before bigint NOT NULL,
    after bigint NOT NULL,
    source_key uuid NOT NULL,
    shape text NOT NULL,
    grams integer[] NOT NULL,
    origin text NOT NULL,
    confirmed_by text NOT NULL,
    at timestamptz NOT NULL,
    props jsonb NOT NULL DEFAULT '{}'
);
COMMENT ON COLUMN memory.department IS 'empty: what all departments share';
COMMENT ON COLUMN memory.source IS 'tagged text, in the counterpart of to_language';
COMMENT ON COLUMN memory.before IS 'hash of the segment before; 0 where it is not known';
COMMENT ON COLUMN memory.source_key IS 'hash of source';
COMMENT ON COLUMN memory.shape IS 'one character a word: see translation/matching.py';
COMMENT ON COLUMN memory.grams IS 'hashes of neighbouring characters of shape';
ALTER TABLE memory ALTER COLUMN grams SET STATISTICS 300;
CREATE UNIQUE INDEX memory_key ON memory (source_key, department, to_language, before, after);
CREATE INDEX memory_shape ON memory (hashtextextended(shape, 0));
CREATE INDEX memory_grams ON memory USING gin (grams) WITH (fastupdate = off);

CREATE TABLE memory_history (
    unit bigint NOT NULL REFERENCES memory (id) ON DELETE CASCADE,
    target text NOT NULL,
    origin text NOT NULL,
    confirmed_by text NOT NULL,
    at timestamptz NOT NULL,
    replaced timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE memory_history IS 'translations that a later one has replaced';
CREATE INDEX memory_history_unit ON memory_history (unit);
"""


def upgrade() -> None:
    """Make the tables of terms and of the memory."""
    op.execute(_TERMS)
    op.execute(_MEMORY)


def downgrade() -> None:
    """What departments have entered would be lost."""
    raise NotImplementedError("restore a backup instead")
