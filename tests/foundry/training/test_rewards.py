from __future__ import annotations

import pytest

from bauhinia.foundry.training import RewardConfig
from bauhinia.foundry.training.rewards import as_trl, length, reward_of, same_script, valid_json


@pytest.mark.parametrize(
    ("answer", "least", "most"),
    [
        ("請喺五點前交返。", 0.9, 1),
        ("请在五点前交回表格。", 0.3, 0.5),
        ("By five o'clock.", 0, 0.1),
        ("", 0, 0),
    ],
)
def test_traditional_chinese_is_answered_in_it(answer: str, least: float, most: float) -> None:
    assert least <= same_script("邊度可以交返份表格？", answer) <= most


def test_english_is_answered_in_english() -> None:
    question = "When must the form be returned to the office?"
    assert same_script(question, "Please return it before five o'clock on Friday.") > 0.9
    assert same_script(question, "請在五時前交回。") < 0.3


def test_json_is_an_object_or_a_list_and_nothing_beside_it() -> None:
    assert [valid_json(text) for text in ('{"a": 1}', "[]", "1", '{"a": 1} ok', "")] == [1, 1, 0, 0, 0]


def test_length_falls_on_both_sides() -> None:
    assert [length(text, 4) for text in ("abcd", "ab", "abcdefgh", "")] == [1, 0.5, 0.5, 0]


def test_a_reward_is_called_as_trl_calls_it() -> None:
    score = as_trl("valid_json", reward_of("valid_json", RewardConfig()))
    prompts = [[{"role": "user", "content": "?"}]] * 2
    answers = [[{"role": "assistant", "content": text}] for text in ("[1]", "no")]
    assert score(prompts=prompts, completions=answers, completion_ids=[]) == [1.0, 0.0]
    assert score.__name__ == "valid_json"
