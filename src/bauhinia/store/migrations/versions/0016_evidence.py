"""Evidence that a service was tested, reviewed, planned and described."""

from __future__ import annotations

from alembic import op

revision = "0016"
down_revision: str | None = "0015"
branch_labels: str | None = None
depends_on: str | None = None

_EVIDENCE = """
CREATE TABLE evidence (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    department text NOT NULL DEFAULT acting_department(),
    subject text NOT NULL CHECK (subject <> ''),
    held date NOT NULL,
    answers jsonb NOT NULL,
    officer text NOT NULL DEFAULT acting_officer(),
    name text NOT NULL,
    entry bigint NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE evidence IS 'kept for good: a newer one of its kind takes its place, none is changed';
COMMENT ON COLUMN evidence.department IS 'empty: of the whole service';
COMMENT ON COLUMN evidence.entry IS 'its row in the ledger';
CREATE INDEX evidence_last ON evidence (kind, department, held DESC, number DESC);
ALTER TABLE evidence ENABLE ROW LEVEL SECURITY;
CREATE FUNCTION may_audit() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
    SELECT acting_officer() = 'local' OR EXISTS (SELECT FROM officers WHERE id = acting_officer() AND active
        AND department = acting_department()
        AND roles && ARRAY['auditor', 'service_operator', 'programme_owner']);
END;
COMMENT ON FUNCTION may_audit IS 'whether who acts reads what the guideline asks for of every department';
CREATE POLICY seen ON evidence FOR SELECT
    USING (department IN ('', acting_department()) AND acting_officer() IS NOT NULL OR may_audit());
CREATE POLICY kept ON evidence FOR INSERT WITH CHECK (officer = acting_officer()
    AND (department = acting_department()
        OR department = '' AND (acting_officer() = 'local' OR acting_administrator())));
GRANT SELECT, INSERT ON evidence TO bauhinia_application;
REVOKE ALL ON FUNCTION may_audit FROM PUBLIC;
GRANT EXECUTE ON FUNCTION may_audit TO bauhinia_application;
"""


def upgrade() -> None:
    """Begin to keep evidence."""
    op.execute(_EVIDENCE)


def downgrade() -> None:
    """What was kept would be lost."""
    raise NotImplementedError("restore a backup instead")
