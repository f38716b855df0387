"""A person's corrections of notes before they are given out: what stays, in which words, whose, by when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from ...errors import InputError
from .actions import Action
from .days import Due
from .decisions import Decision
from .finding import Notes

MOST_ITEMS = 400
LONGEST_TEXT = 1_000
LONGEST_NAME = 120
Kind = Literal["decision", "action"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One item as a page gives it back."""

    kind: Kind
    text: str
    lines: tuple[int, ...] = ()
    owner: str = ""
    day: str = ""
    """ISO 8601, or empty."""
    due: str = ""
    """The words that were said of when."""


def rows_of(notes: Notes) -> list[Row]:
    """The items of notes as rows: decisions that are sure, actions."""
    decisions = [
        Row(kind="decision", text=each.text, lines=each.lines) for each in notes.decisions if each.sure
    ]
    actions = [
        Row(
            kind="action",
            text=each.text,
            lines=each.lines,
            owner=each.owner,
            day=each.due.day.isoformat() if each.due.day else "",
            due=each.due.words,
        )
        for each in notes.actions
    ]
    return [*decisions, *actions]


def corrected(notes: Notes, rows: Sequence[Row]) -> Notes:
    """The notes with these items and no others. Raises InputError for a row that cannot be meant."""
    if len(rows) > MOST_ITEMS:
        raise InputError(f"There are more than {MOST_ITEMS} items.", hint="Leave out what is not needed.")
    kept = [row for row in rows if row.text.strip()]
    numbers = range(1, len(notes.transcript.lines) + 1)
    if any(number not in numbers for row in kept for number in row.lines):
        raise InputError(
            "An item names a line that the transcript does not have.", hint="Find the notes again."
        )
    return replace(
        notes,
        decisions=tuple(
            Decision(text=_short(row.text), lines=row.lines) for row in kept if row.kind == "decision"
        ),
        actions=tuple(_action(row) for row in kept if row.kind == "action"),
    )


def sure_only(notes: Notes) -> Notes:
    """The notes without what may only be a decision."""
    return replace(notes, decisions=tuple(each for each in notes.decisions if each.sure))


def lines_of(text: str) -> tuple[int, ...]:
    """`3 4` as numbers of lines. Raises InputError."""
    return tuple(_number(part) for part in text.split())


def _action(row: Row) -> Action:
    day = day_of(row.day)
    words = "" if day is not None else row.due[:LONGEST_NAME].strip()
    owner = row.owner.strip()[:LONGEST_NAME]
    return Action(text=_short(row.text), owner=owner, due=Due(words, day), lines=row.lines)


def day_of(text: str) -> date | None:
    """A day as a form gives it. Raises InputError."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise InputError(
            "A day is not a date.", hint="Write it like 2026-03-31, or leave it empty."
        ) from None


def _short(text: str) -> str:
    return " ".join(text.split())[:LONGEST_TEXT]


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 6:
        raise InputError("The number of a line is not a number.", hint="Find the notes again.")
    return int(text)


def all_lines(rows: Iterable[Row]) -> set[int]:
    """Every line that some item rests on."""
    return {number for row in rows for number in row.lines}
