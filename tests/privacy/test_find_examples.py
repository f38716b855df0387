"""Whole sentences, letters, forms and tables: all that is personal is found, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bauhinia.privacy import AFTER_MATCH, KINDS, LONGEST_MATCH, find_personal
from bauhinia.privacy.find import SURE_ELSEWHERE

_MARK = re.compile(r"\[([a-z_]+)\|([^\]]+)\]")
_FILE = Path(__file__).with_name("examples.txt")
EXAMPLES = [line for line in _FILE.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]


def unmarked(line: str) -> tuple[str, list[tuple[str, int, int]]]:
    """The text of an example, and the kinds and places of what it marks."""
    line = line.replace("\\n", "\n").replace("\\t", "\t")
    text, marks, at = "", [], 0
    for match in _MARK.finditer(line):
        text += line[at : match.start()]
        marks.append((match[1], len(text), len(text) + len(match[2])))
        text += match[2]
        at = match.end()
    return text + line[at:], marks


def overlap(one: tuple[int, int], other: tuple[int, int]) -> float:
    shared = min(one[1], other[1]) - max(one[0], other[0])
    return max(0, shared) / (max(one[1], other[1]) - min(one[0], other[0]))


@pytest.mark.parametrize("line", EXAMPLES)
def test_all_and_nothing_else(line: str) -> None:
    text, marks = unmarked(line)
    found = find_personal(text)
    assert [(item.kind, item.value) for item in found] == [
        (item.kind, item.value)
        for item in found
        if any(
            kind == item.kind and overlap((start, end), (item.start, item.end)) >= 0.5
            for kind, start, end in marks
        )
    ]
    assert len(found) == len(marks), [text[start:end] for _, start, end in marks]


def test_every_kind_has_examples_and_so_has_nothing() -> None:
    kinds = [kind for line in EXAMPLES for kind, _, _ in unmarked(line)[1]]
    assert set(kinds) == KINDS and all(kinds.count(kind) >= 3 for kind in KINDS)
    assert sum(not unmarked(line)[1] for line in EXAMPLES) >= 30


def test_a_stream_that_holds_back_enough_decides_as_the_whole_text() -> None:
    """All but a name that another place makes sure, which may come later."""
    text = "\n\n".join(unmarked(line)[0] for line in EXAMPLES)
    whole = find_personal(text)
    for cut in range(0, len(text), 397):
        certain = cut - LONGEST_MATCH - AFTER_MATCH
        early = [item for item in find_personal(text[:cut]) if item.end <= certain]
        assert [item for item in early if item.why != SURE_ELSEWHERE] == [
            item for item in whole if item.end <= certain and item.why != SURE_ELSEWHERE
        ]
