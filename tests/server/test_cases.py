"""Complaints, incidents and what is kept of an officer, over HTTP and among several officers."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import docx
import pytest

from bauhinia.guideline.acknowledgements import Acknowledgements
from bauhinia.guideline.case_kinds import case_kinds
from bauhinia.guideline.uses import Audience, Proposal
from bauhinia.ledger import Entry
from bauhinia.models import FakeModel
from bauhinia.people import Officer, acting_as
from bauhinia.settings import Settings

from .conftest import OpenSite, Site
from .test_signing_in import Member, member, work_of


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"sign_in": "accounts"})


@dataclass(frozen=True, slots=True)
class Hall:
    """A server, and who is there: the draft's owner shares it with the reader of another department."""

    site: Site
    owner: Member
    reader: Member
    administrator: Member
    """Of the owner's department: handles its cases."""
    auditor: Member
    stranger: Member
    task: str
    share: str

    async def asked(self, who: Member, method: str, path: str, **more: Any) -> tuple[int, Any]:
        headers = {**who.cookie, "accept": "text/html" if not path.startswith("/api") else "*/*"}
        async with self.site.client.request(
            method, self.site.url + path, headers=headers, allow_redirects=False, **more
        ) as answer:
            data = await answer.read()
            kind = answer.headers.get("content-type", "")
            return answer.status, json.loads(data) if "json" in kind and data else data


async def with_roles(site: Site, account: str, department: str, *roles: str) -> Member:
    found = await member(site, account, department)
    async with site.office.database.maintenance() as connection:
        await connection.execute(
            "UPDATE officers SET roles = %s WHERE id = %s", (list(roles), found.officer.id)
        )
    officer = Officer(
        id=found.officer.id, department=department, name=found.officer.name, roles=frozenset(roles)
    )
    return Member(officer, found.session, found.token)


@pytest.fixture
async def hall(open_site: OpenSite) -> AsyncIterator[Hall]:
    site = await open_site(FakeModel(lambda _: "路政署會修葺行人天橋。"))
    site.office.acknowledgements = Acknowledgements(site.office.database, site.office.gateway.ledger, ())
    for key in ("hyd", "td"):
        await site.office.accounts.add_department(key, key.upper())
    owner, reader = await member(site, "owner", "hyd"), await member(site, "reader", "td")
    _, task = await work_of(site, owner)
    with acting_as(owner.officer):
        share = await site.office.sharing.share(owner.officer, "task", task, "reader")
    yield Hall(
        site,
        owner,
        reader,
        await with_roles(site, "administrator", "hyd", "department_administrator"),
        await with_roles(site, "auditor", "td", "auditor"),
        await member(site, "stranger", "td"),
        task,
        share,
    )


async def complained(hall: Hall, kind: str = "wrong", who: Member | None = None) -> dict[str, Any]:
    body = {"kind": kind, "words": "The bridge is in Kowloon.", "task": hall.task}
    status, case = await hall.asked(who or hall.reader, "POST", "/api/cases", json=body)
    assert status == 201, case
    return dict(case)


def seen(found: tuple[int, Any]) -> bool:
    assert found[0] in (200, 403, 404), found
    return found[0] == 200


async def deeds(hall: Hall) -> list[str]:
    async with hall.site.office.database.maintenance() as connection:
        cursor = await connection.execute(
            "SELECT body::jsonb ->> 'deed' FROM ledger WHERE body::jsonb ->> 'kind' = 'deed' ORDER BY seq"
        )
        return [row[0] for row in await cursor.fetchall()]


async def test_a_complaint_takes_the_answer_out_of_every_shared_place_at_once(hall: Hall) -> None:
    task = f"/api/tasks/{hall.task}"
    assert seen(await hall.asked(hall.reader, "GET", task))
    assert seen(await hall.asked(hall.owner, "GET", f"{task}/export?format=md"))
    case = await complained(hall)
    assert case["name"].startswith("C-") and case["keeps_back"] and case["state"] == "received"
    assert case["department"] == "hyd" and case["due"] > case["created"]
    assert not seen(await hall.asked(hall.reader, "GET", task))
    assert not seen(await hall.asked(hall.reader, "GET", f"{task}/export?format=md"))
    for form in ("md", "docx", "xliff"):
        status, told = await hall.asked(hall.owner, "GET", f"{task}/export?format={form}")
        assert (status, told["error"]["code"]) == (403, "Refused")
    status, told = await hall.asked(hall.owner, "POST", "/api/shares", json={"task": hall.task, "with": "td"})
    assert status == 403, told
    assert (await hall.asked(hall.reader, "GET", "/api/shares"))[1]["received"] == []
    status, html = await hall.asked(hall.owner, "GET", f"/tasks/{hall.task}")
    assert status == 200 and b'id="kept-back"' in html and case["name"].encode() in html
    assert {"case.file.wrong", "case.withdraw"} <= set(await deeds(hall))


async def test_an_unfounded_complaint_gives_the_answer_back_and_is_answered(hall: Hall) -> None:
    case = await complained(hall)
    status, _ = await hall.asked(hall.administrator, "POST", f"/api/cases/{case['id']}/take")
    assert status == 200
    (mine,) = (await hall.asked(hall.reader, "GET", "/api/cases"))[1]["mine"]
    assert (mine["state"], mine["handler_name"]) == ("under_way", "Officer administrator")
    decided = {"outcome": "unfounded", "reply": "Paragraph 2 of the source says so."}
    status, told = await hall.asked(
        hall.administrator, "POST", f"/api/cases/{case['id']}/decide", json=decided
    )
    assert status == 200 and not told["keeps_back"], told
    assert seen(await hall.asked(hall.reader, "GET", f"/api/tasks/{hall.task}"))
    assert seen(await hall.asked(hall.owner, "GET", f"/api/tasks/{hall.task}/export?format=md"))
    status, html = await hall.asked(hall.reader, "GET", f"/cases/{case['id']}")
    assert status == 200 and b"Paragraph 2 of the source says so." in html and b"Unfounded" in html
    status, _ = await hall.asked(hall.administrator, "POST", f"/api/cases/{case['id']}/decide", json=decided)
    assert status == 409


async def test_a_fault_stays_withdrawn_until_it_is_corrected_and_goes_into_the_log(hall: Hall) -> None:
    case = await complained(hall)
    place = f"/api/cases/{case['id']}"
    upheld = {"outcome": "upheld", "reply": "You are right."}
    status, told = await hall.asked(hall.administrator, "POST", f"{place}/decide", json=upheld)
    assert status == 400 and "cause" in told["error"]["message"]
    upheld["cause"] = "The model took one bridge for another."
    assert (await hall.asked(hall.administrator, "POST", f"{place}/decide", json=upheld))[0] == 200
    assert not seen(await hall.asked(hall.reader, "GET", f"/api/tasks/{hall.task}"))
    assert (await hall.asked(hall.administrator, "POST", f"{place}/reinstate", json={"correction": " "}))[
        0
    ] == 400
    corrected = {"correction": "The name was corrected in paragraph 1."}
    assert (await hall.asked(hall.administrator, "POST", f"{place}/reinstate", json=corrected))[0] == 200
    assert seen(await hall.asked(hall.reader, "GET", f"/api/tasks/{hall.task}"))
    for who in (hall.administrator, hall.auditor):
        (logged,) = (await hall.asked(who, "GET", "/api/cases"))[1]["misinformation"]
        assert logged["cause"] == upheld["cause"] and logged["correction"] == corrected["correction"]
        assert logged["handler_name"] == "Officer administrator"
    assert (await hall.asked(hall.reader, "GET", "/api/cases"))[1]["misinformation"] == []


@pytest.mark.parametrize("kind", ["personal_data", "copyright"])
async def test_what_must_go_is_removed_everywhere_with_proof(hall: Hall, kind: str) -> None:
    for path in (f"/api/tasks/{hall.task}/segments", f"/api/tasks/{hall.task}/confirm"):
        method = "GET" if path.endswith("segments") else "POST"
        assert (await hall.asked(hall.owner, method, path))[0] < 300
    assert await count(hall, "memory") > 0
    case = await complained(hall, kind)
    decided = {"outcome": "upheld", "reply": "It is removed.", "cause": "A name was kept.", "remove": True}
    status, told = await hall.asked(
        hall.administrator, "POST", f"/api/cases/{case['id']}/decide", json=decided
    )
    assert status == 200, told
    assert not seen(await hall.asked(hall.owner, "GET", f"/api/tasks/{hall.task}"))
    for table in ("tasks", "segments", "memory", "shares"):
        assert await count(hall, table) == 0, table
    events = (await hall.asked(hall.reader, "GET", f"/api/cases/{case['id']}"))[1]["events"]
    proof = json.loads(events[-1]["note"])
    assert events[-1]["what"] == "removed" and len(proof["digest"]) == 64
    assert proof["drafts"] == 1 and proof["memory"] > 0
    assert "case.remove" in await deeds(hall)


async def count(hall: Hall, table: str) -> int:
    async with hall.site.office.database.maintenance() as connection:
        row = await (await connection.execute(f"SELECT count(*) FROM {table}")).fetchone()  # type: ignore[arg-type]
    assert row is not None
    return int(row[0])


async def test_only_who_may_sees_and_decides_a_case(hall: Hall) -> None:
    case = await complained(hall)
    place = f"/api/cases/{case['id']}"
    decided = {"outcome": "noted", "reply": "Noted."}
    assert not seen(await hall.asked(hall.stranger, "GET", place))
    assert seen(await hall.asked(hall.auditor, "GET", place))
    for who, expected in ((hall.reader, 403), (hall.owner, 403), (hall.auditor, 403), (hall.stranger, 404)):
        for verb, body in (("take", None), ("decide", decided), ("reinstate", {"correction": "x"})):
            status, told = await hall.asked(who, "POST", f"{place}/{verb}", json=body)
            assert status == expected, (who.officer.name, verb, told)
    # Whose draft it is sees what is wrong with it, and not who said so.
    told = (await hall.asked(hall.owner, "GET", place))[1]
    assert told["words"] == "The bridge is in Kowloon." and told["complainant_name"] == ""
    html = (await hall.asked(hall.owner, "GET", f"/cases/{case['id']}"))[1]
    assert b"Officer reader" not in html
    html = (await hall.asked(hall.administrator, "GET", f"/cases/{case['id']}"))[1]
    assert b"Officer reader" in html


async def test_nobody_decides_on_their_own_answer(hall: Hall) -> None:
    own = await with_roles(hall.site, "second", "hyd", "department_administrator")
    case = await complained(hall, who=hall.owner)
    async with hall.site.office.database.maintenance() as connection:
        await connection.execute("UPDATE cases SET answered_by = %s", (own.officer.id,))
    body = {"outcome": "unfounded", "reply": "All is well."}
    status, told = await hall.asked(own, "POST", f"/api/cases/{case['id']}/decide", json=body)
    assert (status, told["error"]["code"]) == (403, "NotPermitted")
    assert (await hall.asked(hall.administrator, "POST", f"/api/cases/{case['id']}/decide", json=body))[
        0
    ] == 200


async def test_nobody_complains_of_what_they_may_not_read(hall: Hall) -> None:
    body = {"kind": "wrong", "words": "x", "task": hall.task}
    status, _ = await hall.asked(hall.stranger, "POST", "/api/cases", json=body)
    assert status == 404
    assert seen(await hall.asked(hall.reader, "GET", f"/api/tasks/{hall.task}"))
    for bad in ({"kind": "none"}, {"kind": "wrong"}, {"kind": "other", "words": " "}):
        assert (await hall.asked(hall.reader, "POST", "/api/cases", json=bad))[0] == 400


async def test_feedback_is_a_button_and_withdraws_nothing(hall: Hall) -> None:
    form = {"kind": "feedback", "task": hall.task, "good": "true", "next": f"/tasks/{hall.task}"}
    assert (await hall.asked(hall.reader, "POST", "/cases", data=form))[0] == 303
    assert (await hall.asked(hall.reader, "POST", "/cases", data={**form, "good": "false"}))[0] == 303
    bad, good = (await hall.asked(hall.reader, "GET", "/api/cases"))[1]["mine"]
    assert (good["state"], good["outcome"], good["good"]) == ("decided", "noted", True)
    assert (bad["state"], bad["good"]) == ("received", False)
    (waiting,) = (await hall.asked(hall.administrator, "GET", "/api/cases"))[1]["queue"]
    assert waiting["id"] == bad["id"]
    assert seen(await hall.asked(hall.reader, "GET", f"/api/tasks/{hall.task}"))
    html = (await hall.asked(hall.reader, "GET", f"/tasks/{hall.task}"))[1]
    assert html.count(b'name="good"') == 2 and b'name="words"' in html


async def test_every_kind_has_its_own_clock_and_an_overdue_case_says_so(hall: Hall) -> None:
    assert case_kinds()["unlawful"].days < case_kinds()["wrong"].days < case_kinds()["feedback"].days
    case = await complained(hall, "unlawful")
    async with hall.site.office.database.maintenance() as connection:
        await connection.execute("UPDATE cases SET due = now() - interval '1 hour'")
    (waiting,) = (await hall.asked(hall.administrator, "GET", "/api/cases"))[1]["queue"]
    assert waiting["id"] == case["id"] and waiting["overdue"]
    assert b"Overdue" in (await hall.asked(hall.administrator, "GET", "/cases"))[1]


async def test_a_case_is_a_file_for_provider_and_authority(hall: Hall) -> None:
    case = await complained(hall, "unlawful")
    place = f"/api/cases/{case['id']}/file"
    status, data = await hall.asked(hall.reader, "GET", f"{place}?language=zh-HK")
    assert status == 200
    text = words_of(data)
    assert case["name"] in text and "違法或有害" in text and "The bridge is in Kowloon." in text
    assert "已撤回" in text
    told = (await hall.asked(hall.administrator, "GET", f"{place}?form=json"))[1]
    assert told["name"] == case["name"] and [each["what"] for each in told["events"]] == [
        "received",
        "withdrawn",
    ]
    assert "complainant" not in told


def words_of(data: bytes) -> str:
    document = docx.Document(io.BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(each.text for each in document.paragraphs), *cells])


async def test_an_incident_has_a_timeline_and_a_report_in_both_languages(hall: Hall) -> None:
    body = {
        "class": "leak",
        "severity": "high",
        "title": "A list was sent",
        "note": "By mistake.",
        "drill": True,
    }
    for who in (hall.owner, hall.auditor):
        assert (await hall.asked(who, "POST", "/api/incidents", json=body))[0] == 403
    status, made = await hall.asked(hall.administrator, "POST", "/api/incidents", json=body)
    assert status == 201, made
    place = f"/api/incidents/{made['id']}"
    for verb in ("note", "contain", "close", "close"):
        status, _ = await hall.asked(
            hall.administrator, "POST", f"{place}/{verb}", json={"note": f"By {verb}."}
        )
    assert status == 409
    found = (await hall.asked(hall.auditor, "GET", place))[1]
    assert found["state"] == "closed" and found["name"].startswith("D-") and found["lessons"] == "By close."
    assert [each["what"] for each in found["events"]] == ["opened", "noted", "contained", "closed"]
    assert not seen(await hall.asked(hall.owner, "GET", place))
    assert not seen(await hall.asked(hall.stranger, "GET", "/incidents"))
    for language, words in (("en", "Report of a drill"), ("zh-HK", "演習報告")):
        status, data = await hall.asked(hall.auditor, "GET", f"{place}/report?language={language}")
        assert status == 200 and words in words_of(data) and "By contain." in words_of(data)
        status, data = await hall.asked(hall.auditor, "GET", f"{place}/report?form=pdf&language={language}")
        assert status == 200 and data.startswith(b"%PDF")
    for page in ("/incidents", f"/incidents/{made['id']}"):
        html = (await hall.asked(hall.administrator, "GET", page))[1]
        assert b"A list was sent" in html and b"Stop the model or the use by which it leaked" in html


async def test_attacks_show_as_they_happen(hall: Hall) -> None:
    ledger = hall.site.office.gateway.ledger
    for number in range(25):
        await ledger.append(
            Entry(kind="deed", outcome="refused", officer=f"o{number % 3}", department="hyd",
                  deed="people.sign_in", decisions=(("people.sign_in", False, "wrong_password"),))
        )  # fmt: skip
    await ledger.record("people.sign_in", officer="o9", department="td", done=False, why="wrong_password")
    events = (await hall.asked(hall.administrator, "GET", "/api/security-events"))[1]
    attack = next(each for each in events if each["what"] == "people.sign_in")
    assert (attack["why"], attack["count"], attack["officers"], attack["spike"]) == (
        "wrong_password",
        25,
        3,
        True,
    )
    everywhere = (await hall.asked(hall.auditor, "GET", "/api/security-events"))[1]
    assert next(each for each in everywhere if each["what"] == "people.sign_in")["count"] == 26
    assert (await hall.asked(hall.owner, "GET", "/api/security-events"))[0] == 403
    assert b"Out of the ordinary" in (await hall.asked(hall.administrator, "GET", "/incidents"))[1]


async def test_what_is_kept_of_an_officer_is_seen_taken_away_and_deleted_in_one_step(hall: Hall) -> None:
    for path in (f"/api/tasks/{hall.task}/segments", f"/api/tasks/{hall.task}/confirm"):
        await hall.asked(hall.owner, "GET" if path.endswith("segments") else "POST", path)
    held = (await hall.asked(hall.owner, "GET", "/api/my-data"))[1]
    assert held["history"] == 1 and held["uploads"] == 1 and held["corrections"] > 0
    status, data = await hall.asked(hall.owner, "GET", "/my-data/download")
    archive = zipfile.ZipFile(io.BytesIO(data))
    names = archive.namelist()
    assert status == 200 and archive.testzip() is None
    assert f"tasks/{hall.task}.json" in names and any(name.startswith("documents/") for name in names)
    assert json.loads(archive.read("officer.json"))["id"] == hall.owner.officer.id
    assert json.loads(archive.read("corrections.json")) and json.loads(archive.read("usage.json"))
    assert b"Officer reader" not in data and hall.reader.officer.id.encode() not in archive.read("usage.json")
    form = [("part", part) for part in ("history", "uploads", "corrections", "content")]
    assert (await hall.asked(hall.owner, "POST", "/my-data/delete", data=form))[0] == 303
    held = (await hall.asked(hall.owner, "GET", "/api/my-data"))[1]
    assert [held[part] for part, _ in [(value, 0) for _, value in form]] == [0, 0, 0, 0]
    for table in ("tasks", "documents", "segments", "memory", "shares"):
        assert await count(hall, table) == 0, table
    assert (await hall.asked(hall.owner, "POST", "/my-data/delete", data=[]))[0] == 400
    assert {"own_data.export", "own_data.delete.history"} <= set(await deeds(hall))


async def test_another_officer_loses_nothing_when_one_deletes(hall: Hall) -> None:
    _, task = await work_of(hall.site, hall.reader)
    body = {"parts": ["history", "uploads", "corrections"]}
    assert (await hall.asked(hall.owner, "POST", "/api/my-data/delete", json=body))[0] == 200
    assert seen(await hall.asked(hall.reader, "GET", f"/api/tasks/{task}"))
    assert (await hall.asked(hall.reader, "GET", "/api/my-data"))[1]["uploads"] == 1


async def test_a_reminder_comes_after_three_months_and_goes_when_one_has_looked(hall: Hall) -> None:
    assert b'id="look-due"' not in (await hall.asked(hall.owner, "GET", "/"))[1]
    async with hall.site.office.database.maintenance() as connection:
        await connection.execute("UPDATE documents SET created = now() - interval '91 days'")
    assert b'id="look-due"' in (await hall.asked(hall.owner, "GET", "/"))[1]
    assert (await hall.asked(hall.owner, "GET", "/my-data"))[0] == 200
    assert b'id="look-due"' not in (await hall.asked(hall.owner, "GET", "/"))[1]


async def test_the_use_for_training_is_said_wherever_one_works(hall: Hall) -> None:
    places = (
        "/",
        f"/tasks/{hall.task}",
        "/summarise",
        "/translate",
        "/draft",
        "/redraft",
        "/analyse",
        "/compare",
    )
    for place in places:
        html = (await hall.asked(hall.owner, "GET", place))[1]
        assert b"Nothing of yours is used to train models." in html, place
    form = {"given": "true", "version": "training-2"}
    assert (await hall.asked(hall.owner, "POST", "/consents/training", data=form))[0] == 303
    for place in places:
        html = (await hall.asked(hall.owner, "GET", place))[1]
        assert b"Models may learn from your corrections" in html, place
    assert (await hall.asked(hall.owner, "POST", "/consents/training", data={"given": "false"}))[0] == 303
    assert b"Nothing of yours is used" in (await hall.asked(hall.owner, "GET", "/"))[1]


async def test_consent_is_to_the_text_that_was_read(hall: Hall) -> None:
    status, told = await hall.asked(
        hall.owner, "PUT", "/api/consents/training", json={"given": True, "version": "training-0"}
    )
    assert (status, told["error"]["code"]) == (409, "Conflict")
    found = (await hall.asked(hall.owner, "GET", "/api/consents"))[1]
    assert [each["given"] for each in found["standing"]] == [False, False] and found["history"] == []
    html = (await hall.asked(hall.owner, "GET", "/consents"))[1]
    assert b"You do not consent" in html and b"training-1" in html
    assert (await hall.asked(hall.owner, "PUT", "/api/consents/training", json={"given": False}))[0] == 400


async def test_an_opt_out_on_the_page_is_honoured_at_the_door(hall: Hall) -> None:
    assert (await hall.asked(hall.owner, "POST", "/opt-outs", data={"use": "pilot.translate"}))[0] == 303
    await asyncio.sleep(0.6)
    document = (await hall.asked(hall.owner, "GET", "/api/documents"))[1][0]["id"]
    order = {"document": document, "to": "zh-HK"}
    status, begun = await hall.asked(hall.owner, "POST", "/api/translate", json=order)
    assert status == 202, begun
    with acting_as(hall.owner.officer):
        task = await hall.site.office.tasks.wait(begun["id"])
    assert task.status == "failed" and "Without AI: look terms up" in task.message


async def test_the_switch_is_a_page_for_whoever_may(hall: Hall) -> None:
    form = {"scope": "use", "use": "pilot.translate", "model": "fake", "why": "A fault was found."}
    status, html = await hall.asked(hall.owner, "POST", "/switch", data=form)
    assert status == 403 and b"A fault was found." not in html
    operator = await with_roles(hall.site, "operator", "hyd", "service_operator")
    assert (await hall.asked(operator, "POST", "/switch", data=form))[0] == 303
    html = (await hall.asked(hall.owner, "GET", "/switch"))[1]
    assert b"A fault was found." in html and b"/resume" not in html
    (stop,) = (await hall.asked(operator, "GET", "/api/switch"))[1]
    assert (stop["scope"], stop["subject"], stop["officer_name"]) == (
        "use",
        "pilot.translate",
        "Officer operator",
    )
    assert (await hall.asked(hall.owner, "POST", f"/api/switch/{stop['id']}/resume"))[0] == 403
    assert (await hall.asked(operator, "POST", f"/switch/{stop['id']}/resume"))[0] == 303
    assert (await hall.asked(operator, "GET", "/api/switch"))[1][0]["lifted_name"] == "Officer operator"
    assert [deed for deed in await deeds(hall) if deed.startswith("switch.")] == [
        "switch.stop", "switch.stop", "switch.resume", "switch.resume",
    ]  # fmt: skip


async def test_a_use_for_minors_tells_them_more(hall: Hall) -> None:
    register, by, found = hall.site.office.gateway.register, hall.owner.officer, {}
    audiences: tuple[Audience, ...] = ("officers", "minors")
    for audience in audiences:
        with acting_as(by):
            proposal = Proposal(title_en="A", title_zh="甲", purpose="Homework.", audience=audience)
            use = await register.propose(by, proposal)
        status, found[audience] = await hall.asked(hall.owner, "GET", f"/register/{use}")
        assert status == 200
    assert b"tell a parent or a teacher" in found["minors"] and b"Read this first." in found["minors"]
    assert b"parent" not in found["officers"] and b"This is written by AI" in found["officers"]
