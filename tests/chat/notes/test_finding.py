"""Decisions, actions, owners and days found in labelled meetings: golden figures, and what a rule must not do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from bauhinia.chat.notes.actions import Action
from bauhinia.chat.notes.decisions import Decision
from bauhinia.chat.notes.finding import Notes, find_notes
from bauhinia.chat.notes.transcript import read_text

HERE = Path(__file__).parent


@dataclass(slots=True)
class Score:
    """What was right, of how many found, of how many there are."""

    right: int = 0
    found: int = 0
    there: int = 0

    def __str__(self) -> str:
        return f"{self.right} right of {self.found} found and {self.there} there"


def meetings(part: str) -> list[dict[str, Any]]:
    held: list[dict[str, Any]] = yaml.safe_load((HERE / f"{part}.yaml").read_text(encoding="utf-8"))
    return held


def scores(part: str) -> dict[str, Score]:
    total = {name: Score() for name in ("decisions", "perhaps", "actions", "owners", "days")}
    for meeting in meetings(part):
        notes = find_notes(read_text(meeting["text"]), meeting["held"])
        _score_decisions(meeting, notes, total)
        _score_actions(meeting, notes, total)
    return total


def _score_decisions(meeting: dict[str, Any], notes: Notes, total: dict[str, Score]) -> None:
    """A decision is right where it rests on a labelled line, each label counted once."""
    labels = [set(each) if isinstance(each, list) else {each} for each in meeting["decisions"]]
    for name, sure in (("decisions", True), ("perhaps", False)):
        found = [each for each in notes.decisions if each.sure is sure]
        matched = list(_matched(labels, found))
        total[name].right += len(matched)
        total[name].found += len(found)
        total[name].there += len(meeting["decisions"])
        labels = [label for label in labels if label not in matched]


def _matched(labels: list[set[int]], found: list[Decision]) -> Iterator[set[int]]:
    left = list(found)
    for label in labels:
        if (one := next((each for each in left if set(each.lines) & label), None)) is not None:
            left.remove(one)
            yield label


def _score_actions(meeting: dict[str, Any], notes: Notes, total: dict[str, Score]) -> None:
    left = list(notes.actions)
    total["actions"].found += len(left)
    total["owners"].found += sum(bool(each.owner) for each in left)
    total["days"].found += sum(each.due.day is not None for each in left)
    for label in meeting["actions"]:
        total["actions"].there += 1
        total["owners"].there += bool(label["owner"])
        total["days"].there += bool(label["day"])
        near = [each for each in left if set(each.lines) & set(label["lines"])]
        one = next((each for each in near if each.owner == label["owner"]), near[0] if near else None)
        if one is not None:
            left.remove(one)
            _score_action(label, one, total)


def _score_action(label: dict[str, Any], found: Action, total: dict[str, Score]) -> None:
    total["actions"].right += 1
    total["owners"].right += bool(label["owner"]) and found.owner == label["owner"]
    total["days"].right += bool(label["day"]) and found.due.day == label["day"]


GOLDEN: dict[str, dict[str, tuple[int, int, int]]] = {
    "develop": {
        "decisions": (97, 100, 102),
        "perhaps": (3, 29, 102),
        "actions": (169, 170, 175),
        "owners": (166, 169, 174),
        "days": (110, 115, 117),
    },
    "held_out": {
        "decisions": (9, 11, 20),
        "perhaps": (9, 20, 20),
        "actions": (20, 22, 29),
        "owners": (19, 21, 29),
        "days": (12, 12, 19),
    },
}
"""Right, found, there. Figures of the part held out are those of the first look at it."""


@pytest.mark.parametrize("part", GOLDEN)
def test_what_is_found_is_what_was_measured(part: str) -> None:
    measured = {name: (each.right, each.found, each.there) for name, each in scores(part).items()}
    assert measured == GOLDEN[part]


@pytest.mark.parametrize("part", GOLDEN)
def test_the_labels_are_lines_of_their_meetings(part: str) -> None:
    for meeting in meetings(part):
        transcript = read_text(meeting["text"])
        lines = [line for each in meeting["actions"] for line in each["lines"]]
        lines += [
            line for each in meeting["decisions"] for line in (each if isinstance(each, list) else [each])
        ]
        assert all(1 <= line <= len(transcript.lines) for line in lines), meeting["name"]
        assert all(label["day"] == "" or label["day"] >= meeting["held"] for label in meeting["actions"])


@pytest.mark.parametrize("part", GOLDEN)
def test_nothing_is_invented(part: str) -> None:
    """Every sentence of an item stands in its lines, and every owner is named in the meeting."""
    for meeting in meetings(part):
        transcript = read_text(meeting["text"])
        notes = find_notes(transcript, meeting["held"])
        items: list[Decision | Action] = [*notes.decisions, *notes.actions]
        for item in items:
            said = _folded("".join(transcript.line(number).words for number in item.lines))
            pieces = re.split(r"(?<=[.?!。？！])", item.text)
            assert all(_folded(piece) in said for piece in pieces), (meeting["name"], item)
        for action in notes.actions:
            assert action.owner == "" or action.owner in meeting["text"], (meeting["name"], action)


def _folded(text: str) -> str:
    return "".join(text.split()).casefold()


def _found(text: str, held: date | None = date(2026, 3, 4)) -> Notes:
    return find_notes(read_text(text), held)


@pytest.mark.parametrize(
    "text",
    [
        "Chair: Good morning.\nOfficer: I have sent the letter already.",
        "Chair: Shall we close it?\nOfficer: I am not sure.",
        "Chair: If the price falls, the Secretary will ask again.\nSecretary: We can't promise anything.",
        "主席：早晨。\n工程師：我哋上個月已經換咗個泵。",
        "主席：要唔要換？\n秘書：我覺得唔使。",
        "主持人：大家好。\n会计：去年由财务科付了三万块。",
    ],
)
def test_talk_is_neither_a_decision_nor_an_action(text: str) -> None:
    notes = _found(text)
    assert [each for each in notes.decisions if each.sure] == [] and notes.actions == ()


def test_without_the_day_of_the_meeting_days_keep_their_words() -> None:
    text = "Chair: Secretary, please write by next Friday.\nSecretary: Yes.\nChair: Clerk, please reply by 3 May 2026."
    undated = _found(text, None).actions
    assert [(each.due.words, each.due.day) for each in undated] == [
        ("next friday", None),
        ("3 may 2026", date(2026, 5, 3)),
    ]
    assert _found(text).actions[0].due.day == date(2026, 3, 13)


def test_who_is_meant_is_not_guessed() -> None:
    unnamed = "[00:00:01] We agreed to close it.\n[00:00:05] I'll write to them by Friday."
    notes = _found(unnamed)
    assert [each.owner for each in notes.actions] == [""]
    assert [transcript.clock for transcript in notes.transcript.lines] == ["00:00:01", "00:00:05"]
    nobody_answers = "Chair: Could you write to them?\nChair: Next item."
    assert _found(nobody_answers).actions == ()
