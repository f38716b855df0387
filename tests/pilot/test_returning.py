"""What is taken over of a file that came back, and why the rest is not."""

from __future__ import annotations

from typing import Any

import pytest

from bauhinia.pilot.returning import MOST_CHARACTERS, REASONS, Change, compared
from bauhinia.pilot.segments import EditedSegment
from bauhinia.translation.exchanged import Row

SOURCE, TARGET = "Return <1>Form A</1>.<2/>", "交回<1>表格A</1>。<2/>"
NEW = "請交回<1>甲表</1>。<2/>"


def segment(
    place: int = 0, target: str = TARGET, status: Any = "draft", source: str = SOURCE
) -> EditedSegment:
    return EditedSegment(
        place=place, passage=f"p{place}", source=source, target=target, original=TARGET, status=status,
        findings=[],
    )  # fmt: skip


def row(number: str = "1", target: str = NEW, status: Any = "draft", source: str = SOURCE) -> Row:
    return Row(number=number, source=source, target=target, status=status)


def outcome(old: EditedSegment, new: Row) -> tuple[Change | None, str]:
    """The one change, or the reason why there is none."""
    changes, skipped = compared([old], [new])
    return (changes[0], "") if changes else (None, skipped[0].reason)


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        (row("2"), "unknown"),
        (row("x"), "unknown"),
        (row(source="Return <1>Form B</1>.<2/>"), "source"),
        (row(target=" "), "empty"),
        (row(target="<1></1><2/>"), "empty"),
        (row(target=f"<1>{'字' * MOST_CHARACTERS}</1><2/>"), "long"),
        (row(target="交回甲表。"), "tags"),
        (row(target="交回</1>甲表<1>。<2/>"), "tags"),
        (row(target="交回<1>甲</1><1>表</1>。<2/>"), "tags"),
        (row(target="交回<1>甲表</1>。<2/><3/>"), "tags"),
    ],
)
def test_what_cannot_be_taken_says_why(new: Row, reason: str) -> None:
    assert outcome(segment(), new) == (None, reason)


def test_the_first_of_two_is_taken_and_missing_ones_are_named() -> None:
    changes, skipped = compared([segment(0), segment(1)], [row("1"), row("1", "又<1>來</1><2/>")])
    assert [change.new.target for change in changes] == [NEW]
    assert [(each.number, each.reason) for each in skipped] == [("1", "twice"), ("2", "missing")]
    assert skipped[0].message == REASONS["twice"]


def test_source_may_differ_in_white_space_and_in_the_numbers_of_its_tags() -> None:
    change, _ = outcome(segment(), row(source="Return\n<7>Form A</7>. <8/>"))
    assert change is not None and change.new.target == NEW


@pytest.mark.parametrize(
    ("old", "new", "status", "worded", "confirmed"),
    [
        ("draft", row(), "draft", True, False),
        ("draft", row(status="confirmed"), "confirmed", True, True),
        ("draft", row(target=f"{TARGET}\n", status="confirmed"), "confirmed", False, True),
        ("draft", row(target=TARGET), "draft", False, False),
        ("confirmed", row(target=TARGET), "confirmed", False, False),
        ("confirmed", row(target=TARGET, status="confirmed"), "confirmed", False, False),
        ("confirmed", row(), "draft", True, False),
        ("confirmed", row(status="confirmed"), "confirmed", True, True),
    ],
)
def test_a_status_is_the_files_and_an_untouched_one_stays(
    old: Any, new: Row, status: str, worded: bool, confirmed: bool
) -> None:
    change, reason = outcome(segment(status=old), new)
    assert change is not None, reason
    assert (change.new.status, change.is_worded, change.is_confirmed) == (status, worded, confirmed)


def test_a_segment_whose_tags_are_broken_already_is_left_as_it_is() -> None:
    change, _ = outcome(segment(target="壞了<1>"), row(target="壞了<1>"))
    assert change is not None and not change.is_worded


def test_words_that_were_escaped_otherwise_are_the_same() -> None:
    change, _ = outcome(
        segment(source="R&amp;D", target="研發 < &amp;"), row(source="R&D", target="研發 &lt; &amp;")
    )
    assert change is not None and not change.is_worded


def test_nothing_is_confirmed_that_has_no_words() -> None:
    change, _ = outcome(segment(target=""), row(target="", status="confirmed"))
    assert change is not None and change.new.status == "draft"
