"""The exporter of corrections: only of those who consent at that moment, without names or personal data."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from bauhinia.cli import app
from bauhinia.guideline.consent import Consents, ConsentTexts, consent_texts
from bauhinia.guideline.department_consent import DepartmentConsents, department_text
from bauhinia.ledger import Ledger
from bauhinia.people import Officer, acting_as
from bauhinia.pilot.consented import ConsentedCorrection, consented_corrections
from bauhinia.store import Database

ADA = Officer(id="ada", department="hyd", name="Officer Ada")
BEN = Officer(id="ben", department="td", name="Officer Ben")
VERSION = consent_texts().purposes["training"].newest.id
DEPARTMENT_VERSION = department_text().newest.id
DEPARTMENT_CONSENTS = (
    "INSERT INTO department_consents (department, purpose, version, language, given, officer, officer_name)"
    " VALUES (%s, 'training', %s, 'en', true, 'a', 'Administrator')"
)


@pytest.fixture
async def consents(database: Database) -> Consents:
    """Two officers with two corrections each: one in the editor, one on the page of the draft."""
    async with database.maintenance() as connection:
        await connection.execute("INSERT INTO departments VALUES ('hyd', 'HYD'), ('td', 'TD')")
        for department in ("hyd", "td"):
            await connection.execute(DEPARTMENT_CONSENTS, (department, DEPARTMENT_VERSION))
        for officer in (ADA, BEN):
            passage = {"source_text": "Call 9123 4567.", "original": "請致電。", "text": "請致電 9123 4567。"}
            draft = {
                "sections": [{"passages": [passage, {"source_text": "x", "text": "y", "original": None}]}]
            }
            for task, kept in (("e", None), ("p", json.dumps(draft))):
                await connection.execute(
                    'INSERT INTO tasks (id, kind, "order", status, draft, officer, department)'
                    " VALUES (%s, 'translate', '{\"to\": \"zh-HK\"}', 'done', %s, %s, %s)",
                    (f"{officer.id}-{task}", kept, officer.id, officer.department),
                )
            await connection.execute(
                "INSERT INTO segments (task, place, passage, source, target, original)"
                " VALUES (%s, 0, 'p0', 'A bridge', %s, '橋'), (%s, 1, 'p1', 'Same', '同', '同')",
                (f"{officer.id}-e", f"{officer.id}的橋", f"{officer.id}-e"),
            )
    return Consents(database, Ledger(database))


async def exported(database: Database, consents: Consents) -> list[ConsentedCorrection]:
    departments = DepartmentConsents(database, Ledger(database))
    return [each async for each in consented_corrections(database, consents, departments)]


async def test_nobody_is_exported_who_did_not_consent(database: Database, consents: Consents) -> None:
    assert await exported(database, consents) == []
    assert (await consents.may_use("ada", "training")).reason == "no_consent"


async def test_consent_lets_in_and_withdrawal_takes_out_at_once(
    database: Database, consents: Consents
) -> None:
    with acting_as(ADA):
        await consents.give(ADA, "training", VERSION, "en")
        assert (await consents.may_use("ada", "training")).allowed
        assert not (await consents.may_use("ada", "content")).allowed
    found = await exported(database, consents)
    assert sorted(each.target[:3] for each in found) == ["ada", "請致電"] and {
        each.officer for each in found
    } == {1}
    with acting_as(ADA):
        await consents.withdraw(ADA, "training", "en")
    assert await exported(database, consents) == []


async def test_an_export_has_no_names_and_no_personal_data(database: Database, consents: Consents) -> None:
    for officer in (ADA, BEN):
        with acting_as(officer):
            await consents.give(officer, "training", VERSION, "zh-Hant-HK")
    found = await exported(database, consents)
    assert {each.officer for each in found} == {1, 2} and len(found) == 4
    (call, _) = (each for each in found if each.source.startswith("Call"))
    assert "9123" not in call.source + call.target
    assert call.source.removeprefix("Call ").rstrip(".") in call.target, "both have the same pseudonym"
    assert "Officer" not in repr(found).replace("officer=", "")


async def test_what_is_classified_or_withdrawn_stays(database: Database, consents: Consents) -> None:
    with acting_as(ADA):
        await consents.give(ADA, "training", VERSION, "en")
    async with database.maintenance() as connection:
        await connection.execute("UPDATE tasks SET classification = 'secret' WHERE id = 'ada-e'")
        await connection.execute(
            "INSERT INTO cases (id, kind, complainant, complainant_name, department, task, words, due, withdrawn)"
            " VALUES ('c', 'wrong', 'ben', 'Officer Ben', 'hyd', 'ada-p', 'w', now(), now())"
        )
    assert await exported(database, consents) == []


async def test_nothing_leaves_a_department_that_does_not_consent(
    database: Database, consents: Consents
) -> None:
    for officer in (ADA, BEN):
        with acting_as(officer):
            await consents.give(officer, "training", VERSION, "en")
    async with database.maintenance() as connection:
        await connection.execute("UPDATE department_consents SET given = false WHERE department = 'td'")
    assert {each.target[:3] for each in await exported(database, consents)} == {"ada", "請致電"}


async def test_an_earlier_text_counts_for_what_it_speaks_of(database: Database, consents: Consents) -> None:
    async with database.maintenance() as connection:
        await connection.execute(
            "INSERT INTO consents (subject, purpose, version, language, given)"
            " VALUES ('ada', 'training', 'training-1', 'en', true)"
        )
    assert len(await exported(database, consents)) == 2
    assert (await consents.may_use("ada", "training", covering="translations")).allowed
    assert not (await consents.may_use("ada", "training", covering="drafts")).allowed
    with acting_as(ADA):
        (standing,) = [each for each in await consents.standing(ADA) if each.purpose == "training"]
        assert standing.given and standing.narrow and not standing.stale
        await consents.give(ADA, "training", VERSION, "en")
        (standing,) = [each for each in await consents.standing(ADA) if each.purpose == "training"]
    assert standing.given and not standing.narrow
    assert (await consents.may_use("ada", "training", covering="drafts")).allowed


async def test_consent_at_an_earlier_time_is_known_and_one_officer_answers_for_nobody_else(
    database: Database, consents: Consents
) -> None:
    with acting_as(ADA):
        await consents.give(ADA, "training", VERSION, "en")
        (given,) = [each for each in await consents.standing(ADA) if each.purpose == "training"]
        await consents.withdraw(ADA, "training", "en")
        assert given.given and given.at is not None
        assert (await consents.may_use("ada", "training", at=given.at)).allowed
        assert not (await consents.may_use("ada", "training", kind="citizen", at=given.at)).allowed
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await consents.give(BEN, "training", VERSION, "en")
        assert [each["given"] for each in await consents.history(ADA)] == [False, True]


async def test_a_citizen_consents_by_an_id(database: Database, consents: Consents) -> None:
    citizen = Officer(id="citizen-7", department="public", name="")
    with acting_as(citizen):
        await consents.give(
            citizen, "content", consent_texts().purposes["content"].newest.id, "zh-Hans", "citizen"
        )
    assert (await consents.may_use("citizen-7", "content", kind="citizen")).allowed
    assert not (await consents.may_use("citizen-7", "content")).allowed


async def test_a_text_that_asks_for_more_ends_earlier_consents(
    database: Database, consents: Consents, monkeypatch: pytest.MonkeyPatch
) -> None:
    with acting_as(ADA):
        await consents.give(ADA, "training", VERSION, "en")
    data = consent_texts().model_dump(by_alias=True)
    newer = {**data["purposes"]["training"]["versions"][-1], "id": "training-next"}
    for renews, allowed in ((False, True), (True, False)):
        versions = [*data["purposes"]["training"]["versions"], {**newer, "renews": renews}]
        purposes = {**data["purposes"], "training": {**data["purposes"]["training"], "versions": versions}}
        texts = ConsentTexts.model_validate({"purposes": purposes, "departments": data["departments"]})
        monkeypatch.setattr("bauhinia.guideline.consent.consent_texts", lambda texts=texts: texts)
        assert (await consents.may_use("ada", "training")).allowed is allowed
        with acting_as(ADA):
            (standing,) = [each for each in await consents.standing(ADA) if each.purpose == "training"]
        assert (standing.given, standing.stale) == (allowed, not allowed)


def test_the_command_writes_a_line_for_each(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAUHINIA_DATABASE_URL", database_url)
    with psycopg.connect(database_url) as connection:
        connection.execute(
            'INSERT INTO tasks (id, kind, "order", status, officer, department)'
            " VALUES ('t', 'translate', '{\"to\": \"en\"}', 'done', 'ada', 'hyd')"
        )
        connection.execute(
            "INSERT INTO segments (task, place, passage, source, target, original)"
            " VALUES ('t', 0, 'p0', '橋', 'Bridge', 'A bridge')"
        )
        connection.execute(
            "INSERT INTO consents (subject, purpose, version, language, given)"
            " VALUES ('ada', 'training', %s, 'en', true)",
            (VERSION,),
        )
        connection.execute(DEPARTMENT_CONSENTS, ("hyd", DEPARTMENT_VERSION))
    out = tmp_path / "corrections.jsonl"
    done = CliRunner().invoke(app, ["corrections", "export", str(out)])
    assert done.exit_code == 0, done.output
    assert json.loads(out.read_text()) == {
        "officer": 1, "source": "橋", "original": "A bridge", "target": "Bridge", "to": "en", "confirmed": False,
    }  # fmt: skip
