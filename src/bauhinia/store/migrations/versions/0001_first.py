"""The first schema: the ledger, usage, documents, tasks with their steps and events."""

from __future__ import annotations

from alembic import op

revision = "0001"
down_revision: str | None = None
branch_labels: str | None = None
depends_on: str | None = None

_LEDGER = """
CREATE TABLE ledger (
    seq bigint PRIMARY KEY,
    body text NOT NULL,
    hash bytea NOT NULL
);
COMMENT ON COLUMN ledger.body IS 'canonical JSON; holds its own seq, and no text of a prompt or an answer';
COMMENT ON COLUMN ledger.hash IS 'sha256 of the previous row''s hash and this body';

CREATE TABLE ledger_head (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    seq bigint NOT NULL,
    hash bytea NOT NULL
);
INSERT INTO ledger_head (seq, hash) VALUES (0, sha256(''::bytea));

CREATE TABLE usage (
    entry bigint PRIMARY KEY,
    at timestamptz NOT NULL,
    officer text NOT NULL,
    department text NOT NULL,
    use text NOT NULL,
    model text NOT NULL,
    task text,
    prompt_tokens integer NOT NULL,
    cached_tokens integer NOT NULL,
    completion_tokens integer NOT NULL,
    seconds double precision NOT NULL
);
COMMENT ON COLUMN usage.entry IS 'seq of the ledger''s row';
CREATE INDEX usage_at ON usage (at);
CREATE INDEX usage_task ON usage (task) WHERE task IS NOT NULL;
"""

_WORK = """
CREATE TABLE documents (
    id text PRIMARY KEY,
    name text NOT NULL,
    format text NOT NULL,
    digest text NOT NULL,
    bytes bigint NOT NULL,
    document jsonb NOT NULL,
    variety text NOT NULL,
    created timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN documents.digest IS 'SHA-256 of the file, which is also the key of its blob';
CREATE INDEX documents_created ON documents (created DESC);

CREATE TABLE tasks (
    id text PRIMARY KEY,
    kind text NOT NULL,
    "order" jsonb NOT NULL,
    status text NOT NULL CHECK (status IN ('running', 'done', 'failed', 'cancelled', 'interrupted')),
    draft jsonb,
    usage jsonb,
    message text NOT NULL DEFAULT '',
    hint text NOT NULL DEFAULT '',
    created timestamptz NOT NULL DEFAULT now(),
    started timestamptz,
    ended timestamptz,
    seconds double precision NOT NULL DEFAULT 0
);
CREATE INDEX tasks_created ON tasks (created DESC);

CREATE TABLE steps (
    task text NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    key text NOT NULL,
    result jsonb NOT NULL,
    PRIMARY KEY (task, key)
);

CREATE TABLE events (
    task text NOT NULL REFERENCES tasks (id) ON DELETE CASCADE,
    seq integer NOT NULL,
    name text NOT NULL,
    data jsonb NOT NULL,
    PRIMARY KEY (task, seq)
);
"""


def upgrade() -> None:
    """Make every table."""
    op.execute(_LEDGER)
    op.execute(_WORK)


def downgrade() -> None:
    """There is nothing before the first schema."""
    raise NotImplementedError("restore a backup instead")
