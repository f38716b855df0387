"""Preference data from use: pairs and labels of those who consent, without personal data, the same each time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
import pytest
import typer
from typer.testing import CliRunner

from bauhinia.cli.faults import Verbs
from bauhinia.cli.foundry_preferences import preferences
from bauhinia.errors import Conflict
from bauhinia.foundry.preferences import LABELS, MANIFEST, MARKER, PAIRS, WITHDRAWN, Snapshot, export
from bauhinia.foundry.preferences import snapshot as module
from bauhinia.guideline.consent import consent_texts
from bauhinia.guideline.department_consent import department_text
from bauhinia.ledger import Ledger
from bauhinia.people import Officer
from bauhinia.pilot.codec import from_json, to_json
from bauhinia.pilot.draft import Draft, Passage, Section
from bauhinia.pilot.release_checks import digest_of
from bauhinia.settings import get_settings
from bauhinia.store import Connection, Database

BY = Officer(id="operator", department="itib", name="Operator of this machine")
TEXT = consent_texts().purposes["training"].newest.id
DEPARTMENT_TEXT = department_text().newest.id


def passage(number: int, text: str, original: str | None = None, source: str = "") -> Passage:
    return Passage(id=f"p{number}", kind="paragraph", text=text, original=original, source_text=source)


def draft(kind: Any, *passages: Passage, language: str = "en") -> Draft:
    return Draft(kind=kind, title="T", sections=(Section(language=language, title="", passages=passages),))


WORK: Mapping[str, tuple[str, str, dict[str, Any], Draft, bool]] = {
    # task: officer, kind, order, draft, accepted
    "a-translate": (
        "ada", "translate", {"to": "zh-HK", "document": "d"},
        draft(
            "translate",
            passage(0, "請致電 9123 4567 聯絡陳大文先生。", "請致電 9123 4567。", "Call Mr Chan Tai Man on 9123 4567."),
            passage(1, "橋樑", None, "A bridge"),
            language="zh-Hant-HK",
        ), True,
    ),
    "a-draft": (
        "ada", "draft", {"type": "reply", "instructions": "Reply that the road is mended.", "language": "en"},
        draft("draft", passage(0, "The road was mended on Monday.", "The road is good."), passage(1, "Yours faithfully")),
        True,
    ),
    "a-open": (
        "ada", "draft", {"type": "memo", "instructions": "Write.", "language": "en"},
        draft("draft", passage(0, "Half written", "Model wrote")), False,
    ),
    "b-summary": (
        "ben", "summarise", {"documents": ["doc-b"], "length": "short"},
        draft("summarise", passage(0, "The pier closes in May.")), True,
    ),
    "b-compare": ("ben", "compare", {"documents": ["x", "y"]}, draft("compare", passage(0, "x", "y")), True),
}  # fmt: skip


async def add(connection: Connection, task: str, entry: tuple[str, str, dict[str, Any], Draft, bool]) -> None:
    officer, kind, order, made, accepted = entry
    department = {"ada": "hyd", "ben": "md"}[officer]
    await connection.execute(
        'INSERT INTO tasks (id, kind, "order", status, draft, officer, department)'
        " VALUES (%s, %s, %s, 'done', %s, %s, %s)",
        (task, kind, json.dumps(order), json.dumps(to_json(made)), officer, department),
    )
    if accepted:
        await connection.execute(
            "INSERT INTO acceptances (id, task, digest, audience, officer, department, officer_name, checked,"
            " statement, findings, unverified)"
            " VALUES (%s, %s, %s, 'internal', %s, %s, 'O', '{}', 's', 0, 0)",
            (task, task, digest_of(made), officer, department),
        )


@pytest.fixture
async def work(database: Database) -> Database:
    """Finished work of two officers of two departments; everybody consents."""
    async with database.maintenance() as connection:
        for task, entry in WORK.items():
            await add(connection, task, entry)
        await connection.execute(
            "INSERT INTO documents (id, name, format, digest, bytes, document, variety, officer, department)"
            " VALUES ('doc-b', 'a.md', 'md', 'x', 1, %s, 'en', 'ben', 'md')",
            (
                json.dumps(
                    {"blocks": [{"text": "The pier will be closed from May."}, {"text": "Ferries go on."}]}
                ),
            ),
        )
    await consent(database)
    return database


async def consent(database: Database, *, given: bool = True, who: tuple[str, ...] = ("ada", "ben")) -> None:
    async with database.maintenance() as connection:
        for officer in who:
            await connection.execute(
                "INSERT INTO consents (subject, purpose, version, language, given)"
                " VALUES (%s, 'training', %s, 'en', %s)",
                (officer, TEXT, given),
            )
            await decide_for(connection, {"ada": "hyd", "ben": "md"}[officer], given=True)


async def decide_for(connection: Connection, department: str, *, given: bool) -> None:
    await connection.execute(
        "INSERT INTO department_consents (department, purpose, version, language, given, officer, officer_name)"
        " VALUES (%s, 'training', %s, 'en', %s, 'adm', 'Administrator')",
        (department, DEPARTMENT_TEXT, given),
    )


async def run(database: Database, out: Path) -> Snapshot:
    ledger = Ledger(database)
    try:
        return await export(out, database, ledger, BY)
    finally:
        await ledger.close()


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


async def test_edits_become_pairs_and_what_stands_becomes_labels(work: Database, tmp_path: Path) -> None:
    told = await run(work, tmp_path / "out")
    pairs, labels = rows(tmp_path / "out" / PAIRS), rows(tmp_path / "out" / LABELS)
    assert (told.pairs, told.labels) == (len(pairs), len(labels)) == (2, 2)
    reply, translation = pairs
    assert (reply["source"], reply["language"]) == ("use:draft", "en")
    assert reply["prompt"][1] == {"role": "user", "content": "Reply that the road is mended."}
    assert reply["chosen"][0]["content"] == "The road was mended on Monday.\nYours faithfully"
    assert reply["rejected"] == [{"role": "assistant", "content": "The road is good.\nYours faithfully"}]
    assert (translation["source"], translation["language"]) == ("use:translate", "zh-Hant")
    assert {(each["source"], each["completion"][0]["content"], each["label"]) for each in labels} == {
        ("use:translate", "橋樑", True), ("use:summarise", "The pier closes in May.", True),
    }  # fmt: skip
    (summary,) = [each for each in labels if each["source"] == "use:summarise"]
    assert summary["prompt"][1]["content"] == "The pier will be closed from May.\nFerries go on."
    assert told.left_out == {"not_accepted": 1}


async def test_personal_data_is_replaced_by_the_same_pseudonym_in_the_whole_row(
    work: Database, tmp_path: Path
) -> None:
    await run(work, tmp_path / "out")
    (row,) = [each for each in rows(tmp_path / "out" / PAIRS) if each["source"] == "use:translate"]
    asked, chosen, rejected = (row[key][-1]["content"] for key in ("prompt", "chosen", "rejected"))
    text = json.dumps(row, ensure_ascii=False)
    assert not any(name in text for name in ("9123", "Chan Tai Man", "陳大文"))
    assert "PHONE-P1" in asked and "PHONE-P1" in chosen and "PHONE-P1" in rejected
    everything = "".join(path.read_text() for path in (tmp_path / "out").iterdir())
    assert "ada" not in everything and "a-draft" not in everything and "Officer" not in everything


async def test_the_same_data_give_the_same_bytes_and_the_ledger_has_each(
    work: Database, tmp_path: Path
) -> None:
    first, second = await run(work, tmp_path / "one"), await run(work, tmp_path / "two")
    assert first.id == second.id
    for name in (PAIRS, LABELS, MANIFEST, WITHDRAWN):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    marker = json.loads((tmp_path / "two" / MARKER).read_text())
    async with work.maintenance() as connection:
        kept = await (await connection.execute("SELECT seq, body FROM ledger ORDER BY seq")).fetchall()
    assert [json.loads(body)["deed"] for _, body in kept] == ["preferences.export"] * 2
    assert json.loads(kept[1][1])["subject"] == f"{first.id}: 2 pairs, 2 labels, 0 withdrawn"
    assert marker == {"snapshot": first.id, "entry": kept[1][0]}


async def test_a_later_snapshot_omits_what_was_withdrawn_and_says_how_many(
    work: Database, tmp_path: Path
) -> None:
    first = await run(work, tmp_path / "out")
    before = {each["id"] for name in (PAIRS, LABELS) for each in rows(tmp_path / "out" / name)}
    await consent(work, given=False, who=("ada",))
    second = await run(work, tmp_path / "out")
    after = {each["id"] for name in (PAIRS, LABELS) for each in rows(tmp_path / "out" / name)}
    assert (second.pairs, second.labels, second.since) == (0, 1, first.id)
    assert set(second.withdrawn) == before - after and set(second.withdrawn.values()) == {"officer"}
    assert json.loads((tmp_path / "out" / WITHDRAWN).read_text())["rows"] == dict(
        sorted(second.withdrawn.items())
    )
    async with work.maintenance() as connection:
        await connection.execute("DELETE FROM tasks WHERE id = 'b-summary'")
    third = await run(work, tmp_path / "out")
    assert list(third.withdrawn.values()) == ["gone"] and third.since == second.id
    again = await run(work, tmp_path / "out")
    assert (again.since, again.withdrawn) == (third.since, third.withdrawn), "a repetition says the same"


SQL_AGAINST = {
    "officer": "UPDATE consents SET given = false",
    "department": "UPDATE department_consents SET given = false",
    "opted_out": "INSERT INTO opt_outs (officer, use) VALUES ('ada', '*'), ('ben', '*')",
    "classified": "UPDATE tasks SET classification = 'secret'",
    "withdrawn": "INSERT INTO cases (id, kind, complainant, complainant_name, department, task, words, due, withdrawn)"
    " SELECT id, 'wrong', 'x', 'X', 'hyd', id, 'w', now(), now() FROM tasks",
    "disputed": "INSERT INTO cases (id, kind, complainant, complainant_name, department, task, words, due)"
    " SELECT id, 'other', 'x', 'X', 'hyd', id, 'w', now() FROM tasks",
}


@pytest.mark.parametrize("reason", SQL_AGAINST)
async def test_one_no_is_enough(work: Database, tmp_path: Path, reason: str) -> None:
    async with work.maintenance() as connection:
        await connection.execute(SQL_AGAINST[reason].encode())
    told = await run(work, tmp_path / "out")
    assert (told.pairs, told.labels) == (0, 0)
    assert told.left_out == {reason: 5}


async def test_an_opt_out_of_one_use_leaves_the_others(work: Database, tmp_path: Path) -> None:
    async with work.maintenance() as connection:
        await connection.execute("INSERT INTO opt_outs (officer, use) VALUES ('ada', 'pilot.translate')")
    told = await run(work, tmp_path / "out")
    assert (told.pairs, told.labels, told.left_out) == (1, 1, {"not_accepted": 1, "opted_out": 2})


async def test_consent_to_the_text_of_translations_gives_translations_alone(
    work: Database, tmp_path: Path
) -> None:
    async with work.maintenance() as connection:
        await connection.execute("UPDATE consents SET version = 'training-1'")
    told = await run(work, tmp_path / "out")
    assert {each["source"] for name in (PAIRS, LABELS) for each in rows(tmp_path / "out" / name)} == {
        "use:translate"
    }
    assert told.left_out == {"officer": 3}


async def rate(database: Database, task: str, who: str, *, good: bool) -> None:
    async with database.maintenance() as connection:
        await connection.execute(
            "INSERT INTO cases (id, kind, complainant, complainant_name, department, task, words, due, good)"
            " VALUES (%s, 'feedback', %s, 'N', 'hyd', %s, 'words of mine', now(), %s)",
            (f"{task}-{who}", who, task, good),
        )


async def test_ratings_and_upheld_complaints_become_labels(work: Database, tmp_path: Path) -> None:
    await rate(work, "a-draft", "ada", good=False)  # of the model's words, which she changed
    await rate(work, "a-draft", "ben", good=True)  # of her words, which say nothing of the model's
    await rate(work, "b-summary", "ada", good=True)
    await rate(work, "b-summary", "cara", good=False)  # who consented to nothing
    told = await run(work, tmp_path / "out")
    found = {
        (each["source"], each["label"])
        for each in rows(tmp_path / "out" / LABELS)
        if each["id"][:5] == "rated"
    }
    assert found == {("use:draft", False), ("use:summarise", True)}
    assert told.left_out == {"not_accepted": 1, "rater": 1}
    assert "words of mine" not in (tmp_path / "out" / LABELS).read_text()
    async with work.maintenance() as connection:
        await connection.execute(
            "INSERT INTO cases (id, kind, complainant, complainant_name, department, task, words, due, state,"
            " outcome) VALUES ('f', 'other', 'x', 'X', 'md', 'b-summary', 'w', now(), 'decided', 'upheld')"
        )
    told = await run(work, tmp_path / "out")
    (summary,) = [each for each in rows(tmp_path / "out" / LABELS) if each["source"] == "use:summarise"]
    assert summary["label"] is False and summary["id"].startswith("faulty-")
    assert told.left_out["faulty"] == 2, "what stood, and what ada said of it before"


async def test_a_text_changed_after_it_was_accepted_is_a_draft_again(work: Database, tmp_path: Path) -> None:
    async with work.maintenance() as connection:
        made = from_json(Draft, to_json(draft("draft", passage(0, "Changed again.", "The road is good."))))
        await connection.execute(
            "UPDATE tasks SET draft = %s WHERE id = 'a-draft'", (json.dumps(to_json(made)),)
        )
    assert (await run(work, tmp_path / "out")).left_out == {"not_accepted": 2}


async def test_confirmed_segments_count_without_an_acceptance(work: Database, tmp_path: Path) -> None:
    async with work.maintenance() as connection:
        await connection.execute("DELETE FROM acceptances WHERE task = 'a-translate'")
        await connection.execute(
            "INSERT INTO segments (task, place, passage, source, target, original, status) VALUES"
            " ('a-translate', 0, 'p0', 'Call &lt;him&gt;', '請<1>致電</1>給他', '請', 'confirmed'),"
            " ('a-translate', 1, 'p1', 'A bridge', '一座橋', '橋樑', 'draft')"
        )
    told = await run(work, tmp_path / "out")
    (row,) = [each for each in rows(tmp_path / "out" / PAIRS) if each["source"] == "use:translate"]
    assert row["chosen"][0]["content"] == "請致電給他", "words without tags"
    assert told.left_out == {"not_accepted": 2}


async def test_sources_that_are_gone_or_too_long_give_no_row(work: Database, tmp_path: Path) -> None:
    async with work.maintenance() as connection:
        await connection.execute("UPDATE documents SET document = %s", (json.dumps({"blocks": [{"text": "x" * 30_000}]}),))  # fmt: skip
    assert (await run(work, tmp_path / "out")).left_out == {"not_accepted": 1, "too_long": 1}
    async with work.maintenance() as connection:
        await connection.execute("DELETE FROM documents")
    assert (await run(work, tmp_path / "out")).left_out == {"not_accepted": 1, "source_gone": 1}


async def test_whoever_withdraws_while_it_is_read_is_in_none_of_it(
    work: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, calls = module.finished_work, []

    async def withdrawing(*values: Any) -> Any:
        async for each in told(*values):
            yield each
        if not calls:
            calls.append(1)
            await consent(work, given=False, who=("ada",))

    monkeypatch.setattr(module, "finished_work", withdrawing)
    assert {
        each["source"] for each in rows((await run(work, tmp_path / "out"), tmp_path / "out" / LABELS)[1])
    } == {"use:summarise"}
    assert rows(tmp_path / "out" / PAIRS) == []


async def test_a_folder_with_something_else_is_left_alone(work: Database, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("mine")
    with pytest.raises(Conflict, match="no snapshot"):
        await run(work, tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["thesis.txt"]
    await run(work, tmp_path / "new")
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == sorted([PAIRS, LABELS, MANIFEST, WITHDRAWN, MARKER])  # fmt: skip
    assert (tmp_path / "new").stat().st_mode & 0o077 == 0, "its reader is its owner"


def test_the_command_says_what_was_left_out_and_what_was_withdrawn(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAUHINIA_DATABASE_URL", database_url)
    get_settings.cache_clear()
    small = typer.Typer(cls=Verbs)
    small.command()(preferences)
    small.callback()(lambda: None)
    with psycopg.connect(database_url) as connection:
        connection.execute(
            'INSERT INTO tasks (id, kind, "order", status, draft, officer, department)'
            " VALUES ('t', 'draft', %s, 'done', %s, 'ada', 'hyd')",
            (json.dumps({"type": "memo", "instructions": "Say no."}),
             json.dumps(to_json(draft("draft", passage(0, "No, thank you.", "No."))))),
        )  # fmt: skip
        connection.execute(
            "INSERT INTO acceptances (id, task, digest, audience, officer, department, officer_name, checked,"
            " statement, findings, unverified) VALUES ('a', 't', %s, 'internal', 'ada', 'hyd', 'O', '{}', 's', 0, 0)",
            (digest_of(draft("draft", passage(0, "No, thank you.", "No."))),),
        )
        connection.execute(
            "INSERT INTO consents (subject, purpose, version, language, given) VALUES ('ada', 'training', %s, 'en', true)",
            (TEXT,),
        )
        connection.execute(
            "INSERT INTO department_consents (department, purpose, version, language, given, officer, officer_name)"
            " VALUES ('hyd', 'training', %s, 'en', true, 'a', 'A')",
            (DEPARTMENT_TEXT,),
        )
    done = CliRunner().invoke(small, ["preferences", str(tmp_path / "out")])
    assert done.exit_code == 0 and ": 1 pairs, 0 labels in" in done.output, done.output
    (row,) = rows(tmp_path / "out" / PAIRS)
    release = tmp_path / "data" / "releases" / "regional-1"
    release.mkdir(parents=True)
    (release / "rows.jsonl").write_text(json.dumps({"id": row["id"], "set": "preferences", "source": row["source"], "licence": "", "sha256": ""}) + "\n")  # fmt: skip
    with psycopg.connect(database_url) as connection:
        connection.execute("UPDATE department_consents SET given = false")
    done = CliRunner().invoke(small, ["preferences", str(tmp_path / "out")])
    assert "left out, department: 1" in done.output
    assert "Withdrawn since use-" in done.output and ": 1 rows" in done.output
    assert "the release regional-1 learnt 1 of them" in done.output
