"""That no text, however made, costs more than its length, and that matches keep to their longest."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bauhinia.privacy import LONGEST_MATCH, find_personal

HOSTILE = {
    "digits": "1",
    "spaced digits": "1 ",
    "hyphenated digits": "12-",
    "brackets": "(852(",
    "masks": "A1X*",
    "letters": "A",
    "capitals": "Aa ",
    "hyphens": "A-a-",
    "initials": "A.",
    "commas": "Chan, ",
    "at": "a@",
    "dots": "a.a@a.",
    "numbers of context": "號碼編號",
    "no.": "no no. ",
    "births": "birth born 1",
    "floors": "1/F, ",
    "flats": "Flat A, Block B, ",
    "houses": "1 A House, ",
    "names of houses": "House A ",
    "doors": "1號",
    "roads": "路1號",
    "places": "香港九龍",
    "surnames": "陳",
    "surnames and titles": "陳先生",
    "labels": "姓名：",
    "rows": "|1234567|2|\n",
    "commas in rows": "1,23456789,3\n",
    "birth table": "born,a,1\n",
    "line ends": "1\n",
    "plates": "AB12 ",
    "titles": "Mr ",
    "places in English": "Wong Tai ",
}


@pytest.mark.parametrize("piece", HOSTILE.values(), ids=HOSTILE.keys())
def test_ten_times_the_text_takes_ten_times_as_long_at_most(piece: str) -> None:
    """Quadratic work would take a hundred times as long; the allowance is for a busy machine."""
    short, long = (_seconds(piece * (size // len(piece))) for size in (2_000, 20_000))
    assert long < 40 * max(short, 0.002)


def _seconds(text: str) -> float:
    taken = []
    for _ in range(2):
        begun = time.process_time()
        find_personal(text)
        taken.append(time.process_time() - begun)
    return min(taken)


pieces = st.sampled_from([*HOSTILE.values(), "A123456(3)", "Flat 1, 2/F, Long House, 3 High Street, Tai Po, ", "\n", "，", "Peter ", "x@example.hk", "大廈", "李小姐", "2345 6789 "])  # fmt: skip


@given(st.lists(pieces, max_size=12).map("".join))
def test_places_are_right_whatever_the_text(text: str) -> None:
    end = 0
    for item in find_personal(text, threshold=0.1):
        assert item.start >= end and text[item.start : item.end] == item.value
        assert 0 < len(item.value) <= LONGEST_MATCH and 0 < item.score <= 1 and item.why
        end = item.end
