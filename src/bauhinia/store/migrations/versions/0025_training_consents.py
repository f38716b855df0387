"""Departments' consents to training, and which rows of use went into each snapshot for it."""

from __future__ import annotations

from alembic import op

revision = "0025"
down_revision: str | None = "0024"
branch_labels: str | None = None
depends_on: str | None = None

_CONSENTS = """
CREATE FUNCTION acting_decides_for_department() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
    SELECT acting_officer() = 'local' OR EXISTS (SELECT FROM officers WHERE id = acting_officer()
        AND department = acting_department() AND active
        AND roles && ARRAY['department_administrator', 'service_operator', 'programme_owner']);
END;
COMMENT ON FUNCTION acting_decides_for_department IS 'the deed `govern` of people/permissions.py, at home';
REVOKE ALL ON FUNCTION acting_decides_for_department FROM PUBLIC;
GRANT EXECUTE ON FUNCTION acting_decides_for_department TO bauhinia_application;

CREATE TABLE department_consents (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    department text NOT NULL DEFAULT acting_department(),
    purpose text NOT NULL,
    version text NOT NULL,
    language text NOT NULL,
    given boolean NOT NULL,
    officer text NOT NULL DEFAULT acting_officer(),
    officer_name text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE department_consents IS 'every consent and withdrawal; the newest of a department counts';
CREATE INDEX department_consents_newest ON department_consents (department, purpose, id DESC);
ALTER TABLE department_consents ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON department_consents FOR SELECT USING (department = acting_department());
CREATE POLICY decided ON department_consents FOR INSERT WITH CHECK (department = acting_department()
    AND officer = acting_officer() AND acting_decides_for_department());
GRANT SELECT, INSERT ON department_consents TO bauhinia_application;

CREATE FUNCTION department_consent_stands(asked text, asked_purpose text, versions text[]) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
    SELECT coalesce((SELECT given AND version = ANY (versions) FROM department_consents
        WHERE department = asked AND purpose = asked_purpose ORDER BY id DESC LIMIT 1), false);
END;
COMMENT ON FUNCTION department_consent_stands IS 'what exporters ask of any department: an answer';
REVOKE ALL ON FUNCTION department_consent_stands FROM PUBLIC;
GRANT EXECUTE ON FUNCTION department_consent_stands TO bauhinia_application;
"""

_SNAPSHOTS = """
CREATE TABLE preference_snapshots (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id text NOT NULL,
    made timestamptz NOT NULL DEFAULT now(),
    officer text NOT NULL,
    rows text[] NOT NULL
);
COMMENT ON TABLE preference_snapshots IS 'which rows each export had, by ids that say nothing by themselves';
CREATE INDEX preference_snapshots_id ON preference_snapshots (id, number DESC);
ALTER TABLE preference_snapshots ENABLE ROW LEVEL SECURITY;
"""


def upgrade() -> None:
    """Let departments decide, and later snapshots say what was withdrawn since."""
    op.execute(_CONSENTS)
    op.execute(_SNAPSHOTS)


def downgrade() -> None:
    """What was consented to would be forgotten."""
    raise NotImplementedError("restore a backup instead")
