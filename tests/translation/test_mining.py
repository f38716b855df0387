"""Mining: what recurs together is offered with its evidence; what does not is not."""

from __future__ import annotations

from bauhinia.language import Term, Termbase
from bauhinia.translation.mining import mine

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
