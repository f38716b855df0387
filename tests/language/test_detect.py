"""Which language and script a text is in, and whether it fits what was wanted."""

from __future__ import annotations

import csv
import time
from pathlib import Path

import pytest

from bauhinia.language import Variety, detect, detect_sentences, fits, simplified_characters
from bauhinia.language.character_sets import derive, load

EN, HANT, HANS, YUE, UND = (
    Variety.ENGLISH,
    Variety.TRADITIONAL,
    Variety.SIMPLIFIED,
    Variety.CANTONESE,
    Variety.UNKNOWN,
)
GOLDEN = Path(__file__).parent / "detection.csv"

PARAGRAPH = (
    "本署已於3月15日發出通告，提醒各部門須按照《個人資料（私隱）條例》處理市民的個人資料，"
    "並在收到查詢後十個工作天內回覆。"
)


def test_golden_sentences() -> None:
    with GOLDEN.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    wrong = [row["text"] for row in rows if detect(row["text"]).variety != row["variety"]]
    assert len(rows) >= 190
    assert len(wrong) <= 0.02 * len(rows), wrong


def test_committed_characters_are_those_of_opencc() -> None:
    assert load()._asdict() == {name: frozenset(found) for name, found in derive().items()}
    assert load().simplified_only.isdisjoint(load().traditional_only)


@pytest.mark.parametrize("char", "后里面只台干系范于云余几斗谷松咸折卷表制着裏晒吓群床峰户説税温嘅喺咗")
def test_characters_of_both_scripts_are_not_simplified(char: str) -> None:
    assert simplified_characters(char) == []


@pytest.mark.parametrize("char", "们这国会为发对时体价听宁种极据确适胜虫万与个")
def test_simplified_characters(char: str) -> None:
    assert simplified_characters(char) == [char]


def test_simplified_characters_are_listed_in_order_and_repeated() -> None:
    assert simplified_characters("他們会在这里会面") == ["会", "这", "会"]
    assert simplified_characters("手頭拮据") == []
    assert simplified_characters("數据") == ["据"]


@pytest.mark.parametrize(
    ("text", "wanted", "reason"),
    [
        ("Yes", HANT, "ok"),
        ("2026", YUE, "ok"),
        ("HK$3 million", HANT, "ok"),
        ("Mr Chan Tai-man", HANS, "ok"),
        ("Not in the document.", HANT, "wrong_language"),
        ("", EN, "no_text"),
        (" \n", HANT, "no_text"),
        ("本署會跟進。", HANT, "ok"),
        ("本署会跟进。", HANT, "wrong_script"),
        ("本署會跟進个案。", HANT, "wrong_script"),
        ("本署會跟進。", HANS, "wrong_script"),
        ("本署会跟进。", HANS, "ok"),
        ("本署會跟進。", EN, "wrong_language"),
        ("The Department will follow up.", HANT, "wrong_language"),
        ("The Department (社會福利署) will follow up the case.", EN, "ok"),
        ("Please send the form to 社會福利署 by Friday.", EN, "ok"),
        ("Please send the form to 社會福利署 by Friday.", HANT, "wrong_language"),
        ("有關申請可於 Hong Kong Housing Authority Customer Service Centre 遞交。", HANT, "ok"),
        ("他表示「唔該」是香港人的禮貌用語，並鼓勵新來港人士學習。", HANT, "ok"),
        ("你可以喺網上申請，唔使親身嚟。", HANT, "wrong_language"),
        ("你可以喺網上申請，唔使親身嚟。", YUE, "ok"),
        ("你可以在網上申請，不需要親身前來。", YUE, "wrong_language"),
        ("你可以喺网上申请，唔使亲身嚟。", YUE, "wrong_script"),
        ("可以。", YUE, "ok"),
        ("星期一至五", YUE, "ok"),
        ("可以", HANS, "ok"),
        ("公共服務", HANT, "ok"),
        ("三天后", HANT, "ok"),
        ("ありがとうございます", HANT, "wrong_language"),
        ("Le gouvernement est pour les citoyens et la ville.", EN, "wrong_language"),
    ],
)
def test_fits(text: str, wanted: Variety, reason: str) -> None:
    fit = fits(text, wanted)
    assert (fit.ok, fit.reason) == (reason == "ok", reason)


def test_a_paragraph_in_the_other_language_does_not_fit() -> None:
    english = "The Department will reply within ten working days of receiving the enquiry in writing."
    assert fits(f"{english}\n{english}\n{PARAGRAPH}", EN).reason == "wrong_language"
    assert fits(f"{PARAGRAPH}\n{english}\n{english}", HANT).reason == "wrong_language"


def test_a_long_traditional_text_may_hold_a_few_spoken_words() -> None:
    assert fits(PARAGRAPH * 4 + "佢話唔該。", HANT).ok


def test_shares_add_up_and_show_the_mixture() -> None:
    found = detect("The hotline is open. 熱線二十四小時運作。")
    assert sum(found.shares.values()) == pytest.approx(1, abs=0.001)
    assert found.shares[EN] > 0.2
    assert found.shares[HANT] > 0.2


def test_neutral_chinese_is_unsure() -> None:
    found = detect("公共交通工具")
    assert found.variety is HANT
    assert found.confidence <= 0.5


def test_no_letters_is_unknown() -> None:
    assert detect("12.5% — 2026").variety is UND
    assert detect("12.5% — 2026").shares == {}


def test_sentences_each_have_their_variety() -> None:
    text = "The hotline is open.\n熱線運作。\n我们会处理。\n公共交通。\n佢哋而家唔喺度。"
    assert [variety for _, variety in detect_sentences(text)] == [EN, HANT, HANS, HANT, YUE]


def test_a_neutral_sentence_of_a_simplified_text_is_simplified() -> None:
    found = detect_sentences("我们会处理您的申请。公共交通。请您放心。")
    assert [variety for _, variety in found] == [HANS, HANS, HANS]


def test_detection_is_fast_enough_for_every_answer() -> None:
    """About 0.2 ms for 1 000 characters on an idle machine; this allows for a busy one."""
    text = (PARAGRAPH * 20)[:1000]
    best = min(_seconds(text) for _ in range(30))
    assert best < 0.002


def _seconds(text: str) -> float:
    began = time.process_time()
    fits(text, HANT)
    return time.process_time() - began
