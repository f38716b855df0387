"""Assessments of AI uses, who signed them, and what is recorded of a use each year."""

from __future__ import annotations

from alembic import op

revision = "0018"
down_revision: str | None = "0017"
branch_labels: str | None = None
depends_on: str | None = None

_READERS = """
CREATE FUNCTION acting_reader_of_assessments() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
    SELECT acting_for_all() OR EXISTS (
        SELECT FROM officers WHERE id = acting_officer() AND department = acting_department()
        AND active AND roles && ARRAY['service_operator', 'programme_owner', 'auditor']);
END;
COMMENT ON FUNCTION acting_reader_of_assessments IS 'who reviews or audits those of every department';
REVOKE ALL ON FUNCTION acting_reader_of_assessments FROM PUBLIC;
GRANT EXECUTE ON FUNCTION acting_reader_of_assessments TO bauhinia_application;
"""

_ASSESSMENTS = """
CREATE TABLE assessments (
    id text PRIMARY KEY,
    use text NOT NULL,
    department text NOT NULL DEFAULT acting_department(),
    version text NOT NULL,
    state text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'submitted', 'approved')),
    round integer NOT NULL DEFAULT 1,
    answers jsonb NOT NULL,
    marks jsonb NOT NULL,
    opened_by text NOT NULL DEFAULT acting_officer(),
    opened timestamptz NOT NULL DEFAULT now(),
    changed timestamptz NOT NULL DEFAULT now(),
    signed_by text,
    digest text,
    tier text CHECK (tier IN ('low', 'limited', 'high')),
    CONSTRAINT signed_once_submitted
        CHECK ((state = 'draft') = (signed_by IS NULL) AND num_nulls(signed_by, digest, tier) IN (0, 3))
);
COMMENT ON COLUMN assessments.use IS 'of the table uses, or one that the product ships';
COMMENT ON COLUMN assessments.marks IS 'of each answer who gave it and when, or that the system filled it in';
COMMENT ON COLUMN assessments.digest IS 'SHA-256 of what was signed';
CREATE UNIQUE INDEX assessments_open ON assessments (use) WHERE state <> 'approved';
CREATE INDEX assessments_use ON assessments (use, opened DESC);

CREATE FUNCTION assessment_stays_as_signed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'draft' AND NEW.answers IS DISTINCT FROM OLD.answers THEN
        RAISE insufficient_privilege USING MESSAGE = 'a signed assessment is not changed';
    END IF;
    RETURN NEW;
END;
$$;
CREATE TRIGGER assessment_stays_as_signed BEFORE UPDATE ON assessments
    FOR EACH ROW EXECUTE FUNCTION assessment_stays_as_signed();

ALTER TABLE assessments ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON assessments FOR SELECT
    USING (department = acting_department() OR acting_reader_of_assessments());
CREATE POLICY opened ON assessments FOR INSERT
    WITH CHECK (department = acting_department() AND opened_by = acting_officer() AND state = 'draft');
CREATE POLICY written ON assessments FOR UPDATE
    USING (department = acting_department() OR acting_administrator());
GRANT SELECT, INSERT ON assessments TO bauhinia_application;
GRANT UPDATE (state, round, answers, marks, changed, signed_by, digest, tier) ON assessments
    TO bauhinia_application;
"""

_SIGNATURES = """
CREATE TABLE assessment_signatures (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    assessment text NOT NULL REFERENCES assessments (id),
    round integer NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('signed', 'approved', 'returned')),
    owner text NOT NULL,
    officer text NOT NULL DEFAULT acting_officer(),
    name text NOT NULL,
    post text NOT NULL,
    note text NOT NULL DEFAULT '',
    digest text NOT NULL,
    entry bigint NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (assessment, round, outcome, officer),
    CONSTRAINT reviewed_by_another
        CHECK (CASE outcome WHEN 'approved' THEN officer <> owner OR officer = 'local'
            WHEN 'signed' THEN officer = owner ELSE true END)
);
COMMENT ON COLUMN assessment_signatures.owner IS 'who signed this round as the owner';
COMMENT ON COLUMN assessment_signatures.entry IS 'its row in the ledger';
ALTER TABLE assessment_signatures ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON assessment_signatures FOR SELECT
    USING (EXISTS (SELECT FROM assessments WHERE assessments.id = assessment));
CREATE POLICY signed ON assessment_signatures FOR INSERT
    WITH CHECK (officer = acting_officer()
        AND EXISTS (SELECT FROM assessments WHERE assessments.id = assessment));
GRANT SELECT, INSERT ON assessment_signatures TO bauhinia_application;
"""

_RECORDS = """
CREATE TABLE use_records (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    use text NOT NULL,
    department text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('annual_audit', 'trial_report', 'review')),
    held date NOT NULL,
    passed boolean NOT NULL,
    note text NOT NULL CHECK (note <> ''),
    officer text NOT NULL DEFAULT acting_officer(),
    name text NOT NULL,
    post text NOT NULL,
    entry bigint NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE use_records IS 'audits, reports of trials and reviews of a use, each with its signatory';
COMMENT ON COLUMN use_records.department IS 'the use''s; empty where it is every department''s';
CREATE INDEX use_records_use ON use_records (use, kind, held DESC);
ALTER TABLE use_records ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON use_records FOR SELECT USING (acting_officer() IS NOT NULL
    AND department IN ('', acting_department()) OR acting_reader_of_assessments());
CREATE POLICY added ON use_records FOR INSERT WITH CHECK (officer = acting_officer()
    AND (department = acting_department() OR acting_reader_of_assessments()));
GRANT SELECT, INSERT ON use_records TO bauhinia_application;
"""


def upgrade() -> None:
    """Open the book of assessments."""
    for statements in (_READERS, _ASSESSMENTS, _SIGNATURES, _RECORDS):
        op.execute(statements)


def downgrade() -> None:
    """Nobody would know what was signed."""
    raise NotImplementedError("restore a backup instead")
