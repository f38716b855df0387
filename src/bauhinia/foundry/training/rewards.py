"""Rewards that a program computes, from 0 to 1; a recipe names them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ...language import detect
from ...language.scripts import count_han, simplified_characters
from .config import RewardConfig, RewardName

Reward = Callable[[str, str], float]
"""Of a question and the answer to it."""


def reward_of(name: RewardName, config: RewardConfig) -> Reward:
    """The reward of a name."""
    rewards: dict[RewardName, Reward] = {
        "same_script": same_script,
        "valid_json": lambda _, answer: valid_json(answer),
        "length": lambda _, answer: length(answer, config.answer_characters),
    }
    return rewards[name]


def same_script(question: str, answer: str) -> float:
    """Half for answering Chinese in Chinese and else not; half for keeping the script or the language."""
    if not answer.strip():
        return 0.0
    chinese = count_han(answer) / len(answer)
    if not count_han(question):
        return 0.5 * (1 - chinese) + 0.5 * float(detect(answer).variety == detect(question).variety)
    simplified = len(simplified_characters(answer))
    asked_simplified = bool(simplified_characters(question))
    kept = float(asked_simplified or not simplified)
    return 0.5 * chinese + 0.5 * kept * float(chinese > 0)


def valid_json(answer: str) -> float:
    """1 where the answer is an object or a list in JSON, and nothing beside it."""
    try:
        return float(isinstance(json.loads(answer), dict | list))
    except ValueError:
        return 0.0


def length(answer: str, characters: int) -> float:
    """1 at so many characters, and less for fewer and for more."""
    size = len(answer.strip())
    return min(size, characters) / max(size, characters)


def as_trl(name: RewardName, reward: Reward) -> Callable[..., list[float]]:
    """A reward in the shape in which TRL calls it."""

    def score(prompts: list[Any], completions: list[Any], **_: Any) -> list[float]:
        return [
            reward(_text(prompt), _text(completion))
            for prompt, completion in zip(prompts, completions, strict=True)
        ]

    score.__name__ = name
    return score


def _text(messages: Any) -> str:
    return messages if isinstance(messages, str) else str(messages[-1]["content"])
