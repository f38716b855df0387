"""Rules on personal data that the programme or a department set beside those that ship."""

from __future__ import annotations

from alembic import op

revision = "0020"
down_revision: str | None = "0019"
branch_labels: str | None = None
depends_on: str | None = None

_RULES = """
CREATE TABLE privacy_rules (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    department text NOT NULL DEFAULT '',
    use text NOT NULL DEFAULT '',
    kind text NOT NULL CHECK (kind <> ''),
    place text NOT NULL DEFAULT '' CHECK (place IN ('', 'local', 'remote')),
    action text NOT NULL CHECK (action IN ('allow', 'pseudonymise', 'redact', 'block')),
    why text NOT NULL CHECK (why <> ''),
    set_by text NOT NULL,
    set_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (department, use, kind, place)
);
COMMENT ON TABLE privacy_rules IS
    'what becomes of a kind of personal data; privacy/policies.yaml ships the rest';
COMMENT ON COLUMN privacy_rules.department IS 'empty: the programme''s, for all departments';
COMMENT ON COLUMN privacy_rules.use IS 'an AI use; empty for every one';
COMMENT ON COLUMN privacy_rules.place IS 'where the model is; empty for both';
"""

_WALLS = """
ALTER TABLE privacy_rules ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON privacy_rules FOR SELECT
    USING (acting_officer() IS NOT NULL AND (department IN ('', acting_department())));
GRANT SELECT ON privacy_rules TO bauhinia_application;
CREATE FUNCTION privacy_rules_of(wanted text) RETURNS SETOF privacy_rules
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
    SELECT * FROM privacy_rules WHERE department IN ('', wanted);
END;
COMMENT ON FUNCTION privacy_rules_of IS
    'the door holds a department to its rules whoever acts: one that sees no rule would be let through';
REVOKE ALL ON FUNCTION privacy_rules_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION privacy_rules_of TO bauhinia_application;
"""


def upgrade() -> None:
    """No rule is set yet: what ships is in force."""
    for statements in (_RULES, _WALLS):
        op.execute(statements)


def downgrade() -> None:
    """Rules that were stricter would be forgotten."""
    raise NotImplementedError("restore a backup instead")
