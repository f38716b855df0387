"""Who is to do what by when: errands of single sentences put together with the lines around them.

A request and its “yes” are one action, as are a need (“who tells them?”) and who takes it, and an answer to
“by when?”. “You” and “I” become the speaker who is meant, or nobody: an owner is never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from . import errands_en, errands_zh
from .days import NOTHING, Due, due_in
from .errand import Errand
from .people import People, fold, speaks_for
from .sentences import Sentence, accepts, item_of, sentences
from .transcript import Line, Transcript

NEAR = 2
"""Lines within which a need is taken up, or a date is given for what was taken up."""
SHORT = 22, 60
"""Characters of a line in Chinese, and in English, that says little more than until when."""
_MORE = re.compile(r"另外|亦會|還會|仲會|此外|\balso\b|\bas well\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One action, in the words that were spoken."""

    text: str
    owner: str
    """As the meeting calls them; empty where it does not say."""
    due: Due
    lines: tuple[int, ...]
    """Numbers of the lines that it rests on; empty where a person wrote it in."""


@dataclass(slots=True)
class _Kept:
    """An action while lines may still be added to it."""

    text: str
    owner: str
    due: Due
    lines: list[int]
    given_by: str
    handover: bool = False
    when_asked: bool = False

    def add(self, number: int, due: Due) -> None:
        if number not in self.lines:
            self.lines.append(number)
        if due.words and (not self.due.words or (self.due.day is None and due.day is not None)):
            self.due = due


@dataclass(slots=True)
class _Finder:
    transcript: Transcript
    people: People
    held: date | None
    found: list[_Kept] = field(default_factory=list)
    proposed: Sentence | None = None
    """What the line before asked to be allowed to do."""
    need: Sentence | None = None
    """What nobody has taken up yet."""

    def read(self) -> list[_Kept]:
        for line in self.transcript.lines:
            said = list(sentences(line))
            taken = [
                (place, errand) for place, one in enumerate(said) for errand in _errands(one, self.people)
            ]
            taken = [(place, each) for place, each in taken if self._stands(each, line)]
            for index, (place, errand) in enumerate(taken):
                self._take(errand, line, self._due(said, taken, index, place))
            if (
                self.proposed is not None
                and not taken
                and accepts(line)
                and line.speaker != self.proposed.line.speaker
            ):
                self._allow(self.proposed, line)
            elif not taken:
                self._answer(line, said)
            self.proposed = next((one for one in said if _proposes(one)), None)
            self._note_need(said, bool(taken))
        return self.found

    def _allow(self, proposed: Sentence, line: Line) -> None:
        """“Shall I …?” “Yes, by Friday.”"""
        due = due_in(" ".join(one.plain for one in sentences(line)), self.held)
        lines = [proposed.line.number, line.number]
        self.found.append(_Kept(item_of(proposed.text), proposed.line.speaker, due, lines, line.speaker))

    def _stands(self, errand: Errand, line: Line) -> bool:
        """Whether it is known who is meant, or the sentence says until when."""
        if errand.way == "you" and not self._spoken_to(line):
            if errand.weak:
                return False
            return bool(due_in(errand.said.plain, self.held).words) or errands_en.is_errand(errand.said.plain)
        if errand.way == "you":
            return True
        if errand.way == "named" and errand.weak:
            after = self.transcript.lines[line.number : line.number + 1]
            return bool(after) and speaks_for(after[0].speaker, errand.owner) and accepts(after[0])
        if errand.weak:
            later = due_in(fold(line.words).lower(), self.held).words
            return bool(later) or self._open_need(line) is not None
        return True

    def _spoken_to(self, line: Line) -> str:
        """Whom a “you” means: who answers next, else who spoke before and goes on; empty in doubt."""
        after = self.transcript.lines[line.number : line.number + 1]
        if after and after[0].speaker not in ("", line.speaker):
            replies = accepts(after[0]) or any(
                each.way == "me" for one in sentences(after[0]) for each in _errands(one, self.people)
            )
            if replies:
                return after[0].speaker
        return ""

    def _due(
        self, said: Sequence[Sentence], taken: Sequence[tuple[int, Errand]], index: int, place: int
    ) -> Due:
        """Until when: in the errand's own part of its sentence, else in what its line goes on to say."""
        errand = taken[index][1]
        others = [each for at, each in taken if at == place]
        text = said[place].plain
        if len(others) > 1:
            spot = others.index(errand)
            end = others[spot + 1].start if spot + 1 < len(others) else len(text)
            text = text[0 if spot == 0 else errand.start : end]
        due = due_in(text, self.held)
        until = taken[index + 1][0] if index + 1 < len(taken) else len(said)
        for later in said[place + 1 : until]:
            due = due if due.words else due_in(later.plain, self.held)
        since = taken[index - 1][0] + 1 if index else 0
        for earlier in reversed(said[since:place]):
            due = due if due.words or earlier.asks else due_in(earlier.plain, self.held)
        return due

    def _take(self, errand: Errand, line: Line, due: Due) -> None:
        owner = errand.owner or (self._spoken_to(line) if errand.way == "you" else "")
        before = self.found[-1] if self.found else None
        if before is not None and self._goes_on(before, errand, owner, line):
            if line.number == before.lines[-1] and due.words and _was_weak(before, line):
                before.due = due
            weaker = before.handover or line.number not in before.lines
            before.add(line.number, due)
            if errand.way == "you" and weaker and before.handover:
                before.text = item_of(errand.said.text)
            return
        need = self._open_need(line) if errand.way == "me" else None
        text, lines = errand.said.text, [line.number]
        if need is not None:
            lines = [need.line.number, line.number]
            text = f"{need.text} {text}" if need.text.isascii() else f"{need.text}{text}"
        if errand.handover and need is None and line.number > 1:
            asked = self.transcript.line(line.number - 1)
            if asked.speaker != line.speaker and re.search(r"[?？]\s*$", asked.words):
                lines = [asked.number, line.number]
        self.found.append(_Kept(item_of(text), owner, due, lines, line.speaker, handover=errand.handover))
        self.found[-1].when_asked = not due.words and errand.said.asks and _asks_when(errand.said)
        self.need = None

    def _goes_on(self, before: _Kept, errand: Errand, owner: str, line: Line) -> bool:
        """Whether the errand only says again, or more exactly, what the action before it says."""
        gap = line.number - before.lines[-1]
        same = bool(owner) and (owner == before.owner or speaks_for(owner, before.owner))
        if gap == 0:
            return same and (errand.handover or before.text == "" or _was_weak(before, line))
        if gap > 1 or not same or _MORE.search(errand.said.folded):
            return False
        if errand.way == "me":
            return before.given_by != line.speaker
        return errand.way == "you" and before.given_by != line.speaker

    def _open_need(self, line: Line) -> Sentence | None:
        if self.need is not None and 0 < line.number - self.need.line.number <= NEAR:
            return self.need
        return None

    def _answer(self, line: Line, said: Sequence[Sentence]) -> None:
        """A line that gives nobody anything to do: a yes, a “by when?”, a date for what was taken up."""
        before = self.found[-1] if self.found else None
        if before is None or line.number - before.lines[-1] > NEAR:
            return
        near = line.number - before.lines[-1] == 1
        owns = bool(before.owner) and speaks_for(line.speaker, before.owner)
        due = due_in(" ".join(one.plain for one in said), self.held)
        if before.when_asked and due.words:
            before.add(line.number, due)
        elif near and line.speaker != before.given_by and owns and accepts(line):
            before.add(line.number, due if due.words else NOTHING)
        elif (
            near
            and line.speaker in (before.given_by, self.people.chair)
            and not owns
            and due.words
            and not before.due.words
            and _is_short(line, said)
        ):
            before.add(line.number, due)
        elif said and said[-1].asks and _asks_when(said[-1]):
            before.when_asked = True

    def _note_need(self, said: Sequence[Sentence], taken: bool) -> None:
        if taken:
            return
        for one in said:
            opens = errands_zh.OPEN if one.chinese else errands_en.OPEN
            if opens.search(one.folded) and (one.asks or not one.chinese):
                self.need = one


def find_actions(transcript: Transcript, people: People, held: date | None) -> list[Action]:
    """Every action, in order."""
    kept = _Finder(transcript, people, held).read()
    return [
        Action(text=each.text, owner=each.owner, due=each.due, lines=tuple(sorted(each.lines)))
        for each in kept
    ]


def _errands(said: Sentence, people: People) -> Iterator[Errand]:
    yield from (errands_zh if said.chinese else errands_en).errands(said, people)


def _was_weak(before: _Kept, line: Line) -> bool:
    """Whether the action before it, of the same line, was an offer with “can”."""
    return line.words.isascii() and re.search(r"\b(?:I|[Ww]e) can\b", before.text) is not None


def _is_short(line: Line, said: Sequence[Sentence]) -> bool:
    return len(line.words) <= SHORT[line.words.isascii()] and not any(one.asks for one in said)


def _proposes(said: Sentence) -> bool:
    return errands_zh.proposes(said) if said.chinese else errands_en.proposes(said)


def _asks_when(said: Sentence) -> bool:
    return bool((errands_zh.WHEN if said.chinese else errands_en.WHEN).search(said.folded))
