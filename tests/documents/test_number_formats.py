"""A number and its format give what a person sees."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bauhinia.documents.number_formats import BUILT_IN, hides_text, shown


@pytest.mark.parametrize(
    ("value", "code", "text"),
    [
        ("1234567", "#,##0", "1,234,567"),
        ("1234567.891", "#,##0.00", "1,234,567.89"),
        ("0.125", "0.0%", "12.5%"),
        ("0.005", "0%", "1%"),
        ("-5", "0.00", "-5.00"),
        ("-0.001", "0.00", "0.00"),
        ("-1234", '#,##0;[Red](#,##0)', "(1,234)"),
        ("0", '0;-0;"nil"', "nil"),
        ("1200", '[$HK$-C04]#,##0.00', "HK$1,200.00"),
        ("1200", '"HK$"#,##0" 元"', "HK$1,200 元"),
        ("1500000", '#,##0.0,,"m"', "1.5m"),
        ("23456789", "0000 0000", "2345 6789"),
        ("7", "000", "007"),
        ("0.5", "#.##", ".5"),
        ("2", "0.##", "2"),
        ("150", '[>=100]"many";0', "many"),
        ("15", '[>=100]"many";0', "15"),
        ("1234.5", "0.00E+00", "1.23E+03"),
        ("5", ";;;", ""),
        ("0.30000000000000004", "", "0.3"),
        ("0.3333333333333333", "General", "0.333333333"),
        ("123456789012345", "General", "123456789012345"),
        ("1e-12", "", "1E-12"),
        ("1e+20", "", "1E+20"),
        ("words", "0.00", "words"),
        ("45413", "d mmm yyyy", "1 May 2024"),
        ("45413", 'yyyy"年"m"月"d"日"', "2024年5月1日"),
        ("45413", "[DBNum1]yyyy\"年\"m\"月\"d\"日\"", "二〇二四年五月一日"),
        ("45413.75", "d/m/yyyy h:mm AM/PM", "1/5/2024 6:00 PM"),
        ("45413.5", "dd-mm-yy hh:mm:ss", "01-05-24 12:00:00"),
        ("45413", "dddd, mmmm d", "Wednesday, May 1"),
        ("45413", "aaaa", "星期三"),
        ("1.5", "[h]:mm", "36:00"),
        ("0.0000116", "mm:ss.0", "00:01.0"),
        ("59", "d/m/yyyy", "28/2/1900"),
        ("61", "d/m/yyyy", "1/3/1900"),
        ("-1", "d/m/yyyy", "-1"),
        ("9e99", "0", "9E+99"),
        ("1e20", "#,##0", "100,000,000,000,000,000,000"),
    ],
)  # fmt: skip
def test_shown(value: str, code: str, text: str) -> None:
    assert shown(value, code) == text


def test_dates_from_1904_and_formats_that_hide_text() -> None:
    assert shown("43951", "d/m/yyyy", from_1904=True) == "1/5/2024"
    assert hides_text(";;;") and not hides_text("0;0;0;@") and not hides_text("")


@given(st.floats(allow_nan=False).map(repr), st.text('0#?,.%;[]"\\_*@EeHhMmDdYyS-+ /$x', max_size=20))
def test_any_format_gives_some_text(value: str, code: str) -> None:
    assert isinstance(shown(value, code), str)


@given(st.integers(-(10**14), 10**14), st.sampled_from(sorted(set(BUILT_IN.values()) | {""})))
def test_whole_numbers_keep_every_digit_without_a_format(number: int, code: str) -> None:
    assert shown(str(number), "") == str(number)
    assert shown(str(number), code)
