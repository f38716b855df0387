"""The termbase: its integrity, finding, checking, repairing, and a department's own file."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from bauhinia.language import BadTermbase, Term, Termbase, Variety, simplified_characters
from bauhinia.language.termbase import COLUMNS, DEFAULT, row_of, term_of

EN, HANT = Variety.ENGLISH, Variety.TRADITIONAL


@pytest.fixture(scope="module")
def termbase() -> Termbase:
    return Termbase.load()


def _rows() -> list[dict[str, str]]:
    with DEFAULT.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_rows_are_complete() -> None:
    rows = _rows()
    assert len(rows) >= 300
    assert tuple(rows[0]) == COLUMNS
    for row in rows:
        assert all(row[column] for column in ("id", "en", "zh", "domain", "source")), row
    assert max(Counter(row["id"] for row in rows).values()) == 1


def test_no_form_is_given_twice() -> None:
    for column in ("en", "zh"):
        forms = Counter(form.lower() for row in _rows() for form in row[column].split("|"))
        assert [form for form, count in forms.items() if count > 1] == []


def test_chinese_is_in_traditional_script() -> None:
    for row in _rows():
        assert simplified_characters(row["zh"]) == []


def test_forbidden_forms_are_not_part_of_right_ones() -> None:
    rows = _rows()
    guards = {"軟體"}  # 軟體動物 is in the termbase to protect it
    for wrong, right in (("forbidden_zh", "zh"), ("forbidden_en", "en")):
        good = [form.lower() for row in rows for form in row[right].split("|")]
        for row in rows:
            for form in filter(None, row[wrong].split("|")):
                assert form in guards or not any(form.lower() in other for other in good), form


def test_every_term_is_found_and_forbidden_forms_are_repaired(termbase: Termbase) -> None:
    for term in termbase.terms:
        for variety in (EN, HANT):
            for form in term.forms(variety):
                hits = termbase.find(f"見 {form} 。", variety)
                assert [(hit.term.id, hit.text) for hit in hits] == [(term.id, form)]
            for form in term.forbidden(variety):
                assert termbase.repair(f"見 {form}。", variety)[0] == f"見 {term.forms(variety)[0]}。"


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        (
            "the Department of Health and the Hospital Authority",
            ["department-of-health", "hospital-authority"],
        ),
        ("Codes of practice, licences, BICYCLES and Taxis", ["code-of-practice", "bicycle", "taxi"]),
        ("Personal Data (Privacy)\nOrdinance", ["personal-data-privacy-ordinance"]),
        ("the Secretary for Health", ["secretary-for-health"]),
        ("SWD officers swd", ["social-welfare-department"]),
        ("legco papers; taxicab; minibuses", ["legislative-council", "minibus"]),
        ("Office of The Ombudsman’s report", ["office-of-the-ombudsman"]),
        (
            "a code-of-practice; the public\u2010rental\u2010housing estates",
            ["code-of-practice", "public-rental-housing"],
        ),
        ("The Buildings Departments’ views; a mini-taxi and a taxi-driver", ["buildings-department"]),
    ],
)
def test_found_in_english(termbase: Termbase, text: str, ids: list[str]) -> None:
    assert [hit.term.id for hit in termbase.find(text, EN)] == ids


def test_the_longest_form_wins(termbase: Termbase) -> None:
    text = "衞生署署長與食物環境衞生署會面，出租車位除外。"
    hits = termbase.find(text, HANT)
    assert [hit.text for hit in hits] == ["衞生署署長", "食物環境衞生署"]
    assert all(text[hit.start : hit.end] == hit.text for hit in hits)
    assert termbase.repair(text, HANT) == (text, [])


def test_brackets_of_either_width_are_the_same_in_chinese(termbase: Termbase) -> None:
    (hit,) = termbase.find("根據個人資料(私隱)條例", HANT)
    assert (hit.term.id, hit.text) == ("personal-data-privacy-ordinance", "個人資料(私隱)條例")


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("foreman", "two foremen"),
        ("criterion", "the criteria"),
        ("car park", "a car-park"),
        ("follow-up action", "follow up actions"),
        ("child", "children's rights"),
        ("subsidy", "SUBSIDIES"),
    ],
)
def test_english_is_found_inflected(form: str, text: str) -> None:
    assert len(Termbase([Term("x", form, "甲乙")]).find(text, EN)) == 1


def test_a_row_and_its_term_are_the_same(termbase: Termbase) -> None:
    for term in termbase.terms:
        assert term_of(row_of(term)) == term


def test_relevant_terms_come_once_in_order(termbase: Termbase) -> None:
    text = "Stakeholders of the Buildings Department told stakeholders."
    assert [term.id for term in termbase.relevant(text, EN, HANT)] == ["stakeholder", "buildings-department"]
    assert termbase.relevant(text, EN, EN) == []


@pytest.mark.parametrize(
    ("source", "target", "variety", "issues"),
    [
        ("The Health Bureau consulted stakeholders.", "醫務衞生局諮詢持份者。", HANT, []),
        ("The Health Bureau consulted stakeholders.", "醫務衛生局諮詢各方。", HANT, [("forbidden", "醫務衛生局"), ("missing", "")]),
        ("Protect privacy.", "保護隱私。", HANT, [("forbidden", "隱私")]),
        ("The Director of Health spoke.", "衞生署署長發言。", HANT, []),
        ("Apply for public rental housing.", "申請公屋。", HANT, []),
        ("社會福利署會跟進。", "The Department of Social Welfare will follow up.", EN, [("missing", "")]),
        ("社會福利署會跟進。", "SWD will follow up.", EN, []),
        ("僱員須持有駕駛執照。", "The employee must hold a driving license.", EN, [("forbidden", "driving license")]),
    ],
)  # fmt: skip
def test_check(
    termbase: Termbase, source: str, target: str, variety: Variety, issues: list[tuple[str, str]]
) -> None:
    assert [(issue.kind, issue.found) for issue in termbase.check(source, target, variety)] == issues


def test_repair_reports_its_changes(termbase: Termbase) -> None:
    text, changes = termbase.repair("各利益相關者可用信息技術保障隱私。", HANT)
    assert text == "各持份者可用資訊科技保障私隱。"
    assert [(change.found, change.written) for change in changes] == [
        ("利益相關者", "持份者"),
        ("信息技術", "資訊科技"),
        ("隱私", "私隱"),
    ]


def test_repair_in_english_keeps_number_and_capitals(termbase: Termbase) -> None:
    text, _ = termbase.repair("Driving licenses; the legislative council; THE LEGISLATIVE COUNCIL; taxis", EN)
    assert text == "Driving licences; the Legislative Council; THE LEGISLATIVE COUNCIL; taxis"


def test_a_departments_file_adds_and_replaces(tmp_path: Path) -> None:
    own = tmp_path / "own.csv"
    own.write_text(
        "id,en,zh,forbidden_zh\ntaxi,taxi,計程車服務,的士車\nwidget,widget|gadget,小器具,小裝置\n",
        encoding="utf-8-sig",
    )
    termbase = Termbase.load(own)
    assert {term.id: term.zh for term in termbase.terms}["taxi"] == "計程車服務"
    assert [hit.term.id for hit in termbase.find("two gadgets", EN)] == ["widget"]
    assert termbase.repair("小裝置", HANT)[0] == "小器具"
    assert len(termbase.terms) == len(Termbase.load().terms) + 1


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("id,en,zh\na,alpha,甲甲\nb,,乙乙\n", "Line 3"),
        ("id,en,zh\na,alpha,甲甲\na,beta,乙乙\n", "Line 3"),
        ("id,en,zh\na,alpha\n", "Line 2"),
        ("id,en,zh\na,alpha,甲甲,extra\n", "Line 2"),
        ("id,en,zh\na,alpha,甲\n", "Line 2"),
        ("id,en,zh,forbidden_zh\na,alpha,甲乙丙,乙丙\n", "Line 2"),
        ("id,english\na,alpha\n", "no column"),
    ],
)
def test_a_bad_row_is_refused_with_its_line(tmp_path: Path, content: str, told: str) -> None:
    own = tmp_path / "own.csv"
    own.write_text(content, encoding="utf-8")
    with pytest.raises(BadTermbase, match=told) as caught:
        Termbase.load(own)
    assert caught.value.hint


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(BadTermbase, match="cannot be read"):
        Termbase.load(tmp_path / "none.csv")
    (tmp_path / "big5.csv").write_bytes("id,en,zh\na,alpha,香港\n".encode("big5"))
    with pytest.raises(BadTermbase, match="UTF-8"):
        Termbase.load(tmp_path / "big5.csv")
