"""Thinking is told from the answer wherever the pieces are cut."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bauhinia.models import ThinkingSplitter

CASES = [
    ("Yes", False, "Yes", ""),
    ("<think>Hmm</think>\n\nYes", False, "Yes", "Hmm"),
    ("\n<think>Hmm</think>Yes", False, "\nYes", "Hmm"),
    ("<think>a</think>Yes <think>b</think> and no", False, "Yes and no", "ab"),
    ("<think>never closed, so no answer", False, "", "never closed, so no answer"),
    ("stray </think>Yes", False, "stray Yes", ""),
    ("Hmm</think>\nYes", True, "Yes", "Hmm"),
    ("cut off while thinking", True, "", "cut off while thinking"),
    ("a < b, <thin, </thin and <b>", False, "a < b, <thin, </thin and <b>", ""),
    ("<think>a < b </thinking? </think>Yes<", False, "Yes<", "a < b </thinking? "),
    ("<think></think>", False, "", ""),
    ("<<think>x</think>y", False, "<y", "x"),
    ("", False, "", ""),
]


def split(pieces, inside):
    splitter = ThinkingSplitter(inside=inside)
    deltas = [splitter.feed(piece) for piece in pieces] + [splitter.flush()]
    return "".join(d.text for d in deltas), "".join(d.thinking for d in deltas)


@pytest.mark.parametrize(("text", "inside", "answer", "thinking"), CASES)
def test_every_two_and_three_pieces_give_the_same(text, inside, answer, thinking):
    for first in range(len(text) + 1):
        for second in range(first, len(text) + 1):
            pieces = [text[:first], text[first:second], text[second:]]
            assert split(pieces, inside) == (answer, thinking)
    assert split(list(text), inside) == (answer, thinking)


@given(
    st.lists(
        st.sampled_from(["<think>", "</think>", "<", "think>", "</", " ", "\n", "答", "a"]), max_size=30
    ),
    st.booleans(),
    st.data(),
)
def test_any_text_cut_anywhere_is_split_as_when_whole(parts, inside, data):
    text = "".join(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    answer, thinking = split(pieces, inside)
    assert (answer, thinking) == split([text], inside)
    # What is left of a tag that stood inside another may read like one; no tag of the text itself is left.
    assert "</think>" not in answer or "</think>" in re.sub("</?think>", "", text)


def test_an_answer_without_tags_is_not_held_back():
    splitter = ThinkingSplitter()
    assert splitter.feed("Dear resident").text == "Dear resident"
    assert splitter.feed(" 1 <").text == " 1 "
    assert splitter.feed("2").text == "<2"
