"""What administration and provisioning keep of departments and officers."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision: str | None = "0011"
branch_labels: str | None = None
depends_on: str | None = None

_OFFICERS = """
ALTER TABLE officers
    ADD COLUMN grade text NOT NULL DEFAULT '',
    ADD COLUMN post text NOT NULL DEFAULT '',
    ADD COLUMN external_id text,
    ADD COLUMN changed timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN version bigint NOT NULL DEFAULT 1,
    ADD COLUMN removed timestamptz;
COMMENT ON COLUMN officers.external_id IS 'what the directory that provisions the officer calls them';
COMMENT ON COLUMN officers.version IS 'goes up with every change; the ETag of SCIM';
COMMENT ON COLUMN officers.removed IS
    'set where the directory deleted the officer: the row stays for what the officer made';
CREATE INDEX officers_department ON officers (department, account) WHERE removed IS NULL;
CREATE INDEX officers_external ON officers (external_id);
"""

_DEPARTMENTS = """
ALTER TABLE departments ADD COLUMN external_id text;
"""


def upgrade() -> None:
    """Add the columns. Their tables' walls hold for them too."""
    for statements in (_OFFICERS, _DEPARTMENTS):
        op.execute(statements)


def downgrade() -> None:
    """Grades, posts and the directory's names would be lost."""
    raise NotImplementedError("restore a backup instead")
