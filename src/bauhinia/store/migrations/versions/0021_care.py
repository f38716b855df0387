"""Consents, opt-outs, complaints, incidents, and the switch that stops models and uses."""

from __future__ import annotations

from alembic import op

revision = "0021"
down_revision: str | None = "0020"
branch_labels: str | None = None
depends_on: str | None = None

_WHO = """
CREATE FUNCTION acting_stops() RETURNS boolean LANGUAGE sql STABLE
    RETURN acting_for_all() OR acting_administrator();
COMMENT ON FUNCTION acting_stops IS 'the deed `stop` of people/permissions.py';
CREATE FUNCTION acting_handles(wanted text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
    SELECT acting_for_all() OR EXISTS (SELECT FROM officers WHERE id = acting_officer()
        AND department = acting_department() AND active
        AND (roles && ARRAY['service_operator', 'programme_owner']
            OR 'department_administrator' = ANY (roles) AND department = wanted));
END;
COMMENT ON FUNCTION acting_handles IS 'the deed `cases` of people/permissions.py, in that department';
CREATE FUNCTION acting_audits() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
    SELECT EXISTS (SELECT FROM officers WHERE id = acting_officer() AND department = acting_department()
        AND active AND 'auditor' = ANY (roles));
END;
REVOKE ALL ON FUNCTION acting_handles, acting_audits FROM PUBLIC;
GRANT EXECUTE ON FUNCTION acting_handles, acting_audits TO bauhinia_application;
"""

_CONSENTS = """
CREATE TABLE consents (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject_kind text NOT NULL DEFAULT 'officer' CHECK (subject_kind IN ('officer', 'citizen')),
    subject text NOT NULL DEFAULT acting_officer(),
    purpose text NOT NULL,
    version text NOT NULL,
    language text NOT NULL,
    given boolean NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE consents IS 'every consent and withdrawal; the newest of a subject and purpose counts';
COMMENT ON COLUMN consents.version IS 'of the text that was read';
CREATE INDEX consents_newest ON consents (subject_kind, subject, purpose, id DESC);

CREATE FUNCTION consent_stands(
    asked_kind text, asked text, asked_purpose text, versions text[], asked_at timestamptz
) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
    SELECT coalesce((SELECT given AND version = ANY (versions) FROM consents
        WHERE subject_kind = asked_kind AND subject = asked AND purpose = asked_purpose
            AND at <= coalesce(asked_at, 'infinity')
        ORDER BY id DESC LIMIT 1), false);
END;
COMMENT ON FUNCTION consent_stands IS 'what exporters ask of whomever: an answer, and no row';
REVOKE ALL ON FUNCTION consent_stands FROM PUBLIC;
GRANT EXECUTE ON FUNCTION consent_stands TO bauhinia_application;

CREATE TABLE opt_outs (
    officer text NOT NULL DEFAULT acting_officer(),
    use text NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (officer, use)
);
COMMENT ON COLUMN opt_outs.use IS 'an AI use that the officer wants no AI for; * is all of them';

CREATE TABLE content_log (
    entry bigint PRIMARY KEY,
    officer text NOT NULL,
    department text NOT NULL,
    use text NOT NULL,
    task text,
    at timestamptz NOT NULL DEFAULT now(),
    asked text NOT NULL,
    answered text NOT NULL
);
COMMENT ON TABLE content_log IS 'what was asked and answered, of officers who consent to that, for 90 days';
CREATE INDEX content_log_officer ON content_log (officer, at);
CREATE FUNCTION content_logged(
    wanted bigint, by_officer text, of_department text, for_use text, of_task text, prompt text, answer text,
    versions text[]
) RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
    DELETE FROM content_log WHERE officer = by_officer AND at < now() - interval '90 days';
    INSERT INTO content_log (entry, officer, department, use, task, asked, answered)
        SELECT wanted, by_officer, of_department, for_use, of_task, prompt, answer
        WHERE consent_stands('officer', by_officer, 'content', versions, NULL)
        RETURNING entry;
END;
COMMENT ON FUNCTION content_logged IS 'keeps nothing of whoever does not consent at that moment';
REVOKE ALL ON FUNCTION content_logged FROM PUBLIC;
GRANT EXECUTE ON FUNCTION content_logged TO bauhinia_application;

CREATE TABLE data_reviews (
    officer text PRIMARY KEY DEFAULT acting_officer(),
    at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE data_reviews IS 'when an officer last looked at what is kept of them';

CREATE FUNCTION learnt_from(wanted text, named text) RETURNS SETOF bigint
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT id FROM memory WHERE department = acting_department() AND confirmed_by = named AND named <> ''
        AND (EXISTS (SELECT FROM segments JOIN tasks ON tasks.id = segments.task WHERE tasks.officer = wanted
                AND segments.source = memory.source AND segments.target = memory.target)
            OR NOT EXISTS (SELECT FROM officers WHERE name = named AND officers.id <> wanted));
END;
COMMENT ON FUNCTION learnt_from IS
    'what the memory learnt from an officer; of two of one name their own segments tell';

ALTER TABLE consents ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON consents FOR SELECT USING (subject = acting_officer());
CREATE POLICY given ON consents FOR INSERT WITH CHECK (subject = acting_officer());
ALTER TABLE opt_outs ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON opt_outs USING (officer = acting_officer());
ALTER TABLE content_log ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON content_log USING (officer = acting_officer());
ALTER TABLE data_reviews ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON data_reviews USING (officer = acting_officer());
GRANT SELECT, INSERT ON consents TO bauhinia_application;
GRANT SELECT, INSERT, DELETE ON opt_outs TO bauhinia_application;
GRANT SELECT, DELETE ON content_log TO bauhinia_application;
GRANT SELECT, INSERT, UPDATE ON data_reviews TO bauhinia_application;
"""

_SWITCH = """
CREATE TABLE stops (
    id text PRIMARY KEY,
    scope text NOT NULL CHECK (scope IN ('all', 'use', 'model')),
    subject text NOT NULL DEFAULT '',
    why text NOT NULL CHECK (why <> ''),
    officer text NOT NULL DEFAULT acting_officer(),
    officer_name text NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    lifted timestamptz,
    lifted_by text,
    lifted_name text,
    CONSTRAINT named CHECK ((scope = 'all') = (subject = '')),
    CONSTRAINT lifted_by_somebody CHECK ((lifted IS NULL) = (lifted_by IS NULL))
);
COMMENT ON COLUMN stops.subject IS 'the AI use or the model; empty for all';
CREATE UNIQUE INDEX stops_standing ON stops (scope, subject) WHERE lifted IS NULL;
ALTER TABLE stops ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON stops FOR SELECT USING (acting_officer() IS NOT NULL);
CREATE POLICY made ON stops FOR INSERT
    WITH CHECK (acting_stops() AND officer = acting_officer() AND lifted IS NULL);
CREATE POLICY lifted ON stops FOR UPDATE USING (acting_stops() AND lifted IS NULL)
    WITH CHECK (acting_stops());
GRANT SELECT, INSERT ON stops TO bauhinia_application;
GRANT UPDATE (lifted, lifted_by, lifted_name) ON stops TO bauhinia_application;

CREATE TABLE switch (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    version bigint NOT NULL
);
INSERT INTO switch (version) VALUES (1);
COMMENT ON TABLE switch IS 'raised with every change that a gateway must know of at once';
GRANT SELECT ON switch TO bauhinia_application;
CREATE FUNCTION switch_turned() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE switch SET version = version + 1;
    RETURN NULL;
END;
$$;
CREATE TRIGGER turned AFTER INSERT OR UPDATE OR DELETE ON stops
    FOR EACH STATEMENT EXECUTE FUNCTION switch_turned();
CREATE TRIGGER turned AFTER INSERT OR DELETE ON opt_outs
    FOR EACH STATEMENT EXECUTE FUNCTION switch_turned();
CREATE TRIGGER turned AFTER INSERT ON consents FOR EACH STATEMENT EXECUTE FUNCTION switch_turned();

CREATE FUNCTION switch_state(versions text[]) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
    SELECT jsonb_build_object(
        'version', (SELECT version FROM switch),
        'stops', coalesce((SELECT jsonb_agg(jsonb_build_array(scope, subject, why)) FROM stops
            WHERE lifted IS NULL), '[]'),
        'opt_outs', coalesce((SELECT jsonb_agg(jsonb_build_array(officer, use)) FROM opt_outs), '[]'),
        'logged', coalesce((SELECT jsonb_agg(DISTINCT subject) FROM consents
            WHERE purpose = 'content' AND subject_kind = 'officer'
            AND consent_stands('officer', subject, 'content', versions, NULL)), '[]'));
END;
COMMENT ON FUNCTION switch_state IS 'what every gateway keeps in memory: ids, and of words a stop''s reason';
REVOKE ALL ON FUNCTION switch_state FROM PUBLIC;
GRANT EXECUTE ON FUNCTION switch_state TO bauhinia_application;
"""

_CASES = """
CREATE TABLE cases (
    id text PRIMARY KEY,
    number bigint GENERATED ALWAYS AS IDENTITY,
    kind text NOT NULL,
    complainant text NOT NULL DEFAULT acting_officer(),
    complainant_name text NOT NULL,
    department text NOT NULL,
    task text,
    answered_by text,
    entry bigint,
    subject text NOT NULL DEFAULT '',
    words text NOT NULL,
    good boolean,
    state text NOT NULL DEFAULT 'received' CHECK (state IN ('received', 'under_way', 'decided')),
    created timestamptz NOT NULL DEFAULT now(),
    due timestamptz NOT NULL,
    handler text,
    handler_name text,
    outcome text CHECK (outcome IN ('upheld', 'partly', 'unfounded', 'noted')),
    reply text NOT NULL DEFAULT '',
    cause text NOT NULL DEFAULT '',
    correction text NOT NULL DEFAULT '',
    decided timestamptz,
    withdrawn timestamptz,
    reinstated timestamptz,
    CONSTRAINT decided_with_an_outcome CHECK ((state = 'decided') = (outcome IS NOT NULL))
);
COMMENT ON COLUMN cases.department IS 'of whoever answers for it: the draft''s, or the complainant''s';
COMMENT ON COLUMN cases.answered_by IS 'whose draft it is about';
COMMENT ON COLUMN cases.entry IS 'the ledger''s entry of the answer, where that is known';
COMMENT ON COLUMN cases.good IS 'of feedback: whether the answer was of use';
CREATE INDEX cases_withdrawn ON cases (task) WHERE withdrawn IS NOT NULL AND reinstated IS NULL;
CREATE INDEX cases_complainant ON cases (complainant, created DESC);
CREATE INDEX cases_department ON cases (department, state, due);
CREATE TABLE case_events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "case" text NOT NULL REFERENCES cases (id) ON DELETE CASCADE,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    officer text NOT NULL DEFAULT acting_officer(),
    officer_name text NOT NULL,
    what text NOT NULL,
    note text NOT NULL DEFAULT ''
);
CREATE INDEX case_events_case ON case_events ("case", id);

CREATE FUNCTION answer_withdrawn(wanted text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
    SELECT EXISTS (SELECT FROM cases WHERE task = wanted AND withdrawn IS NOT NULL AND reinstated IS NULL);
END;
COMMENT ON FUNCTION answer_withdrawn IS 'asks as the owner: the policies of shares ask cases';
CREATE FUNCTION answer_removed(wanted text) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    about record;
    kept text;
    learnt bigint;
    logged bigint;
BEGIN
    SELECT * INTO about FROM cases WHERE id = wanted AND outcome IN ('upheld', 'partly');
    IF about.task IS NULL OR NOT acting_handles(about.department) THEN
        RETURN NULL;
    END IF;
    SELECT encode(sha256(convert_to(draft::text, 'UTF8')), 'hex') INTO kept FROM tasks WHERE id = about.task;
    DELETE FROM memory USING (
        SELECT source, target FROM segments WHERE task = about.task
        UNION SELECT passage ->> 'source_text', passage ->> 'text' FROM tasks,
            jsonb_path_query(draft, '$.sections[*].passages[*]') AS passage WHERE id = about.task
        UNION SELECT NULL, draft ->> 'title' FROM tasks WHERE id = about.task
    ) AS said WHERE memory.department = about.department AND memory.target = said.target
        AND memory.source = coalesce(said.source, memory.origin);
    GET DIAGNOSTICS learnt = ROW_COUNT;
    DELETE FROM content_log WHERE task = about.task;
    GET DIAGNOSTICS logged = ROW_COUNT;
    DELETE FROM tasks WHERE id = about.task;
    RETURN jsonb_build_object('digest', coalesce(kept, ''), 'drafts', (kept IS NOT NULL)::integer,
        'memory', learnt, 'log', logged);
END;
$$;
COMMENT ON FUNCTION answer_removed IS 'an upheld case''s draft, with what was learnt and logged of it';
REVOKE ALL ON FUNCTION answer_withdrawn, answer_removed FROM PUBLIC;
GRANT EXECUTE ON FUNCTION answer_withdrawn, answer_removed TO bauhinia_application;

ALTER TABLE cases ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON cases FOR SELECT USING (acting_officer() IN (complainant, answered_by));
CREATE POLICY audited ON cases FOR SELECT USING (acting_handles(department) OR acting_audits());
CREATE POLICY filed ON cases FOR INSERT WITH CHECK (complainant = acting_officer() AND handler IS NULL);
CREATE POLICY handled ON cases FOR UPDATE USING (acting_handles(department));
ALTER TABLE case_events ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON case_events FOR SELECT
    USING (EXISTS (SELECT FROM cases WHERE cases.id = case_events."case"));
CREATE POLICY added ON case_events FOR INSERT WITH CHECK (officer = acting_officer()
    AND EXISTS (SELECT FROM cases WHERE cases.id = case_events."case"));
GRANT SELECT, INSERT ON cases, case_events TO bauhinia_application;
GRANT UPDATE (state, handler, handler_name, outcome, reply, cause, correction, decided, withdrawn, reinstated)
    ON cases TO bauhinia_application;

DROP POLICY received ON shares;
CREATE POLICY received ON shares FOR SELECT
    USING (to_department = acting_department() AND (to_officer IS NULL OR to_officer = acting_officer())
        AND withdrawn IS NULL AND expires > now() AND NOT answer_withdrawn(task));
DROP POLICY made ON shares;
CREATE POLICY made ON shares FOR INSERT
    WITH CHECK (officer = acting_officer() AND department = acting_department() AND is_own(document, task)
        AND NOT answer_withdrawn(task));
"""

_INCIDENTS = """
CREATE TABLE incidents (
    id text PRIMARY KEY,
    number bigint GENERATED ALWAYS AS IDENTITY,
    class text NOT NULL CHECK (class IN ('leak', 'unauthorised_input', 'unlawful_output', 'other')),
    severity text NOT NULL CHECK (severity IN ('low', 'medium', 'high', 'critical')),
    drill boolean NOT NULL DEFAULT false,
    title text NOT NULL CHECK (title <> ''),
    department text NOT NULL DEFAULT acting_department(),
    officer text NOT NULL DEFAULT acting_officer(),
    officer_name text NOT NULL,
    found timestamptz NOT NULL DEFAULT now(),
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'contained', 'closed')),
    contained timestamptz,
    closed timestamptz,
    lessons text NOT NULL DEFAULT '',
    CONSTRAINT closed_with_lessons CHECK (state <> 'closed' OR lessons <> '')
);
CREATE TABLE incident_events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    incident text NOT NULL REFERENCES incidents (id) ON DELETE CASCADE,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    officer text NOT NULL DEFAULT acting_officer(),
    officer_name text NOT NULL,
    what text NOT NULL,
    note text NOT NULL DEFAULT ''
);
CREATE INDEX incident_events_incident ON incident_events (incident, id);
ALTER TABLE incidents ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON incidents FOR SELECT USING (acting_handles(department) OR acting_audits());
CREATE POLICY opened ON incidents FOR INSERT
    WITH CHECK (acting_handles(department) AND officer = acting_officer());
CREATE POLICY handled ON incidents FOR UPDATE USING (acting_handles(department));
ALTER TABLE incident_events ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON incident_events FOR SELECT
    USING (EXISTS (SELECT FROM incidents WHERE incidents.id = incident_events.incident));
CREATE POLICY added ON incident_events FOR INSERT WITH CHECK (officer = acting_officer()
    AND EXISTS (SELECT FROM incidents WHERE incidents.id = incident_events.incident
        AND acting_handles(incidents.department)));
GRANT SELECT, INSERT ON incidents, incident_events TO bauhinia_application;
GRANT UPDATE (severity, state, contained, closed, lessons) ON incidents TO bauhinia_application;
"""


def upgrade() -> None:
    """Make the tables; a withdrawn answer leaves every place where it is shared."""
    for statements in (_WHO, _CONSENTS, _SWITCH, _CASES, _INCIDENTS):
        op.execute(statements)


def downgrade() -> None:
    """Consents and complaints would be forgotten."""
    raise NotImplementedError("restore a backup instead")
