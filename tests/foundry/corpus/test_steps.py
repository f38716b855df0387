"""Each step by itself: what it mends, what it turns away, and with which reason."""

from __future__ import annotations

from typing import Any

import pytest

from bauhinia.foundry.corpus.config import CorpusConfig
from bauhinia.foundry.corpus.rows import document, fingerprint, row_id
from bauhinia.foundry.corpus.steps.allowed import Allowed, is_stated, permits
from bauhinia.foundry.corpus.steps.personal import WithoutPersonalData
from bauhinia.foundry.corpus.steps.script import Labelled, OneScript, language_of, repaired
from bauhinia.foundry.corpus.steps.tidy import Tidy, tidied
from bauhinia.foundry.corpus.withdrawal import Withdrawn
from bauhinia.language import simplified_characters
from bauhinia.privacy import STRUCTURED, find_personal

from .texts import english, notice, talk

LICENCES = CorpusConfig.model_fields["licences"].default


def row(text: str, **more: Any) -> Any:
    about = {"source": "s", "licence": "MIT", "place": "p#1", "of": "d", **more}
    return document(text, **about)


@pytest.mark.parametrize(
    ("expression", "verdict"),
    [
        ("MIT", True),
        ("MIT OR GPL-3.0-only", True),
        ("MIT AND GPL-3.0-only", False),
        ("(MIT OR GPL-3.0-only) AND Apache-2.0", True),
        ("(MIT AND GPL-3.0-only) OR AGPL-3.0-only", False),
        ("Apache-2.0 WITH LLVM-exception", True),
        ("CC-BY-NC-4.0", False),
        ("LGPL-2.1-or-later", True),
        ("MIT-ish", False),
    ],
)
def test_a_licence_expression_is_met_or_not(expression: str, verdict: bool) -> None:
    assert permits(expression, LICENCES) is verdict


@pytest.mark.parametrize("licence", ["", "unknown", "NOASSERTION", "per row", "proprietary"])
def test_a_licence_that_says_nothing_is_none(licence: str) -> None:
    assert not is_stated(licence)


def allowed(withdrawn: Withdrawn = Withdrawn(), opt_outs: tuple[str, ...] = ()) -> Allowed:  # noqa: B008
    return Allowed(LICENCES, opt_outs, withdrawn, None)  # type: ignore[arg-type]


def test_rows_without_a_licence_or_leave_are_turned_away() -> None:
    step = allowed(opt_outs=("https://a.example/private", "book-7"))
    assert step.filter(row("x")) is True
    assert step.filter(row("x", licence="")) == (False, "no_licence")
    assert step.filter(row("x", licence="CC-BY-NC-4.0")) == (False, "licence_not_allowed")
    assert step.filter(row("x", opted_out=True)) == (False, "opted_out")
    assert step.filter(row("x", of="book-7")) == (False, "opted_out")
    assert step.filter(row("x", url="https://a.example/private/1")) == (False, "opted_out")
    assert step.filter(row("x", url="https://a.example/public")) is True


def test_what_was_withdrawn_is_turned_away_with_its_twins() -> None:
    gone = row("我琴日去咗沙田。")
    step = allowed(
        Withdrawn(rows=frozenset({gone.id}), fingerprints=frozenset({gone.metadata["fingerprint"]}))
    )
    assert step.filter(gone) == (False, "withdrawn")
    assert step.filter(row("我琴日去咗沙田 ！", source="another")) == (False, "withdrawn")
    assert step.filter(row("我琴日去咗大埔。")) is True
    assert allowed(Withdrawn(sources=frozenset({"s"}))).filter(row("y")) == (False, "withdrawn")
    assert allowed(Withdrawn(documents=frozenset({"d"}))).filter(row("y")) == (False, "withdrawn")


def test_an_id_goes_with_the_text_and_not_with_its_place() -> None:
    assert row("a b", place="1").id == row("a b", place="2").id == row_id("s", "a b")
    assert fingerprint("Ａ b，C") == fingerprint("a B c。") != fingerprint("a b d")


def test_text_is_put_in_normal_form() -> None:
    assert tidied("e\u0301te\u0301\r\n\r\n\r\n\r\n a\u00a0\u2003b \u200b\u202e") == "été\n\na b"
    doc = row("會議\u3000室")
    assert Tidy().filter(doc) is True and doc.text == "會議\u3000室"
    assert Tidy().filter(row("壞\ufffd了")) == (False, "broken_characters")
    assert Tidy().filter(row(" \u200b\n")) == (False, "empty")
    assert Tidy().filter(row("字\ue123字")) == (False, "private_characters")


def test_simplified_islands_are_made_traditional_and_nothing_else_is_touched() -> None:
    text = "各位市民，皇后大道的會議將於下星期舉行。请各位准时出席。會後備有茶點，歡迎查詢。"
    mended = repaired(text, 0.3)
    assert mended is not None and not simplified_characters(mended.text)
    assert mended.text == "各位市民，皇后大道的會議將於下星期舉行。請各位準時出席。會後備有茶點，歡迎查詢。"
    assert mended.changed == len(simplified_characters(text)) > 0
    assert repaired(notice(1), 0.3) == (notice(1), 0)


def test_a_simplified_text_stays_simplified_and_its_islands_follow() -> None:
    mended = repaired("这次会议将于下星期举行，请各位准时出席，会后备有茶点。歡迎查询。", 0.3)
    assert mended is not None and "欢迎" in mended.text and mended.changed == 1


def test_text_in_both_scripts_is_turned_away() -> None:
    text = "這次會議將於下星期舉行，請準時出席。这次会议将于下星期举行，请准时出席。"
    step = OneScript(0.3, None)  # type: ignore[arg-type]
    assert step.filter(row(text)) == (False, "script_mixed")
    assert step.filter(row("x", kind="parallel", pair=["Country", "国家"])) == (False, "simplified_side")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (talk(1), "yue"),
        ("呢個 project 嘅 deadline 係聽日，你 send 咗 email 畀 client 未呀？", "yue"),
        (notice(1), "zh-Hant"),
        ("这次会议将于下星期举行，请各位准时出席。", "zh-Hans"),
        (english(1), "en"),
        ("The library is shut on Mondays and on public holidays. 圖書館逢星期一及公眾假期休館。", "mixed"),
        ("Это не наш язык, и здесь ему не место.", None),
        ("12345 67890", None),
    ],
)
def test_each_row_is_labelled_with_its_language(text: str, language: str | None) -> None:
    assert language_of(text, 0.3) == language
    step = Labelled(0.3, None)  # type: ignore[arg-type]
    doc = row(text)
    assert step.filter(doc) == (True if language else (False, "unknown_language"))
    assert doc.metadata.get("language") == language


def test_a_pair_is_of_english_and_chinese() -> None:
    step = Labelled(0.3, None)  # type: ignore[arg-type]
    assert step.filter(row("x", pair=["Open file", "開啟檔案"])) is True
    for pair in (["Open file", "Open file"], ["開啟檔案", "開啟檔案"], ["12", "檔案"]):
        assert step.filter(row("x", pair=pair)) == (False, "not_parallel")


PERSONAL = "我叫陳大文，身份證號碼係A123456(3)，電話9123 4567，電郵taiman.chan@example.com，住喺觀塘順景街12號順景大廈18樓B室。"


def test_personal_data_is_hidden_behind_the_gateways_pseudonyms() -> None:
    step = WithoutPersonalData({"s": "all"}, 8.0, None)  # type: ignore[arg-type]
    doc = row(f"{PERSONAL}\n{talk(1)}\n{talk(2)}\n{talk(3)}\n{talk(4)}\n{talk(5)}\n{talk(6)}")
    assert step.filter(doc) is True
    for secret in ("陳大文", "A123456", "9123 4567", "taiman.chan", "順景街"):
        assert secret not in doc.text
    assert "HKID-H1" in doc.text and "PERSON-N1" in doc.text and talk(3) in doc.text
    assert doc.metadata["personal"] >= 5 and not find_personal(doc.text, kinds=STRUCTURED)


def test_a_row_that_is_little_but_personal_data_is_turned_away_and_not_shown() -> None:
    step = WithoutPersonalData({"s": "all"}, 8.0, None)  # type: ignore[arg-type]
    doc = row(PERSONAL)
    assert step.filter(doc) == (False, "too_personal")
    assert "A123456" not in doc.text and "陳大文" not in doc.text


def test_a_pair_and_what_was_preferred_share_their_pseudonyms() -> None:
    step = WithoutPersonalData({"s": "all"}, 30.0, None)  # type: ignore[arg-type]
    pair = ["Call Mr Chan Tai Man at 9123 4567.", "請致電9123 4567與陳大文先生聯絡。"]
    chosen = {"to": "en", "source_text": pair[1], "chosen": pair[0], "rejected": "Ring 9123 4567."}
    doc = row("\n".join(pair), kind="parallel", pair=pair, preferred=chosen)
    assert step.filter(doc) is True
    assert all("PHONE-P1" in side for side in doc.metadata["pair"])
    assert doc.metadata["preferred"]["rejected"] == "Ring PHONE-P1."
    assert "9123" not in doc.text


def test_reference_data_keeps_its_names_and_loses_its_numbers() -> None:
    step = WithoutPersonalData({"s": "structured"}, 30.0, None)  # type: ignore[arg-type]
    doc = row("Mr Chan Tai Man of Queen's Road Central, 9123 4567 (mobile)")
    assert step.filter(doc) is True and "Chan Tai Man" in doc.text and "9123 4567" not in doc.text
