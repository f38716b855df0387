"""Durable jobs: a task waits for its turn, is leased to a worker, and is taken over from one that died."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision: str | None = "0006"
branch_labels: str | None = None
depends_on: str | None = None

_COLUMNS = """
ALTER TABLE tasks DROP CONSTRAINT tasks_status_check;
UPDATE tasks SET status = 'queued' WHERE status = 'running';
UPDATE tasks SET status = 'parked' WHERE status = 'interrupted';
ALTER TABLE tasks
    ADD CONSTRAINT tasks_status_check
        CHECK (status IN ('queued', 'running', 'done', 'failed', 'cancelled', 'parked')),
    ADD COLUMN acting jsonb NOT NULL DEFAULT '{}',
    ADD COLUMN priority smallint NOT NULL DEFAULT 0,
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ADD COLUMN queued timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN not_before timestamptz,
    ADD COLUMN worker text,
    ADD COLUMN lease text,
    ADD COLUMN leased_until timestamptz,
    ADD COLUMN crashes smallint NOT NULL DEFAULT 0,
    ADD COLUMN tries smallint NOT NULL DEFAULT 0,
    ADD COLUMN told integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN tasks.acting IS 'whom it works for, beside officer and department: for the layers above';
COMMENT ON COLUMN tasks.version IS 'of its kind of work, when it was ordered';
COMMENT ON COLUMN tasks.not_before IS 'when it is tried again after an error that may pass';
COMMENT ON COLUMN tasks.worker IS 'who works on it; while it is queued, whom it is reserved for';
COMMENT ON COLUMN tasks.lease IS 'every write of the work shows it; one that shows another changes nothing';
COMMENT ON COLUMN tasks.crashes IS 'workers that died in it since its last checkpoint';
COMMENT ON COLUMN tasks.tries IS 'errors that may pass, one after another';
COMMENT ON COLUMN tasks.told IS 'number of the newest event';
CREATE INDEX tasks_open ON tasks (status) WHERE status IN ('queued', 'running');
CREATE INDEX tasks_department_served ON tasks (department, started);
CREATE INDEX tasks_officer_served ON tasks (department, officer, started);
ALTER TABLE steps ADD COLUMN at timestamptz NOT NULL DEFAULT clock_timestamp();
"""

_CLAIM = """
CREATE FUNCTION claim_job(by_worker text, known jsonb, for_seconds double precision, own boolean)
RETURNS TABLE (id text, officer text, department text, lease text, crashes smallint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('bauhinia: claim a job'));
    RETURN QUERY
    WITH waiting AS MATERIALIZED (
        SELECT id, officer, department, priority, queued FROM tasks
        WHERE (
                status = 'queued' AND coalesce(not_before, queued) <= now()
                AND (worker IS NULL OR worker = by_worker OR coalesce(leased_until < now(), true))
                OR status = 'running' AND coalesce(leased_until < now(), true)
            )
            AND (NOT own OR worker = by_worker)
            AND known ? kind
            AND (version <= (known ->> kind)::integer OR queued < now() - interval '10 minutes')
    ), busy AS MATERIALIZED (
        SELECT officer, department FROM tasks WHERE status = 'running' AND leased_until >= now()
    ), first_department AS MATERIALIZED (
        SELECT department FROM (SELECT DISTINCT department FROM waiting) AS one
        ORDER BY (SELECT count(*) FROM busy WHERE busy.department = one.department),
            (SELECT max(started) FROM tasks WHERE tasks.department = one.department) NULLS FIRST, department
        LIMIT 1
    ), first_officer AS MATERIALIZED (
        SELECT department, officer FROM (
            SELECT DISTINCT department, officer FROM waiting JOIN first_department USING (department)
        ) AS one
        ORDER BY (SELECT count(*) FROM busy
                WHERE busy.department = one.department AND busy.officer = one.officer),
            (SELECT max(started) FROM tasks
                WHERE tasks.department = one.department AND tasks.officer = one.officer) NULLS FIRST, officer
        LIMIT 1
    ), first_jobs AS MATERIALIZED (
        SELECT id FROM waiting JOIN first_officer USING (department, officer)
        ORDER BY priority DESC, queued, id LIMIT 5
    ), chosen AS (
        SELECT tasks.id, tasks.status FROM tasks
        -- Asked again of the row as it is once it is locked: it may have been stopped meanwhile.
        WHERE tasks.id IN (SELECT id FROM first_jobs) AND (
            tasks.status = 'queued'
            OR tasks.status = 'running' AND coalesce(tasks.leased_until < now(), true)
        )
        ORDER BY tasks.priority DESC, tasks.queued, tasks.id LIMIT 1 FOR UPDATE OF tasks SKIP LOCKED
    )
    UPDATE tasks SET status = 'running', worker = by_worker, lease = gen_random_uuid()::text,
        leased_until = now() + make_interval(secs => for_seconds), started = clock_timestamp(),
        not_before = NULL, crashes = tasks.crashes + (chosen.status = 'running')::integer
    FROM chosen WHERE tasks.id = chosen.id
    RETURNING tasks.id, tasks.officer, tasks.department, tasks.lease, tasks.crashes;
END;
$$;
COMMENT ON FUNCTION claim_job IS
    'the next job and a lease of it, without its content: the fewest running and longest unserved department '
    'first, within it the same of officers, then priority, then age';
"""

_OTHERS = """
CREATE FUNCTION keep_leases(held text[], for_seconds double precision) RETURNS SETOF text
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
    UPDATE tasks SET leased_until = now() + make_interval(secs => for_seconds)
    WHERE status = 'running' AND lease = ANY (held) RETURNING lease;
END;
COMMENT ON FUNCTION keep_leases IS 'those of the leases that still are the jobs'' own, made longer';

CREATE FUNCTION drop_old_events(for_seconds double precision) RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
    WITH dropped AS (
        DELETE FROM events USING tasks
        WHERE tasks.id = events.task AND tasks.ended < now() - make_interval(secs => for_seconds)
            AND tasks.status NOT IN ('queued', 'running')
        RETURNING 1
    ) SELECT count(*) FROM dropped;
END;
COMMENT ON FUNCTION drop_old_events IS 'forget what tasks told that have been over for so long';

REVOKE ALL ON FUNCTION claim_job, keep_leases, drop_old_events FROM PUBLIC;
GRANT EXECUTE ON FUNCTION claim_job, keep_leases, drop_old_events TO bauhinia_application;
"""


def upgrade() -> None:
    """What a killed server left running waits for its turn again."""
    for statements in (_COLUMNS, _CLAIM, _OTHERS):
        op.execute(statements)


def downgrade() -> None:
    """Jobs that are under way would be lost."""
    raise NotImplementedError("restore a backup instead")
