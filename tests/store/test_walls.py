"""Row-level security: what each officer may do to each row, and that no policy can go unnoticed."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Container, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import Connection, sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from bauhinia.settings import Settings
from bauhinia.store import Database, EmbeddedPostgres, Walls, within
from bauhinia.store.walls import APPLICATION

ROWS = {
    "documents": "INSERT INTO documents (id, name, format, digest, bytes, document, variety) "
    "VALUES ('d', 'a.md', 'md', 'x', 1, '{}', 'en')",
    "tasks": "INSERT INTO tasks (id, kind, \"order\", status) VALUES ('t', 'k', '{}', 'done')",
    "steps": "INSERT INTO steps (task, key, result) VALUES ('t', 'k', '{}')",
    "events": "INSERT INTO events (task, seq, name, data) VALUES ('t', 1, 'n', '{}')",
    "segments": "INSERT INTO segments (task, place, passage, source, target, original) "
    "VALUES ('t', 0, 'p', 's', 't', 't')",
    "terms": "INSERT INTO terms (department, id, en, zh) VALUES ('Works', 'i', '{a}', '{甲}')",
    "memory": "INSERT INTO memory (department, to_language, source, target, before, after, source_key, shape, "
    "grams, origin, confirmed_by, at) "
    "VALUES ('Works', 'en', 's', 't', 0, 0, gen_random_uuid(), 's', '{}', '', '', now())",
    "memory_history": "INSERT INTO memory_history (unit, target, origin, confirmed_by, at) "
    "SELECT id, 't', '', '', now() FROM memory",
    "usage": "INSERT INTO usage VALUES (1, now(), 'clerk', 'Works', 'u', 'm', NULL, 1, 0, 1, 1)",
    "tokens": "INSERT INTO tokens (id, digest, officer, name, scopes, expires) "
    "VALUES ('k', 'd', 'clerk', 'n', '{api}', now() + interval '1 day')",
    "approvals": "INSERT INTO approvals (id, deed, subject, why, asked_name, expires) "
    "VALUES ('a', 'boundary', '{}', 'w', 'Clerk', now() + interval '1 day')",
    "knowledge_collections": "INSERT INTO knowledge_collections (id, name) VALUES ('c', 'n')",
    "knowledge_documents": "INSERT INTO knowledge_documents (id, collection, name, format, digest, bytes, "
    "document, embedder) VALUES ('l', 'c', 'a.md', 'md', 'x', 1, '{}', 'e')",
    "knowledge_passages": "INSERT INTO knowledge_passages (collection, document, ordinal, headings, anchors, "
    "text, variety, keys, weights, embedding) VALUES ('c', 'l', 0, '{}', '[]', 't', 'en', '{1}', '{1:1}/2', "
    "array_fill(0.1::real, ARRAY[384])::halfvec)",
    "knowledge_arrivals": "INSERT INTO knowledge_arrivals (batch, place, collection, name, digest) "
    "VALUES ('b', 0, 'c', 'a.md', 'x')",
    "knowledge_sheets": "INSERT INTO knowledge_sheets (collection, source, basis, reference, post, grade, licence, "
    "processing, audit_days, owner_name) VALUES ('c', 's', 'own_work', 'r', 'p', 'A', '', '', 1, 'Clerk')",
    "knowledge_audits": "INSERT INTO knowledge_audits (collection, officer_name, checked, broken) "
    "VALUES ('c', 'Clerk', 0, '{}')",
    "consents": "INSERT INTO consents (purpose, version, language, given) VALUES ('content', 'v', 'en', true)",
    "content_log": "SELECT content_logged(1, 'clerk', 'Works', 'u', NULL, 'asked', 'answered', '{v}')",
    "opt_outs": "INSERT INTO opt_outs (use) VALUES ('u')",
    "data_reviews": "INSERT INTO data_reviews DEFAULT VALUES",
    "stops": "INSERT INTO stops (id, scope, why, officer_name) VALUES ('s', 'all', 'w', 'Clerk')",
    "cases": "INSERT INTO cases (id, kind, complainant_name, department, words, due) "
    "VALUES ('ca', 'wrong', 'Clerk', 'Works', 'w', now())",
    "case_events": "INSERT INTO case_events (\"case\", officer_name, what) VALUES ('ca', 'Clerk', 'received')",
    "incidents": "INSERT INTO incidents (id, class, severity, title, officer_name) "
    "VALUES ('in', 'leak', 'low', 't', 'Clerk')",
    "incident_events": "INSERT INTO incident_events (incident, officer_name, what) "
    "VALUES ('in', 'Clerk', 'opened')",
    "acknowledgements": "INSERT INTO acknowledgements (notice, digest, version, language) "
    "VALUES ('terms', 'x', '1', 'en')",
    "acceptances": "INSERT INTO acceptances (id, task, digest, audience, officer_name, checked, statement, "
    "findings, unverified) VALUES ('x', 't', 'x', 'public', 'Clerk', '{facts}', 's', 0, 0)",
    "release_checks": "INSERT INTO release_checks (task, digest, result) VALUES ('t', 'x', '{}')",
    "uses": "INSERT INTO uses (id, owner_name, kind, title_en, title_zh, purpose, data, classification, model, "
    "audience, oversight) VALUES ('u', 'Clerk', 'client', 't', '', 'p', '{}', 'unclassified', '', 'officers', "
    "'human_led')",
    "evidence": "INSERT INTO evidence (kind, subject, held, answers, name, entry) "
    "VALUES ('evaluation', 's', now(), '{}', 'Clerk', 1)",
    "policy_texts": "INSERT INTO policy_texts (item, en, zh) VALUES ('P-03', 'x', 'x')",
    "use_approvals": "INSERT INTO use_approvals (use, assessment, tier, argument, review_by, approved_name) "
    "VALUES ('pilot.draft', 'a', 'low', 'w', now(), 'Clerk')",
    "assessments": "INSERT INTO assessments (id, use, version, answers, marks) VALUES ('n', 'u', 'v', '{}', '{}')",
    "assessment_signatures": "INSERT INTO assessment_signatures (assessment, round, outcome, owner, name, post, "
    "digest, entry) VALUES ('n', 1, 'signed', 'clerk', 'Clerk', '', 'd', 1)",
    "use_records": "INSERT INTO use_records (use, department, kind, held, passed, note, name, post, entry) "
    "VALUES ('u', 'Works', 'review', now(), true, 'n', 'Clerk', '', 1)",
    "curated_answers": "INSERT INTO curated_answers (id, owner_post, questions, answers, expires) "
    "VALUES ('cu', 'p', '{q}', '{}', now())",
    "chat_conversations": "INSERT INTO chat_conversations (id, title) VALUES ('co', 't')",
    "chat_turns": "INSERT INTO chat_turns (conversation, number, question, answer) VALUES ('co', 1, 'q', '{}')",
    "chat_memories": "INSERT INTO chat_memories (kept) VALUES ('{}')",
    "chat_shares": "INSERT INTO chat_shares (digest, conversation, title, turns, expires) "
    "VALUES ('x', 'co', 't', '[]', now() + interval '1 day')",
    "department_consents": "INSERT INTO department_consents (purpose, version, language, given, officer_name) "
    "VALUES ('training', 'v', 'en', true, 'Clerk')",
    "labels": "INSERT INTO labels (id, form, token, entry) VALUES ('l', 'docx', 't', 1)",
}
"""A row of each table that belongs to the clerk of Works, in an order that their keys allow."""
COLUMNS = {
    "steps": "key", "events": "name", "segments": "passage", "memory": "target", "memory_history": "target",
    "usage": "use", "usage_daily": "use", "quotas": "scope", "approvals": "outcome", "shares": "withdrawn",
    "knowledge_words": "key", "knowledge_passages": "ordinal", "knowledge_arrivals": "batch",
    "knowledge_sheets": "source", "knowledge_audits": "checked",
    "acknowledgements": "notice", "acceptances": "outcome", "release_checks": "digest",
    "uses": "purpose", "use_approvals": "tier", "evidence": "subject", "policy_texts": "en", "held_answers": "outcome",
    "assessments": "round", "assessment_signatures": "note", "use_records": "note",
    "privacy_rules": "action",
    "curated_answers": "state", "chat_conversations": "title", "chat_turns": "number", "chat_shares": "title", "chat_memories": "kept",
    "department_consents": "given", "consents": "given", "opt_outs": "use", "data_reviews": "at", "stops": "lifted", "cases": "state", "case_events": "what",
    "incidents": "state", "incident_events": "what", "content_log": "use",
}  # fmt: skip
"""What is written over with itself, where it is not `id`."""
SHARED = ("terms", "memory")
"""Tables in which a row of no department is everybody's."""
OFFICERS = {
    "owner": ("clerk", "Works", ""),
    "same department": ("engineer", "Works", ""),
    "other department": ("clerk", "Transport", ""),
    "nobody": ("", "", ""),
    "for all": ("librarian", "Transport", "on"),
}
"""Officer, department, and whether they may write what all share. The clerk who has moved to another department
keeps the tokens and nothing else."""
DEPARTMENTS = (
    "terms", "memory", "memory_history", "knowledge_collections", "knowledge_documents", "knowledge_passages",
    "knowledge_arrivals", "knowledge_sheets", "knowledge_audits",
)  # fmt: skip
PEOPLE = """
INSERT INTO departments VALUES ('Works', 'Works'), ('Transport', 'Transport');
INSERT INTO officers (id, department, account, name, roles)
VALUES ('clerk', 'Works', 'c', 'Clerk', '{service_operator}')
"""
QUOTAS = """
INSERT INTO quotas (scope, department, measure, period, most, set_by)
VALUES ('department', 'Works', 'tokens', 'day', 1, '')
"""
PRIVACY_RULES = """
INSERT INTO privacy_rules (department, kind, action, why, set_by) VALUES ('Works', 'plate', 'block', 'w', '')
"""
SHARES = (
    "INSERT INTO shares (id, document, officer_name, to_department, to_name, title, expires) "
    "VALUES ('sd', 'd', 'Clerk', 'Transport', 'Transport', 'a', now() + interval '1 day')",
    "INSERT INTO shares (id, task, officer_name, to_department, to_officer, to_name, title, expires) "
    "VALUES ('st', 't', 'Clerk', 'Transport', 'librarian', 'Librarian', 'a', now() + interval '1 day')",
)
"""The clerk's document is shared with Transport, the draft with Transport's librarian alone."""
HELD = (
    "INSERT INTO held_answers (id, key, use, officer_name, question, answer) "
    "VALUES ('h', 'k', 'u', 'Engineer', 'q', '{}')"
)
"""An answer that the engineer of Works asked for; the clerk, who is a service operator, may release it."""
RELEASE = "UPDATE held_answers SET outcome = 'released', decided_by = 'clerk', decided = now()"
LIBRARIAN = "INSERT INTO officers (id, department, account, name) VALUES ('librarian', 'Transport', 'l', 'L')"
RELEASED = ("acknowledgements", "acceptances", "release_checks")
"""Tables that are written once: what was accepted and found stays."""
REVIEWED = "reviewed acceptances"
SHARED_FOR_REVIEW = (
    "INSERT INTO shares (id, task, officer_name, to_department, to_name, title, expires) "
    "VALUES ('sr', 't', 'Clerk', 'Works', 'Works', 'a', now() + interval '1 day')"
)
REVIEW = (
    "UPDATE acceptances SET outcome = 'approved', reviewer = acting_officer(), reviewer_name = 'n', "
    "reviewed = now()"
)
LENT = ("documents", "tasks", "steps", "events", "segments", "shares")
"""Tables of which a row is seen by whoever it is shared with, but for the steps."""
ASSESSED = ("assessments", "assessment_signatures", "use_records")
"""Tables of what a department says of its AI uses."""
REGISTER = ("uses", "use_approvals", "evidence", "policy_texts", *ASSESSED)
"""Tables that are no officer's own."""
ONLY_ADDED = ("usage", "labels", "department_consents")
"""Tables that a department's officers see, and to which some of them add."""
READ_ALONE = ("departments", "officers", "usage_daily", "quotas", "knowledge_words", "privacy_rules")
"""Tables that no officer's transaction writes."""
OF_PERSON = {"consents": (), "opt_outs": ("delete",), "data_reviews": ("change",), "content_log": ("delete",)}
"""Tables whose rows an officer keeps in whatever department, and what they do besides seeing them."""
CHAT = ("curated_answers", "chat_conversations", "chat_turns", "chat_shares", "chat_memories")
"""Tables of the public assistant."""
HANDLED = {"cases": ("change",), "case_events": (), "incidents": ("change",), "incident_events": ()}
"""Tables that those see who handle complaints and incidents."""
WALLED = {*ROWS, *READ_ALONE, "shares", "held_answers"}
CLOSED = (
    "credentials", "invitations", "sessions", "usage_totals",
    "sign_in_addresses", "openid_requests", "identities", "passkeys", "passkey_challenges", "first_link",
    "shipped_uses", "models_seen",
    "ledger_tiles", "preference_snapshots",
)  # fmt: skip
"""Tables that no officer's transaction can read at all."""
OPEN = {
    "alembic_version": "the schema's number",
    "ledger": "its hashes are read by whoever appends, its bodies by no officer's transaction",
    "ledger_head": "the chain's end",
    "switch": "a number that every gateway watches",
}
"""Tables without policies, and why."""
DEEDS = {"see": "SELECT FROM {}", "change": "UPDATE {} SET {} = {}", "delete": "DELETE FROM {}"}

Permitted = set[tuple[str, str, str]]
"""Officer, deed, row."""


def expected() -> Permitted:
    """The owner sees and changes what is theirs, the department's is its officers', usage is read alone, and
    what is shared is seen by all who have signed in and written by those who may."""
    apart = {*REGISTER, *OF_PERSON, *HANDLED, *CHAT}
    owner = {("owner", deed, table) for deed in DEEDS for table in ROWS if table not in apart}
    colleague = {("same department", deed, table) for deed in DEEDS for table in DEPARTMENTS}
    usage = {(officer, deed, "usage") for officer in OFFICERS for deed in ("change", "delete")}
    usage.add(("owner", "change", "tokens"))
    usage |= {(officer, "change", "knowledge_passages") for officer in OFFICERS}
    usage |= {(officer, "delete", "knowledge_sheets") for officer in OFFICERS}
    usage |= {(officer, deed, "knowledge_audits") for officer in OFFICERS for deed in ("change", "delete")}
    moved = {("other department", deed, "tokens") for deed in ("see", "delete")}
    shared = {(officer, "see", f"shared {table}") for officer in OFFICERS for table in SHARED}
    shared |= {("for all", deed, f"shared {table}") for deed in DEEDS for table in SHARED}
    nobody = {("nobody", "see", f"shared {table}") for table in SHARED}
    colleagues = ("owner", "same department")
    people = {
        (who, "see", table)
        for who in colleagues
        for table in ("officers", "usage_daily", "quotas", "knowledge_words", "privacy_rules")
    }
    people |= {(officer, "see", "departments") for officer in OFFICERS if officer != "nobody"}
    department = colleague | {("same department", "see", table) for table in ONLY_ADDED}
    usage |= {("owner", deed, table) for table in ONLY_ADDED for deed in ("change", "delete")}
    approvals = {(officer, "see", "approvals") for officer in OFFICERS if officer != "nobody"}
    usage |= {("owner", "delete", table) for table in ("approvals", "stops")}
    approvals |= {(officer, "see", "stops") for officer in OFFICERS if officer != "nobody"}
    approvals.add(("for all", "change", "stops"))
    usage |= {("owner", deed, table) for deed in ("change", "delete") for table in RELEASED}
    moved.add(("other department", "see", "acknowledgements"))
    return (
        expected_care()
        | ((owner | department) - usage)
        | (shared - nobody)
        | people
        | moved
        | approvals
        | expected_lent()
        | expected_reviews()
        | expected_register()
        | expected_held()
        | expected_chat()
    )


def expected_care() -> Permitted:
    """Consents and the like are a person's own; complaints are seen by who made them and by who handles them,
    incidents by who handles them."""
    mine = {
        (officer, deed, table)
        for officer in ("owner", "other department")
        for table, deeds in OF_PERSON.items()
        for deed in ("see", *deeds)
    }
    handled = {
        (officer, deed, table)
        for officer in ("owner", "for all")
        for table, deeds in HANDLED.items()
        for deed in ("see", *deeds)
    }
    return mine | handled | {("other department", "see", table) for table in ("cases", "case_events")}


def expected_chat() -> Permitted:
    """Conversations are a person's own in whatever department, and what was answered stays as it was; a
    department's answers to the public are its officers'."""
    own = {
        (who, deed, table)
        for who in ("owner", "other department")
        for deed in DEEDS
        for table in ("chat_conversations", "chat_memories")
    }
    kept = {
        (who, deed, table)
        for who in ("owner", "other department")
        for deed in ("see", "delete")
        for table in ("chat_turns", "chat_shares")
    }
    curated = {
        (who, deed, "curated_answers") for who in ("owner", "same department") for deed in ("see", "change")
    }
    return own | kept | curated


def expected_reviews() -> Permitted:
    """An acceptance is seen by all who see its draft, and decided by another officer of its department."""
    seen = {(officer, "see", REVIEWED) for officer in ("owner", "same department", "for all")}
    return seen | {("same department", "review", REVIEWED)}


def expected_held() -> Permitted:
    """A reviewer sees what waits and changes it until it is decided; who asked sees it once it is released."""
    waiting = {("owner", deed, "waiting answer") for deed in ("see", "change")}
    return waiting | {(who, "see", "released answer") for who in ("owner", "same department")}


def expected_register() -> Permitted:
    """All see what AI is used for; a use and its assessment are changed by its department, what was signed or
    recorded by nobody. What was answered is seen by the department and by who answers for all."""
    signed_in = [officer for officer in OFFICERS if officer != "nobody"]
    open_to_all = [table for table in REGISTER if table not in (*ASSESSED, "evidence")]
    seen = {(officer, "see", table) for officer in signed_in for table in open_to_all}
    seen |= {(officer, "see", "evidence") for officer in ("owner", "same department")}
    seen |= {(who, "see", table) for who in ("owner", "same department", "for all") for table in ASSESSED}
    written = ("uses", "assessments")
    changed = {(who, "change", table) for who in ("owner", "same department") for table in written}
    return seen | changed | {("owner", "change", "policy_texts")}


def expected_lent() -> Permitted:
    """What is shared is seen by its receivers and changed by its owner alone; checkpoints are not shared."""
    owner = {("owner", deed, f"lent {table}") for deed in DEEDS for table in LENT}
    transport = {("other department", "see", f"lent {table}") for table in ("documents", "shares")}
    librarian = {("for all", "see", f"lent {table}") for table in LENT if table != "steps"}
    return (owner - {("owner", "delete", "lent shares")}) | transport | librarian


def permitted(url: str) -> Permitted:
    """What the database lets each officer do."""
    return {each for _, found in each_row(url, EVERY) for each in found}


def is_noticed(url: str, tables: Container[str]) -> bool:
    """Whether the rows of these tables tell that the walls are not what they are to be."""
    wanted = expected()
    return any(found != {each for each in wanted if each[2] == row} for row, found in each_row(url, tables))


class _Every:
    def __contains__(self, _: object) -> bool:
        return True


EVERY = _Every()


def each_row(url: str, tables: Container[str]) -> Iterator[tuple[str, Permitted]]:
    """Every kind of row, and what the database lets each officer do to it, as soon as it is found. All are
    put in, and those of these `tables` looked at; one that cannot be put in lets nobody do anything."""
    with psycopg.connect(url) as owner:
        owner.execute(PEOPLE)
        owner.execute(QUOTAS)
        owner.execute(PRIVACY_RULES)
    with psycopg.connect(make_conninfo(url, options=f"-c role={APPLICATION}")) as connection:
        for table, insert in ROWS.items():
            if not inserted(connection, "owner", insert):
                yield table, set()
            elif table in tables:
                yield table, permitted_of(connection, table, table)
        for table in READ_ALONE:
            if table in tables:
                yield table, permitted_of(connection, table, table)
        if "held_answers" in tables:
            yield from by_row(permitted_held(connection), "waiting answer", "released answer")
        connection.rollback()
        with psycopg.connect(url) as owner:
            owner.execute(LIBRARIAN)
        yield from permitted_lent(connection, tables)
        if "acceptances" in tables:
            yield REVIEWED, permitted_reviews(connection)
    with psycopg.connect(url) as owner:
        owner.execute("TRUNCATE terms, memory CASCADE")
    with psycopg.connect(make_conninfo(url, options=f"-c role={APPLICATION}")) as connection:
        for table in SHARED:
            if table in tables and inserted(connection, "for all", ROWS[table].replace("'Works'", "''")):
                yield f"shared {table}", permitted_of(connection, table, f"shared {table}")


def by_row(found: Permitted, *rows: str) -> Iterator[tuple[str, Permitted]]:
    """What was found of several kinds of rows together, kind by kind."""
    for row in rows:
        yield row, {each for each in found if each[2] == row}


def permitted_lent(connection: Connection[Any], tables: Container[str]) -> Iterator[tuple[str, Permitted]]:
    """What each officer may do to rows that are shared; nothing where sharing itself is not let."""
    let = all(inserted(connection, "owner", share) for share in SHARES)
    for table in LENT:
        if table in tables:
            yield f"lent {table}", permitted_of(connection, table, f"lent {table}") if let else set()


def permitted_reviews(connection: Connection[Any]) -> Permitted:
    """Who may see and decide an acceptance of a draft that is shared with its owner's department too."""
    if not inserted(connection, "owner", SHARED_FOR_REVIEW):
        return set()
    found = {
        (officer, deed, REVIEWED)
        for officer, deed, _ in permitted_of(connection, "acceptances", REVIEWED)
        if deed == "see"
    }
    for officer in OFFICERS:
        act(connection, officer)
        with contextlib.suppress(psycopg.errors.InsufficientPrivilege, psycopg.errors.CheckViolation):
            if connection.execute(REVIEW).rowcount:
                found.add((officer, "review", REVIEWED))
        connection.rollback()
    return found


def permitted_held(connection: Connection[Any]) -> Permitted:
    """What each officer may do to an answer that waits, and once it is released."""
    if not inserted(connection, "same department", HELD):
        return set()
    found = permitted_decided(connection, "waiting answer")
    act(connection, "owner")
    connection.execute(RELEASE)
    connection.commit()
    return found | permitted_of(connection, "held_answers", "released answer")


def permitted_decided(connection: Connection[Any], row: str) -> Permitted:
    """What each officer may do to the one answer that waits; to change it is to decide."""
    found = {each for each in permitted_of(connection, "held_answers", row) if each[1] != "change"}
    for officer, (who, _, _) in OFFICERS.items():
        act(connection, officer)
        with contextlib.suppress(psycopg.errors.InsufficientPrivilege, psycopg.errors.CheckViolation):
            if connection.execute(RELEASE.replace("'clerk'", "%s"), (who,)).rowcount:
                found.add((officer, "change", row))
        connection.rollback()
    return found


def inserted(connection: Connection[Any], officer: str, statement: str) -> bool:
    act(connection, officer)
    try:
        connection.execute(statement)  # type: ignore[call-overload]  # our own words
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ForeignKeyViolation):
        connection.rollback()  # a row that it belongs to was not let in either
        return False
    connection.commit()
    return True


def permitted_of(connection: Connection[Any], table: str, row: str) -> Permitted:
    """What each officer can do to the table's one row; each deed is taken back."""
    name, column = sql.Identifier(table), sql.Identifier(COLUMNS.get(table, "id"))
    found = set()
    for officer in OFFICERS:
        for deed, statement in DEEDS.items():
            act(connection, officer)
            with contextlib.suppress(psycopg.errors.InsufficientPrivilege):
                if connection.execute(sql.SQL(statement).format(name, column, column)).rowcount:
                    found.add((officer, deed, row))
            connection.rollback()
    return found


def act(connection: Connection[Any], officer: str) -> None:
    """Begin a transaction for that officer."""
    connection.execute(
        "SELECT set_config('bauhinia.officer', %s, true), set_config('bauhinia.department', %s, true), "
        "set_config('bauhinia.shared', %s, true)",
        OFFICERS[officer],
    )


@contextmanager
def copied(postgres: EmbeddedPostgres, source: str) -> Iterator[str]:
    """A copy of a database."""
    name = f"copy_{secrets.token_hex(6)}"
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as admin:
        admin.execute(
            f"CREATE DATABASE {name} TEMPLATE {conninfo_to_dict(source)['dbname']} STRATEGY file_copy"
        )
        yield postgres.url(name)
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def noticed(postgres: EmbeddedPostgres, source: str, breach: sql.Composed, table: str) -> bool:
    """Whether the breach of that table's walls is noticed: by its own rows, which is quick, or by any."""
    for tables in ((table,), EVERY):
        with copied(postgres, source) as url:
            with psycopg.connect(url) as owner:
                owner.execute(breach)
            if is_noticed(url, tables):
                return True
    return False


def test_each_officer_may_do_just_what_is_permitted(database_url: str) -> None:
    assert permitted(database_url) == expected()


def test_walls_that_stand_are_not_taken_for_gone(postgres: EmbeddedPostgres, database_url: str) -> None:
    """Or the two tests below would prove nothing."""
    for tables in (*((table,) for table in sorted(WALLED)), EVERY):
        with copied(postgres, database_url) as url:
            assert not is_noticed(url, tables), tables


def test_a_policy_that_is_gone_is_noticed(postgres: EmbeddedPostgres, database_url: str) -> None:
    with psycopg.connect(database_url) as owner:
        there = owner.execute("SELECT tablename, policyname FROM pg_policies ORDER BY 1, 2").fetchall()
    assert {table for table, _ in there} == WALLED
    for table, name in there:
        dropped = sql.SQL("DROP POLICY {} ON {}").format(sql.Identifier(name), sql.Identifier(table))
        assert noticed(postgres, database_url, dropped, table), (
            f"nothing notices that {name} on {table} is gone"
        )


def test_a_table_without_walls_is_noticed(postgres: EmbeddedPostgres, database_url: str) -> None:
    for table in WALLED:
        off = sql.SQL("ALTER TABLE {} DISABLE ROW LEVEL SECURITY").format(sql.Identifier(table))
        assert noticed(postgres, database_url, off, table), f"nothing notices that {table} has no walls"


def test_every_table_has_walls_or_a_reason(database_url: str) -> None:
    with psycopg.connect(database_url) as owner:
        found = owner.execute(
            "SELECT relname, relrowsecurity FROM pg_class "
            "WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
        ).fetchall()
    assert {table for table, walled in found if not walled} == set(OPEN)
    assert {table for table, walled in found if walled} == WALLED | set(CLOSED)


def test_proofs_of_who_somebody_is_are_seen_by_nobody(database_url: str) -> None:
    with psycopg.connect(make_conninfo(database_url, options=f"-c role={APPLICATION}")) as connection:
        for table in CLOSED:
            act(connection, "owner")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(sql.SQL("SELECT FROM {}").format(sql.Identifier(table)))
            connection.rollback()


def test_the_application_owns_nothing_and_passes_by_no_policy(database_url: str) -> None:
    with psycopg.connect(database_url) as owner:
        role = owner.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = %s",
            (APPLICATION,),
        ).fetchone()
        owned = owner.execute(
            "SELECT relname FROM pg_class WHERE pg_get_userbyid(relowner) = %s", (APPLICATION,)
        ).fetchall()
    assert role == (False, False, False, False) and owned == []


FORBIDDEN = (
    "UPDATE ledger SET body = 'x'",
    "UPDATE ledger SET hash = 'x'",
    "DELETE FROM ledger",
    "TRUNCATE ledger",
    "SELECT body FROM ledger",
    "ALTER TABLE ledger DISABLE TRIGGER ALL",
    "DELETE FROM ledger_head",
    "TRUNCATE ledger_head",
    "INSERT INTO ledger_head (one, seq, hash) VALUES (false, 0, '')",
    "UPDATE ledger_head SET one = true",
    "UPDATE ledger_head SET seq = seq - 1, hash = (SELECT hash FROM ledger WHERE seq = 1)",
    "UPDATE ledger_head SET seq = seq",
    "UPDATE ledger_head SET hash = sha256('')",
    "UPDATE ledger_head SET seq = 9",
    "INSERT INTO ledger (seq, body, hash) VALUES (3, '', '')",
    "INSERT INTO ledger (seq, body, hash) VALUES (9, '', '')",
    "INSERT INTO ledger_tiles VALUES (8, 0, '')",
)
"""What the role that writes the ledger may not do to one of two rows."""


def test_the_role_that_writes_the_ledger_adds_to_its_end_and_does_nothing_else(database_url: str) -> None:
    both = (
        "WITH head AS (UPDATE ledger_head SET seq = {0}, hash = sha256('{0}'))"
        " INSERT INTO ledger (seq, body, hash) VALUES ({0}, '', sha256('{0}'))"
    )
    with psycopg.connect(make_conninfo(database_url, options=f"-c role={APPLICATION}")) as connection:
        for number in (1, 2):
            connection.execute(both.format(number).encode())
            connection.commit()
        for statement in FORBIDDEN:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement.encode())
            connection.rollback()
        # A row that is gone is not put back either, with the head's next step.
        with psycopg.connect(database_url) as owner:
            owner.execute("DELETE FROM ledger WHERE seq = 1")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(both.format(3).encode() + b", (1, '', '')")


async def test_work_is_for_whom_it_was_begun(database: Database) -> None:
    """A task that goes on in the background keeps to the officer who started it."""
    seen: list[str] = []

    async def work() -> None:
        async with database.connection() as connection:
            row = await (await connection.execute("SELECT acting_officer()")).fetchone()
            assert row is not None
            seen.append(row[0])

    with within(Walls(officer="clerk", department="Works")):
        begun = asyncio.create_task(work())
    await begun
    await work()
    assert seen == ["clerk", "local"]


async def test_an_embedded_database_takes_nobody_back_to_the_owner(database_folder: Path) -> None:
    """The application signs in as a role of its own, so that no statement can give it the owner's rights."""
    settings = Settings(data_folder=database_folder, database_url="")
    async with Database.open(settings) as database:
        for statement in ("RESET ROLE", "SET ROLE postgres", "SET SESSION AUTHORIZATION postgres"):
            with contextlib.suppress(psycopg.errors.InsufficientPrivilege):
                async with database.connection() as connection:
                    await connection.execute(statement)
                    row = await (await connection.execute("SELECT current_user")).fetchone()
                    assert row == (APPLICATION,)
