"""Data sheets of the library's collections, their audits, and reports on what arrives."""

from __future__ import annotations

from alembic import op

revision = "0024"
down_revision: str | None = "0023"
branch_labels: str | None = None
depends_on: str | None = None

_SHEETS = """
CREATE TABLE knowledge_sheets (
    collection text PRIMARY KEY REFERENCES knowledge_collections ON DELETE CASCADE,
    department text NOT NULL DEFAULT acting_department(),
    source text NOT NULL CHECK (source <> ''),
    basis text NOT NULL CHECK (basis <> ''),
    reference text NOT NULL CHECK (reference <> ''),
    post text NOT NULL CHECK (post <> ''),
    grade text NOT NULL CHECK (grade IN ('A', 'B', 'C')),
    licence text NOT NULL,
    processing text NOT NULL,
    source_date date,
    refresh_by date,
    audit_days integer NOT NULL CHECK (audit_days > 0),
    owner text NOT NULL DEFAULT acting_officer(),
    owner_name text NOT NULL,
    stated timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN knowledge_sheets.owner IS 'the officer who answers for the collection';
CREATE TABLE knowledge_audits (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    department text NOT NULL DEFAULT acting_department(),
    collection text NOT NULL REFERENCES knowledge_collections ON DELETE CASCADE,
    at timestamptz NOT NULL DEFAULT now(),
    officer text NOT NULL DEFAULT acting_officer(),
    officer_name text NOT NULL,
    checked integer NOT NULL,
    broken text[] NOT NULL
);
COMMENT ON COLUMN knowledge_audits.broken IS 'ids of the documents that were not as they were kept';
CREATE INDEX knowledge_audits_collection ON knowledge_audits (collection, at DESC);

ALTER TABLE knowledge_sheets ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_department ON knowledge_sheets USING (department = acting_department());
ALTER TABLE knowledge_audits ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_department ON knowledge_audits USING (department = acting_department());
GRANT SELECT, INSERT, UPDATE ON knowledge_sheets TO bauhinia_application;
GRANT SELECT, INSERT ON knowledge_audits TO bauhinia_application;
"""

_REPORTS = """
ALTER TABLE knowledge_documents
    ADD COLUMN quality jsonb NOT NULL DEFAULT '{}', ADD COLUMN seal text NOT NULL DEFAULT '';
COMMENT ON COLUMN knowledge_documents.quality IS 'what was found in it when it came';
COMMENT ON COLUMN knowledge_documents.seal IS 'digest of what was read and of its passages; never set again';
ALTER TABLE knowledge_arrivals
    ADD COLUMN quality jsonb NOT NULL DEFAULT '{}', ADD COLUMN classification text NOT NULL DEFAULT '',
    ADD COLUMN reviewed_by text NOT NULL DEFAULT '', ADD COLUMN came timestamptz NOT NULL DEFAULT now();
COMMENT ON COLUMN knowledge_arrivals.reviewed_by IS 'who let in a file that was held';
CREATE INDEX knowledge_arrivals_held ON knowledge_arrivals (collection) WHERE fate = 'held';
DROP INDEX knowledge_arrivals_waiting;
CREATE INDEX knowledge_arrivals_kept ON knowledge_arrivals (digest) WHERE fate IN ('waiting', 'held');
CREATE INDEX knowledge_passages_same ON knowledge_passages (collection, md5(text));

CREATE FUNCTION knowledge_seal(wanted text) RETURNS text
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT encode(sha256(convert_to(of.document::text || coalesce((
        SELECT string_agg(p.text, E'\\x1f' ORDER BY p.ordinal) FROM knowledge_passages AS p
        WHERE p.document = of.id), ''), 'UTF8')), 'hex')
    FROM knowledge_documents AS of WHERE of.id = wanted;
END;
COMMENT ON FUNCTION knowledge_seal IS 'what the seal of a document should be';
UPDATE knowledge_documents SET seal = knowledge_seal(id);
REVOKE ALL ON FUNCTION knowledge_seal FROM PUBLIC;
GRANT EXECUTE ON FUNCTION knowledge_seal TO bauhinia_application;

CREATE OR REPLACE FUNCTION blob_in_use(wanted text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
    SELECT EXISTS (SELECT FROM documents WHERE digest = wanted)
        OR EXISTS (SELECT FROM knowledge_documents WHERE digest = wanted)
        OR EXISTS (SELECT FROM knowledge_arrivals WHERE digest = wanted AND fate IN ('waiting', 'held'));
END;
"""


def upgrade() -> None:
    """Let collections say whose they are and by what right, and files that are suspect wait."""
    op.execute(_SHEETS)
    op.execute(_REPORTS)


def downgrade() -> None:
    """What was stated and audited would be lost."""
    raise NotImplementedError("restore a backup instead")
