"""Held-out questions of kinds that the scripted ones have few of: `heldout.yaml`, one text each.

What each part must get is asked of the tool itself with arguments written by hand. `judge` reads a question
as the assistant does, with what was asked before it, and compares part by part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, TypeAdapter, model_validator

from ...yaml_text import read_yaml
from ..planner import Part, plan
from ..tools import Context, Found, Result
from ..tools.registry import use_tool

_FILE = Path(__file__).parent / "heldout.yaml"


class Wanted(BaseModel):
    """What one part of a question must get."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tool: str = ""
    arguments: dict[str, Any] = {}
    check: tuple[str, ...] = ()
    """Parts of the tool's value that must be right."""
    status: Literal["found", "unknown"] = "found"
    none: bool = False
    """No source knows it."""

    @model_validator(mode="after")
    def _is_one_of_them(self) -> Wanted:
        if self.none == bool(self.tool) or (self.tool and self.status == "found" and not self.check):
            raise ValueError("A part has either a tool and what to check, or none.")
        return self


class HeldOut(BaseModel):
    """One question."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    kind: Literal[
        "mixed",
        "typo",
        "romanised",
        "simplified",
        "short",
        "long",
        "two",
        "follow",
        "injected",
        "current",
        "people",
    ]
    language: str
    text: str
    earlier: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    """What must not stand in the answer."""
    expect: tuple[Wanted, ...]
    later: bool = False
    """Written once the rules were mended looking at the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """How a question was read."""

    question: HeldOut
    right: bool
    invented: bool
    """Whether a value was found where there is none, or another than the right one."""
    why: str


@cache
def held_out() -> tuple[HeldOut, ...]:
    """All of them."""
    rows = read_yaml(_FILE.read_text(encoding="utf-8"))
    return TypeAdapter(tuple[HeldOut, ...]).validate_python(rows)


async def judge(question: HeldOut, context: Context) -> Judged:
    """Reads one question, uses the tools, and compares what they give."""
    parts = plan(question.text, today=context.today(), earlier=question.earlier)
    faults = [
        fault
        for place, wanted in enumerate(question.expect)
        if (fault := await _fault(wanted, parts[place : place + 1], context))
    ]
    if len(parts) != len(question.expect):
        faults.append((f"{len(parts)} parts", False))
    why = "; ".join(fault for fault, _ in faults)
    return Judged(
        question=question, right=not faults, invented=any(invented for _, invented in faults), why=why
    )


async def _fault(wanted: Wanted, parts: Sequence[Part], context: Context) -> tuple[str, bool] | None:
    """What is wrong with a part, and whether it states something that is not so; None where nothing is."""
    if not parts:
        return "no such part", False
    understood = parts[0].understood
    call = understood.call
    if call is None:
        return None if wanted.none else (f"{understood.reason} {understood.missing}".strip(), False)
    got = await use_tool(call.tool, call.arguments, context)
    if wanted.none:
        return (f"{call.tool} {call.arguments}", True) if isinstance(got, Found) else None
    right = await use_tool(wanted.tool, orjson.loads(orjson.dumps(wanted.arguments)), context)
    assert right.status == wanted.status, (wanted, right)
    same = (
        call.tool == wanted.tool
        and got.status == right.status
        and _value(got, wanted) == _value(right, wanted)
    )
    return None if same else (f"{call.tool} {call.arguments} → {got.status}", isinstance(got, Found))


def _value(result: Result, wanted: Wanted) -> list[Any]:
    return (
        [result.value[name] for name in wanted.check if name in result.value]
        if isinstance(result, Found)
        else []
    )
