"""A department's library: collections, documents, their passages, and the index that they are found by."""

from __future__ import annotations

from alembic import op
from sqlalchemy.exc import DBAPIError

from bauhinia.errors import StoreError

revision = "0011"
down_revision: str | None = "0010"
branch_labels: str | None = None
depends_on: str | None = None

_TABLES = """
CREATE TABLE knowledge_collections (
    id text PRIMARY KEY,
    department text NOT NULL DEFAULT acting_department(),
    name text NOT NULL CHECK (name <> ''),
    days integer CHECK (days > 0),
    created timestamptz NOT NULL DEFAULT now(),
    UNIQUE (department, name)
);
COMMENT ON COLUMN knowledge_collections.days IS 'how long a document is kept; null: as long as it is wanted';
CREATE TABLE knowledge_documents (
    id text PRIMARY KEY,
    department text NOT NULL DEFAULT acting_department(),
    collection text NOT NULL REFERENCES knowledge_collections ON DELETE CASCADE,
    name text NOT NULL,
    format text NOT NULL,
    digest text NOT NULL,
    bytes bigint NOT NULL,
    document jsonb NOT NULL,
    classification text NOT NULL DEFAULT 'unclassified',
    embedder text NOT NULL,
    due timestamptz,
    added_by text NOT NULL DEFAULT acting_officer(),
    added timestamptz NOT NULL DEFAULT now(),
    UNIQUE (collection, name),
    UNIQUE (collection, digest)
);
COMMENT ON COLUMN knowledge_documents.due IS 'when it is deleted';
CREATE INDEX knowledge_documents_digest ON knowledge_documents (digest);
CREATE INDEX knowledge_documents_due ON knowledge_documents (due) WHERE due IS NOT NULL;
CREATE TABLE knowledge_passages (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    department text NOT NULL DEFAULT acting_department(),
    collection text NOT NULL,
    document text NOT NULL REFERENCES knowledge_documents ON DELETE CASCADE,
    ordinal integer NOT NULL,
    page integer,
    headings text[] NOT NULL,
    anchors jsonb NOT NULL,
    text text STORAGE EXTERNAL NOT NULL,
    variety text NOT NULL,
    chinese boolean NOT NULL GENERATED ALWAYS AS (variety IN ('zh-Hant-HK', 'zh-Hans', 'yue-Hant-HK')) STORED,
    keys integer[] STORAGE EXTERNAL NOT NULL,
    weights sparsevec STORAGE MAIN NOT NULL,
    embedding halfvec(384) STORAGE PLAIN NOT NULL,
    UNIQUE (document, ordinal)
);
COMMENT ON COLUMN knowledge_passages.keys IS
    'hashes of department and word, so that none reads the long lists of others';
COMMENT ON COLUMN knowledge_passages.weights IS
    'how much each word says of the passage (BM25 without its rarity), by key';
CREATE INDEX knowledge_passages_place ON knowledge_passages (department, collection);
CREATE INDEX knowledge_passages_keys ON knowledge_passages USING gin (keys) WITH (fastupdate = off);
CREATE INDEX knowledge_passages_near_chinese ON knowledge_passages
    USING hnsw (embedding halfvec_ip_ops) WITH (m = 24, ef_construction = 200) WHERE chinese;
CREATE INDEX knowledge_passages_near_others ON knowledge_passages
    USING hnsw (embedding halfvec_ip_ops) WITH (m = 24, ef_construction = 200) WHERE NOT chinese;
CREATE TABLE knowledge_arrivals (
    batch text NOT NULL,
    place integer NOT NULL,
    department text NOT NULL DEFAULT acting_department(),
    collection text NOT NULL REFERENCES knowledge_collections ON DELETE CASCADE,
    name text NOT NULL,
    digest text NOT NULL,
    fate text NOT NULL DEFAULT 'waiting',
    document text REFERENCES knowledge_documents ON DELETE CASCADE,
    passages integer NOT NULL DEFAULT 0,
    pages integer,
    reason text NOT NULL DEFAULT '',
    hint text NOT NULL DEFAULT '',
    PRIMARY KEY (batch, place)
);
COMMENT ON TABLE knowledge_arrivals IS 'files that came together, and what became of each';
CREATE INDEX knowledge_arrivals_document ON knowledge_arrivals (document);
CREATE INDEX knowledge_arrivals_waiting ON knowledge_arrivals (digest) WHERE fate = 'waiting';
CREATE TABLE knowledge_words (
    department text NOT NULL,
    key integer NOT NULL,
    passages integer NOT NULL,
    PRIMARY KEY (department, key)
);
COMMENT ON TABLE knowledge_words IS
    'in how many passages of a department each word is; key 0 counts all of them';
"""

_COUNTING = """
CREATE FUNCTION knowledge_count() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    step integer := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(department, 12))
        FROM (SELECT DISTINCT department FROM changed ORDER BY 1) AS departments;
    INSERT INTO knowledge_words (department, key, passages)
        SELECT department, key, step * count(*) FROM changed, unnest(keys || 0) AS key GROUP BY 1, 2
        ON CONFLICT (department, key)
        DO UPDATE SET passages = knowledge_words.passages + excluded.passages;
    IF step < 0 THEN
        DELETE FROM knowledge_words WHERE passages <= 0
            AND (department, key) IN (SELECT department, unnest(keys || 0) FROM changed);
    END IF;
    RETURN NULL;
END;
$$;
COMMENT ON FUNCTION knowledge_count IS 'keeps the counts, one transaction of a department at a time';
REVOKE ALL ON FUNCTION knowledge_count FROM PUBLIC;
CREATE TRIGGER counted_in AFTER INSERT ON knowledge_passages REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION knowledge_count();
CREATE TRIGGER counted_out AFTER DELETE ON knowledge_passages REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION knowledge_count();
"""

_POLICIES = """
ALTER TABLE knowledge_collections ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_department ON knowledge_collections USING (department = acting_department());
ALTER TABLE knowledge_documents ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_department ON knowledge_documents USING (department = acting_department());
ALTER TABLE knowledge_passages ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_document ON knowledge_passages USING (EXISTS (
    SELECT FROM knowledge_documents AS of
    WHERE of.id = knowledge_passages.document AND of.collection = knowledge_passages.collection
        AND of.department = knowledge_passages.department));
ALTER TABLE knowledge_arrivals ENABLE ROW LEVEL SECURITY;
CREATE POLICY of_department ON knowledge_arrivals USING (department = acting_department());
ALTER TABLE knowledge_words ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON knowledge_words FOR SELECT USING (department = acting_department());
GRANT SELECT, INSERT, UPDATE, DELETE ON knowledge_collections, knowledge_documents, knowledge_arrivals
    TO bauhinia_application;
GRANT SELECT, INSERT, DELETE ON knowledge_passages TO bauhinia_application;
GRANT SELECT ON knowledge_words TO bauhinia_application;
"""

_SEARCH = """
CREATE FUNCTION knowledge_near(wanted halfvec, place text, few boolean, most integer)
RETURNS TABLE (passage bigint, nearness real, in_chinese boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
SET hnsw.iterative_scan = 'relaxed_order' SET hnsw.ef_search = 60 SET enable_sort = off SET jit = off AS $$
DECLARE
    whose text := acting_department();
BEGIN
    IF few THEN
        RETURN QUERY
            SELECT id, near::real, chinese FROM (
                SELECT id, near, chinese, row_number() OVER (PARTITION BY chinese ORDER BY near DESC) AS rank
                FROM (SELECT id, chinese, -(embedding <#> wanted) AS near FROM knowledge_passages
                      WHERE department = whose AND (place IS NULL OR collection = place) OFFSET 0) AS mine
            ) AS ranked WHERE rank <= most;
        RETURN;
    END IF;
    RETURN QUERY
        SELECT id, (-(embedding <#> wanted))::real, true FROM knowledge_passages
        WHERE chinese AND department = whose AND (place IS NULL OR collection = place)
        ORDER BY embedding <#> wanted LIMIT most;
    RETURN QUERY
        SELECT id, (-(embedding <#> wanted))::real, false FROM knowledge_passages
        WHERE NOT chinese AND department = whose AND (place IS NULL OR collection = place)
        ORDER BY embedding <#> wanted LIMIT most;
END;
$$;
COMMENT ON FUNCTION knowledge_near IS
    'asks as the owner, and itself who asks: behind a policy PostgreSQL would not use the index of vectors';

CREATE FUNCTION knowledge_with_words(rare integer[], wanted sparsevec, place text, most integer)
RETURNS TABLE (passage bigint, score real)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT id, (-(weights <#> wanted))::real AS score FROM knowledge_passages
    WHERE keys && rare AND department = acting_department() AND (place IS NULL OR collection = place)
    ORDER BY score DESC, id LIMIT most;
$$;
COMMENT ON FUNCTION knowledge_with_words IS
    'asks as the owner, and itself who asks: behind a policy PostgreSQL would not use the index of words';
REVOKE ALL ON FUNCTION knowledge_near, knowledge_with_words FROM PUBLIC;
GRANT EXECUTE ON FUNCTION knowledge_near, knowledge_with_words TO bauhinia_application;

CREATE OR REPLACE FUNCTION blob_in_use(wanted text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
BEGIN ATOMIC
    SELECT EXISTS (SELECT FROM documents WHERE digest = wanted)
        OR EXISTS (SELECT FROM knowledge_documents WHERE digest = wanted)
        OR EXISTS (SELECT FROM knowledge_arrivals WHERE digest = wanted AND fate = 'waiting');
END;
"""


def upgrade() -> None:
    """Add the library. The database needs pgvector 0.8 or newer."""
    try:
        op.execute("CREATE EXTENSION IF NOT EXISTS vector")
    except DBAPIError as error:
        raise StoreError(
            "The database lacks pgvector, which the library's search needs.",
            hint="Install it on the database's machine (Debian: postgresql-NN-pgvector), run "
            "CREATE EXTENSION vector there as the administrator, and start Bauhinia again.",
        ) from error
    for statements in (_TABLES, _COUNTING, _POLICIES, _SEARCH):
        op.execute(statements)


def downgrade() -> None:
    """A library's documents would be lost."""
    raise NotImplementedError("restore a backup instead")
