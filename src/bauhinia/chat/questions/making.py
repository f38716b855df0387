"""The scripted questions: from `questions.yaml` and the replay to `questions.jsonl`, with what each must get.

What is expected comes from the tool itself, called with arguments that were written by hand, against the
replay at its moment; wordings are written by hand too. `python -m bauhinia.chat.questions` writes the
file; a test fails where it has drifted.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, Literal

import orjson
from pydantic import BaseModel, ConfigDict, TypeAdapter

from ...yaml_text import read_yaml
from ..replay import REPLAY_NOW, Replay
from ..sources import Sources
from ..tools import Context, Found, Unknown
from ..tools.registry import use_tool

HERE = Path(__file__).parent
LANGUAGES = {"en": "en", "zh": "zh-Hant-HK", "yue": "yue-Hant-HK", "zhs": "zh-Hans", "mix": "mixed"}


class Expected(BaseModel):
    """What a question must get."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tool: str
    """Empty where no tool knows it."""
    arguments: dict[str, Any]
    status: Literal["found", "unknown", "none"]
    reason: str
    """Of `unknown` and `none`."""
    value: dict[str, Any]
    """Parts of the tool's value that must be right."""


class Question(BaseModel):
    """One scripted question."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    language: str
    half: Literal["develop", "report", "fresh", "blind"]
    """Rules are written looking at `develop`; `report` was never looked at until its figure was taken, and
    `fresh` and then `blind` were written after the rules."""
    text: str
    expected: Expected


class _Written(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    tool: str
    arguments: dict[str, Any] = {}
    check: tuple[str, ...] = ()
    status: Literal["found", "unknown"] = "found"
    reason: str = ""
    half: Literal["", "fresh", "blind"] = ""
    en: str | None
    zh: str | None
    yue: str | None
    zhs: str | None
    mix: str | None = None


def questions() -> tuple[Question, ...]:
    """The scripted questions that ship."""
    lines = (HERE / "questions.jsonl").read_bytes().splitlines()
    return TypeAdapter(tuple[Question, ...]).validate_python([orjson.loads(line) for line in lines])


async def made() -> tuple[Question, ...]:
    """The questions as they come from what is written and from the replay."""
    written = TypeAdapter(tuple[_Written, ...]).validate_python(
        read_yaml((HERE / "questions.yaml").read_text(encoding="utf-8"))
    )
    async with Replay() as replay:
        sources = Sources(replay.base)
        try:
            context = Context(sources=sources, now=lambda: REPLAY_NOW)
            expected = [await _expected(each, context) for each in written]
        finally:
            await sources.close()
    return tuple(
        Question(
            id=f"{each.id}.{language}",
            language=tag,
            half=each.half or ("develop" if (index + place) % 2 == 0 else "report"),
            text=text,
            expected=wanted,
        )
        for index, (each, wanted) in enumerate(zip(written, expected, strict=True))
        for place, (language, tag) in enumerate(LANGUAGES.items())
        if (text := getattr(each, language)) is not None
    )


async def _expected(each: _Written, context: Context) -> Expected:
    """Asks the tool; fails where it does not come to what is written."""
    arguments = orjson.loads(orjson.dumps(each.arguments))
    if not each.tool:
        return Expected(tool="", arguments={}, status="none", reason=each.reason, value={})
    result = await use_tool(each.tool, arguments, context)
    assert result.status == each.status, (each.id, result)
    if isinstance(result, Unknown):
        return Expected(tool=each.tool, arguments=arguments, status="unknown", reason=result.reason, value={})
    assert isinstance(result, Found) and each.check, each.id
    value = {name: result.value[name] for name in each.check}
    return Expected(tool=each.tool, arguments=arguments, status="found", reason="", value=value)


def write() -> None:
    """Writes `questions.jsonl`."""
    lines = [orjson.dumps(each.model_dump(mode="json")) for each in asyncio.run(made())]
    target = HERE / "questions.jsonl"
    partial = target.with_suffix(".part")
    partial.write_bytes(b"\n".join(lines) + b"\n")
    partial.replace(target)
