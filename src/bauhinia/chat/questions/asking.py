"""Asking the scripted questions by rules alone: understand, use the tool, compare."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from ..tools import Context, Down, Found
from ..tools.registry import use_tool
from ..understanding import understand
from .making import Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one question."""

    question: Question
    right: bool
    invented: bool
    """Whether it gave a value where there is none, or another than the right one."""
    why: str
    read_ms: float
    """Milliseconds of understanding."""
    answered_ms: float
    """Milliseconds until the answer could be shown: understanding and tool."""


async def ask(question: Question, context: Context) -> Outcome:
    """Understands one question, uses the tool and compares what it gives."""
    began = time.perf_counter()
    understood = understand(question.text, today=context.today())
    read = time.perf_counter()
    wanted = question.expected
    if understood.call is None:
        right = wanted.status == "none" and understood.reason == wanted.reason
        why = "" if right else f"{understood.reason} {understood.tool} {understood.missing}".strip()
        return _outcome(question, right, False, why, began, read)
    result = await use_tool(understood.call.tool, understood.call.arguments, context)
    if isinstance(result, Down):
        return _outcome(question, False, False, f"down: {result.reason}", began, read)
    got = result.value if isinstance(result, Found) else {}
    right = (
        understood.call.tool == wanted.tool
        and result.status == wanted.status
        and all(got.get(name) == value for name, value in wanted.value.items())
        and (result.status == "found" or getattr(result, "reason", "") == wanted.reason)
    )
    why = "" if right else f"{understood.call.tool} {understood.call.arguments} → {result.status}"
    return _outcome(question, right, not right and isinstance(result, Found), why, began, read)


async def ask_all(questions: Sequence[Question], context: Context) -> list[Outcome]:
    """Every question, one after another."""
    return [await ask(question, context) for question in questions]


def _outcome(question: Question, right: bool, invented: bool, why: str, began: float, read: float) -> Outcome:
    return Outcome(
        question=question,
        right=right,
        invented=invented,
        why=why,
        read_ms=(read - began) * 1000,
        answered_ms=(time.perf_counter() - began) * 1000,
    )
