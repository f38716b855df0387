"""What an auditor counts in the ledger, and an organisation's own words in its policy on generative AI."""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision: str | None = "0016"
branch_labels: str | None = None
depends_on: str | None = None

_TEXTS = """
CREATE TABLE policy_texts (
    item text PRIMARY KEY,
    en text NOT NULL,
    zh text NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE policy_texts ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON policy_texts FOR SELECT USING (acting_officer() IS NOT NULL);
CREATE POLICY written ON policy_texts FOR INSERT
    WITH CHECK (acting_officer() = 'local' OR acting_administrator());
CREATE POLICY changed ON policy_texts FOR UPDATE USING (acting_officer() = 'local' OR acting_administrator());
GRANT SELECT, INSERT ON policy_texts TO bauhinia_application;
GRANT UPDATE (en, zh, at) ON policy_texts TO bauhinia_application;
"""

_GROUPS = """
CREATE FUNCTION ledger_groups(begins timestamptz, ends timestamptz)
RETURNS TABLE (kind text, outcome text, deed text, reasons text[], rows bigint, first bigint, last bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
    SELECT body->>'kind', coalesce(body->>'outcome', ''), coalesce(body->>'deed', ''), reasons, count(*),
        min(seq), max(seq)
    FROM (SELECT seq, body::jsonb AS body FROM ledger) AS entries,
        LATERAL (SELECT array_agg(DISTINCT made->>2 ORDER BY made->>2) AS reasons
            FROM jsonb_array_elements(coalesce(body->'decisions', '[]')) AS made) AS decided
    WHERE may_audit() AND (body->>'at')::timestamptz >= begins AND (body->>'at')::timestamptz < ends
    GROUP BY 1, 2, 3, 4;
END;
COMMENT ON FUNCTION ledger_groups IS 'numbers of all departments for who may audit; nothing for others';
REVOKE ALL ON FUNCTION ledger_groups FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ledger_groups TO bauhinia_application;
"""


def upgrade() -> None:
    """Let it be counted and written."""
    op.execute(_TEXTS)
    op.execute(_GROUPS)


def downgrade() -> None:
    """The words would be lost."""
    raise NotImplementedError("restore a backup instead")
