"""Each measure on hand-made cases, good and bad: a measure that cannot fail measures nothing."""

from __future__ import annotations

import time

import pytest

from bauhinia.evaluation.scorers import (
    answer_correct,
    facts_covered,
    figures_carried,
    in_cantonese,
    keys_met,
    same_language,
    says_not_there,
    script_purity,
    simplified_only,
    terms_met,
)
from bauhinia.evaluation.sets import ExpectedTerm, Fact, QuestionRow, TranslationRow
from bauhinia.language import Variety


@pytest.mark.parametrize(
    ("wanted", "answer", "reason"),
    [
        (Variety.ENGLISH, "The office opens at 9 am.", "ok"),
        (Variety.ENGLISH, "It is run by the Housing Department (房屋署).", "ok"),
        (Variety.ENGLISH, "辦事處於上午九時開放。", "wrong_language"),
        (Variety.ENGLISH, "", "empty"),
        (Variety.TRADITIONAL, "辦事處於上午九時開放。", "ok"),
        (Variety.TRADITIONAL, "办事处于上午九时开放。", "wrong_script"),
        (Variety.TRADITIONAL, "The office opens at 9 am.", "wrong_language"),
        (Variety.TRADITIONAL, "申請表格是ESU-2。", "ok"),
        (Variety.TRADITIONAL, "874", "ok"),
        (Variety.SIMPLIFIED, "办事处于上午九时开放。", "ok"),
        (Variety.SIMPLIFIED, "辦事處於上午九時開放。", "wrong_script"),
        (Variety.SIMPLIFIED, "办事处位于海滨邨，于上午九时开放，欢迎市民查询。", "ok"),
        (Variety.CANTONESE, "間舖要做咗兩年先可以申請。", "ok"),
        (Variety.CANTONESE, "商店須營業滿兩年方可申請。", "ok"),
        (Variety.CANTONESE, "商店须营业满两年方可申请。", "wrong_script"),
        (Variety.CANTONESE, "Two years.", "wrong_language"),
        (Variety.CANTONESE, "個application要喺30 October之前交。", "ok"),
    ],
)
def test_same_language(wanted: Variety, answer: str, reason: str) -> None:
    judgement = same_language(wanted, answer)
    assert judgement.reason == reason
    assert judgement.met is (reason == "ok")


@pytest.mark.parametrize(
    "answer",
    ["a" * 200_000, "A-" * 100_000, "A1" * 100_000, "(" + "中" * 200_000, "(a" * 100_000],
    ids=["address", "code", "figures", "bracket", "brackets"],
)
@pytest.mark.parametrize("wanted", [Variety.ENGLISH, Variety.TRADITIONAL])
def test_a_long_answer_is_judged_in_time_that_grows_with_its_length(wanted: Variety, answer: str) -> None:
    began = time.process_time()
    same_language(wanted, answer)
    assert time.process_time() - began < 5


def test_script_purity_asks_for_every_character() -> None:
    assert script_purity("食物環境衞生署裏的羣眾為何着急？后、里、台、干、面。").met
    assert script_purity("政府会在二○二六年推行計劃。").reason == "simplified"
    assert script_purity("  ").reason == "empty"
    assert simplified_only("這个國際会議") == ["个", "会"]
    assert simplified_only("等我睇吓") == []


def test_in_cantonese() -> None:
    assert in_cantonese("份文件冇講。")
    assert not in_cantonese("文件並無提及。")


def _segment(*forms: str) -> TranslationRow:
    return TranslationRow(id="x", source="s", reference="r", terms=(ExpectedTerm("s", forms),))


def test_terms_take_the_official_form_only() -> None:
    row = _segment("食物環境衞生署")
    assert terms_met(row, "食物環境衞生署發出通告。") == [True]
    assert terms_met(row, "食環署發出通告。") == [False]
    assert terms_met(row, "食物环境卫生署發出通告。") == [False]
    assert terms_met(_segment("Working Group", "task force"), "the working\ngroup met") == [True]


def test_figures_kept_lost_and_invented() -> None:
    kept = figures_carried("$4.2 million in 47 toilets", "為47個公廁撥款420萬元")
    assert (kept.total, kept.unflagged, kept.kept_or_flagged) == (2, 0, 2)
    lost = figures_carried("$4.2 million in 47 toilets", "為公廁撥款420萬元")
    assert (lost.total, lost.unflagged) == (2, 1)
    invented = figures_carried("47 toilets", "二○二六年的47個公廁")
    assert (invented.total, invented.unflagged) == (2, 1)


def test_a_finding_must_name_the_figure() -> None:
    source, target = "47 toilets on 12 June", "公廁"
    assert figures_carried(source, target, ["The numbers differ."]).unflagged == 3
    assert figures_carried(source, target, ["Not in the translation: 47."]).unflagged == 2
    assert figures_carried(source, target, ["Not in the translation: 47, 12 June."]).unflagged == 0
    assert figures_carried(source, target, ["Not in the translation: 47, 六月十二日."]).unflagged == 0


def _question(*groups: tuple[str, ...], answerable: bool = True) -> QuestionRow:
    return QuestionRow(
        id="q", document="d", language="en", question="How many?", answerable=answerable, keys=groups
    )


def test_an_answer_needs_a_key_of_every_group() -> None:
    row = _question(("18", "十八"), ("70",))
    assert answer_correct(row, "From 18 to 70.", "").met
    assert answer_correct(row, "由十八歲至70歲。", "").met
    assert answer_correct(row, "From 18.", "").reason == "missing_key"
    assert answer_correct(row, "From 180 to 70.5", "").reason == "missing_key"
    assert answer_correct(row, "", "").reason == "empty"


def test_keys_are_found_whatever_the_script_and_separators() -> None:
    assert keys_met((("23 640",),), "共有23,640人")
    assert keys_met((("三年",),), "有效期是 三 年")
    assert keys_met((("沙田訓練",),), "在沙田训练中心")
    assert not keys_met((("5",),), "15 kitchens")
    assert not keys_met((("two",),), "twofold")
    assert not keys_met((), "anything")


def test_an_unanswerable_question_must_be_admitted_without_inventing() -> None:
    row = _question(answerable=False)
    document = "The pier was built in 1989."
    assert answer_correct(row, "This is not in the document.", document).met
    assert answer_correct(row, "It was built by Company A.", document).reason == "not_admitted"
    invented = answer_correct(row, "This is not in the document; it is 3 120.", document)
    assert invented.reason == "invented"


@pytest.mark.parametrize(
    "answer",
    [
        "This is not in the document.",
        "The document does not mention the manufacturer.",
        "The document doesn't state who built them.",
        "There is no information on this.",
        "文件中沒有這項資料。",
        "文件並未提及供應商。",
        "文件中没有提到这家公司。",
        "份文件入面冇講到呢樣嘢。",
        "未有提供相關資料。",
    ],
)
def test_says_not_there(answer: str) -> None:
    assert says_not_there(answer)


@pytest.mark.parametrize(
    "answer", ["The manager is Mr A.", "供應商是甲公司。", "首期有九個。", "Not later than 5 June."]
)
def test_does_not_say_not_there(answer: str) -> None:
    assert not says_not_there(answer)


def test_facts_covered() -> None:
    facts = (Fact("a", (("142680",),)), Fact("b", (("15.8",),)), Fact("c", (("36",), ("september",))))
    assert facts_covered(facts, "There were 142 680 vehicles, 15.8 per cent.") == 2
    assert facts_covered(facts, "36 chargers in September") == 1
    assert facts_covered(facts, "") == 0
