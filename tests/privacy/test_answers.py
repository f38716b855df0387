"""An answer may hold the numbers that were given, and no others, however it is cut into pieces."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from bauhinia.privacy.answers import AnswerGuard, Given

GIVEN = Given(["Ring Ms Chan on 2345-6789 (HKID Ａ１２３４５６（３）), ms.chan@office.example."])
ANSWERS = [
    "Ring 9876 5432, not 2345 6789, about A123456(3) and Z437626(A). Write to ms.chan@office.example soon.",
    "請致電9876 5432，切勿致電2345 6789。身份證號碼為Z437626(A)。",
    "Her e-mail is peter.au@elsewhere.example. It cost $98,765,432 or 98765432 dollars, ref. 98765432/A.",
    "A short answer of I am a to b by C D E words without any number at all, 3 of them.",
    "Z437626(A)",
    "",
]


def streamed(text: str, cuts: list[int], *, is_json: bool = False) -> tuple[str, dict[str, int]]:
    guard = AnswerGuard(GIVEN, is_json=is_json)
    places = [0, *sorted(cuts), len(text)]
    said = [guard.feed(text[start:end]) for start, end in pairwise(places)]
    return "".join([*said, guard.flush()]), guard.removed


def test_a_number_that_nobody_gave_is_taken_out_and_one_that_was_given_stays() -> None:
    said, removed = streamed(ANSWERS[0], [])
    assert said == (
        "Ring [telephone number left out], not 2345 6789, about A123456(3) and "
        "[identity card number left out]. Write to ms.chan@office.example soon."
    )
    assert removed == {"hkid": 1, "phone": 1}


def test_it_is_said_in_the_language_of_the_answer() -> None:
    assert (
        streamed(ANSWERS[1], [])[0]
        == "請致電〔電話號碼從略〕，切勿致電2345 6789。身份證號碼為〔身份證號碼從略〕。"
    )


@pytest.mark.parametrize("answer", ANSWERS)
def test_pieces_give_what_the_whole_gives(answer: str) -> None:
    whole = AnswerGuard(GIVEN).clean(answer)
    chance = random.Random(7)
    assert streamed(answer, list(range(len(answer))))[0] == whole
    for _ in range(200):
        cuts = [chance.randrange(len(answer) + 1) for _ in range(chance.randrange(8))]
        assert streamed(answer, cuts)[0] == whole, cuts


def test_no_character_of_a_number_is_shown_before_it_is_known() -> None:
    guard = AnswerGuard(GIVEN)
    assert guard.feed("Ring 98") == "Ring "
    assert guard.feed("76 54") == ""
    assert guard.feed("32 at once") == "[telephone number left out] "
    assert guard.feed(", please") == "at once, "


def test_words_are_not_kept_waiting() -> None:
    guard = AnswerGuard(GIVEN)
    assert guard.feed("The committee met twice. ") == "The committee met twice. "
    assert guard.feed("委員會開會兩次，") == "委員會開會兩次，"


def test_a_bare_number_of_json_is_an_amount_and_one_in_quotes_is_not() -> None:
    text = '{"total": 98765432, "note": "say \\"hi\\" on 9876 5432", "left": 61234567}'
    said, removed = streamed(text, list(range(len(text))), is_json=True)
    assert said == text.replace("9876 5432", "[telephone number left out]")
    assert removed == {"phone": 1}


def test_thinking_and_arguments_are_cleaned_whole_and_counted_with_the_rest() -> None:
    guard = AnswerGuard(GIVEN)
    assert guard.clean("Z437626(A) again: Z437626(A)").count("left out") == 2
    assert guard.removed == {"hkid": 1}


def test_the_country_code_makes_no_other_number() -> None:
    assert "+852 2345 6789" in GIVEN and "+852 2345 6780" not in GIVEN


def test_a_long_run_of_digits_is_not_held_for_ever() -> None:
    guard = AnswerGuard(GIVEN)
    said = "".join(guard.feed("1234567890") for _ in range(100))
    assert len(said) >= 600
