"""The register of AI uses: what each is for, who answers for it, and who approved it until when."""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision: str | None = "0013"
branch_labels: str | None = None
depends_on: str | None = None

_USES = """
CREATE TABLE uses (
    id text PRIMARY KEY,
    department text NOT NULL DEFAULT acting_department(),
    owner text NOT NULL DEFAULT acting_officer(),
    owner_name text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('pilot', 'assistant', 'client', 'evaluation')),
    title_en text NOT NULL,
    title_zh text NOT NULL,
    purpose text NOT NULL CHECK (purpose <> ''),
    data text[] NOT NULL,
    classification text NOT NULL,
    model text NOT NULL,
    audience text NOT NULL CHECK (audience IN ('officers', 'public', 'minors')),
    oversight text NOT NULL CHECK (oversight IN ('ai_collaborative', 'human_led')),
    created timestamptz NOT NULL DEFAULT now(),
    reopened timestamptz,
    reopened_why text,
    retired timestamptz
);
COMMENT ON COLUMN uses.department IS 'empty: every department''s';
COMMENT ON COLUMN uses.model IS 'empty: whichever answers';
COMMENT ON COLUMN uses.reopened IS 'when a change last asked for a new assessment';
CREATE INDEX uses_department ON uses (department);
ALTER TABLE uses ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON uses FOR SELECT USING (acting_officer() IS NOT NULL);
COMMENT ON POLICY seen ON uses IS 'what AI is used for is no secret between departments';
CREATE POLICY added ON uses FOR INSERT WITH CHECK (owner = acting_officer()
    AND (department = acting_department() OR department = '' AND acting_for_all()));
CREATE POLICY changed ON uses FOR UPDATE
    USING (department = acting_department() OR department = '' AND acting_for_all());
GRANT SELECT, INSERT ON uses TO bauhinia_application;
GRANT UPDATE (owner, owner_name, title_en, title_zh, purpose, data, classification, model, audience,
    oversight, reopened, reopened_why, retired) ON uses TO bauhinia_application;
"""

_APPROVALS = """
CREATE TABLE use_approvals (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    use text NOT NULL,
    assessment text NOT NULL,
    tier text NOT NULL CHECK (tier IN ('low', 'limited', 'high', 'unacceptable')),
    argument text NOT NULL CHECK (argument <> ''),
    review_by date NOT NULL,
    approved_by text NOT NULL DEFAULT acting_officer(),
    approved_name text NOT NULL,
    approved timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN use_approvals.use IS 'of the table uses, or one that the product ships';
CREATE INDEX use_approvals_last ON use_approvals (use, number DESC);

CREATE FUNCTION may_review(wanted text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
    SELECT acting_officer() = 'local' OR (
        NOT EXISTS (SELECT FROM uses WHERE id = wanted AND owner = acting_officer())
        AND (acting_administrator() OR EXISTS (
            SELECT FROM uses JOIN officers ON officers.id = acting_officer() AND officers.active
            WHERE uses.id = wanted AND uses.department = acting_department()
                AND officers.department = acting_department()
                AND 'department_administrator' = ANY (officers.roles))));
END;
COMMENT ON FUNCTION may_review IS 'nobody approves what is their own, but where nobody signs in';
ALTER TABLE use_approvals ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON use_approvals FOR SELECT USING (acting_officer() IS NOT NULL);
CREATE POLICY added ON use_approvals FOR INSERT
    WITH CHECK (approved_by = acting_officer() AND may_review(use));
GRANT SELECT, INSERT ON use_approvals TO bauhinia_application;
"""

_SHIPPED = """
CREATE TABLE shipped_uses (
    version integer PRIMARY KEY,
    seen timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE shipped_uses IS 'when a version of the uses that the product ships was first run here';
CREATE TABLE models_seen (
    model text PRIMARY KEY,
    seen timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE models_seen IS 'when a model first answered here: a new one reopens assessments';
ALTER TABLE shipped_uses ENABLE ROW LEVEL SECURITY;
ALTER TABLE models_seen ENABLE ROW LEVEL SECURITY;

CREATE FUNCTION register_seen(shipped integer, answering text)
RETURNS TABLE (shipped_seen timestamptz, model_seen timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO models_seen (model) VALUES (answering) ON CONFLICT DO NOTHING;
    INSERT INTO shipped_uses (version) VALUES (shipped) ON CONFLICT DO NOTHING;
    RETURN QUERY SELECT (SELECT s.seen FROM shipped_uses s WHERE s.version = shipped),
        (SELECT m.seen FROM models_seen m WHERE m.model = answering);
END;
$$;
COMMENT ON FUNCTION register_seen IS 'notes a first time and changes nothing else; no officer asks for it';

CREATE FUNCTION register_in_force() RETURNS TABLE (
    id text, department text, owner text, owner_name text, kind text, title_en text, title_zh text,
    purpose text, data text[], classification text, model text, audience text, oversight text,
    created timestamptz, reopened timestamptz, reopened_why text, retired timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
    SELECT id, department, owner, owner_name, kind, title_en, title_zh, purpose, data, classification, model,
        audience, oversight, created, reopened, reopened_why, retired FROM uses;
END;
CREATE FUNCTION approvals_in_force() RETURNS TABLE (
    use text, assessment text, tier text, argument text, review_by date, approved_by text,
    approved_name text, approved timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
    SELECT DISTINCT ON (use) use, assessment, tier, argument, review_by, approved_by, approved_name, approved
    FROM use_approvals ORDER BY use, number DESC;
END;
COMMENT ON FUNCTION register_in_force IS 'the gateway asks for every department before it admits a call';
REVOKE ALL ON FUNCTION may_review, register_seen, register_in_force, approvals_in_force FROM PUBLIC;
GRANT EXECUTE ON FUNCTION may_review, register_seen, register_in_force, approvals_in_force
    TO bauhinia_application;
"""


def upgrade() -> None:
    """Open the register."""
    for statements in (_USES, _APPROVALS, _SHIPPED):
        op.execute(statements)


def downgrade() -> None:
    """Nobody would know what the AI may be used for."""
    raise NotImplementedError("restore a backup instead")
