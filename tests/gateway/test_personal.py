"""What becomes of personal data at the door: by use, kind, place and department, and in answers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import orjson
import pytest

from bauhinia.errors import InputError, NotFound, NotPermitted, Refused
from bauhinia.gateway import Answer, Gateway, Message, Piece
from bauhinia.guideline import shipped
from bauhinia.models import Calls, FakeEmbedder, FakeModel, Tool
from bauhinia.people import Officer
from bauhinia.privacy.policy import WHERES, policies, rules_for, stricter
from bauhinia.settings import Settings
from bauhinia.store import Database, Walls, within

TEXT = "HKID A123456(3), car AB 1234 (vehicle registration mark), phone 2345 6789."
REMOTE = "http://models.example:9/v1"
OWNER = Officer(id="p1", department="Other Department", name="Owner", roles=frozenset({"programme_owner"}))
ADMINISTRATOR = Officer(
    id="a1", department="Test Department", name="Administrator", roles=frozenset({"department_administrator"})
)
CLERK = Officer(id="o1", department="Test Department", name="Clerk")


@pytest.fixture
def open_door(settings: Settings, database: Database) -> Callable[..., Any]:
    @asynccontextmanager
    async def opened(model: FakeModel, **more: Any) -> AsyncIterator[Gateway]:
        door = Gateway(settings.model_copy(update=more), database, backend=model, embedder=FakeEmbedder())
        try:
            yield door
        finally:
            await door.stop()

    return opened


async def put(door: Gateway, by: Officer, **more: Any) -> int:
    rule = {"department": "", "use": "", "kind": "phone", "place": "", "action": "redact", "why": "Because."}
    return await door.personal.put(by, **{**rule, **more})


async def deeds(database: Database) -> list[tuple[str, str, str]]:
    async with database.maintenance() as connection:
        cursor = await connection.execute("SELECT body FROM ledger ORDER BY seq")
        bodies = [orjson.loads(row[0]) for row in await cursor.fetchall()]
    return [
        (body["deed"], body["outcome"], body["subject"])
        for body in bodies
        if body["kind"] == "deed" and body["deed"].startswith("privacy.")
    ]


def test_every_use_has_a_reasoned_rule_for_every_kind_and_place() -> None:
    for use in shipped().uses:
        for where in WHERES:
            rules = rules_for(use, where, "Works")
            assert set(rules) == set(policies().kinds)
            for language in ("en", "zh-Hant-HK", "zh-Hans"):
                assert all(rule.reason(language) for rule in rules.values())
            for kind, rule in rules.items():
                assert stricter(policies().floor(kind), rule.action) == rule.action


def test_a_policy_below_its_floor_is_not_loaded() -> None:
    shipped = policies().model_dump(by_alias=True)
    shipped["uses"]["api.chat"] = {"identifier": {**shipped["defaults"]["identifier"], "local": "allow"}}
    with pytest.raises(ValueError, match="milder than the floor"):
        type(policies()).model_validate(shipped)


@pytest.mark.parametrize(
    ("action", "sent", "said"),
    [
        ("pseudonymise", "phone PHONE-P1.", TEXT),
        (
            "redact",
            "phone [telephone number left out].",
            TEXT.replace("2345 6789", "[telephone number left out]"),
        ),
    ],
)
async def test_each_action_on_what_goes_and_comes_back(
    open_door: Any, ask_for: Any, action: str, sent: str, said: str
) -> None:
    model = FakeModel()
    async with open_door(model) as door:
        await put(door, OWNER, action=action)
        answer = await door.ask(ask_for(TEXT))
    content = model.requests[0].messages[0].content
    assert content.endswith(sent) and "HKID-H1" in content and "2345" not in content
    assert answer.text == said
    reasons = {made.reason: made.detail for made in answer.decisions if made.stage == "redact"}
    done = {"pseudonymise": "pseudonymised", "redact": "redacted"}[action]
    assert "telephone number (1)" in reasons[done] and "Because." in reasons[done]
    assert not any("2345" in detail or "A123456" in detail for detail in reasons.values())


async def test_what_is_blocked_reaches_no_model_and_the_refusal_says_which_kind(
    open_door: Any, ask_for: Any, database: Database
) -> None:
    model = FakeModel()
    async with open_door(model) as door:
        await put(door, OWNER, use="api.chat", action="block", why="Numbers go nowhere.")
        with pytest.raises(Refused) as refused:
            await door.ask(ask_for(f"{TEXT} Or 6123 4567."))
        await door.ask(ask_for("2345 6789", use="pilot.draft"))
    assert "telephone number (2)" in refused.value.message and "Numbers go nowhere." in refused.value.message
    assert "2345" not in str(refused.value) and "/privacy" in refused.value.hint
    assert len(model.requests) == 1
    async with database.maintenance() as connection:
        cursor = await connection.execute("SELECT body FROM ledger ORDER BY seq")
        rows = [orjson.loads(row[0]) for row in await cursor.fetchall()]
    assert ["redact", False, "blocked_personal"] in rows[1]["decisions"] and rows[1]["outcome"] == "refused"
    assert "2345" not in orjson.dumps(rows[1]["decisions"]).decode()


async def test_a_blocked_kind_is_found_in_tools_and_schemas_too(open_door: Any, ask_for: Any) -> None:
    model = FakeModel()
    tool = Tool(name="call", description="Ring 2345 6789", parameters={"type": "object"})
    async with open_door(model) as door:
        await put(door, OWNER, action="block")
        for more in ({"tools": (tool,)}, {"schema": {"description": "2345 6789"}}):
            with pytest.raises(Refused):
                await door.ask(ask_for("Hello", **more))
    assert model.requests == []


async def test_a_department_is_stricter_for_itself_alone(open_door: Any, ask_for: Any) -> None:
    model = FakeModel()
    async with open_door(model) as door:
        await put(door, ADMINISTRATOR, department="Test Department", action="block")
        with pytest.raises(Refused):
            await door.ask(ask_for("2345 6789"))
        await door.ask(ask_for("2345 6789", officer=OWNER))
    assert len(model.requests) == 1


async def test_a_departments_rule_holds_whoever_acts(
    open_door: Any, ask_for: Any, database: Database
) -> None:
    """Work that is done in nobody's name sees no rows; the rules must bind it all the same."""
    async with open_door(FakeModel()) as door:
        await put(door, ADMINISTRATOR, department="Test Department", action="block")
        with within(Walls(officer="", department="")), pytest.raises(Refused):
            await door.ask(ask_for("2345 6789"))


@pytest.mark.parametrize(
    ("by", "rule", "error"),
    [
        (CLERK, {"department": "Test Department"}, NotPermitted),
        (ADMINISTRATOR, {}, NotPermitted),
        (ADMINISTRATOR, {"department": "Other Department"}, NotPermitted),
        (OWNER, {"action": "allow"}, InputError),
        (OWNER, {"kind": "hkid", "action": "allow", "use": "api.chat"}, InputError),
        (ADMINISTRATOR, {"department": "Test Department", "action": "allow"}, InputError),
        (ADMINISTRATOR, {"department": "Test Department", "kind": "person", "action": "allow"}, InputError),
        (OWNER, {"kind": "shoe_size"}, InputError),
        (OWNER, {"use": "no.use"}, InputError),
        (OWNER, {"why": " "}, InputError),
        (OWNER, {"place": "moon"}, InputError),
    ],
)
async def test_who_may_set_what(
    open_door: Any, database: Database, by: Officer, rule: dict[str, str], error: type[Exception]
) -> None:
    async with open_door(FakeModel()) as door:
        with pytest.raises(error):
            await put(door, by, **rule)
        assert await door.personal.listed() == []
    assert [outcome for _, outcome, _ in await deeds(database)] == (
        ["refused"] if error is NotPermitted else []
    )


async def test_no_rule_of_the_table_goes_below_the_floor(open_door: Any, database: Database) -> None:
    """Not even one that was written past the product."""
    async with database.maintenance() as connection:
        await connection.execute(
            "INSERT INTO privacy_rules (kind, action, why, set_by) VALUES ('hkid', 'allow', 'w', 'x')"
        )
    async with open_door(FakeModel()) as door:
        rules = await door.personal.in_force("api.chat", "local", "Works")
    assert rules["hkid"].action == "pseudonymise"


async def test_rules_are_replaced_and_removed_and_the_ledger_has_it(
    open_door: Any, database: Database
) -> None:
    async with open_door(FakeModel()) as door:
        first = await put(door, OWNER)
        assert await put(door, OWNER, action="block") == first
        own = await put(door, ADMINISTRATOR, department="Test Department", kind="plate", action="block")
        assert (await door.personal.in_force("api.chat", "local", "Works"))["phone"].action == "block"
        with pytest.raises(NotPermitted):
            await door.personal.remove(ADMINISTRATOR, first)
        with pytest.raises(NotFound):
            await door.personal.remove(
                Officer(id="b", department="Third", name="B", roles=ADMINISTRATOR.roles), own
            )
        await door.personal.remove(OWNER, first)
        assert (await door.personal.in_force("api.chat", "local", "Works"))["phone"].action == "pseudonymise"
    assert await deeds(database) == [
        ("privacy.set", "answered", "::phone::redact"),
        ("privacy.set", "answered", "::phone::block"),
        ("privacy.set", "answered", "Test Department::plate::block"),
        ("privacy.remove", "refused", str(first)),
        ("privacy.remove", "answered", str(first)),
    ]


async def test_the_more_exact_of_the_programmes_rules_counts(open_door: Any) -> None:
    async with open_door(FakeModel()) as door:
        await put(door, OWNER, kind="person", action="block")
        await put(door, OWNER, kind="person", use="pilot.draft", action="redact")
        await put(door, OWNER, kind="person", use="pilot.draft", place="local", action="allow")
        found = {
            (use, where): (await door.personal.in_force(use, where, "Works"))["person"].action
            for use in ("pilot.draft", "api.chat")
            for where in WHERES
        }
    assert found == {
        ("pilot.draft", "local"): "allow",
        ("pilot.draft", "remote"): "redact",
        ("api.chat", "local"): "block",
        ("api.chat", "remote"): "block",
    }


@pytest.mark.parametrize("url", ["", REMOTE])
async def test_names_stay_on_this_machine_and_are_replaced_elsewhere(
    open_door: Any, ask_for: Any, url: str
) -> None:
    model = FakeModel()
    text = "Name of applicant: CHAN Tai Man. Date of birth: 1 May 1980."
    async with open_door(model, model_url=url) as door:
        answer = await door.ask(ask_for(text))
    sent = model.requests[0].messages[0].content
    assert answer.text == text
    assert ("1 May 1980" in sent) is (url == "")
    assert answer.decided("pseudonymised") is (url != "")
    assert answer.decided("allowed_personal") is (url == "")


async def test_what_a_remote_embedder_reads_follows_the_rules(open_door: Any) -> None:
    seen: list[str] = []

    class Embedder(FakeEmbedder):
        async def embed(self, texts: Any, kind: Any) -> Any:
            seen.extend(texts)
            return await super().embed(texts, kind)

    asked = {"officer": CLERK, "use": "knowledge.index", "classification": "unclassified"}
    async with open_door(FakeModel(), embedder_url=REMOTE) as door:
        door._embedder = Embedder()
        await door.embed([TEXT], "passage", **asked)
        await put(door, OWNER, place="remote", action="redact")
        await door.embed([TEXT], "passage", **asked)
        await put(door, OWNER, place="remote", action="block")
        with pytest.raises(Refused, match="telephone number"):
            await door.embed([TEXT], "passage", **asked)
    assert "PHONE-P1" in seen[0] and "[telephone number left out]" in seen[1] and len(seen) == 2


async def test_an_embedder_on_this_machine_reads_all_but_what_is_blocked(open_door: Any) -> None:
    asked = {"officer": CLERK, "use": "knowledge.index", "classification": "unclassified"}
    async with open_door(FakeModel()) as door:
        assert await door.embed([TEXT], "passage", **asked)
        await put(door, OWNER, place="local", action="block")
        with pytest.raises(Refused):
            await door.embed([TEXT], "passage", **asked)


LEAK = "Ms Au is at 6123 4567; you gave 2345 6789. HKID Z437626(A)."


@pytest.mark.parametrize("piece", [1, 2, 3, 7, 1000])
async def test_a_number_that_nobody_gave_is_taken_out_of_the_stream(
    open_door: Any, ask_for: Any, database: Database, piece: int
) -> None:
    async with open_door(FakeModel([LEAK], piece=piece)) as door:
        events = [event async for event in door.exchange(ask_for("Who is at 2345 6789?"))]
    answer = events[-1]
    assert isinstance(answer, Answer)
    shown = "".join(event.text for event in events if isinstance(event, Piece))
    assert (
        shown
        == answer.text
        == (
            "Ms Au is at [telephone number left out]; you gave 2345 6789. HKID [identity card number left out]."
        )
    )
    (made,) = [made for made in answer.decisions if made.reason == "personal_removed"]
    assert "telephone number (1)" in made.detail and "6123" not in made.detail
    async with database.maintenance() as connection:
        (row,) = await (await connection.execute("SELECT body FROM ledger")).fetchall()
    assert ["inspect", True, "personal_removed"] in orjson.loads(row[0])["decisions"]


async def test_what_a_passage_of_the_library_holds_may_be_said(open_door: Any, ask_for: Any) -> None:
    given = (Message("system", "Passage: call 6123 4567, HKID Z437626(A)."), Message("user", "2345 6789?"))
    async with open_door(FakeModel([LEAK])) as door:
        answer = await door.ask(ask_for("", messages=given))
    assert answer.text == LEAK and not answer.decided("personal_removed")


async def test_thinking_and_calls_of_tools_leak_nothing_either(open_door: Any, ask_for: Any) -> None:
    tool = Tool(name="ring", description="Rings.", parameters={"type": "object"})
    replies = ["<think>Perhaps 6123 4567.</think>Done.", Calls(calls=(("ring", {"number": "6123 4567"}),))]
    async with open_door(FakeModel(replies)) as door:
        thought = await door.ask(ask_for("Who?"))
        called = await door.ask(ask_for("Who?", tools=(tool,)))
    assert thought.thinking == "Perhaps [telephone number left out]." and thought.text == "Done."
    assert "6123" not in called.tool_calls[0].arguments and called.decided("personal_removed")
