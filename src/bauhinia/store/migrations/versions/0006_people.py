"""Departments, officers, and what proves who they are."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision: str | None = "0005"
branch_labels: str | None = None
depends_on: str | None = None

_PEOPLE = """
CREATE TABLE departments (
    id text PRIMARY KEY,
    name_en text NOT NULL,
    name_zh text NOT NULL DEFAULT ''
);
CREATE TABLE officers (
    id text PRIMARY KEY,
    department text NOT NULL REFERENCES departments (id),
    account text NOT NULL UNIQUE,
    name text NOT NULL,
    roles text[] NOT NULL DEFAULT '{}',
    active boolean NOT NULL DEFAULT true,
    created timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN officers.account IS 'what is typed to sign in, in small letters';
"""

_PROOFS = """
CREATE TABLE credentials (
    officer text PRIMARY KEY REFERENCES officers (id) ON DELETE CASCADE,
    password text NOT NULL,
    totp bytea NOT NULL,
    last_code bigint NOT NULL DEFAULT 0,
    failures integer NOT NULL DEFAULT 0,
    locked_until timestamptz
);
COMMENT ON COLUMN credentials.password IS 'scrypt: salt and key in hexadecimal';
COMMENT ON COLUMN credentials.last_code IS 'time step of the last code that was taken: none is taken twice';
CREATE TABLE invitations (
    digest bytea PRIMARY KEY,
    officer text NOT NULL REFERENCES officers (id) ON DELETE CASCADE,
    totp bytea NOT NULL,
    expires timestamptz NOT NULL
);
CREATE TABLE sessions (
    digest bytea PRIMARY KEY,
    officer text NOT NULL REFERENCES officers (id) ON DELETE CASCADE,
    begun timestamptz NOT NULL DEFAULT now(),
    expires timestamptz NOT NULL
);
CREATE INDEX sessions_officer ON sessions (officer);
CREATE TABLE tokens (
    id text PRIMARY KEY,
    digest bytea NOT NULL UNIQUE,
    officer text NOT NULL REFERENCES officers (id) ON DELETE CASCADE,
    name text NOT NULL,
    scopes text[] NOT NULL,
    created timestamptz NOT NULL DEFAULT now(),
    expires timestamptz NOT NULL
);
COMMENT ON COLUMN tokens.digest IS 'SHA-256 of the secret, which is shown once and kept nowhere';
"""

_WALLS = """
ALTER TABLE departments ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON departments FOR SELECT USING (acting_officer() IS NOT NULL);
ALTER TABLE officers ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON officers FOR SELECT USING (department = acting_department());
ALTER TABLE credentials ENABLE ROW LEVEL SECURITY;
ALTER TABLE invitations ENABLE ROW LEVEL SECURITY;
ALTER TABLE sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE tokens ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON tokens USING (officer = acting_officer());
GRANT SELECT ON departments, officers TO bauhinia_application;
GRANT SELECT, INSERT, DELETE ON tokens TO bauhinia_application;
"""

_PROVED = """
CREATE FUNCTION officer_of_session(asked bytea)
RETURNS TABLE (id text, department text, name text, roles text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
    SELECT officers.id, officers.department, officers.name, officers.roles
    FROM sessions JOIN officers ON officers.id = sessions.officer
    WHERE sessions.digest = asked AND expires > now() AND active;
END;
CREATE FUNCTION officer_of_token(asked bytea, wanted text)
RETURNS TABLE (id text, department text, name text, roles text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
    SELECT officers.id, officers.department, officers.name, officers.roles
    FROM tokens JOIN officers ON officers.id = tokens.officer
    WHERE tokens.digest = asked AND wanted = ANY (scopes) AND expires > now() AND active;
END;
REVOKE ALL ON FUNCTION officer_of_session, officer_of_token FROM PUBLIC;
GRANT EXECUTE ON FUNCTION officer_of_session, officer_of_token TO bauhinia_application;
"""


def upgrade() -> None:
    """Make the tables. Of proofs the application sees none but its officer's own tokens."""
    for statements in (_PEOPLE, _PROOFS, _WALLS, _PROVED):
        op.execute(statements)


def downgrade() -> None:
    """Nobody could sign in."""
    raise NotImplementedError("restore a backup instead")
