"""Text that is copied is found however it is set; text of its own is not."""

from __future__ import annotations

import pytest

from bauhinia.pilot.copies import Wording

ENGLISH = (
    "The Permanent Secretary may, by notice published in the Gazette, exempt any person or class of persons "
    "from the operation of this section subject to such conditions as appear to be appropriate in the case."
)
CHINESE = (
    "常任秘書長可藉於憲報刊登的公告，豁免任何人或任何類別人士，使其不受本條規限，並可在情況適宜時附加條件。"
)
OWN = "Lifts at the northern footbridge stay closed on weekday mornings while the contractor replaces cables."


@pytest.mark.parametrize("text", [ENGLISH, CHINESE])
def test_a_copied_text_is_found_whole(text: str) -> None:
    found = Wording(text).overlap([f"Before. {text} After."])
    assert found.share == 1.0 and found.longest > 30 and found.is_substantial


def test_case_breaks_and_script_do_not_hide_a_copy() -> None:
    assert Wording(ENGLISH).overlap([ENGLISH.upper().replace(" ", "\n")]).share == 1.0
    assert (
        Wording(CHINESE).overlap(["常任秘书长可藉于宪报刊登的公告，豁免任何人或任何类别人士"]).longest == 27
    )


def test_a_copied_part_counts_as_its_share() -> None:
    found = Wording(f"{OWN} {ENGLISH}").overlap([ENGLISH])
    assert 0.6 < found.share < 0.75 and found.is_substantial


def test_a_text_of_its_own_shares_nothing() -> None:
    found = Wording(OWN).overlap([ENGLISH, CHINESE])
    assert found == (0.0, 0) and not found.is_substantial


def test_a_short_shared_phrase_in_a_long_text_is_no_copy() -> None:
    phrase = "published in the Gazette on the day of its making"
    found = Wording(f"{OWN} {phrase} {OWN[::-1]} {' '.join(map(str, range(40)))}").overlap([phrase])
    assert 0 < found.share < 0.2 and not found.is_substantial


@pytest.mark.parametrize("text", ["", "Six words are not a run.", "。！？"])
def test_a_text_shorter_than_a_run_shares_nothing(text: str) -> None:
    assert Wording(text).overlap([text]) == (0.0, 0)
