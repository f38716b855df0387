"""Each check finds its fault at its place, offers the cure it can, and says nothing of a right translation."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bauhinia import evaluation
from bauhinia.language import Term, Termbase, Variety
from bauhinia.translation.checks import CHECKS, Context, Fault, check_consistency, check_segment

EN, HANT = Variety.ENGLISH, Variety.TRADITIONAL
CONTEXT = Context(termbase=Termbase.load())


def found(
    check: str, source: str, target: str, to: Variety = HANT, context: Context = CONTEXT
) -> list[Fault]:
    return CHECKS[check](source, target, to, context)


@pytest.mark.parametrize(
    ("check", "source", "target", "to", "at", "suggestion"),
    [
        ("numbers", "There were 42 cases.", "共有43宗個案。", HANT, "43", "42"),
        ("dates", "It opens on 3 May 2026.", "於2026年5月10日開放。", HANT, "2026年5月10日", "2026年5月3日"),
        ("money", "It costs HK$36 million.", "耗資6,300萬元。", HANT, "6,300萬元", "3,600萬元"),
        ("references", "See Cap. 486.", "見第468章。", HANT, "第468章", "第486章"),
        ("addresses", "Write to a@b.gov.hk now.", "請電郵至a@c.gov.hk。", HANT, "a@c.gov.hk", "a@b.gov.hk"),
        ("terms", "Protect privacy.", "保護隱私。", HANT, "隱私", "私隱"),
        ("names", "The bureau agreed.", "環境保護署同意。", HANT, "環境保護署", ""),
        ("script", "Plan", "计劃", HANT, "计", "計"),
        ("untranslated", "The cases rose.", "該complaints上升。", HANT, "complaints", ""),
        ("untranslated", "個案上升。", "The 個案 rose.", EN, "個案", ""),
        ("repeated", "個案上升。", "The the cases rose.", EN, "The the", "The"),
        ("repeated", "Related cases.", "有關有關個案。", HANT, "有關有關", "有關"),
        ("brackets", "(one)", "（一", HANT, "（", ""),
        ("brackets", "一", "one two)", EN, ")", ""),
        ("punctuation", "One, two.", "甲,乙。", HANT, ",", "，"),
        ("punctuation", "甲，乙。", "One，two.", EN, "，", ","),
        ("punctuation", "甲。", "One,, two.", EN, ",,", ","),
        ("ending", "One.", "一", HANT, "", "。"),
        ("ending", "一。", "One", EN, "", "."),
    ],
)  # fmt: skip
def test_a_fault_is_found_at_its_place(
    check: str, source: str, target: str, to: Variety, at: str, suggestion: str
) -> None:
    faults = [fault for fault in found(check, source, target, to) if fault.suggestion == suggestion]
    assert faults, found(check, source, target, to)
    assert target[faults[0].start : faults[0].end] == at


@pytest.mark.parametrize(
    ("check", "source", "target", "to"),
    [
        ("language", "The cases rose last year.", "The cases rose last year.", HANT),
        ("length", "The department received complaints and set aside funds for it.", "好。", HANT),
        ("terms", "Stakeholders of the Health Bureau met.", "醫務衞生局開會。", HANT),
        ("usage", "Inside", "在裡面", HANT),
    ],
)
def test_a_fault_of_the_whole_is_found(check: str, source: str, target: str, to: Variety) -> None:
    assert found(check, source, target, to)


def test_tags_are_checked_where_there_are_any() -> None:
    context = Context(termbase=Termbase([]), tagged=("<1>a</1> b", "<1>甲 乙"))
    faults = found("tags", "a b", "甲 乙", context=context)
    assert [fault.kind for fault in faults] == ["missing"] and faults[0].suggestion == "甲 乙"
    assert found("tags", "a", "甲") == []


def test_meaning_is_asked_of_the_embedder_that_is_given() -> None:
    asked: list[tuple[str, str]] = []

    def similarity(one: str, other: str) -> float:
        asked.append((one, other))
        return 0.5

    source = "The department received complaints about noise."
    faults = found(
        "meaning", source, "天氣很好。", context=Context(termbase=Termbase([]), similarity=similarity)
    )
    assert len(faults) == 1 and "0.50" in faults[0].message and asked == [(source, "天氣很好。")]
    assert found("meaning", source, "天氣很好。") == []


def test_consistency_goes_both_ways_and_suggests_the_usual_one() -> None:
    pairs = [
        ("Yes.", "是。"),
        ("No.", "否。"),
        ("yes.", "有。"),
        ("Yes.", "是。"),
        ("Not at all.", "否。"),
        ("New", ""),
    ]
    faults = check_consistency(pairs)
    assert [(number, fault.suggestion) for number, fault in faults] == [(2, "是。"), (4, "")]


def test_a_departments_forbidden_form_is_told_with_its_cure() -> None:
    context = Context(termbase=Termbase([Term("w", "widget", "器件物", forbidden_zh=("小器具",))]))
    (fault,) = found("terms", "A widget.", "一個小器具。", context=context)
    assert (fault.start, fault.end, fault.suggestion) == (2, 5, "器件物")


def test_right_translations_have_few_faults() -> None:
    """Our own references: a check that cries often there would not be read."""
    folder = Path(evaluation.__file__).parent / "sets"
    names = tuple(name for name in CHECKS if name not in ("meaning", "tags"))
    faults = []
    rows = 0
    for name, to in (("translation_en_zh", HANT), ("translation_zh_en", EN)):
        for line in (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            rows += 1
            faults += check_segment(row["source"], row["reference"], to, CONTEXT, names)
    assert rows == 126
    assert len(faults) <= 12, [(fault.check, fault.message) for fault in faults]
