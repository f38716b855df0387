"""Until when: words of four languages against the day of the meeting."""

from __future__ import annotations

from datetime import date

import pytest

from bauhinia.chat.notes.days import due_in

HELD = date(2026, 3, 4)
"""A Wednesday."""


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("please reply by next friday", "2026-03-13"),
        ("by this friday", "2026-03-06"),
        ("before the end of the month", "2026-03-31"),
        ("by the end of april", "2026-04-30"),
        ("within two weeks", "2026-03-18"),
        ("within 2 months", "2026-05-04"),
        ("by the 20th", "2026-03-20"),
        ("by the 2nd", "2026-04-02"),
        ("by the 5th of next month", "2026-04-05"),
        ("tomorrow morning", "2026-03-05"),
        ("no later than 15 march", "2026-03-15"),
        ("下星期五前交", "2026-03-13"),
        ("今個禮拜五之前", "2026-03-06"),
        ("月底前", "2026-03-31"),
        ("四月底前", "2026-04-30"),
        ("下月五日提交", "2026-04-05"),
        ("本月二十日或以前", "2026-03-20"),
        ("兩個星期內", "2026-03-18"),
        ("三日內回覆", "2026-03-07"),
        ("二十號前", "2026-03-20"),
        ("聽日俾你", "2026-03-05"),
        ("後天發給大家", "2026-03-06"),
        ("下週一前", "2026-03-09"),
        ("於2027年1月5日前", "2027-01-05"),
        ("一月五日前", "2027-01-05"),
    ],
)
def test_a_day_is_counted_from_the_meetings(text: str, day: str) -> None:
    due = due_in(text, HELD)
    assert due.day == date.fromisoformat(day) and due.words and due.words in text


@pytest.mark.parametrize(
    "text",
    [
        "before the next meeting",
        "by the end of next week",
        "within three working days",
        "as soon as possible",
        "下次會議前",
        "年底前",
        "三個工作天內",
        "本週內完成",
        "儘快",
    ],
)
def test_what_is_no_one_day_keeps_its_words(text: str) -> None:
    due = due_in(text, HELD)
    assert due.words and due.day is None


@pytest.mark.parametrize(
    "text", ["last friday", "上星期五完成", "二月十二日壞了", "see room 20", "第二十號文件"]
)
def test_no_limit_is_read_into_other_words(text: str) -> None:
    assert due_in(text, HELD).day is None
