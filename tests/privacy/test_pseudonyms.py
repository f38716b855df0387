"""Hidden, restored, and restored as it streams."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bauhinia.privacy import KINDS, STRUCTURED, Pseudonyms

LETTER = "Ms A, HKID A123456(3), phone 2345 6789 or 9123 4567, e-mail a.lee@example.hk. Again: A123456(3)."

pieces = st.sampled_from(
    ["A123456(3)", "G123456(A)", "2345 6789", "9123 4567", "x@example.hk", "HKID-H1", "phone-p2", "PHONE P1",
     "Mr Chan", "陳大文先生", "PERSON-N1", "person n1", "CARD-K1", "card 4111 1111 1111 1111", "DOB 1980-01-01", "HKID", "PHONE-", "EMAIL", "-", "P1", "1", " ", "，", "電話", "H", "\n", "ＨＫＩＤ－Ｈ２", "EMAIL-E10"]
)  # fmt: skip
texts = st.lists(pieces, max_size=8).map("".join)


def test_nothing_personal_is_left_and_all_comes_back() -> None:
    pseudonyms = Pseudonyms()
    hidden = pseudonyms.hide(LETTER)
    assert hidden == ("Ms A, HKID HKID-H1, phone PHONE-P1 or PHONE-P2, e-mail EMAIL-E1. Again: HKID-H1.")
    assert pseudonyms.counts == {"hkid": 1, "email": 1, "phone": 2}
    assert pseudonyms.restore(hidden) == LETTER


def test_the_same_value_has_one_pseudonym_in_all_messages() -> None:
    pseudonyms = Pseudonyms()
    assert pseudonyms.hide("A123456(3)") == pseudonyms.hide("A123456(3)") == "HKID-H1"


@pytest.mark.parametrize(
    "written",
    ["HKID-H1", "hkid-h1", "Hkid H1", "HKIDH1", "HKID - H1", "HKID–H1", "ＨＫＩＤ－Ｈ１", "HKID_H01"],
)
def test_a_model_may_write_it_otherwise(written: str) -> None:
    pseudonyms = Pseudonyms()
    pseudonyms.hide("A123456(3)")
    assert pseudonyms.restore(f"持有人（{written}）。") == "持有人（A123456(3)）。"


def test_no_other_pseudonym_is_taken_for_it() -> None:
    pseudonyms = Pseudonyms()
    pseudonyms.hide("A123456(3)")
    for other in ("HKID-H2", "HKID-H11", "XHKID-H1", "HKID-E1", "PHONE-P1", "HKID-H"):
        assert pseudonyms.restore(other) == other


def test_what_looks_like_one_already_survives() -> None:
    pseudonyms = Pseudonyms()
    text = "Locker HKID-H1 belongs to A123456(3)."
    hidden = pseudonyms.hide(text)
    assert hidden == "Locker HKID-H1 belongs to HKID-H2."
    assert pseudonyms.restore(hidden) == text


def test_what_looks_like_one_given_out_before_survives_too() -> None:
    pseudonyms = Pseudonyms()
    first, second = "A123456(3)", "Locker hkid h1."
    hidden = pseudonyms.hide(first), pseudonyms.hide(second)
    assert hidden == ("HKID-H1", "Locker HKID-H2.")
    assert tuple(map(pseudonyms.restore, hidden)) == (first, second)


def test_what_touches_is_hidden_as_one() -> None:
    """Found by the property below: `HKID-H1EMAIL-E1` came back with its second half as it was."""
    pseudonyms = Pseudonyms()
    hidden = pseudonyms.hide("A123456(3)-x@example.hk, A123456(3)")
    assert hidden == "HKID-H1, HKID-H2"
    assert pseudonyms.restore(hidden) == "A123456(3)-x@example.hk, A123456(3)"


@given(st.lists(texts, max_size=3))
def test_restoring_undoes_hiding(messages: list[str]) -> None:
    pseudonyms = Pseudonyms()
    hidden = [pseudonyms.hide(message) for message in messages]
    assert [pseudonyms.restore(message) for message in hidden] == messages


@given(texts, texts)
def test_a_stream_is_restored_the_same_at_every_split(source: str, answer: str) -> None:
    pseudonyms = Pseudonyms()
    text = pseudonyms.hide(source) + answer
    whole = pseudonyms.restore(text)
    for split in range(len(text) + 1):
        stream = pseudonyms.stream()
        assert stream.feed(text[:split]) + stream.feed(text[split:]) + stream.flush() == whole


@given(texts, st.integers(1, 5))
def test_a_stream_is_restored_the_same_in_small_chunks(source: str, size: int) -> None:
    pseudonyms = Pseudonyms()
    text = pseudonyms.hide(f"{source} A123456(3)")
    stream = pseudonyms.stream()
    chunks = [text[start : start + size] for start in range(0, len(text), size)]
    assert "".join(map(stream.feed, chunks)) + stream.flush() == pseudonyms.restore(text)


def test_little_is_held_back() -> None:
    pseudonyms = Pseudonyms()
    pseudonyms.hide("A123456(3)")
    stream = pseudonyms.stream()
    assert stream.feed("The holder of HK") == "The holder of "
    assert stream.feed("ID-H") == ""
    assert stream.feed("1 came.") == "A123456(3) came."


EVERY_KIND = (
    "Ms Wong (HKID A123456(3), passport K12345678, home return permit H12345678, born on 1 May 1980) of "
    "Flat 3, 5/F, Jade House, 1 High Street, Tai Po; tel. 9123 4567, x@example.hk; BR No. 12345678, "
    "CR No. 1234567; vehicle AB 1234; bank account 012-345678-001; card 4111 1111 1111 1111; "
    "Octopus 87654321; FPS 7654321"
)


def test_every_kind_has_a_pseudonym_of_its_own() -> None:
    pseudonyms = Pseudonyms()
    hidden = pseudonyms.hide(EVERY_KIND)
    assert hidden == (
        "PERSON-N1 (HKID HKID-H1, passport PASSPORT-T1, home return permit PERMIT-R1, born on BIRTHDATE-D1) of "
        "ADDRESS-L1; tel. PHONE-P1, EMAIL-E1; BR No. BUSINESS-B1, "
        "CR No. COMPANY-C1; vehicle PLATE-V1; bank account ACCOUNT-A1; card CARD-K1; "
        "Octopus OCTOPUS-O1; FPS FPS-F1"
    )
    assert set(pseudonyms.counts) == KINDS
    assert pseudonyms.restore(hidden) == EVERY_KIND
    assert pseudonyms.restore(hidden.lower()).count("12345678") == EVERY_KIND.count("12345678")


def test_a_name_stays_the_same_person_in_all_messages() -> None:
    """陳大文 is sure after a label; where it is in the midst of other words it is known from before."""
    pseudonyms = Pseudonyms()
    first, second = "投訴人：陳大文", "其後陳大文遷居"
    assert pseudonyms.hide(second) == second
    assert pseudonyms.hide(first) == "投訴人：PERSON-N1"
    assert pseudonyms.hide(second) == "其後PERSON-N1遷居"
    assert Pseudonyms().hide(f"{second}。{first}") == "其後PERSON-N1遷居。投訴人：PERSON-N1"


def test_only_the_kinds_asked_for_are_hidden() -> None:
    pseudonyms = Pseudonyms(kinds=STRUCTURED)
    assert pseudonyms.hide("陳大文先生 A123456(3)") == "陳大文先生 HKID-H1"
    assert Pseudonyms(threshold=0.9).hide("A123456(3), 2345 6789") == "HKID-H1, 2345 6789"
