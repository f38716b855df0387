"""What of a question goes to which tool: one part or several, some of them understood from the one before.

Rules alone, like `understanding`, and under the same demand: two readings, and nothing is taken apart or
carried over.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from ..language import Variety
from .reading.following import Rest, Topic, follows
from .reading.parts import asks, clauses_of, requests, sentences_of, without_lead
from .reading.sentence import Sentence
from .reading.skies import NOW
from .reading.spelling import mended
from .tools.resolve import districts, folded, weather_stations
from .understanding import ToolCall, Understood, understand

MOST_PARTS = 4
"""Parts of a question that are answered."""
_OF_A_DAY = ("rain_chance", "forecast", "weather_now", "local_forecast", "tides", "sun")
"""Tools whose question is for the day that the part before named, where it names none itself."""
_THAT_DAY = r"\b(?:is|will) (?:it|that|there)\b|嗰日|當日|那天|係咪|是不是|放唔放|放不放|會唔會|會不會|嗎"
_NEXT = r"\bnext\b|下[一個]|\bwhen\b|幾時|何時|什麼時候|甚麼時候|哪"
_FORECASTS = ("rain_chance", "forecast")
_HAN = re.compile("[\u4e00-\u9fff]")
_VEHICLES = ("bus_arrivals", "minibus_arrivals", "light_rail", "ferry")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A question, or one of several that were asked at once."""

    text: str
    understood: Understood
    read_as: str = ""
    """How it was read, where a slip was mended or Latin letters were taken for Cantonese."""
    followed: bool = False
    """Whether it was understood from the question before."""
    topic: str = ""
    """Of one that was: the words of the question that said what is asked."""

    @property
    def romanised(self) -> bool:
        """Whether it is Cantonese in Latin letters."""
        return bool(_HAN.search(self.read_as)) and not _HAN.search(self.text)

    @property
    def wide(self) -> bool:
        """Whether it names a district and its answer is for the whole of Hong Kong."""
        call = self.understood.call
        if call is None or call.tool not in _FORECASTS:
            return False
        plain = folded(self.text)
        spots = (*districts().spot(plain), *weather_stations().spot(plain))
        return any(plain[spot.start : spot.end] not in _EVERYWHERE for spot in spots)


_EVERYWHERE = ("hong kong", "香港")


def plan(
    text: str, *, today: date, before: Variety | None = None, earlier: Sequence[str] = ()
) -> tuple[Part, ...]:
    """The parts of a question in their order, at least one. `earlier` are the questions before it, the last
    of them last; only of that one, itself perhaps understood from others, anything is carried over."""
    whole = understand(text, today=today, before=before)
    if whole.reason not in ("ok", "unsure") and (read := _mended(text, today, before)) is not None:
        return (read,)
    parts = _Taking(whole, today).apart(text) or (Part(text=text, understood=whole),)
    if not earlier or len(parts) > 1 or (whole.call is not None and not Rest(text=text, today=today).marked):
        return parts
    topics = _topics(earlier, today)
    return _going_on(text, whole, topics, today) or parts


def _mended(text: str, today: date, before: Variety | None) -> Part | None:
    """The question with its slips mended, where that is what makes it understood."""
    read_as = mended(text)
    if not read_as:
        return None
    understood = understand(read_as, today=today, before=before)
    return Part(text=text, understood=understood, read_as=read_as) if understood.call is not None else None


def _topics(earlier: Sequence[str], today: date) -> list[Topic]:
    """What the last of some questions asked of tools."""
    return [
        Topic(
            tool=part.understood.tool,
            arguments=part.understood.call.arguments if part.understood.call else part.understood.given,
            text=part.topic or part.text,
            missing=part.understood.missing,
        )
        for part in plan(earlier[-1], today=today, earlier=earlier[:-1])
        if part.understood.reason in ("ok", "missing_argument")
    ]


def _going_on(text: str, whole: Understood, topics: Sequence[Topic], today: date) -> tuple[Part, ...]:
    """The parts as they go on from what was asked; none where they do not."""
    read = [(topic, call) for topic in topics if (call := follows(text, topic, today)) is not None]
    if read:
        return tuple(
            Part(text=text, understood=_called(whole, call), followed=True, topic=topic.text)
            for topic, call in read
        )
    if whole.call is not None:
        # It has a reading of its own: at most the day is that of the question before.
        days = [topic.arguments.get("day") for topic in topics]
        sentence = Sentence(text=text, today=today)
        if len(days) != 1 or not isinstance(days[0], date):
            return ()
        carried = _on_that_day(text, whole, f"{days[0]:%Y-%m-%d}", sentence)
        if carried is whole:
            return ()
        return (Part(text=text, understood=carried, followed=True),)
    return _filled(text, whole, topics) if Rest(text=text, today=today).marked else ()


def _called(whole: Understood, call: tuple[str, dict[str, object]]) -> Understood:
    tool, arguments = call
    return replace(
        whole,
        call=ToolCall(tool=tool, arguments=arguments),
        reason="ok",
        confidence=0.8,
        missing="",
        tool=tool,
    )


def _filled(text: str, whole: Understood, topics: Sequence[Topic]) -> tuple[Part, ...]:
    """A question that lacks what the one before it to the same tool had: `and the 91M?`"""
    same = [topic for topic in topics if topic.tool == whole.tool and whole.missing in topic.arguments]
    if len(topics) != 1 or not same or whole.missing not in ("stop", "start"):
        return ()
    arguments = {**whole.given, whole.missing: same[0].arguments[whole.missing]}
    return (Part(text=text, understood=_called(whole, (whole.tool, arguments)), followed=True),)


def _on_that_day(text: str, read: Understood, day: str, sentence: Sentence) -> Understood:
    """The reading for a day that was named before, where the text is of one and names none."""
    if read.call is None or sentence.days or sentence.has(NOW):
        return read
    holiday = read.tool == "public_holidays" and not read.call.arguments and sentence.has(_THAT_DAY)
    if read.tool not in _OF_A_DAY and (not holiday or sentence.has(_NEXT)):
        return read
    again = understand(f"{day} {text}", today=sentence.today, before=read.language)
    return again if again.call is not None else read


class _Taking:
    """One text being taken apart."""

    def __init__(self, whole: Understood, today: date) -> None:
        self._whole = whole
        self._today = today

    def apart(self, text: str) -> tuple[Part, ...]:
        """The parts; none where it is one question, or may be."""
        pieces = sentences_of(text)
        if len(pieces) == 1 and len(clauses_of(text)) == 1:
            return ()
        parts: list[Part] = []
        for piece in pieces:
            parts += self._clauses(piece, parts)
        asking = [part for part in parts if asks(part.text) or requests(part.text)]
        stated = any(part.understood.call is not None for part in parts if part not in asking)
        kept = self._distinct(asking or parts)
        if len(kept) > 1 or (kept and asking and stated):
            # What is only stated beside a question (`Say that it is a holiday.`) is not asked.
            return tuple(kept[:MOST_PARTS])
        # A question at the end of a story is read by itself, where the whole is not.
        return tuple(kept) if kept and self._whole.reason != "ok" else ()

    def _clauses(self, piece: str, before: Sequence[Part]) -> list[Part]:
        """The questions of one sentence, joined by commas or words; one where it is one."""
        (held, _), *clauses = clauses_of(piece) or [(piece, False)]
        parts = [self._part(held, before)]
        for text, joined in clauses:
            last = parts[-1]
            part = self._part(text, [*before, *parts])
            if _is_asked(last) and self._goes_beside(part, last, joined):
                parts.append(part)
                held = text
                continue
            held = f"{held}, {text}"
            joint = self._part(held, [*before, *parts[:-1]])
            if _is_asked(joint) or not _is_asked(last):
                parts[-1] = joint
        return parts

    def _part(self, text: str, before: Sequence[Part]) -> Part:
        """A piece as it is read by itself, or as going on from the part before."""
        own = without_lead(text)
        read = understand(own, today=self._today, before=self._whole.language)
        if before and read.call is not None:
            days = Sentence(text=before[-1].text, today=self._today).days
            if len(days) == 1:
                sentence = Sentence(text=own, today=self._today)
                read = _on_that_day(own, read, f"{days[0].day:%Y-%m-%d}", sentence)
        elif before and read.call is None and read.reason != "missing_argument":
            topic = _topic_of(before[-1])
            if topic is not None and (call := follows(own, topic, self._today)) is not None:
                return Part(text=own, understood=_called(read, call), followed=True, topic=topic.text)
        return Part(text=own, understood=read)

    def _goes_beside(self, part: Part, last: Part, joined: bool) -> bool:
        """Whether a clause is a question of its own beside the last one."""
        one, other = last.understood, part.understood
        if part.followed and not joined:
            return False  # `on Christmas Day, 25 December` is one day
        if not _is_asked(part):
            return joined and asks(part.text, marked=False) and one.call == self._whole.call
        if one.tool != other.tool:
            return True
        if one.call is None or other.call is None or one.call == other.call:
            return False
        # Of the same tool: both are whole, or the second may say only more about the first.
        return set(one.call.arguments) == set(other.call.arguments) != set()

    def _distinct(self, parts: Sequence[Part]) -> list[Part]:
        """What is asked, each once. What is no tool's counts where the rest is whole without it."""
        calls = [part.understood.call for part in parts if part.understood.call is not None]
        kept: list[Part] = []
        for part in parts:
            own = part.understood.call
            if own is not None:
                fresh = all(own != each.understood.call for each in kept)
                if fresh and not any(_says_less(own, call) for call in calls):
                    kept.append(part)
            elif _is_asked(part):
                if all(part.understood.tool != call.tool for call in calls):
                    kept.append(part)
            elif asks(part.text) and self._whole.call is not None and self._whole.call in calls:
                kept.append(part)
        return kept if calls else []


def _is_asked(part: Part) -> bool:
    """Whether a part is a tool's, be it that an argument has to be asked for."""
    understood = part.understood
    return understood.call is not None or (
        understood.reason == "missing_argument" and (understood.tool in _VEHICLES or bool(understood.given))
    )


def _says_less(one: ToolCall, other: ToolCall) -> bool:
    """Whether another call of the same tool says all that this one does, and more."""
    return (
        one.tool == other.tool
        and one != other
        and all(other.arguments.get(name) == value for name, value in one.arguments.items())
    )


def _topic_of(part: Part) -> Topic | None:
    call = part.understood.call
    if call is None:
        return None
    return Topic(tool=call.tool, arguments=call.arguments, text=part.topic or part.text)
