"""Tones and tunes: which step of a tune lets a word be heard, and where the fit fails."""

from __future__ import annotations

import pytest

from bauhinia.chat.music.tones import ToneFit, fit_of_line, motion_of
from bauhinia.chat.music.words import cut, rhymes
from bauhinia.errors import InputError


@pytest.mark.parametrize(
    ("tones", "interval", "motion"),
    [
        ((4, 1), 5, "with"),
        ((4, 1), 0, "oblique"),
        ((4, 1), -2, "against"),
        ((1, 6), -3, "with"),
        ((2, 1), 0, "with"),
        ((2, 1), 2, "with"),
        ((2, 1), 5, "oblique"),
        ((6, 4), 2, "against"),
    ],
)
def test_a_step_goes_with_the_tones_or_not(tones: tuple[int, int], interval: int, motion: str) -> None:
    assert motion_of(tones, interval) == motion


def test_the_fit_says_where_it_fails() -> None:
    line = cut("月圓人圓夜未央", "yue")
    syllables = [each.text for each in line.syllables]
    assert line.tones == (6, 4, 4, 4, 6, 6, 1)
    good = ToneFit(steps=tuple(fit_of_line(0, syllables, line.tones, (64, 62, 62, 62, 64, 64, 69))))
    assert good.score == 1 and not good.misfits
    upside_down = ToneFit(steps=tuple(fit_of_line(0, syllables, line.tones, (64, 66, 66, 66, 64, 64, 59))))
    assert upside_down.score < 0.6
    assert [step.syllables for step in upside_down.against] == [("月", "圓"), ("圓", "夜"), ("未", "央")]


@pytest.mark.parametrize(
    ("line", "jyutping"),
    [
        ("友誼同行遍天下", "jau5 ji4 tung4 hang4 pin3 tin1 haa6"),
        ("大樹長高葉長青", "daai6 syu6 zoeng2 gou1 jip6 coeng4 cing1"),
        ("海港海港多漂亮", "hoi2 gong2 hoi2 gong2 do1 piu3 loeng6"),
        ("明天由你去開創", "ming4 tin1 jau4 nei5 heoi3 hoi1 cong3"),
    ],
)
def test_words_are_read_as_they_are_sung(line: str, jyutping: str) -> None:
    assert " ".join(each.jyutping for each in cut(line, "yue").syllables) == jyutping


@pytest.mark.parametrize(
    ("text", "syllables"),
    [
        ("Hap-py new year", 4),
        ("Running together under the table", 10),
        ("We hoped and wanted boxes", 7),
        ("Come home to the light", 5),
    ],
)
def test_english_is_counted_by_its_vowels(text: str, syllables: int) -> None:
    assert len(cut(text, "en").syllables) == syllables


@pytest.mark.parametrize(
    ("text", "language", "why"),
    [
        ("好", "yue", "1 syllables"),
        ("今日好多人一齊去海邊玩水同埋食嘢", "yue", "16 syllables"),
        ("我愛 Hong Kong", "yue", "mixes Chinese"),
    ],
)
def test_what_cannot_be_sung_is_refused_with_its_reason(text: str, language: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        cut(text, "yue" if language == "yue" else "en")


def test_rhymes_are_told_by_the_final() -> None:
    lines = [
        cut(text, "yue") for text in ("恭喜恭喜賀新春", "身體健康樂滿門", "和和氣氣一家親", "新的一年萬象新")
    ]
    assert rhymes(lines) == ("eon", "un", "an", "an")
