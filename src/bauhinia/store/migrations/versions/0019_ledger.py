"""The ledger's tree, a head that only goes forward, and rows that the role which writes cannot read."""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision: str | None = "0018"
branch_labels: str | None = None
depends_on: str | None = None

_TILES = """
CREATE TABLE ledger_tiles (
    level smallint NOT NULL,
    place bigint NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (level, place)
);
COMMENT ON TABLE ledger_tiles IS
    'nodes of the Merkle tree over ledger.hash, every eighth level: saves reading, and is proof of nothing';
ALTER TABLE ledger_tiles ENABLE ROW LEVEL SECURITY;
"""

_FORWARD = """
CREATE FUNCTION ledger_goes_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.seq <= OLD.seq
        OR NOT EXISTS (SELECT FROM ledger WHERE seq = NEW.seq AND hash = NEW.hash) THEN
        RAISE insufficient_privilege USING MESSAGE = 'the ledger''s head only goes on to a row that is there';
    END IF;
    RETURN NULL;
END;
$$;
CREATE FUNCTION ledger_ends_at_its_head() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT max(seq) <> (SELECT seq FROM ledger_head) OR max(seq) - min(seq) + 1 <> count(*)
        FROM added) THEN
        RAISE insufficient_privilege USING MESSAGE = 'rows are added to the ledger''s end, with its head';
    END IF;
    RETURN NULL;
END;
$$;
CREATE TRIGGER forward AFTER UPDATE ON ledger_head FOR EACH ROW
    WHEN (current_user = 'bauhinia_application') EXECUTE FUNCTION ledger_goes_forward();
CREATE TRIGGER at_the_end AFTER INSERT ON ledger REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT WHEN (current_user = 'bauhinia_application')
    EXECUTE FUNCTION ledger_ends_at_its_head();
COMMENT ON FUNCTION ledger_goes_forward IS
    'binds the role that writes; whoever owns the tables is held to the checkpoints outside instead';
"""

_READING = """
REVOKE SELECT, UPDATE ON ledger, ledger_head FROM bauhinia_application;
GRANT SELECT (seq, hash) ON ledger TO bauhinia_application;
GRANT SELECT, UPDATE (seq, hash) ON ledger_head TO bauhinia_application;
"""


def upgrade() -> None:
    """Make the table and the triggers, and take back what the application does not need."""
    for statements in (_TILES, _FORWARD, _READING):
        op.execute(statements)


def downgrade() -> None:
    """Checkpoints outside name a tree that older versions do not know."""
    raise NotImplementedError("restore a backup instead")
