"""The public assistant: departments' own answers, and what people keep of their conversations and share."""

from __future__ import annotations

from alembic import op

revision = "0026"
down_revision: str | None = "0025"
branch_labels: str | None = None
depends_on: str | None = None

_CURATED = """
CREATE TABLE curated_answers (
    id text PRIMARY KEY,
    department text NOT NULL DEFAULT acting_department(),
    owner text NOT NULL DEFAULT acting_officer(),
    owner_post text NOT NULL,
    questions text[] NOT NULL CHECK (cardinality(questions) BETWEEN 1 AND 60),
    answers jsonb NOT NULL,
    url text NOT NULL DEFAULT '',
    state text NOT NULL DEFAULT 'preview' CHECK (state IN ('preview', 'published', 'retired')),
    expires date NOT NULL,
    changed timestamptz NOT NULL DEFAULT clock_timestamp(),
    published timestamptz,
    publisher text,
    CONSTRAINT two_people CHECK (publisher <> owner),
    CONSTRAINT published_by_somebody CHECK ((state = 'published') <= (publisher IS NOT NULL))
);
COMMENT ON TABLE curated_answers IS 'what departments answer to the public in their own words; served first';
COMMENT ON COLUMN curated_answers.answers IS 'the answer by BCP 47 tag';
COMMENT ON COLUMN curated_answers.expires IS 'the last day on which it is given';
ALTER TABLE curated_answers ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_department ON curated_answers FOR SELECT USING (department = acting_department());
CREATE POLICY written ON curated_answers FOR INSERT WITH CHECK (department = acting_department()
    AND owner = acting_officer() AND state = 'preview' AND publisher IS NULL);
CREATE POLICY changed ON curated_answers FOR UPDATE USING (department = acting_department())
    WITH CHECK (department = acting_department());
GRANT SELECT, INSERT ON curated_answers TO bauhinia_application;
GRANT UPDATE (owner, owner_post, questions, answers, url, state, expires, changed, published, publisher)
    ON curated_answers TO bauhinia_application;

CREATE FUNCTION curated_in_force() RETURNS SETOF curated_answers
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
    SELECT * FROM curated_answers
    WHERE state = 'published' AND expires >= (now() AT TIME ZONE 'Asia/Hong_Kong')::date ORDER BY id;
END;
COMMENT ON FUNCTION curated_in_force IS 'published answers are for everybody';
REVOKE ALL ON FUNCTION curated_in_force FROM PUBLIC;
GRANT EXECUTE ON FUNCTION curated_in_force TO bauhinia_application;
"""

_CONVERSATIONS = """
CREATE TABLE chat_conversations (
    id text PRIMARY KEY,
    owner text NOT NULL DEFAULT acting_officer(),
    title text NOT NULL,
    begun timestamptz NOT NULL DEFAULT clock_timestamp(),
    continued timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX chat_conversations_of ON chat_conversations (owner, continued DESC);
ALTER TABLE chat_conversations ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON chat_conversations
    USING (owner = acting_officer()) WITH CHECK (owner = acting_officer());
GRANT SELECT, INSERT, DELETE ON chat_conversations TO bauhinia_application;
GRANT UPDATE (title, continued) ON chat_conversations TO bauhinia_application;

CREATE TABLE chat_turns (
    conversation text NOT NULL REFERENCES chat_conversations (id) ON DELETE CASCADE,
    number integer NOT NULL CHECK (number > 0),
    question text NOT NULL,
    answer jsonb NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (conversation, number)
);
ALTER TABLE chat_turns ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_conversation ON chat_turns
    USING (EXISTS (SELECT FROM chat_conversations WHERE id = chat_turns.conversation))
    WITH CHECK (EXISTS (SELECT FROM chat_conversations WHERE id = chat_turns.conversation));
GRANT SELECT, INSERT, DELETE ON chat_turns TO bauhinia_application;
"""

_SHARED = """
CREATE TABLE chat_shares (
    digest bytea PRIMARY KEY,
    conversation text NOT NULL REFERENCES chat_conversations (id) ON DELETE CASCADE,
    owner text NOT NULL DEFAULT acting_officer(),
    title text NOT NULL,
    turns jsonb NOT NULL,
    made timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires timestamptz NOT NULL
);
COMMENT ON TABLE chat_shares IS 'a copy without personal data, for whoever has the link';
COMMENT ON COLUMN chat_shares.digest IS 'of the link''s secret, which is kept nowhere';
ALTER TABLE chat_shares ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON chat_shares USING (owner = acting_officer())
    WITH CHECK (owner = acting_officer()
        AND EXISTS (SELECT FROM chat_conversations WHERE id = chat_shares.conversation));
GRANT SELECT, INSERT, DELETE ON chat_shares TO bauhinia_application;

CREATE FUNCTION shared_chat(secret bytea) RETURNS TABLE (title text, turns jsonb, made timestamptz,
    expires timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
    SELECT s.title, s.turns, s.made, s.expires FROM chat_shares s
    WHERE s.digest = secret AND s.expires > now();
END;
COMMENT ON FUNCTION shared_chat IS 'the link is the right to read';
REVOKE ALL ON FUNCTION shared_chat FROM PUBLIC;
GRANT EXECUTE ON FUNCTION shared_chat TO bauhinia_application;
"""


def upgrade() -> None:
    """Make them."""
    for statements in (_CURATED, _CONVERSATIONS, _SHARED):
        op.execute(statements)


def downgrade() -> None:
    """Drop them."""
    op.execute("DROP FUNCTION shared_chat, curated_in_force")
    op.execute("DROP TABLE chat_shares, chat_turns, chat_conversations, curated_answers")
