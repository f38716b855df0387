"""Answers of high-risk uses that wait for a person."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision: str | None = "0014"
branch_labels: str | None = None
depends_on: str | None = None

_HELD = """
CREATE TABLE held_answers (
    id text PRIMARY KEY,
    key text NOT NULL,
    use text NOT NULL,
    officer text NOT NULL DEFAULT acting_officer(),
    department text NOT NULL DEFAULT acting_department(),
    officer_name text NOT NULL,
    question text NOT NULL,
    answer jsonb NOT NULL,
    created timestamptz NOT NULL DEFAULT now(),
    outcome text CHECK (outcome IN ('released', 'withheld')),
    decided_by text,
    decided_name text,
    decided timestamptz,
    note text,
    CONSTRAINT decided_by_somebody CHECK ((outcome IS NULL) = (decided_by IS NULL)),
    CONSTRAINT two_people CHECK (decided_by <> officer OR officer = 'local')
);
COMMENT ON COLUMN held_answers.key IS 'digest of who asked what, for what: asked again, it is handed out';
COMMENT ON COLUMN held_answers.answer IS 'read by reviewers of the department alone until it is released';
CREATE INDEX held_answers_key ON held_answers (key, created DESC);
CREATE INDEX held_answers_waiting ON held_answers (department, created) WHERE outcome IS NULL;

CREATE FUNCTION may_release(asker text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
    SELECT acting_officer() = 'local' OR EXISTS (SELECT FROM officers
        WHERE id = acting_officer() AND id <> asker AND department = acting_department()
        AND active AND roles && ARRAY['department_administrator', 'service_operator', 'programme_owner']);
END;
ALTER TABLE held_answers ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON held_answers FOR SELECT USING (outcome = 'released'
    AND officer = acting_officer() AND department = acting_department());
CREATE POLICY reviewed ON held_answers FOR SELECT
    USING (department = acting_department() AND may_release(officer));
CREATE POLICY held ON held_answers FOR INSERT
    WITH CHECK (officer = acting_officer() AND department = acting_department() AND outcome IS NULL);
CREATE POLICY decided ON held_answers FOR UPDATE
    USING (department = acting_department() AND outcome IS NULL AND may_release(officer))
    WITH CHECK (decided_by = acting_officer());
GRANT SELECT, INSERT ON held_answers TO bauhinia_application;
GRANT UPDATE (outcome, decided_by, decided_name, decided, note) ON held_answers TO bauhinia_application;

CREATE FUNCTION held_states() RETURNS TABLE (
    id text, key text, use text, question text, created timestamptz, outcome text, decided_name text,
    decided timestamptz, note text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
    SELECT id, key, use, question, created, outcome, decided_name, decided, note FROM held_answers
    WHERE officer = acting_officer() AND department = acting_department();
END;
COMMENT ON FUNCTION held_states IS 'who asked learns that an answer waits, and not what it says';
REVOKE ALL ON FUNCTION may_release, held_states FROM PUBLIC;
GRANT EXECUTE ON FUNCTION may_release, held_states TO bauhinia_application;
"""


def upgrade() -> None:
    """Let answers wait."""
    op.execute(_HELD)


def downgrade() -> None:
    """Answers that wait would be lost."""
    raise NotImplementedError("restore a backup instead")
