"""What a program said that a file is for."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision: str | None = "0009"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    """Every document is a file of its officer's programs; those that came by a page are the user's data."""
    op.execute(
        "ALTER TABLE documents ADD COLUMN purpose text NOT NULL DEFAULT 'user_data'"
        " CHECK (purpose IN ('user_data', 'assistants'))"
    )


def downgrade() -> None:
    """Nothing else needs it."""
    op.execute("ALTER TABLE documents DROP COLUMN purpose")
