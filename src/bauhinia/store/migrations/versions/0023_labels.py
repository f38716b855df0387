"""What is kept of every file that left with a label: who made it of what, and the signed record."""

from __future__ import annotations

from alembic import op

revision = "0023"
down_revision: str | None = "0022"
branch_labels: str | None = None
depends_on: str | None = None

_LABELS = """
CREATE TABLE labels (
    id text PRIMARY KEY,
    task text,
    officer text NOT NULL DEFAULT acting_officer(),
    department text NOT NULL DEFAULT acting_department(),
    roles text[] NOT NULL DEFAULT '{}',
    form text NOT NULL,
    sources text[] NOT NULL DEFAULT '{}',
    token text NOT NULL,
    entry bigint NOT NULL,
    issued timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE labels IS 'provenance of files that were issued: no text of them';
COMMENT ON COLUMN labels.sources IS 'ids of the documents that the draft was made of';
COMMENT ON COLUMN labels.token IS 'the signed record that the file carries';
COMMENT ON COLUMN labels.entry IS 'seq of the ledger''s row of the issue';
CREATE INDEX labels_task ON labels (task, issued DESC);
CREATE INDEX labels_own ON labels (department, issued DESC);

ALTER TABLE labels ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_department ON labels FOR SELECT USING (department = acting_department());
CREATE POLICY issued ON labels FOR INSERT
    WITH CHECK (officer = acting_officer() AND department = acting_department());
GRANT SELECT, INSERT ON labels TO bauhinia_application;

CREATE FUNCTION label_named(wanted text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
    SELECT token FROM labels WHERE id = wanted AND acting_officer() IS NOT NULL;
END;
COMMENT ON FUNCTION label_named IS 'whoever holds a file may ask what its label says, in whatever department';
REVOKE ALL ON FUNCTION label_named FROM PUBLIC;
GRANT EXECUTE ON FUNCTION label_named TO bauhinia_application;
"""


def upgrade() -> None:
    """Make the table, which nobody changes afterwards."""
    op.execute(_LABELS)


def downgrade() -> None:
    """What files came from would be forgotten."""
    raise NotImplementedError("restore a backup instead")
