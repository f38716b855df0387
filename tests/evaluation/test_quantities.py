"""The judge's own reading of figures."""

from __future__ import annotations

import pytest

from bauhinia.evaluation.quantities import claimed, han_number, missing
from bauhinia.evaluation.sets import load_translations


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("$128.5 million", "1.285億元"),
        ("$1.36 billion", "十三億六千萬元"),
        ("HK$4,800", "4 800元"),
        ("12 June 2026", "二○二六年六月十二日"),
        ("June 12, 2026", "2026年6月12日"),
        ("1 May and 30 September", "五月一日至九月三十日"),
        ("6.4 per cent", "百分之6.4"),
        ("20%", "兩成"),
        ("2.30 pm", "下午二時三十分"),
        ("noon", "正午"),
        ("section 12(3) of Cap. 486", "第486章第12(3)條"),
        ("LC Paper No. CB(2)486/2026(03)", "立法會CB(2)486/2026(03)號文件"),
        ("2026-27", "二○二六至二七年度"),
        ("the second quarter of 2027", "二○二七年第二季"),
        ("four hours", "四小時"),
        ("six months", "半年"),
        ("forty-eight hours", "48小時"),
        ("142 680 vehicles", "十四萬二千六百八十輛"),
    ],
)
def test_both_languages_hold_the_same_figure(english: str, chinese: str) -> None:
    assert claimed(english)
    assert missing(english, chinese) == []
    assert missing(chinese, english) == []


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("$4.2 million", "42萬元"),
        ("$128.5 million", "12.85億元"),
        ("12 June 2026", "二○二六年七月十二日"),
        ("12 June 2026", "二○二五年六月十二日"),
        ("6.4 per cent", "6.5%"),
        ("6.4 per cent", "6.4"),
        ("2.30 pm", "上午二時三十分"),
        ("section 12(3)", "第12(4)條"),
        ("CB(2)486/2026(03)", "CB(2)486/2026"),
        ("three members", "四名委員"),
        ("193 000 persons", "193人"),
    ],
)
def test_a_changed_figure_is_missing(text: str, other: str) -> None:
    assert missing(text, other)


def test_every_reference_translation_carries_every_figure() -> None:
    for direction in ("en_zh", "zh_en"):
        for row in load_translations(direction):
            assert claimed(row.source), row.id
            assert missing(row.source, row.reference) == [], row.id
            assert missing(row.reference, row.source) == [], row.id


def test_words_that_only_look_like_numbers_are_not_claimed() -> None:
    assert claimed("一般市民如有任何疑問，應統一向有關部門查詢。") == []
    assert claimed("No one may enter.") == []


def test_chinese_numerals() -> None:
    assert han_number("二○二六") == 2026
    assert han_number("三十一") == 31
    assert han_number("四千八百") == 4800
    assert han_number("廿三") == 23
    assert han_number("章") is None
