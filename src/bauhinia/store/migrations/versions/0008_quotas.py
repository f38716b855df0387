"""Quotas: what each call cost, what was used so far, and how much may be."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision: str | None = "0007"
branch_labels: str | None = None
depends_on: str | None = None

_USAGE = """
ALTER TABLE usage ADD COLUMN cost bigint;
COMMENT ON COLUMN usage.cost IS 'millionths of a HK$; null where no price was known';
CREATE TABLE usage_daily (
    department text NOT NULL,
    day date NOT NULL,
    officer text NOT NULL,
    use text NOT NULL,
    model text NOT NULL,
    requests bigint NOT NULL,
    prompt_tokens bigint NOT NULL,
    cached_tokens bigint NOT NULL,
    completion_tokens bigint NOT NULL,
    seconds double precision NOT NULL,
    cost bigint NOT NULL,
    unpriced bigint NOT NULL,
    PRIMARY KEY (department, day, officer, use, model)
) WITH (fillfactor = 70);
COMMENT ON COLUMN usage_daily.day IS 'of Hong Kong';
COMMENT ON COLUMN usage_daily.unpriced IS 'requests of which no price was known';
CREATE INDEX usage_daily_day ON usage_daily (day);
CREATE TABLE usage_totals (
    scope text NOT NULL,
    subject text NOT NULL,
    period text NOT NULL,
    begins date NOT NULL,
    requests bigint NOT NULL,
    tokens bigint NOT NULL,
    cost bigint NOT NULL,
    PRIMARY KEY (scope, subject, period, begins)
) WITH (fillfactor = 70);
COMMENT ON TABLE usage_totals IS 'what a quota is held against: one row a subject and period';
"""

_ADDED = """
CREATE FUNCTION add_to_bill() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO usage_daily
    SELECT department, (at AT TIME ZONE 'Asia/Hong_Kong')::date, officer, use, model, count(*),
        sum(prompt_tokens), sum(cached_tokens), sum(completion_tokens), sum(seconds),
        coalesce(sum(cost), 0), count(*) - count(cost)
    FROM added GROUP BY 1, 2, 3, 4, 5
    ON CONFLICT (department, day, officer, use, model) DO UPDATE SET
        requests = usage_daily.requests + excluded.requests,
        prompt_tokens = usage_daily.prompt_tokens + excluded.prompt_tokens,
        cached_tokens = usage_daily.cached_tokens + excluded.cached_tokens,
        completion_tokens = usage_daily.completion_tokens + excluded.completion_tokens,
        seconds = usage_daily.seconds + excluded.seconds,
        cost = usage_daily.cost + excluded.cost,
        unpriced = usage_daily.unpriced + excluded.unpriced;
    INSERT INTO usage_totals
    SELECT subjects.scope, subjects.subject, period, date_trunc(period, day)::date, count(*),
        sum(prompt_tokens + completion_tokens), coalesce(sum(cost), 0)
    FROM (SELECT added.*, at AT TIME ZONE 'Asia/Hong_Kong' AS day FROM added) AS rows,
        unnest(ARRAY['day', 'month']) AS period,
        LATERAL (VALUES ('officer', officer), ('department', department), ('use', use),
            ('department use', department || E'\\n' || use)) AS subjects (scope, subject)
    GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    ON CONFLICT (scope, subject, period, begins) DO UPDATE SET
        requests = usage_totals.requests + excluded.requests,
        tokens = usage_totals.tokens + excluded.tokens,
        cost = usage_totals.cost + excluded.cost;
    RETURN NULL;
END;
$$;
COMMENT ON FUNCTION add_to_bill IS
    'adds as the owner: one transaction records the calls of several departments, none may change a total';
CREATE TRIGGER bill AFTER INSERT ON usage REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION add_to_bill();
"""

_SO_FAR = """
INSERT INTO usage_daily
SELECT department, (at AT TIME ZONE 'Asia/Hong_Kong')::date, officer, use, model, count(*),
    sum(prompt_tokens), sum(cached_tokens), sum(completion_tokens), sum(seconds), 0, count(*)
FROM usage GROUP BY 1, 2, 3, 4, 5;
"""

_QUOTAS = """
CREATE TABLE quotas (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    scope text NOT NULL CHECK (scope IN ('officer', 'each officer', 'department', 'use')),
    department text NOT NULL DEFAULT '',
    subject text NOT NULL DEFAULT '',
    measure text NOT NULL CHECK (measure IN ('requests', 'tokens', 'cost')),
    period text NOT NULL CHECK (period IN ('day', 'month')),
    most bigint NOT NULL CHECK (most >= 0),
    warn_at smallint NOT NULL DEFAULT 80 CHECK (warn_at BETWEEN 1 AND 100),
    set_by text NOT NULL,
    set_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (scope, department, subject, measure, period)
);
COMMENT ON COLUMN quotas.department IS 'empty for all departments';
COMMENT ON COLUMN quotas.subject IS 'an officer''s id or an AI use; empty for each officer and a department';
COMMENT ON COLUMN quotas.most IS 'requests, tokens, or millionths of a HK$';
"""

_WALLS = """
ALTER TABLE usage_daily ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON usage_daily FOR SELECT USING (department = acting_department());
ALTER TABLE usage_totals ENABLE ROW LEVEL SECURITY;
ALTER TABLE quotas ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON quotas FOR SELECT
    USING (acting_officer() IS NOT NULL AND (department IN ('', acting_department())));
GRANT SELECT ON usage_daily, quotas TO bauhinia_application;
CREATE FUNCTION quotas_in_force()
RETURNS TABLE (id bigint, scope text, department text, subject text, measure text, period text, most bigint,
    warn_at smallint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
    SELECT id, scope, department, subject, measure, period, most, warn_at FROM quotas;
END;
COMMENT ON FUNCTION quotas_in_force IS 'the door holds every department to its quotas: numbers, and no words';
CREATE FUNCTION usage_so_far(asked jsonb)
RETURNS TABLE (scope text, subject text, period text, requests bigint, tokens bigint, cost bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
    SELECT totals.scope, totals.subject, totals.period, totals.requests, totals.tokens, totals.cost
    FROM jsonb_to_recordset(asked) AS wanted (scope text, subject text, period text, begins date)
    JOIN usage_totals AS totals USING (scope, subject, period, begins);
END;
COMMENT ON FUNCTION usage_so_far IS 'the door holds an AI use to what all departments used: numbers alone';
REVOKE ALL ON FUNCTION add_to_bill, quotas_in_force, usage_so_far FROM PUBLIC;
GRANT EXECUTE ON FUNCTION quotas_in_force, usage_so_far TO bauhinia_application;
"""


def upgrade() -> None:
    """Calls from before have no known cost; the totals begin with this version."""
    for statements in (_USAGE, _ADDED, _SO_FAR, _QUOTAS, _WALLS):
        op.execute(statements)


def downgrade() -> None:
    """The bill would no longer add up."""
    raise NotImplementedError("restore a backup instead")
