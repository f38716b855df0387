"""The labelled texts that recognisers of personal data are measured on: `sets/personal/texts.jsonl`.

All persons, numbers and places in them are made up; check digits are right where a number has one. A value
stands in its text as `⟦kind|value⟧`. How it was labelled: `docs/privacy-guard.md`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from statistics import fmean
from typing import Literal, NamedTuple

Split = Literal["dev", "held_out"]
STRUCTURED = (
    "hkid", "passport", "home_return_permit", "phone", "email", "business_registration",
    "company_registration", "plate", "bank_account", "card", "birth_date", "octopus", "fps",
)  # fmt: skip
"""Kinds that have a form of their own."""
FREE = ("person", "address")
"""Kinds that are words."""
OVERLAP = 0.5
"""What is found counts when this share of it and of what was labelled, taken together, is in both."""

_MARKED = re.compile(r"⟦(\w+)\|([^⟦⟧]*)⟧")
_TITLE_BEFORE = re.compile(
    r"(?:(?:Mr|Mrs|Ms|Miss|Messrs|Dr|Prof(?:essor)?|Ir|Sir|Madam)\.? +)+", re.IGNORECASE
)
_TITLE_AFTER = re.compile(
    r"[ 　]*(?:先生|女士|小姐|太太|太|博士|[醫医]生|教授|[議议]員|[議议]员|主任|工程[師师]|姑娘|伯|生)$"
)


class Span(NamedTuple):
    """A value of that kind at `text[start:end]`."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalText:
    """One labelled text."""

    id: str
    language: Literal["en", "zh-Hant-HK", "zh-Hans", "yue"]
    genre: str
    origin: Literal["written", "template"]
    """`written`: a text of its own. `template`: a form filled with made-up values."""
    text: str
    spans: tuple[Span, ...]

    @property
    def split(self) -> Split:
        """A third is for development; the digest of the id says which, so that it never changes."""
        return "held_out" if hashlib.sha256(self.id.encode()).digest()[0] % 3 else "dev"


class Score(NamedTuple):
    """How well one kind was found."""

    precision: float
    recall: float
    f1: float
    labelled: int


Find = Callable[[str], Iterable[Span]]


def load_personal() -> list[PersonalText]:
    """Every labelled text, in order."""
    lines = (resources.files(__package__) / "sets" / "personal" / "texts.jsonl").read_text(encoding="utf-8")
    return [_read(json.loads(line)) for line in lines.splitlines()]


def _read(row: dict[str, str]) -> PersonalText:
    text, spans = unmarked(row.pop("marked"))
    return PersonalText(**row, text=text, spans=tuple(spans))  # type: ignore[arg-type]


def unmarked(marked: str) -> tuple[str, list[Span]]:
    """The text without its marks, and where each value stands in it."""
    parts: list[str] = []
    spans: list[Span] = []
    place = length = 0
    for match in _MARKED.finditer(marked):
        parts += [marked[place : match.start()], match[2]]
        length += match.start() - place
        spans.append(Span(match[1], length, length + len(match[2])))
        length += len(match[2])
        place = match.end()
    return "".join([*parts, marked[place:]]), spans


def scores(texts: Sequence[PersonalText], find: Find, *, exact: bool = False) -> dict[str, Score]:
    """Precision, recall and F1 of each kind over those texts.

    A title is no part of a name here: both sides are measured without it.
    """
    right: Counter[str] = Counter()
    given: Counter[str] = Counter()
    labelled: Counter[str] = Counter()
    for each in texts:
        wanted = _by_kind(each.text, each.spans)
        found = _by_kind(each.text, find(each.text))
        for kind in wanted.keys() | found.keys():
            labelled[kind] += len(wanted[kind])
            given[kind] += len(found[kind])
            right[kind] += _matched(wanted[kind], found[kind], 1.0 if exact else OVERLAP)
    return {kind: _score(right[kind], given[kind], labelled[kind]) for kind in (*STRUCTURED, *FREE)}


def macro_f1(found: Mapping[str, Score], kinds: Sequence[str]) -> float:
    """The mean of the kinds' F1, each kind counting the same."""
    return fmean(found[kind].f1 for kind in kinds)


def _by_kind(text: str, spans: Iterable[Span]) -> dict[str, list[Span]]:
    kinds: defaultdict[str, list[Span]] = defaultdict(list)
    for span in spans:
        kinds[span.kind].append(_untitled(text, span) if span.kind == "person" else span)
    return kinds


def _untitled(text: str, span: Span) -> Span:
    """The name without its title; a span that is nothing but a title stays."""
    words = text[span.start : span.end]
    before, after = _TITLE_BEFORE.match(words), _TITLE_AFTER.search(words)
    start = span.start + (before.end() if before else 0)
    end = span.start + (after.start() if after else len(words))
    return Span(span.kind, start, end) if start < end else span


def _matched(wanted: Sequence[Span], found: Sequence[Span], least: float) -> int:
    """How many were found, each by one finding at most."""
    left = list(found)
    count = 0
    for span in wanted:
        best = max(left, key=lambda other: _shared(span, other), default=None)
        if best is not None and _shared(span, best) >= least:
            left.remove(best)
            count += 1
    return count


def _shared(one: Span, other: Span) -> float:
    """What both cover, of what either covers."""
    both = min(one.end, other.end) - max(one.start, other.start)
    either = max(one.end, other.end) - min(one.start, other.start)
    return max(0, both) / either if either else 0.0


def _score(right: int, given: int, labelled: int) -> Score:
    precision = right / given if given else 0.0
    recall = right / labelled if labelled else 0.0
    f1 = 2 * right / (given + labelled) if given + labelled else 0.0
    return Score(precision, recall, f1, labelled)
