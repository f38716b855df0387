"""An answer's guard: numbers of people that nobody gave the model are taken out while the answer is written.

A model that recites another person's number leaks it, and one that makes a number up harms whoever has it
(guideline D-2.1.3.4-09, risk R-leak-in-use). What could still become a number is held back until it is sure.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from typing import cast

from .find import find_personal
from .found import LONGEST_MATCH, Found, FoundKind
from .guarding import left_out
from .policy import policies

_CONTEXT = 120
"""Characters before a number that are read with it: the words there say what it is."""
_RUNS = re.compile(r"[A-Za-z0-9._+%'@/()*#（）Ａ-Ｚａ-ｚ０-９-]+")
"""What numbers and e-mail addresses are written with, spaces left out."""
_MOST_BETWEEN = 3
"""Spaces and marks that may stand inside one number."""
_SHORT = 2
"""Letters of a number that may stand apart, before its digits."""
_MARKS = re.compile(r'\\.|\\|"', re.DOTALL)
"""What JSON's strings begin and end with, and what is escaped in them."""
_LIKELY = re.compile(r"[0-9０-９@＠]")
_NOT_BARE = re.compile(r"[^\w@]+|_+")
_NOT_BARE_ASCII = dict.fromkeys(code for code in range(128) if _NOT_BARE.match(chr(code)))


class Given:
    """What a request gave the model. A value counts as given however it is spaced, bracketed or cased."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = texts
        self._bare: str | None = None

    def __contains__(self, value: str) -> bool:
        if self._bare is None:
            self._bare = _bare("\n".join(self._texts))
        wanted = _bare(value)
        local = wanted.removeprefix("852") if len(wanted) == len("85291234567") else wanted
        return local in self._bare


def _sure_until(text: str) -> int:
    """Where the end of a text begins that may be part of a number or an e-mail address: its last word, and
    the words right before that have a digit."""
    runs = list(_RUNS.finditer(text))
    if not runs or len(text) - runs[-1].end() > _MOST_BETWEEN:
        return len(text)
    if runs[-1].end() < len(text) and not _begins(runs[-1][0]):
        return len(text)
    start = runs[-1].start()
    for run in reversed(runs[:-1]):
        if start - run.end() > _MOST_BETWEEN or not _begins(run[0]):
            break
        start = run.start()
        if not _LIKELY.search(run[0]):
            break
    return start


def _begins(word: str) -> bool:
    """Whether more of a number may follow this word after a space."""
    return len(word) <= _SHORT or _LIKELY.search(word) is not None


def _bare(text: str) -> str:
    """Letters, digits and @ alone, in one case and width."""
    if text.isascii():
        return text.translate(_NOT_BARE_ASCII).lower()
    return _NOT_BARE.sub("", unicodedata.normalize("NFKC", text).casefold())


class AnswerGuard:
    """One answer, piece by piece: the joined output is `clean` of the joined input."""

    def __init__(self, given: Given, *, is_json: bool = False) -> None:
        """`is_json`: a bare number of a JSON answer is an amount or a count, and stays."""
        self._given = given
        self._is_json = is_json
        self._kinds = cast("frozenset[FoundKind]", policies().never_new_in_answers)
        self._before = ""
        self._held = ""
        self._in_string = False
        self._escape = ""
        self._removed: defaultdict[str, set[str]] = defaultdict(set)

    @property
    def removed(self) -> dict[str, int]:
        """How many different values of each kind were taken out."""
        return {kind: len(values) for kind, values in sorted(self._removed.items())}

    def feed(self, chunk: str) -> str:
        """What is sure so far."""
        if not chunk:
            return ""
        self._held += chunk
        tail = self._held[-LONGEST_MATCH:]
        return self._release(len(self._held) - len(tail) + _sure_until(tail))

    def flush(self) -> str:
        """The rest, at the end."""
        return self._release(len(self._held))

    def clean(self, text: str) -> str:
        """A whole text: thinking, or a tool's arguments."""
        other = AnswerGuard(self._given)
        other._removed = self._removed
        other._held = text
        return other.flush()

    def _release(self, until: int) -> str:
        """Let go of what is held up to there; what the end would cut in two stays whole in what is held."""
        if until <= 0:
            return ""
        found = self._found()
        until = next((each.start for each in found if each.start < until < each.end), until)
        parts: list[str] = []
        place = 0
        for each in found:
            if each.end > until or each.start < place:
                continue
            parts.append(self._passed(self._held[place : each.start]))
            if self._stays(each):
                parts.append(self._passed(each.value))
            else:
                self._removed[each.kind].add(_bare(each.value))
                parts.append(left_out(each.kind, self._before + self._held))
            place = each.end
        parts.append(self._passed(self._held[place:until]))
        self._before = (self._before + self._held[:until])[-_CONTEXT:]
        self._held = self._held[until:]
        return "".join(parts)

    def _found(self) -> list[Found]:
        """What is found in what is held, placed in it; what began before is let go already."""
        if not _LIKELY.search(self._held):
            return []
        shift = len(self._before)
        found = find_personal(self._before + self._held, kinds=self._kinds)
        return [
            Found(each.kind, each.start - shift, each.end - shift, each.value, each.score, each.why)
            for each in found
            if each.start >= shift
        ]

    def _passed(self, text: str) -> str:
        """Text that goes out as it is; of JSON, whether it ends inside a string."""
        if self._is_json:
            marks = _MARKS.findall(self._escape + text)
            self._in_string ^= marks.count('"') % 2 == 1
            self._escape = "\\" if marks[-1:] == ["\\"] else ""
        return text

    def _stays(self, found: Found) -> bool:
        return (self._is_json and not self._in_string) or found.value in self._given
