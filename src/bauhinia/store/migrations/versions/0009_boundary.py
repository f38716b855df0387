"""Classifications of documents and tasks, decisions that two people make, and what is shared."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision: str | None = "0008"
branch_labels: str | None = None
depends_on: str | None = None

_CLASSIFIED = """
ALTER TABLE documents ADD COLUMN classification text NOT NULL DEFAULT 'unclassified';
ALTER TABLE tasks ADD COLUMN classification text NOT NULL DEFAULT 'unclassified';
COMMENT ON COLUMN tasks.classification IS 'the highest of its documents'' and of its order''s';
CREATE INDEX documents_own ON documents (officer, department, created DESC);
CREATE INDEX tasks_own ON tasks (officer, department, created DESC);

CREATE FUNCTION document_lowered(wanted text, lower text) RETURNS text
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
    UPDATE documents SET classification = lower
    WHERE id = wanted AND department = acting_department() AND EXISTS (
        SELECT FROM officers WHERE officers.id = acting_officer() AND active
        AND officers.department = acting_department() AND 'department_administrator' = ANY (roles))
    RETURNING id;
END;
COMMENT ON FUNCTION document_lowered IS 'by an administrator of its department alone, who need not own it';
"""

_APPROVALS = """
CREATE TABLE approvals (
    id text PRIMARY KEY,
    deed text NOT NULL,
    subject jsonb NOT NULL,
    why text NOT NULL CHECK (why <> ''),
    asked_by text NOT NULL DEFAULT acting_officer(),
    asked_name text NOT NULL,
    asked timestamptz NOT NULL DEFAULT now(),
    expires timestamptz NOT NULL,
    outcome text CHECK (outcome IN ('approved', 'refused')),
    decided_by text,
    decided_name text,
    decided timestamptz,
    closed_by text,
    closed timestamptz,
    CONSTRAINT two_people CHECK (outcome IS DISTINCT FROM 'approved' OR decided_by <> asked_by),
    CONSTRAINT decided_by_somebody CHECK ((outcome IS NULL) = (decided_by IS NULL)),
    CONSTRAINT closed_by_somebody CHECK ((closed IS NULL) = (closed_by IS NULL))
);
COMMENT ON TABLE approvals IS 'what one administrator asks for and another approves, until it expires';
CREATE INDEX approvals_live ON approvals (deed, expires) WHERE outcome = 'approved' AND closed IS NULL;

CREATE FUNCTION acting_administrator() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
    SELECT EXISTS (SELECT FROM officers WHERE id = acting_officer() AND department = acting_department()
        AND active AND roles && ARRAY['service_operator', 'programme_owner']);
END;
COMMENT ON FUNCTION acting_administrator IS 'whether who acts answers for the service of all departments';
CREATE FUNCTION is_administrator(wanted text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
    SELECT EXISTS (SELECT FROM officers WHERE id = wanted AND active
        AND roles && ARRAY['service_operator', 'programme_owner']);
END;

ALTER TABLE approvals ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON approvals FOR SELECT USING (acting_officer() IS NOT NULL);
CREATE POLICY asked ON approvals FOR INSERT
    WITH CHECK (acting_administrator() AND asked_by = acting_officer() AND outcome IS NULL
        AND closed IS NULL);
CREATE POLICY decided ON approvals FOR UPDATE
    USING (acting_administrator() AND closed IS NULL AND outcome IS DISTINCT FROM 'refused')
    WITH CHECK (CASE WHEN closed IS NOT NULL THEN closed_by = acting_officer()
        WHEN outcome IS NOT NULL THEN decided_by = acting_officer() AND is_administrator(asked_by)
        ELSE true END);
GRANT SELECT, INSERT ON approvals TO bauhinia_application;
GRANT UPDATE (outcome, decided_by, decided_name, decided, closed_by, closed) ON approvals
    TO bauhinia_application;
"""

_SHARES = """
CREATE TABLE shares (
    id text PRIMARY KEY,
    document text REFERENCES documents (id) ON DELETE CASCADE,
    task text REFERENCES tasks (id) ON DELETE CASCADE,
    officer text NOT NULL DEFAULT acting_officer(),
    department text NOT NULL DEFAULT acting_department(),
    officer_name text NOT NULL,
    to_department text NOT NULL REFERENCES departments (id),
    to_officer text REFERENCES officers (id) ON DELETE CASCADE,
    to_name text NOT NULL,
    title text NOT NULL,
    created timestamptz NOT NULL DEFAULT now(),
    expires timestamptz NOT NULL,
    opened timestamptz,
    withdrawn timestamptz,
    CONSTRAINT one_thing CHECK (num_nonnulls(document, task) = 1),
    CONSTRAINT not_for_ever CHECK (expires <= created + interval '181 days')
);
COMMENT ON COLUMN shares.to_officer IS 'null: every officer of the department';
COMMENT ON COLUMN shares.opened IS 'when somebody it was shared with first read it';
CREATE INDEX shares_received ON shares (to_department, expires) WHERE withdrawn IS NULL;
CREATE INDEX shares_given ON shares (officer, department);
CREATE INDEX shares_document ON shares (document);
CREATE INDEX shares_task ON shares (task);

CREATE FUNCTION is_own(wanted_document text, wanted_task text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
    SELECT EXISTS (SELECT FROM documents WHERE id = wanted_document
            AND officer = acting_officer() AND department = acting_department())
        OR EXISTS (SELECT FROM tasks WHERE id = wanted_task
            AND officer = acting_officer() AND department = acting_department());
END;
COMMENT ON FUNCTION is_own IS 'asks as the owner: the policies of documents ask shares';

CREATE FUNCTION share_opened(wanted text) RETURNS boolean
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
    UPDATE shares SET opened = now()
    WHERE id = wanted AND opened IS NULL AND withdrawn IS NULL AND expires > now()
        AND to_department = acting_department() AND (to_officer IS NULL OR to_officer = acting_officer())
    RETURNING true;
END;
ALTER TABLE shares ENABLE ROW LEVEL SECURITY;
CREATE POLICY given ON shares FOR SELECT
    USING (officer = acting_officer() AND department = acting_department());
CREATE POLICY received ON shares FOR SELECT
    USING (to_department = acting_department() AND (to_officer IS NULL OR to_officer = acting_officer())
        AND withdrawn IS NULL AND expires > now());
CREATE POLICY made ON shares FOR INSERT
    WITH CHECK (officer = acting_officer() AND department = acting_department() AND is_own(document, task));
CREATE POLICY ended ON shares FOR UPDATE
    USING (officer = acting_officer() AND department = acting_department());
GRANT SELECT, INSERT ON shares TO bauhinia_application;
GRANT UPDATE (withdrawn) ON shares TO bauhinia_application;
"""

_SHARED = """
CREATE POLICY shared ON documents FOR SELECT
    USING (id IN (SELECT shares.document FROM shares WHERE shares.document IS NOT NULL));
CREATE POLICY shared ON tasks FOR SELECT
    USING (id IN (SELECT shares.task FROM shares WHERE shares.task IS NOT NULL));

DROP POLICY of_task ON steps;
DROP POLICY of_task ON events;
DROP POLICY of_task ON segments;
CREATE POLICY of_task ON steps USING (EXISTS (SELECT FROM tasks WHERE tasks.id = steps.task
    AND tasks.officer = acting_officer() AND tasks.department = acting_department()));
CREATE POLICY of_task ON events USING (EXISTS (SELECT FROM tasks WHERE tasks.id = events.task
    AND tasks.officer = acting_officer() AND tasks.department = acting_department()));
CREATE POLICY of_task ON segments USING (EXISTS (SELECT FROM tasks WHERE tasks.id = segments.task
    AND tasks.officer = acting_officer() AND tasks.department = acting_department()));
CREATE POLICY shared ON events FOR SELECT USING (EXISTS (SELECT FROM shares WHERE shares.task = events.task));
CREATE POLICY shared ON segments FOR SELECT
    USING (EXISTS (SELECT FROM shares WHERE shares.task = segments.task));
"""

_EXECUTED = """
REVOKE ALL ON FUNCTION document_lowered, is_administrator, share_opened FROM PUBLIC;
GRANT EXECUTE ON FUNCTION document_lowered, is_administrator, share_opened TO bauhinia_application;

CREATE FUNCTION receiver_named(wanted text)
RETURNS TABLE (id text, department text, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
    SELECT id, department, name FROM officers
    WHERE account = wanted AND active AND acting_officer() IS NOT NULL;
END;
COMMENT ON FUNCTION receiver_named IS 'whoever knows an account may share with it, in whatever department';
REVOKE ALL ON FUNCTION receiver_named FROM PUBLIC;
GRANT EXECUTE ON FUNCTION receiver_named TO bauhinia_application;
"""


def upgrade() -> None:
    """Make the tables, and let a shared row be seen while its share lasts."""
    for statements in (_CLASSIFIED, _APPROVALS, _SHARES, _SHARED, _EXECUTED):
        op.execute(statements)


def downgrade() -> None:
    """What was shared or approved would be forgotten."""
    raise NotImplementedError("restore a backup instead")
