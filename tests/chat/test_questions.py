"""The scripted questions: as many as promised, made as they say, and answered right by rules and tools."""

from __future__ import annotations

from collections import Counter

from bauhinia.chat.questions import ask_all, questions
from bauhinia.chat.questions.making import made
from bauhinia.chat.replay import REPLAY_NOW, Replay
from bauhinia.chat.sources import Sources
from bauhinia.chat.tools import Context
from bauhinia.chat.tools.registry import TOOLS


def test_there_are_enough_in_every_language() -> None:
    languages = Counter(question.language for question in questions())
    assert (
        sum(languages.values()) >= 200
        and min(languages[tag] for tag in ("en", "zh-Hant-HK", "yue-Hant-HK", "zh-Hans")) >= 100
    )
    assert languages["mixed"] >= 15
    assert len({question.text for question in questions()}) >= 0.98 * len(questions())
    assert {question.expected.tool for question in questions()} - {""} == {tool.name for tool in TOOLS}
    assert Counter(question.expected.status for question in questions())["none"] >= 25


async def test_the_file_is_what_the_script_makes() -> None:
    assert await made() == questions()


async def test_the_right_value_and_nothing_invented() -> None:
    async with Replay() as replay:
        sources = Sources(replay.base)
        outcomes = await ask_all(questions(), Context(sources=sources, now=lambda: REPLAY_NOW))
        await sources.close()
    wrong = [(each.question.id, each.question.text, each.why) for each in outcomes if not each.right]
    assert len(wrong) <= 0.02 * len(outcomes), wrong
    assert not [each for each in outcomes if each.invented]


async def test_offline_no_question_gets_a_value_from_a_source() -> None:
    sources = Sources("http://127.0.0.1:9")
    outcomes = await ask_all(questions(), Context(sources=sources, now=lambda: REPLAY_NOW))
    await sources.close()
    assert not any(each.invented for each in outcomes)
    assert sum(each.why.startswith("down") for each in outcomes) > 200
