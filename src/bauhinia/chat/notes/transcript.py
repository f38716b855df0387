"""A transcript: who said what, in numbered lines, with the time where it is known.

The forms that are read: `Speaker: words`, with or without a time before or behind the name (`[00:01:02]`,
`00:01:02 -->`, `(1:02)`), a name with its time on a line of its own and the words below it, words with no
speaker. Before the first words there may be facts: `Date: 4 March 2026`, `會議：...`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple, TypedDict

from ...errors import DocumentTooLarge, EmptyDocument
from ...language import Variety, detect
from ...language.dates import find_dates
from ..reading.tongue import asked_in

MOST_LINES = 5_000
MOST_CHARACTERS = 200_000
"""Some eight hours of talk in Cantonese, three and a half in English."""
LONGEST_LINE = 4_000
LONGEST_LABEL = 40
LONGEST_FACT = 120
DOUBTFUL = "[?]"
"""Before words of which the recogniser was not sure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What one person said at once."""

    number: int
    """From 1."""
    speaker: str
    """As the transcript names them; empty where it does not."""
    words: str
    seconds: int | None = None
    """Since the beginning; None where the transcript does not say."""

    @property
    def clock(self) -> str:
        """`01:02:03`, or nothing."""
        return "" if self.seconds is None else clock(self.seconds)

    @property
    def doubtful(self) -> bool:
        """Whether the recogniser was not sure of it."""
        return self.words.startswith(DOUBTFUL)

    @property
    def quote(self) -> str:
        """The line as it is quoted: its time, its speaker, its words."""
        head = " ".join(filter(None, [f"[{self.clock}]" if self.clock else "", self.speaker]))
        return f"{head}: {self.words}" if self.speaker else f"{head} {self.words}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """A meeting in lines."""

    lines: tuple[Line, ...]
    language: Variety
    meeting: str = ""
    """What the transcript calls it."""
    held: date | None = None
    """The day that it gives; never a guess."""
    venue: str = ""

    @property
    def speakers(self) -> tuple[str, ...]:
        """Everybody who is named as speaking, in order."""
        return tuple(dict.fromkeys(line.speaker for line in self.lines if line.speaker))

    def line(self, number: int) -> Line:
        """The line of that number. Raises IndexError."""
        if number < 1:
            raise IndexError(number)
        return self.lines[number - 1]


def clock(seconds: float) -> str:
    """A time since the beginning as `01:02:03`."""
    whole = int(seconds)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def as_text(transcript: Transcript) -> str:
    """The transcript in the form that `read_text` reads back as the same lines."""
    return "\n".join(line.quote for line in transcript.lines)


_TIME = r"(?:\d{1,2}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?"
_AT = re.compile(rf"\s*[\[(（【]?\s*({_TIME})(?:\s*(?:-->|[-–~至])\s*{_TIME})?\s*[\])）】]?\s*[-–|]?\s*")
_TIMED = re.compile(rf"([^:：\t]{{1,40}}?)\s*[\[(（【]\s*({_TIME})\s*[\])）】]\s*[:：]\s*(.*)", re.DOTALL)
_BEHIND = re.compile(rf"(.*?)[\s,，]*[\[(（【]?\s*({_TIME})\s*[\])）】]?\s*")
_LABELLED = re.compile(r"[*_]*([^:：\t]{1,40}?)[*_]*\s*(?::(?!\d)|：|\t)[*_]*\s*(.*)", re.DOTALL)
_NO_LABEL = re.compile(
    r"(?:action(?: items?| points?)?|decisions?|agreed|resolved|note[ds]?|nb|ps|todo|follow[- ]?up|https?"
    r"|re|item \d+|記低|记低|記下|决定|決定|決議|决议|行動|行动|跟進|跟进|備註|备注|注意|附註|議決|结论"
    r"|結論)",
    re.IGNORECASE,
)
"""What stands before a colon and is nobody."""
_SENTENCE = re.compile(r"[.,;!?，。；！？、]")
_FACTS = {
    "meeting": re.compile(r"(?:meeting|subject|title|會議(?:名稱)?|会议(?:名称)?|主題|主题)$", re.IGNORECASE),
    "held": re.compile(
        r"(?:date(?: and time)?|held(?: on)?|(?:會議|会议)?日期(?:和時間|及時間)?)$", re.IGNORECASE
    ),
    "venue": re.compile(r"(?:venue|place|location|地點|地点)$", re.IGNORECASE),
    "": re.compile(
        r"(?:time|present|attendees|in attendance|absent|apologies|recorded by|時間|时间|出席者?|列席者?"
        r"|缺席者?"
        r"|記錄|记录)$",
        re.IGNORECASE,
    ),
}


class _Facts(TypedDict, total=False):
    """What the head of a transcript says."""

    meeting: str
    held: date | None
    venue: str


class _Row(NamedTuple):
    seconds: int | None
    label: str
    words: str


def read_text(text: str) -> Transcript:
    """A transcript that was typed, pasted or taken from a file. Raises DocumentTooLarge, EmptyDocument."""
    check_size(text)
    rows = [_row(line) for line in text.replace("\r", "\n").split("\n") if line.strip()]
    facts, rows = _facts(rows)
    labels = _labels(rows)
    return numbered(_spoken(rows, labels), **facts)


def check_size(text: str) -> None:
    """Raises DocumentTooLarge."""
    if len(text) > MOST_CHARACTERS:
        raise DocumentTooLarge(
            f"The transcript has {len(text):,} characters, and {MOST_CHARACTERS:,} are read at once.",
            hint="Give it in parts, one agenda item after another.",
        )


def numbered(
    spoken: Iterator[Line], *, meeting: str = "", held: date | None = None, venue: str = ""
) -> Transcript:
    """The lines with their numbers. Raises DocumentTooLarge, EmptyDocument."""
    lines: list[Line] = []
    for line in spoken:
        lines.append(replace(line, number=len(lines) + 1, words=line.words[:LONGEST_LINE]))
        if len(lines) > MOST_LINES:
            raise DocumentTooLarge(
                f"The transcript has more than {MOST_LINES:,} lines.",
                hint="Give it in parts, one agenda item after another.",
            )
    if not lines:
        raise EmptyDocument(
            "Nobody says anything in this transcript.",
            hint="Give lines such as “Chairman: We agreed to meet again.”",
        )
    return Transcript(
        lines=tuple(lines), language=language_of(lines), meeting=meeting, held=held, venue=venue
    )


def language_of(lines: Sequence[Line]) -> Variety:
    """What most of it is spoken in; Cantonese where its words are in it."""
    text = "\n".join(line.words for line in lines)[:20_000]
    found = detect(text).variety
    if found is Variety.TRADITIONAL:
        return asked_in(text, Variety.TRADITIONAL)
    return Variety.ENGLISH if found is Variety.UNKNOWN else found


def seconds_of(stamp: str) -> int:
    """`1:02`, `01:02:03`, `00:01:02,500` in seconds."""
    parts = [float(part.replace(",", ".")) for part in stamp.split(":")]
    return int(sum(part * 60**place for place, part in enumerate(reversed(parts))))


def label_of(words: str) -> tuple[str, str]:
    """The speaker whom the words begin with, and the rest; no speaker where they do not."""
    row = _row(words)
    return (row.label, row.words) if row.label and _like_a_name(row.label) else ("", words)


def _row(line: str) -> _Row:
    """A line of text taken apart: its time, what may be a label, the rest."""
    seconds: int | None = None
    if (at := _AT.match(line)) and at.end() > 0 and at[1]:
        seconds, line = seconds_of(at[1]), line[at.end() :]
    line = line.strip()
    if (timed := _TIMED.fullmatch(line)) and _may_be_label(timed[1]):
        return _Row(seconds_of(timed[2]), timed[1].strip(), timed[3].strip())
    if (labelled := _LABELLED.fullmatch(line)) is None:
        if (behind := _BEHIND.fullmatch(line)) and behind[1] and _may_be_label(behind[1]):
            return _Row(seconds_of(behind[2]), behind[1].strip(), "")
        return _Row(seconds, "", line)
    label, words = labelled[1].strip(), labelled[2].strip()
    return _Row(seconds, label, words) if _may_be_label(label) else _Row(seconds, "", line)


def _may_be_label(text: str) -> bool:
    text = text.strip()
    return (
        0 < len(text) <= LONGEST_LABEL
        and len(text.split()) <= 6
        and not _SENTENCE.search(text.replace(". ", " "))
        and not _NO_LABEL.fullmatch(text)
        and not text.isdecimal()
    )


def _facts(rows: list[_Row]) -> tuple[_Facts, list[_Row]]:
    """What the head of the transcript says of the meeting, and the rows after it."""
    facts: _Facts = {}
    head = 0
    for row in rows:
        kind = next((name for name, form in _FACTS.items() if row.label and form.match(row.label)), None)
        if kind is None:
            break
        head += 1
        if kind == "held":
            facts["held"] = _whole_day(row.words)
        elif kind == "meeting":
            facts["meeting"] = row.words[:LONGEST_FACT]
        elif kind == "venue":
            facts["venue"] = row.words[:LONGEST_FACT]
    return facts, rows[head:]


def _whole_day(words: str) -> date | None:
    """The one day that the words give with its year; None otherwise."""
    days = {value for _, _, value in find_dates(words) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value)}
    try:
        return date.fromisoformat(days.pop()) if len(days) == 1 else None
    except ValueError:
        return None


def _labels(rows: Sequence[_Row]) -> frozenset[str]:
    """Which of the labels are speakers: written like a name, or met more than once."""
    seen = Counter(row.label for row in rows if row.label)
    return frozenset(label for label, times in seen.items() if times > 1 or _like_a_name(label))


def _like_a_name(label: str) -> bool:
    if label.isascii():
        words = re.findall(r"[A-Za-z]+", label)
        small = {"of", "the", "and", "for", "de"}
        return bool(words) and words[0] != "I" and all(w[0].isupper() or w in small for w in words)
    return len(label) <= 12


def _spoken(rows: Sequence[_Row], labels: frozenset[str]) -> Iterator[Line]:
    """The lines; one without a speaker goes on with the words of the speaker before it."""
    speaker, above = "", None
    for row in rows:
        words = row.words
        if row.label in labels:
            speaker = row.label
        elif row.label:
            words = f"{row.label}: {words}"
        seconds = above if row.seconds is None else row.seconds
        if words:
            yield Line(number=0, speaker=speaker, words=words, seconds=seconds)
        above = None if words else seconds
