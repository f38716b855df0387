"""How the other language is set: fonts, marks, spaces, language tags."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bauhinia.documents.layout import pieces, plain
from bauhinia.documents.layout.typography import (
    Fonts,
    font_for,
    font_script,
    font_style,
    fonts_for,
    has_han,
    language_tag,
    script_runs,
    typeset,
)
from bauhinia.language import Variety

CHINESE, ENGLISH = Variety.TRADITIONAL, Variety.ENGLISH
TEXT = st.text(alphabet='<>/12aB 文號，。、（）「」《》,.:()"“” …', max_size=30)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("政府 will 於 2025 年4月1日,展開計劃.", "政府will於2025年4月1日，展開計劃。"),
        (
            "《廢物處置條例》(第354章)第6(2)條,持牌人(如有)",
            "《廢物處置條例》（第354章）第6(2)條，持牌人（如有）",
        ),
        ("2.1 背景", "2.1 背景"),
        ('他說:"好的."', "他說：「好的。」"),
        ("見<1>附件 A</1> , 表 1.5 及<2/>", "見<1>附件A</1>，表1.5及<2/>"),
        ("１２３ＡＢＣ％", "123ABC%"),
        ("https://a.hk/b,c 及 a@b.hk,謝謝", "https://a.hk/b,c及a@b.hk，謝謝"),
        ("等等...", "等等……"),
        ("環境保護署 (EPD)", "環境保護署（EPD）"),
        ("下午 2:30 至 4:00", "下午2:30至4:00"),
    ],
)
def test_chinese_is_set_as_the_government_writes_it(text: str, wanted: str) -> None:
    assert typeset(text, CHINESE) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("The Department，the Bureau、and others。", "The Department, the Bureau, and others."),
        (
            "under 《Waste Disposal Ordinance》（Cap. 354）， a licensee",
            "under Waste Disposal Ordinance (Cap. 354), a licensee",
        ),
        ("The 環境保護署（EPD） says 「hello」。", "The 環境保護署 (EPD) says “hello”."),
        ("He wrote 「今天，很好。」 yesterday.", "He wrote 「今天，很好。」 yesterday."),
        ("<1>Name</1>：　John", "<1>Name</1>: John"),
        ("１２３", "123"),
    ],
)
def test_english_has_narrow_marks_and_keeps_what_it_quotes_in_chinese(text: str, wanted: str) -> None:
    assert typeset(text, ENGLISH) == wanted


@given(TEXT, st.sampled_from([CHINESE, ENGLISH]))
def test_setting_moves_no_tag_and_no_word(text: str, to: Variety) -> None:
    def kept(said: str) -> str:
        return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", plain(said))))

    set_text = typeset(text, to)
    assert kept(set_text) == kept(text)
    assert [p[::2] for p in pieces(set_text) if p.kind != "text"] == [
        p[::2] for p in pieces(text) if p.kind != "text"
    ]


@pytest.mark.parametrize(
    ("latin", "east_asian", "chinese", "english"),
    [
        ("Times New Roman", "", Fonts("Times New Roman", "PMingLiU"), Fonts("Times New Roman", "")),
        ("Calibri", "Yu Mincho", Fonts("Calibri", "Microsoft JhengHei"), Fonts("Calibri", "Yu Mincho")),
        ("新細明體", "", Fonts("Times New Roman", "新細明體"), Fonts("Times New Roman", "新細明體")),
        ("標楷體", "標楷體", Fonts("Times New Roman", "標楷體"), Fonts("Times New Roman", "標楷體")),
        ("Courier New", "", Fonts("Courier New", "MingLiU"), Fonts("Courier New", "")),
        ("Arial", "SimSun", Fonts("Arial", "Microsoft JhengHei"), Fonts("Arial", "SimSun")),
        ("Wingdings", "", Fonts("Wingdings", ""), Fonts("Wingdings", "")),
        ("", "", Fonts("", ""), Fonts("", "")),
    ],
)
def test_a_serif_stays_a_serif_and_each_script_has_its_font(
    latin: str, east_asian: str, chinese: Fonts, english: Fonts
) -> None:
    assert fonts_for(latin, east_asian, CHINESE) == chinese
    assert fonts_for(latin, east_asian, ENGLISH) == english


def test_simplified_text_has_its_own_fonts() -> None:
    assert fonts_for("Georgia", "", Variety.SIMPLIFIED).east_asian == "SimSun"


@pytest.mark.parametrize(
    ("name", "style", "script"),
    [
        ("Cambria", "serif", "latin"),
        ("Century Gothic", "sans", "latin"),
        ("Monotype Corsiva", "sans", "latin"),
        ("Lucida Console", "mono", "latin"),
        ("Microsoft JhengHei", "sans", "traditional"),
        ("Noto Serif CJK HK", "serif", "traditional"),
        ("DFKai-SB", "kai", "traditional"),
        ("微软雅黑", "sans", "simplified"),
        ("ＭＳ 明朝", "serif", "japanese"),
        ("Segoe UI Symbol", "symbol", "symbol"),
    ],
)
def test_a_font_is_known_by_its_name(name: str, style: str, script: str) -> None:
    assert (font_style(name), font_script(name)) == (style, script)


def test_a_text_that_names_one_font_gets_the_one_of_its_script() -> None:
    assert font_for("Arial", CHINESE) == "Microsoft JhengHei"
    assert font_for("PMingLiU", ENGLISH) == "Times New Roman"


def test_languages_are_named_as_office_programs_do() -> None:
    assert [language_tag(to) for to in (CHINESE, Variety.SIMPLIFIED, ENGLISH)] == ["zh-HK", "zh-CN", "en-GB"]


def test_runs_of_a_script_are_all_of_the_text() -> None:
    runs = script_runs("見Annex A，以及。")
    assert [run.han for run in runs] == [True, False, True]
    assert "".join(run.text for run in runs) == "見Annex A，以及。"
    assert has_han("a文") and not has_han("a，")
