"""Three complete catalogues, and the right one for each reader."""

from __future__ import annotations

import dataclasses
import re
import string
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from bauhinia import errors
from bauhinia.documents import layout
from bauhinia.guideline import shipped
from bauhinia.jobs import TaskStatus
from bauhinia.language import Term, Termbase, Variety
from bauhinia.people import ROLES, SCOPES
from bauhinia.pilot.draft import Finding, Severity, TaskKind
from bauhinia.pilot.returning import Reason
from bauhinia.server.pages import moment
from bauhinia.server.view import finding_view
from bauhinia.server.words import LANGUAGES, negotiate, words_of
from bauhinia.translation import checks
from bauhinia.translation.bilingual import FORMATS

SERVER = Path(words_of.__wrapped__.__code__.co_filename).parent
PILOT = SERVER.parent / "pilot"
ENGLISH = words_of("en")


def fields(words: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(words) if name}


@pytest.mark.parametrize("language", [tag for tag in LANGUAGES if tag != "en"])
def test_every_catalogue_has_the_same_keys_and_fields(language: str) -> None:
    entries = words_of(language).entries
    assert list(entries) == list(ENGLISH.entries)
    for key, words in entries.items():
        assert words.strip(), key
        assert fields(words) == fields(ENGLISH.entries[key]), key


@pytest.mark.parametrize(
    ("language", "foreign"), [("zh-Hans", "這個們來時會說為國頁檔"), ("zh-Hant-HK", "这个们来时会说为国页档")]
)
def test_each_chinese_catalogue_keeps_to_its_script(language: str, foreign: str) -> None:
    for key, words in words_of(language).entries.items():
        assert not set(words) & set(foreign), (key, words)


def test_every_word_that_pages_and_scripts_ask_for_is_there() -> None:
    asked: set[str] = set()
    for path in [*SERVER.rglob("*.html"), *SERVER.rglob("*.js")]:
        text = path.read_text(encoding="utf-8")
        asked |= set(re.findall(r'(?:words|say)\("([a-z][\w.\-]*[\w])"[,)]', text))
        asked |= {f"{key}.one" for key in re.findall(r'words\.count\("([\w.]+)"', text)}
    assert len(asked) > 80
    assert asked <= set(ENGLISH.entries)


def test_every_word_that_comes_from_data_is_there() -> None:
    subclasses = [value for value in vars(errors).values() if isinstance(value, type)]
    known = [kind.__name__ for kind in subclasses if issubclass(kind, errors.BauhiniaError)]
    wanted = {f"error.{name}" for name in known if name != "BauhiniaError"}
    wanted |= {f"task.{kind}" for kind in get_args(TaskKind)} | {
        f"card.{kind}" for kind in get_args(TaskKind)
    }
    wanted |= {f"status.{status}" for status in get_args(TaskStatus)}
    wanted |= {f"severity.{severity}" for severity in get_args(Severity)}
    wanted |= {f"bilingual.skipped.{reason}" for reason in get_args(Reason)}
    wanted |= {f"bilingual.{form}" for form in FORMATS}
    wanted |= {f"variety.{variety.value}" for variety in Variety}
    assert wanted <= set(ENGLISH.entries)


def test_every_check_and_phase_of_the_pilot_has_words() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in PILOT.glob("*.py"))
    checks = set(re.findall(r'check="(\w+)"', source)) | set(re.findall(r'_finding\(\s*"(\w+)"', source))
    phases = set(re.findall(r'\.progress\(\s*"(\w+)"', source))
    assert {"numbers", "terms", "support"} <= checks and {"read", "map"} <= phases
    assert {f"finding.{check}" for check in checks} <= set(ENGLISH.entries)
    assert {f"phase.{phase}" for phase in phases} <= set(ENGLISH.entries)


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("", "en"),
        ("fr", "en"),
        ("en-GB,en;q=0.9,zh-HK;q=0.8", "en"),
        ("zh-HK,zh;q=0.9,en;q=0.8", "zh-Hant-HK"),
        ("zh-TW", "zh-Hant-HK"),
        ("yue", "zh-Hant-HK"),
        ("zh-CN", "zh-Hans"),
        ("zh-Hans-HK", "zh-Hans"),
        ("zh-Hant-CN", "zh-Hant-HK"),
        ("en;q=0.1,zh-CN;q=0.9", "zh-Hans"),
        ("zh-CN;q=0,en", "en"),
        (";;;q=x,,,zh-HK;q=wrong", "en"),
    ],
)
def test_the_browser_is_given_the_language_it_asks_for(accept: str, language: str) -> None:
    assert negotiate(accept) == language


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("zh-Hant-HK", "譯文欠缺：$5"), ("zh-Hans", "译文缺少：$5"), ("en", "Not in the translation: $5.")],
)
def test_a_finding_is_told_in_the_readers_language(language: str, sentence: str) -> None:
    finding = Finding(
        check="numbers", severity="error", message="Not in the translation: $5.", values={"missing": "$5"}
    )
    assert finding_view(finding, words_of(language)).sentence == sentence


def test_a_check_tells_its_cases_apart_by_what_is_given() -> None:
    words = words_of("zh-Hant-HK")
    statement = {"statement": "甲"}
    bare = Finding(check="support", severity="note", message="x", values={**statement, "missing": ""})
    named = Finding(check="support", severity="note", message="x", values={**statement, "missing": "5%"})
    assert finding_view(bare, words).sentence == "已刪去，來源沒有佐證：甲"
    assert finding_view(named, words).sentence == "已刪去，來源沒有「5%」：甲"


def test_an_unknown_check_keeps_its_english_and_says_so() -> None:
    view = finding_view(Finding(check="new", severity="note", message="Odd."), words_of("zh-Hans"))
    assert (view.sentence, view.language) == ("Odd.", "en")


@pytest.mark.parametrize(("language", "number"), list(product(LANGUAGES, (1, 2))))
def test_counts_agree_with_their_number(language: str, number: int) -> None:
    assert str(number) in words_of(language).count("pages", number)


CHECKS = Path(checks.__file__).parent
LAYOUT = Path(layout.__file__).parent


def test_every_check_of_a_reviser_has_words_with_what_it_found() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in CHECKS.glob("*.py"))
    names = set(re.findall(r'check="(\w+)"', source)) | set(re.findall(r'_check\("(\w+)"', source))
    assert {"numbers", "terms", "tags", "consistency"} <= names
    kinds = get_args(get_type_hints(checks.Fault)["kind"])
    entries = ENGLISH.entries
    unsaid = {
        name for name in names if not {f"check.{name}", *(f"check.{name}.{k}" for k in kinds)} & set(entries)
    }
    assert unsaid == set()
    said = {key: fields(words) for key, words in entries.items() if key.startswith("check.")}
    assert set().union(*said.values()) <= {field.name for field in dataclasses.fields(checks.Fault)}


def test_every_fault_that_a_check_gives_is_worded() -> None:
    context = checks.Context(
        termbase=Termbase([Term("w", "widget", "器件物", forbidden_zh=("小器具",)), Term("v", "valve", "閥")]),
        tagged=("<1>a</1>", "<2>甲<2>"), similarity=lambda *_: 0.0,
    )  # fmt: skip
    pairs = [
        ("A widget and a valve on 3 May, see Cap. 1, HK$5, 42: a@b.hk", "小器具小器具,（计劃 2027年 第2章 6元 43 c@d.hk "),
        ("One.", "一"), ("一", "One."), ("The cases rose last year.", "The cases rose last year."),
        ("The department received many complaints about noise.", "好。"), ("Inside", "在裡面"),
        ("Yes", "環境保護署收到很多很多關於噪音和空氣污染的投訴，並已逐一跟進處理。"),
    ]  # fmt: skip
    found = [fault for pair in pairs for fault in checks.check_segment(*pair, Variety.TRADITIONAL, context)]
    assert len({(fault.check, fault.kind) for fault in found}) > 15
    keys = [{f"check.{fault.check}", f"check.{fault.check}.{fault.kind}"} for fault in found]
    assert [key for key in keys if not key & set(ENGLISH.entries)] == []


def test_every_note_of_a_files_writer_has_words() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in LAYOUT.glob("*.py"))
    names = set(re.findall(r'check="(\w+)"', source)) | set(re.findall(r'\.note\(\w+, "(\w+)"', source))
    assert {"fit", "limit", "unsupported"} <= names
    assert {f"finding.{name}" for name in names} <= set(ENGLISH.entries)


def test_no_page_names_a_scope_a_use_or_a_role_by_its_id() -> None:
    wanted = [
        *(f"account.scope.{scope}" for scope in SCOPES),
        *(f"use.{use}" for use in shipped().uses),
        *(f"role.{role}" for role in ROLES),
    ]
    assert [(key, tag) for key in wanted for tag in LANGUAGES if not words_of(tag).has(key)] == []


def test_times_are_those_of_hong_kong_wherever_the_server_runs() -> None:
    assert moment(datetime(2026, 1, 1, 20, tzinfo=UTC)) == "2026-01-02 04:00"
