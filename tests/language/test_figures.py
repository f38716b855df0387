"""Figures that compare equal across English and Chinese."""

from __future__ import annotations

import time
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bauhinia.language import Figure, Variety, compare_figures, figures, write_figure
from bauhinia.language.dates import write_date, write_time
from bauhinia.language.money import write_money
from bauhinia.language.numbers import canonical, read_number, write_number

EN, HANT, HANS = Variety.ENGLISH, Variety.TRADITIONAL, Variety.SIMPLIFIED


def _only(text: str) -> tuple[str, str]:
    found = figures(text)
    assert len(found) == 1, [(figure.kind, figure.value, figure.text) for figure in found]
    return found[0].kind, found[0].value


@pytest.mark.parametrize(
    ("kind", "value", "forms"),
    [
        (
            "money",
            "HKD 1200000000",
            ["HK$1.2 billion", "$1,200 million", "12億元", "1 200 000 000 元", "十二億元", "港幣12億元", "HKD 1.2bn", "12亿元"],
        ),
        ("money", "HKD 120000000", ["1億2,000萬元", "$120 million", "一億二千萬元", "1.2億港元"]),
        ("money", "HKD 5000", ["HK$5,000", "$5 000", "5,000元", "五千元", "5,000 dollars", "五千蚊"]),
        ("money", "USD 5000000", ["US$5 million", "500萬美元", "五百萬美元"]),
        ("money", "CNY 300", ["RMB300", "人民幣300元", "300元人民幣"]),
        (
            "date",
            "2026-03-15",
            [
                "15 March 2026", "March 15, 2026", "15th March, 2026", "2026年3月15日", "二零二六年三月十五日",
                "15/3/2026", "2026-03-15", "15.3.2026", "15 Mar 2026", "２０２６年３月１５日", "二〇二六年三月十五號",
            ],
        ),
        ("date", "2026-03", ["March 2026", "2026年3月", "二零二六年三月"]),
        ("date", "--03-15", ["March 15", "15 March", "3月15日", "三月十五日"]),
        ("date", "--09", ["September", "9月", "九月"]),
        ("date", "2025/2026", ["2025-26", "2025/26", "2025-26年度", "二零二五至二六年度", "2025至26財政年度"]),
        ("quarter", "Q3", ["third quarter", "3rd quarter", "Q3", "第三季", "第3季度", "third-quarter"]),
        ("quarter", "Q1", ["the first quarter", "首季", "第一季度"]),
        ("quarter", "Q4", ["fourth quarter", "末季", "第四季"]),
        ("time", "14:30", ["2:30 p.m.", "2.30 pm", "下午2時30分", "下午二時半", "14:30"]),
        ("time", "09:00", ["9 a.m.", "9am", "上午9時", "上午九時"]),
        ("time", "12:00", ["12 noon", "noon", "正午", "中午12時"]),
        ("percent", "30", ["30%", "30 per cent", "thirty per cent", "百分之三十", "三成", "30％", "3成", "百分之30"]),
        ("percent", "25", ["兩成半", "25 per cent", "二成五", "百分之二十五"]),
        ("percent", "5.4", ["5.4 per cent", "百分之五點四", "5.4%", "5.4個百分點"]),
        ("number", "2/3", ["two-thirds", "two thirds", "三分之二"]),
        ("number", "0.75", ["three-quarters", "四分之三", "3/4"]),
        ("number", "1234567", ["1 234 567", "1,234,567", "1234567", "１２３４５６７"]),
        ("number", "1200000", ["一百二十萬", "1.2 million", "120萬", "120 萬"]),
        ("number", "120000", ["12 萬", "120,000", "十二萬", "120 000"]),
        ("number", "12", ["twelve", "12", "十二"]),
        ("number", "121", ["one hundred and twenty-one", "一百二十一", "121"]),
        ("number", "1823", ["1823", "一八二三"]),
        ("number", "3.5", ["3個半", "3.5", "three and a half"]),
        ("ordinal", "2", ["second", "2nd", "第二"]),
        ("reference", "cap:486", ["Cap. 486", "Cap.486", "第486章", "Chapter 486"]),
        ("reference", "cap:374E", ["Cap. 374E", "第374E章"]),
        ("reference", "art:12(3)", ["section 12(3)", "第12(3)條", "第12條第(3)款", "regulation 12(3)"]),
        ("reference", "art:23", ["Article 23", "第二十三條", "第23条"]),
        ("reference", "para:5", ["paragraph 5", "para. 5", "第5段", "第五段"]),
        ("reference", "annex:B", ["Annex B", "附件B"]),
        ("reference", "sch:1", ["Schedule 1", "附表1", "附表一"]),
        ("reference", "file:HAD/1-55/2", ["HAD/1-55/2"]),
        ("reference", "paper:CB(2)123/2026", ["CB(2)123/2026"]),
        ("reference", "lcq:18", ["LCQ18", "立法會十八題"]),
        ("reference", "tel:28102222", ["2810 2222", "2810-2222"]),
        ("reference", "form:HAD12", ["Form HAD 12", "表格HAD 12"]),
    ],
)  # fmt: skip
def test_forms_of_one_figure(kind: str, value: str, forms: list[str]) -> None:
    for form in forms:
        assert (form, *_only(form)) == (form, kind, value)


@pytest.mark.parametrize(
    "text",
    [
        "一般市民統一登記，一些人十分滿意，萬一有需要，進一步的措施一律適用。",
        "一國兩制、九龍、八達通、三文治、四川、百貨、星期三、週五",
        "第三者、唯一、之一、萬分感謝、零售、陸續參加",
        "One of the members said that no one objected, one-stop and one-off.",
        "數百名、數十人、幾千人、兩三個、三四天",
        "逾百人、近千宗、上萬人",
        "電郵 a1b2@example.com 或 https://example.com/2026/12",
        "On the one hand; everyone; someone",
        "（一）申請資格\n（二）申請辦法\n1. 費用\n(a) fee",
        "元朗、元旦、單元、公元",
    ],
)
def test_no_figure(text: str) -> None:
    assert [figure.text for figure in figures(text) if figure.value != "1"] == []


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("15 to 18 March 2026", ["2026-03-15", "2026-03-18"]),
        ("March 15 to 18", ["--03-15", "--03-18"]),
        ("2026年3月15日至18日", ["2026-03-15", "2026-03-18"]),
        ("2026年3月30日至4月2日", ["2026-03-30", "2026-04-02"]),
        ("28 February to 3 March 2026", ["2026-02-28", "2026-03-03"]),
        ("2026年3月至5月", ["2026-03", "2026-05"]),
        ("March to May 2026", ["2026-03", "2026-05"]),
        ("上午9時至下午5時", ["09:00", "17:00"]),
        ("500萬至1,000萬元", ["5000000", "HKD 10000000"]),
        ("5 to 10 million people", ["5000000", "10000000"]),
        ("5至10億元", ["500000000", "HKD 1000000000"]),
        ("5% to 10%", ["5", "10"]),
        ("5 to 10 per cent", ["5", "10"]),
        ("於HK$5,000與US$200之間，共3項", ["HKD 5000", "USD 200", "3"]),
        ("Members may ask; the March of time; 3 in May", ["3", "--05"]),
        ("COVID-19、5G、A4紙", ["19", "5"]),
        ("24小時熱線1823", ["24", "1823"]),
        ("三名職員及兩輛車", ["3", "2"]),
    ],
)
def test_values_in_order(text: str, values: list[str]) -> None:
    assert [figure.value for figure in figures(text)] == values


def test_places_are_those_of_the_text() -> None:
    text = "由２０２６年３月１５日起，HK$1.2 billion 撥予 12 項計劃（第486章）。"
    for figure in figures(text):
        assert text[figure.start : figure.end] == figure.text
    assert [figure.kind for figure in figures(text)] == ["date", "money", "number", "reference"]


PAIRS = [
    (
        "The Government will provide HK$1.2 billion for 12 schemes from 15 March 2026, up 30 per cent.",
        "政府會由2026年3月15日起為十二項計劃提供12億元，增加三成。",
    ),
    (
        "Under section 12(3) of the Ordinance (Cap. 486), a person is liable to a fine of $50,000 and two years.",
        "根據條例（第486章）第12(3)條，有關人士可處罰款五萬元及監禁兩年。",
    ),
    ("The office opens from 9 a.m. to 5:30 p.m. on weekdays.", "辦事處於平日上午九時至下午五時三十分開放。"),
    ("A total of 1 234 applications were received in 2025-26.", "二零二五至二六年度共收到1 234宗申請。"),
    ("An applicant may submit one form only.", "申請人只可提交一份表格。"),
    ("Both parties agreed in the second phase.", "雙方於第二期同意。"),
    ("In 2026, two-thirds of the 5.6 million residents took part.", "2026年，560萬名居民中有三分之二參與。"),
    ("Following is LCQ7. (1) the number; (2) the cost.", "以下是立法會七題。（一）數目；（二）費用。"),
    ("Please call 2810 2222 or see paragraph 5 of Annex A.", "請致電2810 2222，或參閱附件A第5段。"),
    ("Children aged 3 to 6 and persons aged 65 or above", "三至六歲兒童及65歲或以上人士"),
    ("The twelve-month period ends on 31 December.", "為期12個月的期間於12月31日屆滿。"),
]


@pytest.mark.parametrize(("english", "chinese"), PAIRS)
def test_true_translations_have_no_difference(english: str, chinese: str) -> None:
    for source, target in ((english, chinese), (chinese, english)):
        difference = compare_figures(source, target)
        assert [figure.text for figure in difference.missing] == []
        assert [figure.text for figure in difference.added] == []


@pytest.mark.parametrize(
    ("source", "target", "missing", "added"),
    [
        ("It costs HK$5 million.", "費用為500元。", ["HK$5 million"], ["500元"]),
        ("It costs HK$5 million.", "費用不菲。", ["HK$5 million"], []),
        ("It costs US$5 million.", "費用為500萬元。", ["US$5 million"], ["500萬元"]),
        ("From 15 March 2026", "2026年3月起", ["15 March 2026"], []),
        ("From March 2026", "2026年4月起", ["March 2026"], ["2026年4月"]),
        ("Up 30 per cent", "增加13%", ["30 per cent"], ["13%"]),
        ("Cap. 486", "第468章", ["Cap. 486"], ["第468章"]),
        ("section 12(3)", "第12條", ["section 12(3)"], ["第12條"]),
        ("5 of the 12 members", "12名委員", ["5"], []),
        ("2:30 p.m.", "下午3時30分", ["2:30 p.m."], ["下午3時30分"]),
        ("twelve cases", "個案", ["twelve"], []),
        ("30%", "30", ["30%"], ["30"]),
        ("15 cases by 15 March", "3月15日前的個案", ["15"], []),
        ("12 cases under section 12", "根據第12條的個案", ["12"], []),
    ],
)
def test_differences(source: str, target: str, missing: list[str], added: list[str]) -> None:
    difference = compare_figures(source, target)
    assert [figure.text for figure in difference.missing] == missing
    assert [figure.text for figure in difference.added] == added


def test_a_claim_may_say_less_of_a_date_than_its_source() -> None:
    assert compare_figures("In 2026", "On 15 March 2026").missing == []
    assert compare_figures("On 15 March", "On 15 March 2026").missing == []
    assert compare_figures("On 15 March 2026", "In 2026, on 15 March").missing == []
    assert compare_figures("On 15 March 2026", "On 15 March").missing != []


@settings(max_examples=200, deadline=None)
@given(st.integers(10, 10**12))
def test_numbers_survive_both_conventions(value: int) -> None:
    for variety in (EN, HANT, HANS):
        written = write_number(value, variety)
        assert read_number(written) == value, written
        assert (
            canonical(Fraction(value)) in [figure.value for figure in figures(f"共 {written} ")]
            or 1900 <= value < 2100
        )


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 10**11), st.sampled_from(["HKD", "USD", "GBP", "EUR", "CNY"]))
def test_money_survives_both_conventions(amount: int, currency: str) -> None:
    for variety in (EN, HANT):
        written = write_money(f"{currency} {amount}", variety)
        assert _only(written) == ("money", f"{currency} {amount}")


@settings(max_examples=100, deadline=None)
@given(st.dates())
def test_dates_survive_both_conventions(day: object) -> None:
    value = str(day)
    if not 1900 <= int(value[:4]) < 2100:
        return
    for variety in (EN, HANT):
        assert _only(write_date(value, variety)) == ("date", value)


@settings(max_examples=100, deadline=None)
@given(st.times())
def test_times_survive_both_conventions(moment: object) -> None:
    value = str(moment)[:5]
    for variety in (EN, HANT):
        assert _only(write_time(value, variety)) == ("time", value)


@pytest.mark.parametrize(
    ("text", "english", "chinese"),
    [
        ("2026年3月15日", "15 March 2026", "2026年3月15日"),
        ("3月15日", "15 March", "3月15日"),
        ("12億元", "HK$1.2 billion", "12億元"),
        ("2,500萬元", "HK$25 million", "2,500萬元"),
        ("HK$5,000", "HK$5,000", "5,000元"),
        ("三成", "30 per cent", "30%"),
        ("下午2時30分", "2:30 p.m.", "下午2時30分"),
        ("第486章", "Cap. 486", "第486章"),
        ("一百二十萬", "1.2 million", "120萬"),
        ("2025-26", "2025-26", "2025-26年度"),
        ("HAD/1-55/2", "HAD/1-55/2", "HAD/1-55/2"),
    ],
)
def test_written_in_each_convention(text: str, english: str, chinese: str) -> None:
    (figure,) = figures(text)
    assert write_figure(figure, EN) == english
    assert write_figure(figure, HANT) == chinese


def test_what_is_best_left_to_the_writer() -> None:
    assert write_figure(Figure("number", "2", 0, 3, "two"), HANT) is None
    assert write_figure(Figure("ordinal", "2", 0, 6, "second"), HANT) is None
    assert write_figure(Figure("reference", "art:12", 0, 10, "section 12"), HANT) is None


@settings(max_examples=300, deadline=None)
@given(
    st.text(alphabet="0129一二十百千萬億零年月日時分成第條元個%$HK./-, ()（）amp.MarchoneCap", max_size=80)
)
def test_any_text_can_be_read(text: str) -> None:
    found = figures(text)
    assert all(text[figure.start : figure.end] == figure.text for figure in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
    for figure in found:
        for variety in (EN, HANT, HANS):
            assert write_figure(figure, variety) != ""


@pytest.mark.parametrize("part", ["1", "一", "1萬", "one hundred ", "第1", "1%", "Aa ", "A/", "「", "1 000"])
def test_a_hostile_text_takes_no_longer_than_its_length(part: str) -> None:
    began = time.process_time()
    figures((part * 10_000)[:10_000])
    assert time.process_time() - began < 5


SAMPLES = Path(__file__).parents[2] / "samples"


@pytest.mark.parametrize("name", ["circular", "legco-reply", "minutes"])
def test_the_two_languages_of_a_sample_hold_the_same_figures(name: str) -> None:
    """Documents of several pages, written in each language by hand: the comparison raises no false alarm."""
    english, chinese = (
        (SAMPLES / f"{name}-{tongue}.md").read_text(encoding="utf-8") for tongue in ("en", "tc")
    )
    difference = compare_figures(english, chinese)
    assert len(figures(english)) > 30
    assert [figure.text for figure in (*difference.missing, *difference.added)] == []


def test_a_quarter_is_no_ordinal_of_something_else() -> None:
    """Seen in the first whole comparison: a lost "five" hid behind the "first" of both."""
    difference = compare_figures("in the first five months of 2026", "2026年第一季")
    assert [figure.text for figure in difference.missing] == ["five"]
    assert "第一季" in [figure.text for figure in difference.added]
    assert not any(compare_figures("in the third quarter of 2026", "2026年第三季"))
    assert [figure.kind for figure in figures("第三季節目，四季如春，a quarter of them")] == ["ordinal"]


@pytest.mark.parametrize("variety", [EN, HANT])
def test_a_quarter_is_written_as_each_language_does(variety: Variety) -> None:
    for value in ("first quarter", "第二季", "Q3", "末季"):
        (figure,) = figures(value)
        written = write_figure(figure, variety)
        assert written is not None
        assert [(again.kind, again.value) for again in figures(written)] == [("quarter", figure.value)]


def test_the_first_day_of_a_range_holds_its_own_month() -> None:
    """Seen: only the 1 of "1 May" was put in Chinese, and May stayed behind it."""
    found = figures("closed between 1 May and 30 September")
    assert [(figure.value, figure.text) for figure in found] == [
        ("--05-01", "1 May"),
        ("--09-30", "30 September"),
    ]
