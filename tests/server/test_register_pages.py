"""The register over HTTP: who sees and does what, its files read back, and its commands."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any, get_args

import pdfplumber
import pytest
from docx import Document
from typer.testing import CliRunner

from bauhinia.cli import app
from bauhinia.guideline.assessment import questionnaire
from bauhinia.guideline.assessment.questionnaire import LEVELS
from bauhinia.guideline.assessments import Outcome
from bauhinia.guideline.due import DueKind, Status
from bauhinia.guideline.records import RECORD_KINDS
from bauhinia.guideline.uses import Audience, Oversight
from bauhinia.models import FakeModel
from bauhinia.people import Administration, Change, NewOfficer, Officer
from bauhinia.server.register_desk import results
from bauhinia.server.register_pages import WHOSE
from bauhinia.server.words import words_of
from bauhinia.settings import Settings

from .conftest import OpenSite, Site

MACHINE = Officer(id="machine", department="", name="Machine", roles=frozenset({"service_operator"}))
USE = {
    "title_en": "Road works enquiries",
    "title_zh": "道路工程查詢",
    "purpose": "Sorts enquiries about road works by district.",
    "data": ["enquiries without names"],
}
LOW: dict[str, Any] = {
    **{
        "banned": ["none"],
        "critical": ["none"],
        "decides": "officer",
        "fields": ["none"],
        "personal": "little",
    },
    **{"licence": "open", "model_fits": "It sorts short texts."},
    **{"certify_check": True, "certify_data": True, "certify_rules": True},
}


@dataclass(slots=True)
class Person:
    """An officer who asks over HTTP."""

    site: Site
    id: str
    headers: dict[str, str]

    async def json(self, method: str, path: str, **more: Any) -> tuple[int, Any]:
        return await self.site.json(method, path, headers=self.headers, **more)

    async def form(self, path: str, **fields: str) -> int:
        answer = await self.site.client.post(
            self.site.url + path, data=fields, headers=self.headers, allow_redirects=False
        )
        return answer.status

    async def read(self, path: str) -> tuple[int, bytes]:
        async with self.site.client.get(self.site.url + path, headers=self.headers) as answer:
            return answer.status, await answer.read()


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"sign_in": "accounts"})


@pytest.fixture
async def site(open_site: OpenSite) -> Site:
    site = await open_site(FakeModel(lambda _: "Sorted."))
    by = Administration(site.office.database, MACHINE, site.office.gateway.ledger.record)
    for key in ("hyd", "td"):
        await by.put_department(key, key.upper(), "")
    return site


async def person(site: Site, account: str, department: str = "hyd", *roles: str) -> Person:
    by = Administration(site.office.database, MACHINE, site.office.gateway.ledger.record)
    new = NewOfficer(account=account, name=account.title(), department=department, post=f"EO({account})")
    added = (await by.add_and_invite(new)).person
    if roles:
        await by.change(added.id, Change(roles=frozenset(roles)))
    session = await site.office.accounts._begin(added.id)
    return Person(site, added.id, {"cookie": f"session={session}; language=en"})


async def proposed(owner: Person) -> str:
    status, answer = await owner.json("POST", "/api/register", json=USE)
    assert status == 201, answer
    return str(answer["id"])


async def approved(owner: Person, head: Person) -> str:
    use = await proposed(owner)
    path = f"/api/register/{use}/assessment"
    assert (await owner.json("POST", path))[0] == 200
    status, told = await owner.json("PATCH", path, json={"answers": LOW})
    assert (status, told["missing"]) == (200, []), told
    assert (await owner.json("POST", f"{path}/sign", json={}))[1]["state"] == "submitted"
    status, told = await head.json("POST", f"{path}/approve", json={"note": "Seen."})
    assert (status, told["state"]) == (200, "approved"), told
    return use


async def test_the_whole_way_through_the_api(site: Site) -> None:
    owner, head = await person(site, "owner"), await person(site, "head", "hyd", "department_administrator")
    use = await approved(owner, head)
    status, told = await owner.json("GET", f"/api/register/{use}")
    assert status == 200 and (told["status"], told["tier"]) == ("approved", "low")
    assert [each["outcome"] for each in told["signatures"]] == ["signed", "approved"]
    status, calendar = await owner.json("GET", "/api/register/calendar")
    assert status == 200 and (use, "review") in {(due["use"], due["kind"]) for due in calendar}
    status, chat = await owner.json("PUT", f"/api/register/{use}", json={**USE, "purpose": "Another."})
    assert (status, chat["status"]) == (200, "reopened")
    assert (await owner.json("POST", f"/api/register/{use}/reopen", json={"why": "New law."}))[0] == 200
    record = {"kind": "review", "held": "2026-01-31", "passed": True, "note": "As registered."}
    assert (await owner.json("POST", f"/api/register/{use}/records", json=record))[0] == 201
    assert (await owner.json("POST", f"/api/register/{use}/retire"))[1]["status"] == "retired"
    assert (await owner.json("POST", f"/api/register/{use}/assessment"))[0] == 403


async def test_each_does_what_they_may_and_nobody_more(site: Site) -> None:
    owner = await person(site, "owner")
    colleague, stranger = (
        await person(site, "colleague"),
        await person(site, "stranger", "td", "department_administrator"),
    )
    use = await proposed(owner)
    path = f"/api/register/{use}"
    assert (await owner.json("POST", f"{path}/assessment"))[0] == 200
    assert (await colleague.json("PATCH", f"{path}/assessment", json={"answers": LOW}))[0] == 200
    refused = [
        (stranger, "POST", f"{path}/assessment", None),
        (stranger, "PATCH", f"{path}/assessment", {"answers": LOW}),
        (stranger, "GET", f"{path}/assessment", None),
        (stranger, "GET", f"{path}/export", None),
        (colleague, "POST", f"{path}/assessment/sign", {}),
        (owner, "POST", f"{path}/assessment/approve", {}),
        (colleague, "PUT", path, USE),
        (stranger, "PUT", path, USE),
        (stranger, "POST", f"{path}/retire", None),
        (colleague, "POST", f"{path}/reopen", {"why": "x"}),
        (stranger, "POST", f"{path}/records", {"kind": "review", "held": "2026-01-31", "passed": True, "note": "x"}),
    ]  # fmt: skip
    for who, method, where, body in refused:
        status, told = await who.json(method, where, **({"json": body} if body is not None else {}))
        assert status in (400, 403, 404, 409), (who.id, method, where, told)
    for where in ("/register", f"/register/{use}", "/register/calendar", "/register/new"):
        assert (await stranger.read(where))[0] == 200, where
    assert (await stranger.read(f"/register/{use}/assessment"))[0] == 404
    assert b"It sorts short texts" not in (await stranger.read(f"/register/{use}"))[1]
    for where in ("/register/use-000000000000", "/api/register/x", "/register/x/export", "/register/x/edit"):
        assert (await owner.read(where))[0] == 404, where
    assert (await stranger.read("/register?whose=department"))[1].count(b"Road works") == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({**USE, "purpose": ""}, 400),
        ({**USE, "classification": "cosmic"}, 400),
        ({**USE, "audience": "aliens"}, 400),
        ({**USE, "owner": "me"}, 400),
        ({**USE, "title_en": "", "title_zh": ""}, 400),
        ({**USE, "title_en": "x" * 201}, 400),
    ],
)
async def test_a_use_that_says_too_little_or_too_much_is_refused(site: Site, body: Any, status: int) -> None:
    assert (await (await person(site, "owner")).json("POST", "/api/register", json=body))[0] == status


async def test_answers_that_no_question_takes_are_refused_in_a_sentence(site: Site) -> None:
    owner = await person(site, "owner")
    path = f"/api/register/{await proposed(owner)}/assessment"
    await owner.json("POST", path)
    for answers in (
        {"nothing": "x"},
        {"decides": "x"},
        {"decides": {"a": 1}},
        {"risks": [1]},
        {"model_fits": 3},
    ):
        status, told = await owner.json("PATCH", path, json={"answers": answers})
        assert status == 400 and told["error"]["hint"], told


async def test_the_forms_of_the_pages_do_the_same(site: Site) -> None:
    owner = await person(site, "owner")
    fields = {
        "title": "Enquiries",
        "purpose": "Sorts them.",
        "data": "letters\n\nforms",
        "classification": "unclassified",
    }
    assert await owner.form("/register/new", **fields) == 303
    assert await owner.form("/register/new", **(fields | {"purpose": ""})) == 400
    listed = (await owner.json("GET", "/api/register"))[1]
    use = listed[0]  # what waits for somebody comes first
    assert not use["shipped"] and all(each["shipped"] for each in listed[1:])
    assert (use["title_en"], use["data"], use["status"]) == ("Enquiries", ["letters", "forms"], "draft")
    page = f"/register/{use['id']}"
    assert await owner.form(f"{page}/assessment/answers/tier", **{"q.decides": "itself", "quiet": "1"}) == 204
    assert await owner.form(f"{page}/assessment/answers/tier", **{"q.decides": "nobody"}) == 400
    assert await owner.form(f"{page}/assessment/sign") == 400
    assert await owner.form(f"{page}/edit", **(fields | {"title": "Letters"})) == 303
    assert await owner.form(f"{page}/records", kind="review", held="", note="x") == 400
    assert (
        await owner.form(f"{page}/records", kind="review", held="2026-01-31", note="Fine.", passed="true")
        == 303
    )
    assert await owner.form(f"{page}/reopen", why="") == 400
    assert await owner.form(f"{page}/retire") == 303
    told = (await owner.json("GET", f"/api/register/{use['id']}"))[1]
    assert (told["title_en"], told["status"], told["records"][0]["note"]) == ("Letters", "retired", "Fine.")


def text_of(data: bytes, form: str) -> str:
    """Every word of a file."""
    if form == "pdf":
        with pdfplumber.open(io.BytesIO(data)) as pdf:
            return "".join("".join((page.extract_text() or "").split()) for page in pdf.pages)
    document = Document(io.BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "".join("".join((*(each.text for each in document.paragraphs), *cells)).split())


@pytest.mark.parametrize("form", ["docx", "pdf"])
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Road works enquiries", "Risk tier: Low risk", "gives no test", "An officer reads each answer",
                "Signed as owner", "EO(head)", "D-2.1.2-09", "(Filled in by the system.)", "It sorts short texts."]),
        ("zh", ["道路工程查詢", "風險級別：低風險", "未訂明分級方法", "每項輸出使用前均由人員閱讀", "負責人簽署",
                "EO(head)", "D-2.1.2-09", "（由系統填寫）", "It sorts short texts."]),
    ],
)  # fmt: skip
async def test_the_assessment_is_a_file_that_says_all_of_it(
    site: Site, form: str, language: str, words: list[str]
) -> None:
    owner, head = await person(site, "owner"), await person(site, "head", "hyd", "department_administrator")
    use = await approved(owner, head)
    status, data = await owner.read(f"/api/register/{use}/export?format={form}&language={language}")
    text = text_of(data, form)
    assert status == 200
    assert [each for each in words if each.replace(" ", "") not in text] == []
    digest = (await owner.json("GET", f"/api/register/{use}"))[1]["signatures"][0]["digest"]
    assert digest in text


async def test_the_fact_sheet_tells_the_public_and_nothing_of_who_signed(site: Site) -> None:
    owner, head = await person(site, "owner"), await person(site, "head", "hyd", "department_administrator")
    use = await approved(owner, head)
    for form, words in (("docx", "Whatitis"), ("pdf", "Factsheet")):
        status, data = await head.read(f"/register/{use}/export?kind=sheet&format={form}")
        text = text_of(data, form)
        assert status == 200 and "Roadworksenquiries" in text and "Lowrisk" in text and "EO(head)" not in text
        assert words in text or "Factsheet" in text
    stranger = await person(site, "stranger", "td")
    assert (await stranger.read(f"/register/{use}/export?kind=sheet"))[0] == 200
    assert (await stranger.read("/register/pilot.draft/export?kind=sheet&language=zh&format=pdf"))[0] == 200
    assert (await stranger.read("/register/pilot.draft/export"))[0] == 400


async def test_the_commands_list_and_show_the_register(
    site: Site, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, head = await person(site, "owner"), await person(site, "head", "hyd", "department_administrator")
    done, begun = await approved(owner, head), await proposed(owner)
    await owner.json("POST", f"/api/register/{begun}/assessment")
    monkeypatch.setenv("BAUHINIA_DATABASE_URL", database_url)
    monkeypatch.setenv("BAUHINIA_SIGN_IN", "accounts")

    async def ran(*words: str) -> str:
        import asyncio

        ran = await asyncio.to_thread(CliRunner().invoke, app, ["register", *words])
        assert ran.exit_code == 0, ran.output
        return ran.output

    rows = [line.split("\t") for line in (await ran("list")).splitlines()]
    assert [row[1:3] for row in rows if row[0] == done] == [["approved", "low"]]
    assert [row[1] for row in rows if row[0] == begun] == ["draft"] and len(rows) > 10
    assert "least risk" in await ran("show", done)
    assert "to answer\tWho decides on what it puts out?" in await ran("show", begun)


def test_every_word_that_comes_from_the_register_is_there() -> None:
    words = words_of("en")
    kinds = {
        "status": get_args(Status), "due": get_args(DueKind), "record": RECORD_KINDS, "whose": WHOSE,
        "ask": get_args(Status), "outcome": (*get_args(Outcome), "self_reviewed"), "risk": LEVELS,
        "audience": get_args(Audience), "oversight": get_args(Oversight),
    }  # fmt: skip
    wanted = {f"register.{name}.{value}" for name, values in kinds.items() for value in values}
    rows = [
        row for section in questionnaire().sections for question in section.questions for row in question.rows
    ]
    wanted |= {f"register.dimension.{row.dimension}" for row in rows if row.dimension}
    wanted |= {f"register.stage.{row.stage}" for row in rows if row.stage}
    assert wanted <= words.entries.keys()


def test_results_of_the_evaluation_are_told_from_the_record() -> None:
    found = results()
    assert found is not None and found.figures["quality.numbers"].endswith(" %") and found.day > "2026"
