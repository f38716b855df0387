"""Row-level security: a transaction sees the rows of the officer and department that it works for."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision: str | None = "0004"
branch_labels: str | None = None
depends_on: str | None = None

_ROLE = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'bauhinia_application') THEN
        CREATE ROLE bauhinia_application LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
DO $$ BEGIN
    IF NOT pg_has_role(current_user, 'bauhinia_application', 'MEMBER') THEN
        EXECUTE format('GRANT bauhinia_application TO %I', current_user);
    END IF;
EXCEPTION WHEN unique_violation THEN NULL;
END $$;
GRANT USAGE ON SCHEMA public TO bauhinia_application;
"""

_WHOM = """
CREATE FUNCTION acting_officer() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('bauhinia.officer', true), '');
CREATE FUNCTION acting_department() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('bauhinia.department', true), '');
CREATE FUNCTION acting_for_all() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
    RETURN coalesce(current_setting('bauhinia.shared', true), '') = 'on';
"""

_OFFICERS = """
ALTER TABLE documents ADD COLUMN officer text, ADD COLUMN department text;
ALTER TABLE tasks ADD COLUMN officer text, ADD COLUMN department text;
UPDATE documents SET officer = 'local',
    department = coalesce((SELECT department FROM usage ORDER BY entry DESC LIMIT 1), '');
UPDATE tasks SET officer = 'local',
    department = coalesce((SELECT department FROM usage ORDER BY entry DESC LIMIT 1), '');
ALTER TABLE documents
    ALTER COLUMN officer SET DEFAULT acting_officer(), ALTER COLUMN officer SET NOT NULL,
    ALTER COLUMN department SET DEFAULT acting_department(), ALTER COLUMN department SET NOT NULL;
ALTER TABLE tasks
    ALTER COLUMN officer SET DEFAULT acting_officer(), ALTER COLUMN officer SET NOT NULL,
    ALTER COLUMN department SET DEFAULT acting_department(), ALTER COLUMN department SET NOT NULL;
"""

_POLICIES = """
ALTER TABLE documents ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON documents
    USING (officer = acting_officer() AND department = acting_department());
ALTER TABLE tasks ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON tasks
    USING (officer = acting_officer() AND department = acting_department());
ALTER TABLE steps ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_task ON steps USING (EXISTS (SELECT FROM tasks WHERE tasks.id = steps.task));
ALTER TABLE events ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_task ON events USING (EXISTS (SELECT FROM tasks WHERE tasks.id = events.task));
ALTER TABLE segments ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_task ON segments USING (EXISTS (SELECT FROM tasks WHERE tasks.id = segments.task));

ALTER TABLE terms ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON terms FOR SELECT
    USING (acting_officer() IS NOT NULL AND department IN ('', acting_department()));
CREATE POLICY written ON terms
    USING (department = acting_department() OR department = '' AND acting_for_all());
ALTER TABLE memory ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON memory FOR SELECT
    USING (acting_officer() IS NOT NULL AND department IN ('', acting_department()));
CREATE POLICY written ON memory
    USING (department = acting_department() OR department = '' AND acting_for_all());
ALTER TABLE memory_history ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_unit ON memory_history
    USING (EXISTS (SELECT FROM memory WHERE memory.id = memory_history.unit));

ALTER TABLE usage ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON usage FOR SELECT USING (department = acting_department());
CREATE POLICY added ON usage FOR INSERT WITH CHECK (true);
COMMENT ON POLICY added ON usage IS 'one transaction records the calls of several departments';
"""

_GRANTS = """
GRANT SELECT, INSERT, UPDATE, DELETE ON documents, tasks, steps, events, segments, terms, memory,
    memory_history TO bauhinia_application;
GRANT SELECT, INSERT ON ledger, usage TO bauhinia_application;
GRANT SELECT, UPDATE ON ledger_head TO bauhinia_application;
"""

_MEMORY = """
DROP INDEX memory_shape;
ALTER TABLE memory
    ADD COLUMN shape_key bigint NOT NULL GENERATED ALWAYS AS (hashtextextended(shape, 0)) STORED;
COMMENT ON COLUMN memory.shape_key IS
    'hash of shape: under a policy PostgreSQL uses no index of a function that may leak what it reads';
CREATE INDEX memory_shape ON memory (shape_key);
"""

_DEFINED = """
CREATE FUNCTION memory_near(
    wanted_language text, stretches jsonb, shortest integer, longest integer, most integer
) RETURNS TABLE (id bigint, shape text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    holds text;
BEGIN
    SELECT string_agg(
        format('grams @> %L::integer[]', ARRAY(SELECT jsonb_array_elements(stretch)::integer)), ' OR ')
        INTO holds FROM jsonb_array_elements(stretches) AS stretch;
    RETURN QUERY EXECUTE
        'SELECT memory.id, memory.shape FROM memory WHERE (' || holds || ') AND to_language = $1'
        ' AND acting_officer() IS NOT NULL AND department = ANY (ARRAY[$5, acting_department()])'
        ' AND char_length(memory.shape) BETWEEN $2 AND $3 LIMIT $4'
        USING wanted_language, shortest, longest, most, '';
END;
$$;
COMMENT ON FUNCTION memory_near IS
    'asks as the owner, and itself who asks: under a policy PostgreSQL would not use the index of grams';

CREATE FUNCTION memory_common() RETURNS TABLE (grams integer[], shares real[], total real)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT most_common_elems::text::integer[], most_common_elem_freqs,
        (SELECT reltuples FROM pg_class WHERE oid = 'memory'::regclass)
    FROM pg_stats WHERE schemaname = 'public' AND tablename = 'memory' AND attname = 'grams';
END;
COMMENT ON FUNCTION memory_common IS 'how frequent grams are: numbers of all departments, and no words';

CREATE FUNCTION blob_in_use(wanted text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
    SELECT EXISTS (SELECT FROM documents WHERE digest = wanted);
END;
COMMENT ON FUNCTION blob_in_use IS 'whether any department still has a document of these bytes';
REVOKE ALL ON FUNCTION memory_near, memory_common, blob_in_use FROM PUBLIC;
GRANT EXECUTE ON FUNCTION memory_near, memory_common, blob_in_use TO bauhinia_application;
"""


def upgrade() -> None:
    """Raise the walls."""
    for statements in (_ROLE, _WHOM, _OFFICERS, _POLICIES, _GRANTS, _MEMORY, _DEFINED):
        op.execute(statements)


def downgrade() -> None:
    """Without walls every officer would see every row."""
    raise NotImplementedError("restore a backup instead")
