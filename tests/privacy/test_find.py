"""What counts as personal data, and what does not."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bauhinia.privacy import check_digit, find_personal


def found(text: str) -> list[tuple[str, str]]:
    return [(item.kind, item.value) for item in find_personal(text)]


@pytest.mark.parametrize(
    "written",
    [
        "A123456(3)",
        "a123456(3)",
        "A123456（3）",
        "Ａ１２３４５６（３）",
        "A1234563",
        "A 123456 (3)",
        "A123 456(3)",
        "G123456(A)",
        "AB987654(3)",
    ],
)
def test_hkid_in_all_its_writings(written: str) -> None:
    assert found(f"身份證號碼{written}，如上。") == [("hkid", written)]


@pytest.mark.parametrize(
    "text",
    ["A123456(4)", "A1234564", "AB987654(2)", "A12345(3)", "ABC123456(3)", "XA123456(3)4", "A123456(3)B"],
)
def test_what_is_not_an_hkid(text: str) -> None:
    assert found(text) == []


def test_check_digits_worked_by_hand() -> None:
    # A123456: 36*9 + 10*8 + 1*7 + 2*6 + 3*5 + 4*4 + 5*3 + 6*2 = 481; 481 + 3 = 44 * 11.
    assert check_digit("A123456") == "3"
    # G123456: 16 in place of 10 adds 48: 529; 529 + 10 = 49 * 11, and ten is written A.
    assert check_digit("G123456") == "A"


@given(st.sampled_from(string.ascii_uppercase), st.integers(0, 999_999), st.sampled_from("0123456789A"))
def test_only_one_check_digit_is_right(letter: str, number: int, digit: str) -> None:
    stem = f"{letter}{number:06d}"
    assert bool(found(f"{stem}({digit})")) == (digit == check_digit(stem))


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Tel: 2345 6789", ["2345 6789"]),
        ("Tel.23456789", ["23456789"]),
        ("請致電23456789查詢", ["23456789"]),
        ("+852 9123 4567", ["+852 9123 4567"]),
        ("+852-9123-4567", ["+852-9123-4567"]),
        ("852 91234567", ["852 91234567"]),
        ("(852) 2345 6789", ["(852) 2345 6789"]),
        ("電話：２３４５　６７８９", ["２３４５　６７８９"]),
        ("2345 6789/2345 6780", ["2345 6789", "2345 6780"]),
        ("2345 6789，2345 6780", ["2345 6789", "2345 6780"]),
        ("fax no. 2024 0131", ["2024 0131"]),
    ],
)
def test_telephone_numbers(text: str, numbers: list[str]) -> None:
    assert found(text) == [("phone", number) for number in numbers]


@pytest.mark.parametrize(
    "text",
    [
        "$23456789",
        "HK$2345 6789",
        "HKD 23456789",
        "23456789元",
        "23456789 萬元",
        "23,456,789",
        "23456789.50",
        "123456789012",
        "2345 6789 0123",
        "2019-2024",
        "2023 2024",
        "20240131",
        "EDB/ADM/2345-6789",
        "LD-2345-6789",
        "file ref. 23456789",
        "檔號：23456789",
        "1823",
        "1234 5678",
        "x23456789",
        "23456789%",
    ],
)
def test_what_is_not_a_telephone_number(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Write to enquiry@example.gov.hk.", "enquiry@example.gov.hk"),
        ("電郵：a.b-c+d@example.com。", "a.b-c+d@example.com"),
        ("電郵clerk_1@mail.example.org.hk查詢", "clerk_1@mail.example.org.hk"),
    ],
)
def test_email_addresses(text: str, address: str) -> None:
    assert found(text) == [("email", address)]


@pytest.mark.parametrize("text", ["a@b", "@officer", "no at sign.com", "a@b..com", "a@-b.com"])
def test_what_is_not_an_address(text: str) -> None:
    assert found(text) == []


@given(st.text(alphabet="A123456(3)@. $-/852元tel電", max_size=40))
def test_places_are_right_and_do_not_overlap(text: str) -> None:
    end = 0
    for item in find_personal(text):
        assert item.start >= end and text[item.start : item.end] == item.value
        end = item.end
