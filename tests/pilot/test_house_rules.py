"""House rules: what has one right form is put right; what needs a person is pointed at."""

from __future__ import annotations

import pytest

from bauhinia.language import Variety, figures
from bauhinia.pilot.house_rules import RuleName, apply, small_numeral

EN, HANT = Variety.ENGLISH, Variety.TRADITIONAL


@pytest.mark.parametrize(
    ("rule", "variety", "written", "right"),
    [
        ("thousands_by_space", EN, "193,000 people paid HK$1,250,000.", "193 000 people paid HK$1 250 000."),
        ("thousands_by_space", EN, "CB(2)486, 2026 and 3,14 stay.", "CB(2)486, 2026 and 3,14 stay."),
        ("month_before_day", EN, "from 15 April 2026 to 3 May", "from April 15, 2026 to May 3"),
        (
            "chinese_numeral_dates",
            HANT,
            "於2026年4月15日至12月31日",
            "於二〇二六年四月十五日至十二月三十一日",
        ),
        ("chinese_numeral_dates", HANT, "為期3個月，共15份", "為期3個月，共15份"),
    ],
)
def test_what_has_one_right_form_is_put_right(
    rule: RuleName, variety: Variety, written: str, right: str
) -> None:
    text, findings = apply([rule], written, variety)
    assert text == right
    assert not findings
    assert apply([rule], right, variety) == (right, []), "putting right twice changes nothing"


@pytest.mark.parametrize("rule", ["thousands_by_space", "month_before_day"])
def test_no_figure_changes_its_value(rule: RuleName) -> None:
    text = "On 15 April 2026, 1,234,567 people and HK$9,000 were counted."
    mended, _ = apply([rule], text, EN)
    values = sorted((figure.kind, figure.value) for figure in figures(mended))
    assert values == sorted((figure.kind, figure.value) for figure in figures(text))


@pytest.mark.parametrize(
    ("rule", "variety", "bad", "good"),
    [
        ("no_contractions", EN, "We don't know.", "The Department's staff do not know."),
        ("no_praise", EN, "An excellent scheme.", "A scheme."),
        ("short_sentences", EN, "word " * 36 + "end.", "A short one. And another."),
        ("short_sentences", HANT, "字" * 81 + "。", "短句。"),
        ("few_figures", EN, "In 2024, 5 of 10 took 3 days and 7 hours.", "Two of ten came."),
    ],
)
def test_what_needs_a_person_is_pointed_at(rule: RuleName, variety: Variety, bad: str, good: str) -> None:
    text, findings = apply([rule], bad, variety)
    assert text == bad
    assert [finding.check for finding in findings] == [rule]
    assert apply([rule], good, variety) == (good, [])


def test_small_numerals() -> None:
    assert [small_numeral(n) for n in (1, 10, 11, 20, 31, 99)] == [
        "一",
        "十",
        "十一",
        "二十",
        "三十一",
        "九十九",
    ]
