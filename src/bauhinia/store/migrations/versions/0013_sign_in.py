"""Signing in by OpenID Connect and by passkeys, the first administrator's link, and where sessions began."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision: str | None = "0012"
branch_labels: str | None = None
depends_on: str | None = None

_SESSIONS = """
ALTER TABLE sessions
    ADD COLUMN id text NOT NULL DEFAULT gen_random_uuid()::text UNIQUE,
    ADD COLUMN how text NOT NULL DEFAULT 'password',
    ADD COLUMN address text NOT NULL DEFAULT '',
    ADD COLUMN agent text NOT NULL DEFAULT '',
    ADD COLUMN issuer text,
    ADD COLUMN subject text,
    ADD COLUMN provider_session text;
COMMENT ON COLUMN sessions.id IS 'names the session on a page, and proves nothing';
COMMENT ON COLUMN sessions.provider_session IS 'the `sid` by which the provider ends it';
CREATE INDEX sessions_subject ON sessions (issuer, subject) WHERE issuer IS NOT NULL;
"""

_RESTING = """
CREATE TABLE sign_in_addresses (
    officer text NOT NULL REFERENCES officers (id) ON DELETE CASCADE,
    address text NOT NULL,
    known boolean NOT NULL DEFAULT false,
    failures integer NOT NULL DEFAULT 0,
    last timestamptz NOT NULL DEFAULT now(),
    rests_until timestamptz,
    PRIMARY KEY (officer, address)
);
COMMENT ON COLUMN sign_in_addresses.known IS 'the officer has signed in from there';
ALTER TABLE credentials DROP COLUMN failures, DROP COLUMN locked_until;
"""

_OPENID = """
CREATE TABLE openid_requests (
    state bytea PRIMARY KEY,
    browser bytea NOT NULL,
    nonce text NOT NULL,
    verifier text NOT NULL,
    redirect text NOT NULL,
    next text NOT NULL,
    expires timestamptz NOT NULL
);
COMMENT ON COLUMN openid_requests.browser IS 'digest of the cookie of the browser that began';
CREATE TABLE identities (
    issuer text NOT NULL,
    subject text NOT NULL,
    officer text NOT NULL REFERENCES officers (id) ON DELETE CASCADE,
    PRIMARY KEY (issuer, subject),
    UNIQUE (issuer, officer)
);
"""

_PASSKEYS = """
CREATE TABLE passkeys (
    id bytea PRIMARY KEY,
    officer text NOT NULL REFERENCES officers (id) ON DELETE CASCADE,
    public_key bytea NOT NULL,
    counter bigint NOT NULL,
    name text NOT NULL,
    created timestamptz NOT NULL DEFAULT now(),
    used timestamptz
);
CREATE INDEX passkeys_officer ON passkeys (officer);
CREATE TABLE passkey_challenges (
    digest bytea PRIMARY KEY,
    officer text REFERENCES officers (id) ON DELETE CASCADE,
    expires timestamptz NOT NULL
);
COMMENT ON COLUMN passkey_challenges.officer IS 'who adds a passkey; NULL to sign in';
CREATE TABLE first_link (
    digest bytea PRIMARY KEY,
    expires timestamptz NOT NULL
);
"""

_CLOSED = """
ALTER TABLE sign_in_addresses ENABLE ROW LEVEL SECURITY;
ALTER TABLE openid_requests ENABLE ROW LEVEL SECURITY;
ALTER TABLE identities ENABLE ROW LEVEL SECURITY;
ALTER TABLE passkeys ENABLE ROW LEVEL SECURITY;
ALTER TABLE passkey_challenges ENABLE ROW LEVEL SECURITY;
ALTER TABLE first_link ENABLE ROW LEVEL SECURITY;
"""


def upgrade() -> None:
    """Make the tables. The application's role is given none of them."""
    for statements in (_SESSIONS, _RESTING, _OPENID, _PASSKEYS, _CLOSED):
        op.execute(statements)


def downgrade() -> None:
    """Nobody could sign in."""
    raise NotImplementedError("restore a backup instead")
