"""Answers in the wrong language or script: stopped, asked for again, converted, told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bauhinia.gateway import Answer, Gateway, Message, Piece, Retraction
from bauhinia.language import Variety, simplified_characters
from bauhinia.models import FakeModel

MakeGateway = Callable[[FakeModel], Gateway]

ENGLISH = "The department will reply within ten working days after it has received the whole form. " * 4
TRADITIONAL = "部門會在收到整份表格後的十個工作天內回覆申請人，並說明審批結果及理由。" * 6
SIMPLIFIED = "部门会在收到整份表格后的十个工作天内回复申请人，并说明审批结果及理由。" * 6
CANTONESE = "我哋會喺收到成份表格之後十個工作天內覆你，同埋話你知批唔批同點解。" * 6


async def watch(gateway: Gateway, ask: Any) -> tuple[Answer, str, list[str]]:
    """The answer, what a page would show at the end, and the retractions."""
    shown, retractions = "", []
    async for event in gateway.exchange(ask):
        match event:
            case Piece(text):
                shown += text
            case Retraction(reason):
                shown = ""
                retractions.append(reason)
            case Answer():
                return event, shown, retractions
    raise AssertionError


@pytest.mark.parametrize(
    ("wanted", "text"),
    [
        (Variety.ENGLISH, ENGLISH),
        (Variety.TRADITIONAL, TRADITIONAL),
        (Variety.SIMPLIFIED, SIMPLIFIED),
        (Variety.CANTONESE, CANTONESE),
        (Variety.ENGLISH, "Yes."),
        (Variety.TRADITIONAL, "可以。"),
        (Variety.TRADITIONAL, "HK$3,000"),
        (None, TRADITIONAL),
    ],
)
async def test_a_fitting_answer_passes_untouched(
    open_gateway: MakeGateway, ask_for: Any, wanted: Variety | None, text: str
) -> None:
    gateway = open_gateway(FakeModel([text], piece=7))
    answer, shown, retractions = await watch(gateway, ask_for("?", reply_in=wanted, max_tokens=2_000))
    assert answer.text == shown == text
    assert retractions == [] and answer.decided("ok")
    assert {d.reason for d in answer.decisions} == {"ok"}


async def test_the_wrong_language_is_stopped_early_and_asked_again(
    open_gateway: MakeGateway, ask_for: Any
) -> None:
    model = FakeModel([TRADITIONAL, ENGLISH], piece=4)
    gateway = open_gateway(model)
    ask = ask_for("Please reply.", reply_in=Variety.ENGLISH, max_tokens=2_000)
    answer, shown, retractions = await watch(gateway, ask)
    assert answer.text == shown == ENGLISH
    assert retractions == ["wrong_language"]
    assert answer.decided("asked_again") and not answer.decided("wrong_language")
    assert model.cancelled == 1, "the backend must stop at once"
    again = model.requests[1].messages[-1]
    assert again.role == "user" and again.content.startswith("Please reply.") and "English" in again.content
    assert answer.usage.prompt_tokens > model.requests[0].max_tokens * 0
    assert answer.usage.completion_tokens > 0


async def test_nothing_wrong_is_shown_before_it_is_judged(open_gateway: MakeGateway, ask_for: Any) -> None:
    gateway = open_gateway(FakeModel([ENGLISH, TRADITIONAL], piece=4))
    ask = ask_for("?", reply_in=Variety.TRADITIONAL, max_tokens=2_000)
    events = [event async for event in gateway.exchange(ask)]
    first = next(i for i, event in enumerate(events) if isinstance(event, Retraction))
    assert not any(isinstance(event, Piece) for event in events[:first])


async def test_the_insisting_word_is_in_the_wanted_language(open_gateway: MakeGateway, ask_for: Any) -> None:
    for wanted, right, marker in (
        (Variety.TRADITIONAL, TRADITIONAL, "繁體"),
        (Variety.SIMPLIFIED, SIMPLIFIED, "简体"),
        (Variety.CANTONESE, CANTONESE, "廣東話"),
    ):
        model = FakeModel([ENGLISH, right])
        answer, _, _ = await watch(open_gateway(model), ask_for("?", reply_in=wanted, max_tokens=2_000))
        assert answer.text == right
        assert marker in model.requests[1].messages[-1].content


async def test_still_wrong_after_asking_again_is_given_and_told(
    open_gateway: MakeGateway, ask_for: Any
) -> None:
    model = FakeModel([ENGLISH, ENGLISH])
    gateway = open_gateway(model)
    answer, shown, retractions = await watch(
        gateway, ask_for("?", reply_in=Variety.TRADITIONAL, max_tokens=2_000)
    )
    assert answer.text == shown == ENGLISH and retractions == ["wrong_language"]
    told = [decision for decision in answer.decisions if decision.reason == "wrong_language"]
    assert len(told) == 1 and told[0].allowed and told[0].detail
    assert len(model.requests) == 2, "once, and no more"


async def test_an_answer_that_turns_into_another_language_is_asked_again(
    open_gateway: MakeGateway, ask_for: Any
) -> None:
    gateway = open_gateway(FakeModel([ENGLISH[:100] + "\n" + TRADITIONAL * 3, ENGLISH]))
    ask = ask_for("?", reply_in=Variety.ENGLISH, max_tokens=3_000)
    answer, shown, retractions = await watch(gateway, ask)
    assert retractions == ["wrong_language"] and answer.text == shown == ENGLISH


async def test_what_cannot_be_taken_back_is_told_instead(open_gateway: MakeGateway, ask_for: Any) -> None:
    mixed = ENGLISH[:100] + "\n" + TRADITIONAL * 3
    gateway = open_gateway(FakeModel([mixed]))
    ask = ask_for("?", reply_in=Variety.ENGLISH, max_tokens=3_000, retractable=False)
    answer, shown, retractions = await watch(gateway, ask)
    assert (answer.text, shown, retractions) == (mixed, mixed, [])
    assert answer.decided("wrong_language")


async def test_simplified_characters_are_converted_as_they_stream(
    open_gateway: MakeGateway, ask_for: Any
) -> None:
    for piece in (1, 3, 50):
        model = FakeModel([SIMPLIFIED], piece=piece)
        ask = ask_for("?", reply_in=Variety.TRADITIONAL, max_tokens=2_000)
        answer, shown, retractions = await watch(open_gateway(model), ask)
        assert answer.text == shown and retractions == []
        assert simplified_characters(answer.text) == []
        assert answer.decided("script_converted") and not answer.decided("wrong_script")


async def test_one_stray_simplified_character_is_converted(open_gateway: MakeGateway, ask_for: Any) -> None:
    text = TRADITIONAL + "多谢。"
    answer, shown, _ = await watch(
        open_gateway(FakeModel([text])), ask_for("?", reply_in=Variety.TRADITIONAL, max_tokens=2_000)
    )
    assert answer.text == shown == TRADITIONAL + "多謝。"


async def test_traditional_is_converted_where_simplified_is_wanted(
    open_gateway: MakeGateway, ask_for: Any
) -> None:
    model = FakeModel([TRADITIONAL], piece=3)
    answer, shown, _ = await watch(
        open_gateway(model), ask_for("?", reply_in=Variety.SIMPLIFIED, max_tokens=2_000)
    )
    assert answer.text == shown == SIMPLIFIED.replace("回复", "回覆") or answer.text == SIMPLIFIED
    assert answer.decided("script_converted")


async def test_written_chinese_is_asked_again_in_cantonese_then_put_into_it(
    open_gateway: MakeGateway, ask_for: Any
) -> None:
    model = FakeModel([TRADITIONAL, TRADITIONAL], piece=5)
    answer, shown, retractions = await watch(
        open_gateway(model), ask_for("?", reply_in=Variety.CANTONESE, max_tokens=2_000)
    )
    assert retractions == ["wrong_language"] and answer.text == shown
    assert answer.text != TRADITIONAL
    assert answer.decided("dialect_converted")


async def test_json_is_judged_by_its_strings(open_gateway: MakeGateway, ask_for: Any) -> None:
    schema = {"type": "object"}
    good = '{"answer": "' + TRADITIONAL + '", "found": true, "reason_for_the_answer_in_words": "可以"}'
    model = FakeModel(['{"answer": "' + ENGLISH + '"}', good], piece=5)
    ask = ask_for("?", reply_in=Variety.TRADITIONAL, schema=schema, max_tokens=2_000)
    answer, shown, retractions = await watch(open_gateway(model), ask)
    assert answer.text == shown == good and retractions == ["wrong_language"]


async def test_an_empty_answer_is_told(open_gateway: MakeGateway, ask_for: Any) -> None:
    answer = await open_gateway(FakeModel([""])).ask(ask_for("?", reply_in=Variety.ENGLISH))
    assert answer.text == "" and answer.decided("empty_answer")


async def test_insisting_after_an_assistants_turn_adds_a_turn(
    open_gateway: MakeGateway, ask_for: Any
) -> None:
    model = FakeModel([TRADITIONAL, ENGLISH])
    messages = (Message("user", "Hello"), Message("assistant", "Dear"))
    await watch(
        open_gateway(model), ask_for("", messages=messages, reply_in=Variety.ENGLISH, max_tokens=2_000)
    )
    assert [message.role for message in model.requests[1].messages] == ["user", "assistant", "user"]
