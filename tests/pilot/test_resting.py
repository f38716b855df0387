"""What an answer of the library rests on is told: how many documents and sources, and what is wrong with these."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from bauhinia.knowledge import Sheet
from bauhinia.pilot.resting import resting

DAY = date(2026, 11, 27)
SHEET = Sheet(
    collection="c",
    name="Circulars",
    source="The department's circulars",
    basis="own_work",
    reference="File 1",
    post="Senior Records Officer",
    grade="A",
    licence="",
    processing="",
    source_date=None,
    refresh_by=None,
    audit_days=30,
    owner="clerk",
    owner_name="Clerk",
    stated=datetime(2026, 11, 20, tzinfo=UTC),
    audited=None,
    broken=0,
)
OTHER = replace(SHEET, collection="d", name="Notices", source="Another department's notices")


def said(cited: dict[str, Sheet | None]) -> list[tuple[str, str]]:
    return [(each.check, each.message) for each in resting(cited, DAY)]


def test_one_document_one_source_and_several_are_told_apart() -> None:
    assert said({}) == []
    assert said({"a": SHEET}) == [("one_source", "This answer rests on one document alone.")]
    assert said({"a": SHEET, "b": SHEET}) == [
        ("one_source", "This answer rests on 2 documents of one source.")
    ]
    assert said({"a": SHEET, "b": OTHER}) == [("spread", "This answer rests on 2 documents of 2 sources.")]


def test_each_collection_is_warned_of_once() -> None:
    stale = replace(SHEET, refresh_by=date(2026, 11, 1), broken=1, grade="C")
    old = replace(OTHER, stated=datetime(2026, 1, 1, tzinfo=UTC))
    told = said({"a": stale, "b": stale, "c": old, "d": None})
    assert [check for check, _ in told] == [
        "spread", "source_broken", "source_stale", "source_grade_c", "source_unaudited", "source_unstated",
    ]  # fmt: skip
    assert any("2026-11-01: Circulars" in message for _, message in told)
    assert any("2026-01-31: Notices" in message for _, message in told)
