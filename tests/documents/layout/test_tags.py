"""Tagged text: read, written, checked, and saved when a translation has lost tags."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bauhinia.documents.layout import (
    Piece,
    TagFault,
    faults,
    pieces,
    plain,
    projected,
    renumbered,
    reworded,
    tagged,
)

SOURCE = "See <1>Annex <2/>A</1> &amp; <3>B</3>"


def test_words_and_tags_are_told_apart() -> None:
    assert plain(SOURCE) == "See Annex A & B"
    assert [piece.kind for piece in pieces(SOURCE)] == [
        "text", "open", "text", "alone", "text", "close", "text", "open", "text", "close",
    ]  # fmt: skip


@given(st.lists(st.one_of(st.text(min_size=1), st.integers(1, 99))))
def test_writing_is_the_inverse_of_reading(parts: list[str | int]) -> None:
    wanted: list[Piece] = []
    for part in parts:
        if isinstance(part, int):
            wanted.append(Piece("alone", "", part))
        elif wanted and wanted[-1].kind == "text":
            wanted[-1] = Piece("text", wanted[-1].text + part)
        else:
            wanted.append(Piece("text", part))
    assert pieces(tagged(wanted)) == wanted


@pytest.mark.parametrize(
    ("target", "fault"),
    [
        ("見<1>附件<2/>甲</1>及<3>乙</3>", None),
        ("<3>乙</3>及<1>附件<2/>甲</1>", None),
        ("見<1>附件甲</1>及<3>乙</3>", TagFault("missing", 2)),
        ("見<1>附件<2/>甲</1>及<3>乙</3><4/>", TagFault("added", 4)),
        ("見<1>附件<2/><2/>甲</1>及<3>乙</3>", TagFault("twice", 2)),
        ("見<1>附件<2/>甲<3></1>及乙</3>", TagFault("nesting", 1)),
        ("見</1>附件<2/>甲<1>及<3>乙</3>", TagFault("nesting", 1)),
    ],
)
def test_each_fault_is_named(target: str, fault: TagFault | None) -> None:
    assert faults(SOURCE, target) == ([fault] if fault else [])


@given(st.text(alphabet="<>/123ab 文&;", max_size=40))
def test_what_is_projected_loses_no_word_and_nothing_that_stands_in_the_line(target: str) -> None:
    saved = projected(SOURCE, target)
    assert plain(saved) == plain(target)
    assert saved.count("<2/>") == 1
    assert not [fault for fault in faults(SOURCE, saved) if fault.kind != "missing"]


def test_a_picture_that_was_lost_comes_back_where_it_stood() -> None:
    assert projected("The crest <1/> is new.", "徽號是新的。") == "徽號是<1/>新的。"
    assert projected("The crest <1/>is new.", "The badge is new.") == "The badge <1/>is new."


def test_tags_are_counted_as_they_open() -> None:
    again, old = renumbered(pieces("a<7>b</7><3/>"))
    assert tagged(again) == "a<1>b</1><2/>"
    assert old == {1: 7, 2: 3}


@given(st.text(alphabet="ab 文&<", max_size=20))
def test_other_words_stand_in_the_tags_that_there_were(words: str) -> None:
    other = reworded(SOURCE, words, "")
    assert plain(other) == words
    assert not faults(SOURCE, other)


def test_what_an_officer_changes_keeps_its_formatting() -> None:
    assert reworded("See <1>Annex A</1> now<2/>", "See Annex B now ") == "See <1>Annex B</1> now<2/>"
    assert reworded("見<1>附件甲</1><2/>及乙", "請見附件甲 及乙") == "請見<1>附件甲</1><2/>及乙"
