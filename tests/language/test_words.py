"""Words for searching, and the segmentation of Chinese."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bauhinia.language
from bauhinia.language import segments, words


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "The Department's 1,234 e-Forms, in 2026.",
            ["the", "department's", "1234", "e-forms", "in", "2026"],
        ),
        ("衞生署", ["衞生署", "衞生", "生署"]),
        ("市民可申請", ["市民", "可", "申請"]),
        ("樓上漏水", ["樓上", "上漏", "漏水"]),
        ("個file upload咗未", ["個", "file", "upload", "咗未"]),
        ("１２項", ["12", "項"]),
        ("", []),
    ],
)
def test_words(text: str, wanted: list[str]) -> None:
    assert words(text) == wanted


def test_a_department_is_found_by_part_of_its_name() -> None:
    assert set(words("衞生")) <= set(words("衞生署"))


@given(st.text(alphabet="衞生署市民申請公屋的在樓", max_size=30))
def test_segments_cover_the_run(run: str) -> None:
    assert "".join(segments(run)) == run


def test_the_public_names_are_complete_and_sorted() -> None:
    exported = bauhinia.language.__all__
    assert list(exported) == sorted(exported)
    assert all(hasattr(bauhinia.language, name) for name in exported)
    assert {
        "detect",
        "fits",
        "figures",
        "names",
        "words",
        "Termbase",
        "StreamConverter",
        "to_cantonese",
    } <= set(exported)
