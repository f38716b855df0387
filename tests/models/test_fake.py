"""The model without weights keeps to its script, and to the protocol of the real ones."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import validate
from pydantic import BaseModel

from bauhinia.errors import ModelBusy
from bauhinia.models import (
    ChatRequest,
    Delta,
    FakeEmbedder,
    FakeModel,
    Fault,
    Message,
    estimate_tokens,
    whole,
)
from bauhinia.models.fake import smallest_instance


def ask(text, **wishes):
    return ChatRequest(messages=(Message("system", "Be brief."), Message("user", text)), **wishes)


async def test_without_a_script_it_repeats_the_user():
    answer = await whole(FakeModel(piece=3).chat(ask("Where is 九龍?")))
    assert (answer.text, answer.finish.reason) == ("Where is 九龍?", "stop")
    assert answer.finish.usage.completion_tokens == estimate_tokens("Where is 九龍?")


async def test_a_list_is_used_in_order_and_a_function_sees_the_request():
    listed = FakeModel(["one", "two"])
    assert [(await whole(listed.chat(ask("x")))).text for _ in range(2)] == ["one", "two"]
    with pytest.raises(AssertionError, match="2 replies"):
        await whole(listed.chat(ask("x")))
    clever = FakeModel(lambda request: request.messages[0].content.upper())
    assert (await whole(clever.chat(ask("x")))).text == "BE BRIEF."
    assert clever.requests == [ask("x")]


async def test_a_fault_comes_after_its_text():
    model = FakeModel([Fault(error=ModelBusy("Busy."), text="Hel"), "Hello"])
    events = []
    with pytest.raises(ModelBusy):
        async for event in model.chat(ask("x")):
            events.append(event)
    assert events == [Delta("Hel")]
    assert (await whole(model.chat(ask("x")))).text == "Hello"


async def test_thinking_stops_and_limits():
    answer = await whole(FakeModel(["<think>Hmm</think>Yes"], piece=2).chat(ask("x")))
    assert (answer.text, answer.thinking) == ("Yes", "Hmm")
    assert (await whole(FakeModel(["one END two"]).chat(ask("x", stop=("END",))))).text == "one "
    cut = await whole(FakeModel(["一二三四五"]).chat(ask("x", max_tokens=3)))
    assert (cut.text, cut.finish.reason) == ("一二三", "length")


async def test_it_notices_cancellation_and_works_on_no_more_than_its_slots():
    model = FakeModel(["long " * 100] * 4, delay=0.01, slots=2)
    tasks = [asyncio.create_task(whole(model.chat(ask("x")))) for _ in range(4)]
    await asyncio.sleep(0.05)
    assert (model.active, model.busiest) == (2, 2)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert (model.active, model.cancelled) == (0, 2)


class Party(BaseModel):
    name: str
    share: float


class Finding(BaseModel):
    title: str
    parties: list[Party]
    more: Party | None
    count: int


@pytest.mark.parametrize(
    "schema",
    [
        Finding.model_json_schema(),
        {"type": "array", "items": {"$ref": "#/$defs/x"}, "minItems": 3, "$defs": {"x": {"enum": ["a", 1]}}},
        {
            "type": "object",
            "properties": {"n": {"type": "integer", "exclusiveMinimum": 4}},
            "required": ["n"],
        },
        {"type": "string", "minLength": 200},
        {"allOf": [{"type": "object"}, {"required": ["a"], "properties": {"a": {"const": 1}}}]},
        {"type": ["null", "string"]},
    ],
)
async def test_a_schema_is_met(schema):
    import orjson

    answer = await whole(FakeModel().chat(ask("Some words", schema=schema)))
    validate(orjson.loads(answer.text), schema)


@given(st.integers(-50, 50), st.integers(0, 50))
def test_bounds_are_kept(low, span):
    schema = {"type": "integer", "minimum": low, "maximum": low + span}
    validate(smallest_instance(schema), schema)


async def test_the_fake_embedder_puts_like_near_like():
    first, like, other = await FakeEmbedder().embed(["water supply", "water supplies", "招標公告"], "passage")
    assert sum(x * x for x in first) == pytest.approx(1)
    assert sum(map(float.__mul__, first, like)) > sum(map(float.__mul__, first, other))
