"""Mining: what recurs together is offered with its evidence; what does not is not."""

from __future__ import annotations

from bauhinia.language import Term, Termbase, Variety
from bauhinia.translation.mining import Correction, mine, mine_corrections

PAIRS = [
    ("The harbour crossing scheme starts in May.", "跨海計劃於五月展開。"),
    ("Members noted the harbour crossing scheme.", "委員備悉跨海計劃。"),
    ("A harbour crossing scheme was proposed.", "有人建議跨海計劃。"),
    ("Members noted the accounts.", "委員備悉帳目。"),
    ("The weather was fine.", "天氣很好。"),
]


def test_an_expression_is_offered_with_its_evidence() -> None:
    (found,) = mine(PAIRS)
    assert (found.en, found.zh, found.pairs, found.only_en, found.only_zh) == (
        "harbour crossing scheme", "跨海計劃", 3, 0, 0,
    )  # fmt: skip
    assert found.dice == 1.0


def test_what_the_termbase_has_is_not_offered() -> None:
    assert mine(PAIRS, Termbase([Term("x", "harbour crossing scheme", "跨海計劃")])) == []


def test_too_little_evidence_is_no_candidate() -> None:
    assert mine(PAIRS[:2]) == []


def corrected(source: str, original: str, target: str, to: Variety = Variety.TRADITIONAL) -> Correction:
    return Correction(source=source, original=original, target=target, to=to)


CORRECTIONS = [
    corrected("The waste charging scheme begins in May.", "垃圾徵費計劃五月開始。", "垃圾收費計劃五月開始。"),
    corrected(
        "Read about the waste charging scheme.", "閱讀有關垃圾徵費的資料。", "閱讀有關垃圾收費的資料。"
    ),
    corrected("Offices close early.", "辦公室提早關閉。", "辦事處提早關閉。"),
]


def test_what_officers_write_in_twice_is_a_candidate_with_what_it_replaces() -> None:
    (found,) = mine_corrections(CORRECTIONS)
    assert (found.en, found.pairs, found.instead) == ("waste charging scheme", 2, "垃圾徵費")
    assert found.zh == "垃圾收費"


def test_a_correction_into_english_is_mined_too() -> None:
    changes = [
        corrected(
            "垃圾收費計劃五月開始。", "The rubbish fee begins.", "The waste charge begins.", Variety.ENGLISH
        ),
        corrected(
            "閱讀垃圾收費資料。", "Read on the rubbish fee.", "Read on the waste charge.", Variety.ENGLISH
        ),
    ]
    (found,) = mine_corrections(changes)
    assert (found.en, found.zh, found.instead) == ("waste charge", "垃圾收費", "rubbish fee")


def test_a_term_of_the_termbase_and_one_that_the_model_wrote_are_no_candidates() -> None:
    known = Termbase([Term("w", "waste charging scheme", "垃圾收費計劃")])
    assert mine_corrections(CORRECTIONS, known) == []
    same = [corrected(one.source, one.target, one.target) for one in CORRECTIONS]
    assert mine_corrections(same) == []
