"""The labelled texts: whole, enough of every kind, and measured by a rule that cannot be pleased cheaply."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from bauhinia.evaluation.personal import (
    FREE,
    STRUCTURED,
    PersonalText,
    Span,
    load_personal,
    macro_f1,
    scores,
    unmarked,
)
from bauhinia.privacy import check_digit

TEXTS = load_personal()
KINDS = (*STRUCTURED, *FREE)
WIDE = {code + 0xFEE0: code for code in range(0x21, 0x7F)}


def values(kind: str) -> list[str]:
    return [each.text[span.start : span.end] for each in TEXTS for span in each.spans if span.kind == kind]


def passes_luhn(digits: str) -> bool:
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def test_there_are_enough_texts_of_every_sort() -> None:
    assert len(TEXTS) >= 520
    assert len({each.id for each in TEXTS}) == len({each.text for each in TEXTS}) == len(TEXTS)
    assert sum(each.origin == "written" for each in TEXTS) * 2 >= len(TEXTS)
    assert sum(not each.spans for each in TEXTS) >= 200
    languages = Counter(each.language for each in TEXTS)
    assert set(languages) == {"en", "zh-Hant-HK", "zh-Hans", "yue"} and min(languages.values()) >= 40
    assert min(Counter(span.kind for each in TEXTS for span in each.spans).values()) >= 30


def test_both_splits_hold_every_kind_and_hard_negatives() -> None:
    for split in ("dev", "held_out"):
        part = [each for each in TEXTS if each.split == split]
        assert {span.kind for each in part for span in each.spans} == set(KINDS)
        assert sum(not each.spans for each in part) >= 50
    assert 0.6 < sum(each.split == "held_out" for each in TEXTS) / len(TEXTS) < 0.72


def test_every_span_is_a_whole_value_in_its_place() -> None:
    for each in TEXTS:
        assert "⟦" not in each.text and "|⟧" not in each.text, each.id
        end = 0
        for span in each.spans:
            assert span.kind in KINDS and end <= span.start < span.end <= len(each.text), each.id
            value = each.text[span.start : span.end]
            assert value == value.strip() and "?" not in value, (each.id, value)
            end = span.end


def test_numbers_with_a_check_digit_have_the_right_one() -> None:
    identities = [re.sub(r"[^A-Za-z0-9]", "", value.translate(WIDE)).upper() for value in values("hkid")]
    whole = [value for value in identities if re.fullmatch(r"[A-Z]{1,2}[0-9]{6}[0-9A]", value)]
    assert len(whole) >= 40 and len(whole) >= len(identities) - 8
    assert [value for value in whole if check_digit(value[:-1]) != value[-1]] == []
    assert [value for value in values("card") if not passes_luhn(re.sub(r"\D", "", value))] == []


def test_marks_become_places() -> None:
    assert unmarked("To ⟦person|Ann⟧: ⟦phone|2345 6789⟧.") == (
        "To Ann: 2345 6789.",
        [Span("person", 3, 6), Span("phone", 8, 17)],
    )


def text_of(text: str, *spans: Span) -> PersonalText:
    return PersonalText(id="x", language="en", genre="", origin="written", text=text, spans=spans)


@pytest.mark.parametrize(
    ("found", "counts"),
    [
        ([Span("phone", 0, 10)], (1, 1)),
        ([Span("phone", 0, 5)], (1, 1)),
        ([Span("phone", 0, 4)], (0, 0)),
        ([Span("email", 0, 10)], (0, 0)),
        ([Span("phone", 0, 10), Span("phone", 0, 10)], (0.5, 1)),
        ([Span("phone", 0, 30)], (0, 0)),
        ([], (0, 0)),
    ],
)
def test_a_finding_counts_once_and_only_when_most_of_it_is_right(
    found: list[Span], counts: tuple[float, float]
) -> None:
    made = scores([text_of("x" * 40, Span("phone", 0, 10))], lambda _: found)["phone"]
    assert (made.precision, made.recall) == counts


def test_a_title_is_no_part_of_a_name() -> None:
    english = text_of("Ask Mr Li now.", Span("person", 7, 9))
    chinese = text_of("請陳先生來", Span("person", 1, 2))
    assert scores([english], lambda _: [Span("person", 4, 9)], exact=True)["person"].f1 == 1
    assert scores([chinese], lambda _: [Span("person", 1, 4)], exact=True)["person"].f1 == 1
    assert scores([english], lambda _: [Span("person", 4, 14)])["person"].f1 == 0


def test_every_kind_counts_the_same() -> None:
    pair = text_of("x" * 40, Span("phone", 0, 10), Span("email", 12, 20), Span("email", 22, 30))
    found = scores([pair], lambda _: [Span("phone", 0, 10)])
    assert macro_f1(found, ("phone", "email")) == 0.5
