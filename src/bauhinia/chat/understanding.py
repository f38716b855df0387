"""From a question to a live tool, by rules alone: in microseconds, in four languages, and able to say no.

Rules come first because the embedded model takes seconds; a question that no rule is sure of is not for a
tool, or is for the planner to settle. A rule that knows the tool but not an argument says which is missing,
so that it can be asked for. Nothing here answers anything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from ..language import Variety
from .reading import everyday, public, rides, skies
from .reading.sentence import Guess, Sentence
from .reading.tongue import asked_in

Reason = Literal["ok", "no_tool", "unsure", "missing_argument", "person"]
LEAST = 0.55
"""Confidence below which a rule's reading is not acted on."""

_ABOUT = (
    r"\bwhy\b|\bexplain|\bhistory\b|\bdifference|\bmeaning\b|\bhappens\b|\bif\b|\bwork\b|\bfares?\b|\bcosts?\b|"
    r"\bprices?\b|\bcomplain|\btaxi\b|opening hours|點解|為什麼|為甚麼|如果|若果|假如|"
    r"意思|分別|歷史|習俗|幾錢|幾多錢|"
    r"多少錢|車費|票價|收費|的士|出租車|關門|邊年|哪一年|適合|好去處|推介|推薦|行駛|清新機"
)
"""Asks about a thing, not what it is now: why, what it costs, what if."""
_REASONS = r"\bwhy\b|\bexplain\b|點解|為什麼|為甚麼|意思"
_ABLE = (
    "arithmetic",
    "convert_units",
    "currency",
    "government_forms",
    "department_contact",
    "place_search",
    "address_lookup",
)
"""Tools whose questions have such words too; only the reasons of things are beyond them."""
_DOUBT = 0.45
"""What such words take from a rule's confidence."""
_RULES: tuple[Callable[[Sentence], Guess | None], ...] = (
    skies.warnings,
    skies.tides,
    skies.sun,
    skies.air,
    public.law,
    rides.minibus,
    rides.light_rail,
    rides.ferry,
    rides.bus,
    rides.trains,
    rides.journey,
    public.form,
    public.department,
    everyday.lunar,
    everyday.holidays,
    everyday.named_days,
    everyday.calendar,
    everyday.money,
    everyday.conversion,
    everyday.sums,
    skies.rain,
    skies.weather,
    public.place,
)
"""In the order in which equally sure readings win."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """A tool and its arguments, as `use_tool` takes them."""

    tool: str
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What a question was read as."""

    call: ToolCall | None
    """None where no tool is to be used."""
    reason: Reason
    confidence: float
    language: Variety
    missing: str = ""
    """The argument to ask for."""
    tool: str = ""
    """The tool that was thought of, also where it cannot be used."""
    given: dict[str, Any] = field(default_factory=dict)
    """The arguments that are there, where one is missing."""


def warm() -> None:
    """Loads every table and expression, so that the first person does not wait for them (about a second)."""
    for text in ("现在下雨吗？", "How do I get from Central to Sha Tin on 1 May?", "96R 喺彩虹幾時到"):
        understand(text, today=date(2026, 1, 1))


def _doubted(sentence: Sentence, guess: Guess) -> Guess:
    """The reading, less sure where the question is about the thing and not for its value."""
    if guess.tool == "legislation" or not sentence.has(_REASONS if guess.tool in _ABLE else _ABOUT):
        return guess
    return replace(guess, confidence=guess.confidence - _DOUBT)


def understand(text: str, *, today: date, before: Variety | None = None) -> Understood:
    """The tool call that a question asks for, or None with the reason; `before` is the language so far."""
    sentence = Sentence(text=text[:500], today=today)
    guesses = [_doubted(sentence, guess) for rule in _RULES if (guess := rule(sentence)) is not None]
    best = max(guesses, key=lambda guess: guess.confidence, default=None)
    language = asked_in(sentence.text, before)
    if best is None:
        reason: Reason = "person" if public.person(sentence) else "no_tool"
        return Understood(call=None, reason=reason, confidence=0.0, language=language)
    if best.missing and best.confidence >= LEAST:
        return Understood(
            call=None,
            reason="missing_argument",
            confidence=best.confidence,
            language=language,
            missing=best.missing,
            tool=best.tool,
            given=best.arguments,
        )
    if best.confidence < LEAST:
        return Understood(
            call=None, reason="unsure", confidence=best.confidence, language=language, tool=best.tool
        )
    call = ToolCall(tool=best.tool, arguments=best.arguments)
    return Understood(call=call, reason="ok", confidence=best.confidence, language=language, tool=best.tool)
