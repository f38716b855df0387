"""Assessments: what is asked of whom, the tier and its argument, who signs, who approves, what the gateway does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest

from bauhinia.errors import Conflict, InputError, NotFound, NotPermitted, Refused
from bauhinia.gateway import Ask, Gateway, Message
from bauhinia.guideline import Use, latest_review, tiers
from bauhinia.guideline.assessment import missing, questionnaire, rule
from bauhinia.guideline.assessments import Assessment, Assessments
from bauhinia.guideline.due import dues, reminders, status
from bauhinia.guideline.duties import edition
from bauhinia.guideline.forms import shown
from bauhinia.guideline.records import UseRecords
from bauhinia.people import Officer, acting_as, local_officer
from bauhinia.settings import Settings
from bauhinia.store import Database

from .people_at_work import (
    AUDITOR,
    COLLEAGUE,
    HEAD,
    HIGH,
    KNOWN,
    LIMITED,
    LOW,
    OWNER,
    PROGRAMME,
    PROPOSAL,
    STRANGER,
    let_in,
)  # fmt: skip


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"sign_in": "accounts"})


class Desk:
    """The assessments of one gateway, and the use that they are of."""

    def __init__(self, gateway: Gateway, database: Database) -> None:
        self.gateway = gateway
        self.register = gateway.register
        self.assessments = Assessments(database, gateway.ledger, gateway.register)
        self.records = UseRecords(database, gateway.ledger)

    async def proposed(self) -> Use:
        with acting_as(OWNER):
            return await self.register.get(OWNER, await self.register.propose(OWNER, PROPOSAL))

    async def opened(self, use: Use | None = None, by: Officer = OWNER) -> Assessment:
        use = use or await self.proposed()
        with acting_as(by):
            return await self.assessments.open(by, use, KNOWN)

    async def answered(self, given: dict[str, Any], use: Use | None = None) -> Assessment:
        opened = await self.opened(use)
        with acting_as(OWNER):
            return await self.assessments.answer(OWNER, opened.id, given)

    async def signed(self, given: dict[str, Any], use: Use | None = None) -> Assessment:
        answered = await self.answered(given, use)
        with acting_as(OWNER):
            return await self.assessments.sign(OWNER, answered.id)

    async def approve(self, key: str, by: Officer = HEAD) -> Assessment:
        with acting_as(by):
            return await self.assessments.approve(by, key)

    async def approved(self, given: dict[str, Any]) -> Assessment:
        signed = await self.signed(given)
        approved = await self.approve(signed.id)
        return approved if approved.tier != "high" else await self.approve(signed.id, PROGRAMME)

    async def ask(self, use: str, by: Officer = OWNER) -> str:
        with acting_as(by):
            ask = Ask(officer=by, use=use, messages=(Message("user", "Sort this."),))
            return (await self.gateway.ask(ask)).text


@pytest.fixture
def desk(gateway: Gateway, database: Database, database_url: str) -> Desk:
    let_in(database_url)
    return Desk(gateway, database)


def ledger_rows(database_url: str) -> list[tuple[str, str, str]]:
    """Deed, subject and reason of each deed."""
    with psycopg.connect(database_url) as owner:
        return owner.execute(
            "SELECT body::jsonb->>'deed', body::jsonb->>'subject', body::jsonb->'decisions'->0->>2"
            " FROM ledger WHERE body::jsonb->>'kind' = 'deed' ORDER BY seq"
        ).fetchall()


@pytest.mark.parametrize(
    ("changed", "tier", "because"),
    [
        ({}, "low", "least risk"),
        ({"fields": ["recruitment"]}, "limited", "Recruitment"),
        ({"readers": "public"}, "limited", "The public reads"),
        ({"personal": "sensitive"}, "limited", "sensitive personal data"),
        ({"critical": ["health"], "fields": ["education"]}, "high", "diagnosis"),
        ({"decides": "itself"}, "high", "by itself"),
        ({"banned": ["manipulation"], "critical": ["health"]}, "unacceptable", "below their awareness"),
        ({"claim": "high", "claim_reason": "It may grow."}, "high", "It may grow."),
        ({"claim": "high"}, "low", "least risk"),
        ({"fields": ["education"], "claim": "low", "claim_reason": "Nobody is marked."}, "low", "Education"),
        (
            {"banned": ["public_safety"], "claim": "low", "claim_reason": "No."},
            "unacceptable",
            "public safety",
        ),
    ],
)
def test_the_answers_give_the_tier_with_its_argument(
    changed: dict[str, Any], tier: str, because: str
) -> None:
    ruling = rule(questionnaire(), LOW | {"readers": "officers", "claim": "found"} | changed)
    assert ruling is not None
    assert ruling.tier == tier and because in ruling.argument.en
    assert "gives no test" in ruling.argument.en and "未訂明分級方法" in ruling.argument.zh
    assert ruling.lowered == (changed.get("claim") == "low" and tier == "low")


def test_nothing_is_ruled_before_every_question_of_the_first_section_is_answered() -> None:
    answers = {key: value for key, value in LOW.items() if key != "decides"} | {"readers": "officers"}
    assert rule(questionnaire(), answers) is None
    assert [section.id for section in questionnaire().asked(None, answers)] == ["tier"]


def test_each_tier_is_asked_what_it_demands_and_no_more() -> None:
    def asked(tier: Any, answers: dict[str, Any]) -> dict[str, int]:
        sections = questionnaire().asked(tier, answers)
        return {section.id: len(section.questions) for section in sections}

    low, limited, high = asked("low", LOW), asked("limited", LIMITED), asked("high", HIGH)
    assert sum(low.values()) <= 14 and sum(limited.values()) <= 24
    assert low.keys() == {"tier", "claim", "model", "certify"}
    assert limited.keys() - low.keys() == {"telling", "audit", "data", "scenario"}
    assert high.keys() > {
        "conformity",
        "oversight",
        "risks",
        "pilot",
        "privacy",
        "jurisdiction",
        "deployment",
    }
    assert not {"certify", "telling", "audit"} & high.keys()
    assert asked("high", HIGH | {"places": ["eu"]})["jurisdiction"] > high["jurisdiction"]
    demands = {"low": "D-2.1.2-09", "limited": "D-2.1.2-08", "high": "D-2.1.2-03"}
    for tier, answers in (("low", LOW), ("limited", LIMITED), ("high", HIGH)):
        duties = {
            duty
            for section in questionnaire().asked(tier, answers)
            for q in section.questions
            for duty in q.duties
        }  # type: ignore[arg-type]
        assert [name for name, duty in demands.items() if duty in duties] == [tier]


def test_the_questionnaire_is_whole_in_both_languages_and_names_duties() -> None:
    known = {duty.id for duty in edition().duties}
    for section in questionnaire().sections:
        assert section.title.en and section.title.zh and section.duties
        for question in section.questions:
            for words in (question.text, *question.options, *question.rows):
                assert words.en.strip() and words.zh.strip() and words.en != words.zh
            assert question.kind not in ("choice", "many") or len(question.options) > 1
            assert {*question.duties, *section.duties} <= known
    assert {*questionnaire().reviewers} == {"low", "limited", "high"}


@pytest.mark.parametrize(
    ("question", "given"),
    [
        ("decides", "nobody"),
        ("decides", ["officer"]),
        ("banned", ["none", "manipulation"]),
        ("banned", ["unknown"]),
        ("model_fits", "x" * 4_001),
        ("audit_first", "31 March"),
        ("certify_check", "maybe"),
        ("matrix", {"nobody": "x"}),
        ("risks", {"bias": {"level": "enormous"}}),
    ],
)
def test_an_answer_that_the_question_does_not_take_is_refused(question: str, given: Any) -> None:
    with pytest.raises(InputError):
        questionnaire().question(question).read(given)


@pytest.mark.parametrize(
    "given",
    [0, 1.5, True, "x", "none", "2026-13-01", [], ["none"], [["a"]], [None], {}, {"bias": 1}, {"x": {}},
     {"bias": {"level": []}}, {"bias": {"level": "low", "measure": None}}, {"approves": ["x"]}, {"en": "a", "zh": "b"}],
)  # fmt: skip
def test_whatever_is_given_is_refused_or_can_be_shown(given: Any) -> None:
    for section in questionnaire().sections:
        for question in section.questions:
            try:
                kept = question.read(given)
            except InputError:
                continue
            assert question.is_answered(kept) in (True, False)
            assert all(
                isinstance(line, str) for language in ("en", "zh") for line in shown(question, kept, language)
            )
            assert question.stopping(kept) is None or question.stopping(kept)
            rule(questionnaire(), LOW | {question.id: kept})


def test_a_table_of_risks_is_whole_when_each_grave_one_has_its_measure() -> None:
    question = questionnaire().question("risks")
    assert question.is_answered(HIGH["risks"])
    assert not question.is_answered(HIGH["risks"] | {"bias": {"level": "high", "measure": ""}})
    assert question.is_answered(HIGH["risks"] | {"bias": {"level": "low", "measure": ""}})
    assert {row.dimension for row in question.rows} == {
        "reliability", "personal_data_privacy", "system_security", "intellectual_property", "crime_prevention",
    }  # fmt: skip
    assert {row.stage for row in question.rows} == {
        "planning_data", "development", "deployment", "use_maintenance",
    }  # fmt: skip


async def test_what_the_system_knows_is_filled_in_and_marked_until_an_officer_changes_it(desk: Desk) -> None:
    opened = await desk.opened()
    assert "Apache-2.0" in opened.answers["model_card"]["en"] and opened.answers["licence"] == "open"
    assert opened.answers["readers"] == "officers" and opened.marks["readers"]["name"] == ""
    assert "99.61 %" in opened.answers["evidence"]["zh"]
    card = opened.answers["model_card"]
    with acting_as(COLLEAGUE):
        for unchanged in (card["en"], card["zh"]):
            kept = await desk.assessments.answer(COLLEAGUE, opened.id, {"model_card": unchanged})
            assert kept.answers["model_card"] == card and kept.marks["model_card"]["name"] == ""
        own = await desk.assessments.answer(COLLEAGUE, opened.id, {"model_card": "Another."})
    assert own.answers["model_card"] == "Another." and own.marks["model_card"]["name"] == COLLEAGUE.name
    again = await desk.opened(await desk.register.get(OWNER, opened.use))
    assert (again.id, again.answers["model_card"]) == (opened.id, "Another.")


async def test_several_people_continue_where_others_left_and_lose_nothing(desk: Desk) -> None:
    opened = await desk.opened()
    with acting_as(OWNER):
        await desk.assessments.answer(OWNER, opened.id, {"decides": "officer"})
    with acting_as(COLLEAGUE):
        found = await desk.assessments.answer(COLLEAGUE, opened.id, {"personal": "none"})
        assert found.answers["decides"] == "officer" and found.answers["personal"] == "none"
        assert (await desk.assessments.answer(COLLEAGUE, opened.id, {"personal": None})).answers["decides"]
    for by in (STRANGER, AUDITOR):
        with acting_as(by), pytest.raises((NotFound, NotPermitted)):
            await desk.assessments.answer(by, opened.id, {"personal": "little"})


async def test_a_low_use_is_self_certified_approved_and_let_through(desk: Desk, database_url: str) -> None:
    use = await desk.proposed()
    with pytest.raises(Refused, match="not been assessed"):
        await desk.ask(use.id)
    signed = await desk.signed(LOW, use)
    assert signed.state == "submitted" and signed.tier == "low" and len(signed.digest or "") == 64
    with pytest.raises(Refused):
        await desk.ask(use.id)
    approved = await desk.approve(signed.id)
    assert approved.state == "approved" and await desk.ask(use.id)
    with acting_as(OWNER):
        found = await desk.register.get(OWNER, use.id)
        signatures = await desk.assessments.signatures(signed.id)
    assert found.tier == "low" and found.approval is not None and found.approval.assessment == signed.id
    assert found.due == latest_review("low")
    assert [(each.outcome, each.name, each.post) for each in signatures] == [
        ("signed", OWNER.name, "AS(Records)"),
        ("approved", HEAD.name, "CO"),
    ]
    rows = ledger_rows(database_url)
    evidence = f"{signed.id}:{signed.digest}"
    assert ("assessment.sign", use.id, evidence) in rows and ("assessment.approve", use.id, evidence) in rows
    assert rows[-1][0] == "register.approve"


async def test_nobody_reviews_what_they_signed_or_own(desk: Desk) -> None:
    signed = await desk.signed(LOW)
    owner = replace(OWNER, roles=frozenset({"department_administrator", "programme_owner"}))
    for by in (owner, COLLEAGUE, STRANGER, AUDITOR):
        with pytest.raises((NotPermitted, NotFound)):
            await desk.approve(signed.id, by)
    with acting_as(HEAD):
        assert (await desk.assessments.get(signed.id)).state == "submitted"


async def test_the_database_too_keeps_reviewers_and_owners_apart(desk: Desk, database: Database) -> None:
    signed = await desk.signed(LOW)
    statement = (
        "INSERT INTO assessment_signatures (assessment, round, outcome, owner, name, post, digest, entry)"
        " VALUES (%s, 1, 'approved', 'owner', 'O', '', '', 0)"
    )
    with acting_as(OWNER), pytest.raises(psycopg.errors.CheckViolation):
        async with database.connection() as connection:
            await connection.execute(statement, (signed.id,))
    with acting_as(OWNER), pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with database.connection() as connection:
            await connection.execute("UPDATE assessments SET answers = '{}' WHERE id = %s", (signed.id,))


async def test_only_the_owner_or_who_governs_signs(desk: Desk) -> None:
    answered = await desk.answered(LOW)
    with acting_as(COLLEAGUE), pytest.raises(NotPermitted):
        await desk.assessments.sign(COLLEAGUE, answered.id)


async def test_a_high_use_takes_two_reviewers_and_stops_at_the_end_of_its_trial(desk: Desk) -> None:
    signed = await desk.signed(HIGH)
    first = await desk.approve(signed.id)
    assert first.state == "submitted"
    with pytest.raises(Refused):
        await desk.ask(signed.use)
    assert (await desk.approve(signed.id)).state == "submitted"  # the same one counts once
    assert (await desk.approve(signed.id, PROGRAMME)).state == "approved"
    with acting_as(OWNER):
        use = await desk.register.get(OWNER, signed.use)
    assert use.tier == "high" and use.due == date.fromisoformat(HIGH["trial_end"]) < latest_review("high")


async def test_after_the_trial_a_report_comes_first(desk: Desk) -> None:
    after = {key: value for key, value in HIGH.items() if not key.startswith("trial")} | {"stage": "after"}
    answered = await desk.answered(after)
    with acting_as(OWNER):
        use = await desk.register.get(OWNER, answered.use)
        with pytest.raises(InputError, match="report of a trial"):
            await desk.assessments.sign(OWNER, answered.id)
        await desk.records.add(
            OWNER,
            use,
            kind="trial_report",
            held=date.today(),
            passed=True,
            note="It saved a day; HK$2 a case.",
        )
        assert (await desk.assessments.sign(OWNER, answered.id)).state == "submitted"
    assert await desk.assessments.still_needed(answered, OWNER) == 0  # of a draft nobody is waited for


async def test_an_unacceptable_use_cannot_be_signed(desk: Desk, database_url: str) -> None:
    answered = await desk.answered(LOW | {"banned": ["manipulation"]})
    assert [section.id for section in answered.sections] == ["tier"]
    with acting_as(OWNER), pytest.raises(Refused, match="unacceptable") as raised:
        await desk.assessments.sign(OWNER, answered.id)
    assert "below their awareness" in raised.value.hint
    assert ledger_rows(database_url)[-1] == ("assessment.sign", answered.use, "unacceptable")
    with pytest.raises(Refused):
        await desk.ask(answered.use)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"model_fits": ""}, "not answered"),
        ({"licence": "unknown"}, "licence"),
        ({"conforms": "failed"}, "pass"),
        ({"base_model": "failed"}, "base model"),
        ({"law_hong_kong": ["pdpo"]}, "not answered"),
        ({"places": ["hong_kong", "eu"]}, "not answered"),
        ({"trial_end": "2020-01-01"}, "ended"),
        ({"claim": "low"}, "not answered"),
    ],
)
async def test_what_lacks_or_stops_keeps_it_from_being_signed(
    desk: Desk, changed: dict[str, Any], words: str
) -> None:
    answered = await desk.answered(HIGH | changed)
    with acting_as(OWNER), pytest.raises(InputError, match=words):
        await desk.assessments.sign(OWNER, answered.id)


async def test_a_returned_one_is_changed_signed_again_and_all_is_kept(desk: Desk) -> None:
    signed = await desk.signed(LOW)
    with acting_as(OWNER), pytest.raises(Conflict):
        await desk.assessments.answer(OWNER, signed.id, {"personal": "none"})
    with acting_as(HEAD):
        with pytest.raises(InputError, match="note"):
            await desk.assessments.give_back(HEAD, signed.id, " ")
        returned = await desk.assessments.give_back(HEAD, signed.id, "Say more of the data.")
    assert (returned.state, returned.round, returned.signed_by) == ("draft", 2, None)
    with acting_as(OWNER):
        await desk.assessments.answer(OWNER, signed.id, {"personal": "none"})
        again = await desk.assessments.sign(OWNER, signed.id)
    assert again.digest != signed.digest
    assert (await desk.approve(signed.id)).state == "approved"
    with acting_as(OWNER):
        outcomes = [each.outcome for each in await desk.assessments.signatures(signed.id)]
    assert outcomes == ["signed", "returned", "signed", "approved"]


async def test_a_use_that_changed_after_the_signature_is_not_approved(desk: Desk) -> None:
    signed = await desk.signed(LOW)
    with acting_as(OWNER):
        await desk.register.edit(OWNER, signed.use, replace(PROPOSAL, purpose="Answers the public."))
    with pytest.raises(Conflict, match="changed since"):
        await desk.approve(signed.id)


async def test_a_changed_use_is_assessed_anew_from_the_last_answers(desk: Desk) -> None:
    approved = await desk.approved(LOW)
    with acting_as(OWNER):
        await desk.register.edit(OWNER, approved.use, replace(PROPOSAL, audience="public"))
        use = await desk.register.get(OWNER, approved.use)
    assert use.is_reopened
    anew = await desk.opened(use)
    assert anew.id != approved.id and anew.answers["model_fits"] == LOW["model_fits"]
    assert anew.answers["readers"] == "public" and anew.ruling is not None
    assert anew.ruling.tier == "limited" and anew.missing()


async def test_where_nobody_signs_in_one_person_does_both_and_it_is_recorded(
    desk: Desk, settings: Settings, database_url: str
) -> None:
    local = local_officer(settings)
    with acting_as(local):
        use = await desk.register.get(local, await desk.register.propose(local, PROPOSAL))
        opened = await desk.assessments.open(local, use, KNOWN)
        await desk.assessments.answer(local, opened.id, HIGH)
        await desk.assessments.sign(local, opened.id)
        assert (await desk.assessments.approve(local, opened.id)).state == "approved"
        assert [each.self_reviewed for each in await desk.assessments.signatures(opened.id)] == [False, True]
    assert any(why.startswith("self_reviewed:") for _, _, why in ledger_rows(database_url) if why)


async def test_a_limited_use_needs_its_yearly_audit_by_another(desk: Desk, database_url: str) -> None:
    approved = await desk.approved(LIMITED)
    with psycopg.connect(database_url) as owner:
        owner.execute("UPDATE use_approvals SET approved = now() - interval '400 days'")
    with acting_as(OWNER):
        use = await desk.register.get(OWNER, approved.use)
        last = await desk.records.last()
    today = date.today()
    [audit] = [due for due in dues([use], last, today) if due.kind == "annual_audit"]
    assert audit.overdue and audit in reminders(OWNER, dues([use], last, today))
    assert reminders(COLLEAGUE, dues([use], last, today)) == []
    anew = await desk.answered(LIMITED, use)
    with acting_as(OWNER):
        with pytest.raises(InputError, match="audit of the last twelve months"):
            await desk.assessments.sign(OWNER, anew.id)
        with pytest.raises(NotPermitted):
            await desk.records.add(OWNER, use, kind="annual_audit", held=today, passed=True, note="Fine.")
    with acting_as(AUDITOR):
        await desk.records.add(AUDITOR, use, kind="annual_audit", held=today, passed=True, note="Fine.")
    with acting_as(OWNER):
        [record] = await desk.records.of(use.id)
        assert (record.name, record.held, record.passed) == (AUDITOR.name, today, True)
        [audit] = [due for due in dues([use], await desk.records.last(), today) if due.kind == "annual_audit"]
        assert not audit.soon and (await desk.assessments.sign(OWNER, anew.id)).state == "submitted"


async def test_the_calendar_holds_what_is_due_the_earliest_first(desk: Desk) -> None:
    low = await desk.approved(LOW)
    limited = await desk.approved(LIMITED)
    with acting_as(OWNER):
        uses = [each for each in await desk.register.listed(OWNER) if not each.shipped]
        states = await desk.assessments.states()
        calendar = dues(uses, await desk.records.last(), date.today())
        days = [due.day for due in calendar]
        assert days == sorted(days) and len(calendar) == 3
        assert {(due.use.id, due.kind) for due in calendar} == {
            (low.use, "review"), (limited.use, "review"), (limited.use, "annual_audit"),
        }  # fmt: skip
        assert {status(use, states.get(use.id), date.today()) for use in uses} == {"approved"}
        later = latest_review("low") + timedelta(1)
        assert {status(use, states.get(use.id), later) for use in uses} == {"overdue"}
        await desk.register.edit(OWNER, low.use, replace(PROPOSAL, purpose="Another."))
        reopened = await desk.register.get(OWNER, low.use)
        assert status(reopened, states[low.use], date.today()) == "reopened"
        [due] = dues([reopened], {}, date.today())
        grace = timedelta(days=tiers().tiers["low"].reassess_days)
        assert due.kind == "reassessment" and due.day <= date.today() + grace
        await desk.register.retire(OWNER, low.use)
        retired = await desk.register.get(OWNER, low.use)
        assert (
            status(retired, states[low.use], date.today()) == "retired" and dues([retired], {}, later) == []
        )


async def test_a_use_of_the_product_is_assessed_by_two_who_answer_for_all(
    desk: Desk, database_url: str
) -> None:
    operator = replace(PROGRAMME, id="operator", name="Operator", roles=frozenset({"service_operator"}))
    with psycopg.connect(database_url) as owner:
        owner.execute(
            "INSERT INTO officers (id, department, account, name, roles)"
            " VALUES ('operator', 'td', 'op', 'Op', '{service_operator}')"
        )
    with acting_as(HEAD):
        use = await desk.register.get(HEAD, "pilot.draft")
        with pytest.raises(NotPermitted):
            await desk.assessments.open(HEAD, use, KNOWN)
    opened = await desk.opened(use, PROGRAMME)
    with acting_as(PROGRAMME):
        await desk.assessments.answer(PROGRAMME, opened.id, LIMITED)
        await desk.assessments.sign(PROGRAMME, opened.id)
        with pytest.raises(NotPermitted):
            await desk.assessments.approve(PROGRAMME, opened.id)
    assert (await desk.approve(opened.id, operator)).state == "approved"
    assert (await desk.register.get(HEAD, "pilot.draft")).approval.assessment == opened.id  # type: ignore[union-attr]


async def test_strangers_see_the_register_and_not_the_answers(desk: Desk) -> None:
    signed = await desk.signed(LOW)
    for by, sees in ((STRANGER, False), (COLLEAGUE, True), (PROGRAMME, True), (AUDITOR, True)):
        with acting_as(by):
            assert (await desk.register.get(by, signed.use)).id == signed.use
            assert (signed.use in await desk.assessments.states()) == sees, by.id
            assert bool(await desk.assessments.signatures(signed.id)) == sees


def test_missing_names_the_questions_that_lack() -> None:
    [section] = questionnaire().asked(None, {})
    assert [question.id for question in missing(section, {"banned": ["none"]})][:2] == ["critical", "decides"]
