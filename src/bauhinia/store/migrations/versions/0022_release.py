"""What officers acknowledged, who accepted a draft for what use, and what was looked for before."""

from __future__ import annotations

from alembic import op

revision = "0022"
down_revision: str | None = "0021"
branch_labels: str | None = None
depends_on: str | None = None

_ACKNOWLEDGED = """
CREATE TABLE acknowledgements (
    notice text NOT NULL,
    digest text NOT NULL,
    version text NOT NULL,
    language text NOT NULL,
    officer text NOT NULL DEFAULT acting_officer(),
    department text NOT NULL DEFAULT acting_department(),
    accepted timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (officer, notice, digest)
);
COMMENT ON TABLE acknowledgements IS 'which text of which notice an officer has accepted; never taken back';
COMMENT ON COLUMN acknowledgements.digest IS 'of the very words; other words are asked for again';
ALTER TABLE acknowledgements ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON acknowledgements FOR SELECT USING (officer = acting_officer());
CREATE POLICY accepted ON acknowledgements FOR INSERT
    WITH CHECK (officer = acting_officer() AND department = acting_department());
GRANT SELECT, INSERT ON acknowledgements TO bauhinia_application;
"""

_ACCEPTED = """
CREATE TABLE acceptances (
    id text PRIMARY KEY,
    task text NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    digest text NOT NULL,
    audience text NOT NULL CHECK (audience IN ('internal', 'public')),
    officer text NOT NULL DEFAULT acting_officer(),
    department text NOT NULL DEFAULT acting_department(),
    officer_name text NOT NULL,
    checked text[] NOT NULL,
    statement text NOT NULL CHECK (statement <> ''),
    findings integer NOT NULL,
    unverified integer NOT NULL,
    accepted timestamptz NOT NULL DEFAULT clock_timestamp(),
    outcome text CHECK (outcome IN ('approved', 'returned')),
    reviewer text,
    reviewer_name text,
    why text NOT NULL DEFAULT '',
    reviewed timestamptz,
    CONSTRAINT two_people CHECK (reviewer <> officer),
    CONSTRAINT reviewed_by_somebody CHECK ((outcome IS NULL) = (reviewer IS NULL)),
    CONSTRAINT only_public_is_reviewed CHECK (outcome IS NULL OR audience = 'public')
);
COMMENT ON TABLE acceptances IS 'who answers for which words of a draft; other words are a draft again';
COMMENT ON COLUMN acceptances.digest IS 'of the words that were accepted';
CREATE INDEX acceptances_task ON acceptances (task, accepted DESC);
ALTER TABLE acceptances ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_task ON acceptances FOR SELECT
    USING (EXISTS (SELECT FROM tasks WHERE tasks.id = acceptances.task));
CREATE POLICY accepted ON acceptances FOR INSERT
    WITH CHECK (officer = acting_officer() AND department = acting_department() AND is_own(NULL, task)
        AND outcome IS NULL);
CREATE POLICY reviewed ON acceptances FOR UPDATE
    USING (department = acting_department() AND officer <> acting_officer() AND outcome IS NULL
        AND audience = 'public' AND EXISTS (SELECT FROM tasks WHERE tasks.id = acceptances.task))
    WITH CHECK (reviewer = acting_officer());
GRANT SELECT, INSERT ON acceptances TO bauhinia_application;
GRANT UPDATE (outcome, reviewer, reviewer_name, why, reviewed) ON acceptances TO bauhinia_application;
"""

_CHECKED = """
CREATE TABLE release_checks (
    task text NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    digest text NOT NULL,
    officer text NOT NULL DEFAULT acting_officer(),
    department text NOT NULL DEFAULT acting_department(),
    made timestamptz NOT NULL DEFAULT now(),
    result jsonb NOT NULL,
    PRIMARY KEY (task, digest)
);
COMMENT ON TABLE release_checks IS
    'what was found in a draft before it left, and in what copies were sought: the result of that search';
ALTER TABLE release_checks ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_task ON release_checks FOR SELECT
    USING (EXISTS (SELECT FROM tasks WHERE tasks.id = release_checks.task));
CREATE POLICY made ON release_checks FOR INSERT
    WITH CHECK (officer = acting_officer() AND department = acting_department() AND is_own(NULL, task));
GRANT SELECT, INSERT ON release_checks TO bauhinia_application;
"""

_EXPLAINED = """
CREATE FUNCTION decisions_of(wanted text)
RETURNS TABLE (stage text, allowed boolean, reason text, times integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
    SELECT made ->> 0, (made ->> 1)::boolean, made ->> 2, count(*)::integer
    FROM usage JOIN ledger ON ledger.seq = usage.entry,
        jsonb_array_elements(ledger.body::jsonb -> 'decisions') WITH ORDINALITY AS decisions (made, place)
    WHERE usage.task = wanted AND usage.department = acting_department() AND EXISTS (
        SELECT FROM tasks WHERE id = wanted AND officer = acting_officer()
            AND department = acting_department()
        UNION ALL SELECT FROM shares WHERE task = wanted AND withdrawn IS NULL AND expires > now()
            AND to_department = acting_department()
            AND (to_officer IS NULL OR to_officer = acting_officer()))
    GROUP BY 1, 2, 3 ORDER BY avg(place), 3;
END;
COMMENT ON FUNCTION decisions_of IS
    'reads the ledger as its owner, and gives of it what was decided for a draft to who may read the draft';
REVOKE ALL ON FUNCTION decisions_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION decisions_of TO bauhinia_application;
"""


def upgrade() -> None:
    """Nothing is accepted yet: every draft stays a draft until somebody answers for it."""
    for statements in (_ACKNOWLEDGED, _ACCEPTED, _CHECKED, _EXPLAINED):
        op.execute(statements)


def downgrade() -> None:
    """Who answered for what would be forgotten."""
    raise NotImplementedError("restore a backup instead")
