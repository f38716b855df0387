"""Sentences and clauses of both languages."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bauhinia.language import clauses, split_sentences


def _sentences(text: str) -> list[str]:
    return [text[start:end].strip() for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    "expected",
    [
        ["Mr. Chan paid HK$ 1.5 million under Cap. 486.", "See section 12(3).", "The end."],
        ["He left at 5 p.m. sharp.", "She stayed."],
        ["The office closes at 5 p.m.", "It opens at 9 a.m."],
        ["See e.g. the Annex, i.e. paras. 3 to 5, of No. 12.", "Dr. Wong agreed."],
        ["ABC Co. Ltd. won the tender.", "Work starts soon."],
        ["The Hon. Member asked about J. K. Lee's case.", "Noted."],
        ["Is it true?", "Yes!", "It is."],
        ["He said “It is done.”", "Then he left."],
        ["The rate was 5.4 per cent in Q.1.", "It fell."],
        ["政府會展開諮詢；結果將於年底公布。", "市民可發表意見：電郵或郵寄均可。"],
        ["他說：「沒有問題。」", "會議隨即結束。"],
        ["「為甚麼？」他問。", "沒有人回答。"],
        ["本署已跟進（見附件。）", "謝謝！"],
        ["第一項措施見 www.gov.hk。", "第二項見附件。"],
        ["截至3.5%為止。", "完"],
        ["1. First item of the list.", "2. Second item."],
    ],
)
def test_sentences(expected: list[str]) -> None:
    english = expected[0].isascii() or "“" in expected[0]
    assert _sentences((" " if english else "").join(expected)) == expected


def test_new_lines_end_sentences_but_not_wrapped_english() -> None:
    assert _sentences("Heading\nThe text is\nwrapped here. Next.\n\n（一）第一項；\n（二）第二項。") == [
        "Heading",
        "The text is\nwrapped here.",
        "Next.",
        "（一）第一項；",
        "（二）第二項。",
    ]


def test_an_empty_text_has_no_sentence() -> None:
    assert split_sentences("") == []


def test_clauses_end_after_their_marks() -> None:
    text = "政府會諮詢市民，並於年底公布；費用為1,200元。"
    assert [text[start:end] for start, end in clauses(text)] == [
        "政府會諮詢市民，",
        "並於年底公布；",
        "費用為1,200元。",
    ]


MARKS = st.text(alphabet="ab A.。！？!?」』”）)\n ,，；:1政府Mr", max_size=60)


@settings(max_examples=200, deadline=None)
@given(MARKS)
def test_spans_cover_the_text(text: str) -> None:
    for spans in (split_sentences(text), clauses(text)):
        assert "".join(text[start:end] for start, end in spans) == text
        assert all(start < end for start, end in spans)
