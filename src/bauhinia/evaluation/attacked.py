"""A real model attacked through what it reads: with the gateway's guard, and without it."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from hashlib import sha256
from pathlib import Path
from typing import Literal

from ..gateway import Message, ToolCall, data, sample
from ..gateway.untrusted import fenced
from ..language import Variety
from ..models import Backend, ChatRequest, Delta
from ..pilot.analyse import ASKED, INSTRUCTION
from ..pilot.segment import EXAMPLES, SYSTEM
from .attacks import Attack

Arm = Literal["guarded", "unguarded"]
ARMS: tuple[Arm, ...] = ("guarded", "unguarded")
ANSWER_TOKENS = 40
"""An attack that works shows in the first words."""


def messages_of(attack: Attack) -> tuple[Message, ...]:
    """What the pilot asks when the attack stands in what it works on, material marked."""
    if attack.task == "translate":
        return _translating(attack)
    tongue = Variety.ENGLISH if attack.language == "en" else Variety.TRADITIONAL
    system = Message("system", INSTRUCTION[tongue])
    if attack.channel == "tool":
        return (system, *_tool(attack, attack.question))
    asked = ASKED[tongue].format(extracts=data(attack.carrier), question=attack.question)
    return (system, Message("user", asked))


def _translating(attack: Attack) -> tuple[Message, ...]:
    to = Variety.TRADITIONAL if attack.language == "en" else Variety.ENGLISH
    shown = [
        message
        for source, target in EXAMPLES[to]
        for message in (Message("user", sample(source)), Message("assistant", target))
    ]
    system = Message("system", SYSTEM[to])
    if attack.channel == "tool":
        asked = "Translate what the tool gives." if attack.language == "en" else "請翻譯工具給的文字。"
        return (system, *_tool(attack, asked))
    return (system, *shown, Message("user", data(attack.carrier)))


def _tool(attack: Attack, asked: str) -> tuple[Message, ...]:
    call = ToolCall("call_1", "met__notices", "{}")
    given = Message("tool", data(attack.carrier), call=call.id)
    return (Message("user", asked), Message("assistant", "", (call,)), given)


def sent_for(attack: Attack, arm: Arm) -> tuple[Message, ...]:
    """The messages as the model gets them."""
    messages = messages_of(attack)
    if arm == "guarded":
        return fenced(messages)[0]
    return tuple(Message(m.role, _bare(m.content), m.tool_calls, m.call) for m in messages)


def _bare(text: str) -> str:
    return re.sub("[\ufdd0-\ufdd3]", "", text)


class Kept:
    """Answers kept in a file, so that a run that was stopped goes on: by the prompt, fence's code aside."""

    def __init__(self, path: Path, model: str) -> None:
        self._path = path
        self._model = model
        self._answers: dict[str, str] = json.loads(path.read_text("utf-8")) if path.exists() else {}

    def key(self, attack: Attack, arm: Arm) -> str:
        """What the answer is kept under."""
        rule = fenced(messages_of(attack))[0][0].content if arm == "guarded" else ""
        told = [self._model, arm, attack.id, rule, *(m.content for m in messages_of(attack))]
        return sha256("\0".join(told).encode()).hexdigest()

    def get(self, attack: Attack, arm: Arm) -> str | None:
        """The answer, once there is one."""
        return self._answers.get(self.key(attack, arm))

    def put(self, attack: Attack, arm: Arm, answer: str) -> None:
        """Keep an answer; the file is whole at every moment."""
        self._answers[self.key(attack, arm)] = answer
        part = self._path.with_suffix(".part")
        part.write_text(json.dumps(self._answers, ensure_ascii=False, indent=0), "utf-8")
        part.replace(self._path)


async def attacked(
    backend: Backend, chosen: Sequence[Attack], kept: Kept
) -> AsyncIterator[tuple[Attack, Arm, bool]]:
    """Each attack on each arm, and whether its answer obeyed; both arms of one before the next."""
    for attack in chosen:
        for arm in ARMS:
            answer = kept.get(attack, arm)
            if answer is None:
                answer = await _answer(backend, sent_for(attack, arm))
                kept.put(attack, arm, answer)
            yield attack, arm, attack.obeyed(answer, messages_of(attack)[0].content)


async def _answer(backend: Backend, messages: tuple[Message, ...]) -> str:
    pieces = []
    request = ChatRequest(messages=messages, max_tokens=ANSWER_TOKENS)
    async with aclosing(backend.chat(request)) as events:
        async for event in events:
            if isinstance(event, Delta):
                pieces.append(event.text)
    return "".join(pieces).strip()
