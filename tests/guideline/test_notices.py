"""The texts that are accepted before first use: complete, in both languages, and asked again when they change."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import get_args

import pytest
import yaml

from bauhinia.errors import InputError
from bauhinia.guideline.notice_texts import FOLDER, NAMES, Notice, notices, risks_beside
from bauhinia.guideline.wordings import said
from bauhinia.pilot.draft import TaskKind

NAMED = {
    "model": {
        "R-hallucination", "R-bias", "R-black-box", "R-mathematics", "R-input-sensitivity", "R-data-integrity",
    },
    "service": {"R-content-safety", "R-rumour", "R-jailbreak", "R-data-leak"},
}  # fmt: skip
"""The risks that the guideline names for models and for services."""
SHIFTING = re.compile(
    "at your own risk|as is|no warrant|not (?:be )?(?:liable|responsible)|you (?:alone )?are responsible for the "
    "accuracy|自負|恕不負責|概不負責|不承擔.{0,8}責任|後果自負",
    re.IGNORECASE,
)
"""How terms elsewhere pass the accuracy of a service to who uses it."""


def words_of(notice: Notice) -> list[str]:
    """Every sentence of a notice in both languages."""
    parts = [words for part in notice.sections for words in (part.heading, *part.points)]
    parts += [words for risk in notice.risks for words in (risk.name, risk.what, risk.product, risk.you)]
    return [text for words in (notice.title, *parts) for text in (words["en"], words["zh-HK"])]


def test_the_briefing_tells_every_named_risk() -> None:
    briefing = notices()[NAMES.index("briefing")]
    for kind, wanted in NAMED.items():
        assert {risk.id for risk in briefing.risks if risk.kind == kind} == wanted


def test_the_briefing_takes_about_two_minutes() -> None:
    text = " ".join(words_of(notices()[NAMES.index("briefing")])[::2])
    assert len(text.split()) < 600  # 238 words a minute is the usual pace of silent reading


def test_no_clause_passes_accuracy_to_who_uses_the_service() -> None:
    terms = notices()[NAMES.index("terms")]
    assert not [text for text in words_of(terms) if SHIFTING.search(text)]
    assert any("answers for how accurate" in text for text in words_of(terms))
    assert any("須為其準確程度負責" in text for text in words_of(terms))
    assert SHIFTING.search(
        "The service is provided as is and you are responsible for the accuracy of results."
    )


def test_terms_limit_what_is_kept_and_shared() -> None:
    terms = " ".join(words_of(notices()[NAMES.index("terms")]))
    assert "holds no text of your documents" in terms and "No other department sees it" in terms


@pytest.mark.parametrize("notice", notices(), ids=lambda notice: notice.id)
def test_each_text_is_in_three_scripts(notice: Notice) -> None:
    for text in words_of(notice):
        assert text.strip()
    english, chinese = words_of(notice)[::2], words_of(notice)[1::2]
    assert all(text.isascii() or "’" in text for text in english)
    assert all(re.search("[\u4e00-\u9fff]", text) for text in chinese)
    assert said({"en": "record", "zh-HK": "紀錄"}, "zh-Hans") == "纪录"
    assert said({"en": "record", "zh-HK": "紀錄"}, "zh-Hant-HK") == "紀錄"


def test_risks_stand_beside_the_tasks_that_bring_them() -> None:
    found = notices()
    for kind in get_args(TaskKind):
        assert risks_beside(kind, found), kind
    assert "R-hallucination" in {risk.id for risk in risks_beside("summarise", found)}


def test_other_words_have_another_digest(tmp_path: Path) -> None:
    shutil.copy(FOLDER / "rules.yaml", tmp_path / "rules.yaml")
    assert notices(tmp_path) == notices()
    own = tmp_path / "changed"
    own.mkdir()
    rules = yaml.safe_load((FOLDER / "rules.yaml").read_text(encoding="utf-8"))
    rules["sections"][0]["points"][0]["en"] += " Twice."
    (own / "rules.yaml").write_text(yaml.safe_dump(rules, allow_unicode=True), encoding="utf-8")
    changed = [old.id for old, new in zip(notices(), notices(own), strict=True) if old.digest != new.digest]
    assert changed == ["rules"]


@pytest.mark.parametrize(
    "text", ["id: [", "id: rules\nversion: '1'\ntitle: {en: R, zh-HK: 守}\n", "id: terms"]
)
def test_a_notice_that_says_nothing_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "rules.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"rules\.yaml"):
        notices(tmp_path)


def test_a_notice_under_another_name_is_refused(tmp_path: Path) -> None:
    shutil.copy(FOLDER / "terms.yaml", tmp_path / "rules.yaml")
    with pytest.raises(InputError, match="says that it is `terms`"):
        notices(tmp_path)
