"""Rows made by program: right answers, in the language of the question, and preferences that differ in one
thing."""

from __future__ import annotations

import json
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from bauhinia.errors import InputError
from bauhinia.foundry.corpus.config import CorpusConfig, rehearsal
from bauhinia.foundry.corpus.instructions import in_numerals, teach
from bauhinia.foundry.corpus.notices import LANGUAGES, VARIETIES, Refusing, notices
from bauhinia.foundry.corpus.overlap import Index
from bauhinia.foundry.corpus.preferences import in_mainland_words, prefer, with_other_figure
from bauhinia.foundry.corpus.steps.decontamination import evaluation_index
from bauhinia.foundry.corpus.use import rows_from_use
from bauhinia.foundry.corpus.withdrawal import Withdrawn
from bauhinia.language import Variety, detect, figures, fits, simplified_characters

PAIRS = [
    {"id": f"cldr-{number}", "source": "cldr", "licence": "Unicode-3.0", "en": en, "zh": zh}
    for number, (en, zh) in enumerate(
        [("Iceland", "冰島"), ("Hebrew", "希伯來文"), ("Swiss Franc", "瑞士法郎")]
    )
]
CLEAR = Refusing((evaluation_index(()),), Withdrawn())
VARIETY = {"en": Variety.ENGLISH, "zh-Hant": Variety.TRADITIONAL, "yue": Variety.CANTONESE}


@pytest.fixture(scope="module")
def taught() -> list[dict[str, Any]]:
    return teach(PAIRS, 400, 0, CLEAR).rows


@pytest.fixture(scope="module")
def preferred() -> list[dict[str, Any]]:
    return prefer((), 400, 0, CLEAR).rows


def test_there_are_enough_rows_in_three_languages_and_none_twice(taught: list[dict[str, Any]]) -> None:
    assert len(taught) == 400 and len({row["id"] for row in taught}) == 400
    for language in VARIETY:
        assert sum(row["language"] == language for row in taught) >= 60
    assert {tuple(row) for row in taught} == {("id", "source", "licence", "language", "messages")}
    assert all([m["role"] for m in row["messages"]] == ["user", "assistant"] for row in taught)


def test_answers_are_in_the_language_that_they_are_labelled_with(taught: list[dict[str, Any]]) -> None:
    for row in taught:
        answer = row["messages"][1]["content"]
        if not answer.startswith("{"):
            assert fits(answer, VARIETY[row["language"]]).ok or len(answer) < 30, answer
        assert not simplified_characters(answer)


def test_each_notice_says_in_its_language_what_its_answers_say() -> None:
    assert len(notices()) == 72
    for each in notices():
        assert detect(each.text).variety is VARIETIES[each.language], each.text
        for answer in (each.summary, *(tell for _, tell in each.questions)):
            held = {figure.value for figure in figures(each.text)}
            assert {figure.value for figure in figures(answer)} <= held, answer


def test_the_three_languages_give_the_same_figures() -> None:
    by_id: dict[str, dict[str, Any]] = {}
    for each in notices():
        by_id.setdefault(each.id, {})[each.language] = each
    for versions in by_id.values():
        given = [
            sorted(value for value in versions[language].facts.values() if value.replace(",", "").isdigit())
            for language in LANGUAGES
        ]
        assert given[0] == given[1] == given[2]


def test_json_answers_are_json_of_the_notice(taught: list[dict[str, Any]]) -> None:
    answers = [row for row in taught if row["messages"][1]["content"].startswith("{")]
    assert len(answers) >= 20
    for row in answers:
        for value in json.loads(row["messages"][1]["content"]).values():
            assert value in row["messages"][0]["content"]


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2026, 3, 15), "二○二六年三月十五日"),
        (date(2030, 10, 20), "二○三○年十月二十日"),
        (date(1999, 12, 31), "一九九九年十二月三十一日"),
        (date(2005, 1, 1), "二○○五年一月一日"),
    ],
)
def test_dates_in_numerals(day: date, written: str) -> None:
    assert in_numerals(day) == written


def test_what_models_are_measured_on_is_not_taught(taught: list[dict[str, Any]]) -> None:
    measured = taught[0]["messages"][0]["content"]
    made = teach(PAIRS, 400, 0, Refusing((Index([("x", measured)]),), Withdrawn()))
    assert made.rejected["evaluation_leak"] >= 1
    assert measured not in [row["messages"][0]["content"] for row in made.rows]


def test_cantonese_asked_in_cantonese_is_preferred(preferred: list[dict[str, Any]]) -> None:
    cantonese = [row for row in preferred if row["language"] == "yue"]
    assert len(cantonese) >= 60
    others = {"simplified": 0, "english": 0}
    for row in cantonese:
        chosen, rejected = row["chosen"][0]["content"], row["rejected"][0]["content"]
        assert chosen != rejected and not simplified_characters(chosen)
        others["simplified"] += bool(simplified_characters(rejected))
        others["english"] += rejected.isascii()
    assert min(others.values()) >= 20


def test_hong_kong_words_and_right_figures_are_preferred(preferred: list[dict[str, Any]]) -> None:
    pairs = [(row["chosen"][0]["content"], row["rejected"][0]["content"]) for row in preferred]
    assert sum(in_mainland_words(chosen) == rejected for chosen, rejected in pairs) >= 40
    changed = [(c, r) for c, r in pairs if with_other_figure(c) == r]
    assert len(changed) >= 40
    for chosen, rejected in changed:
        assert [f.value for f in figures(chosen)] != [f.value for f in figures(rejected)] or len(chosen) < 12


def test_words_are_undone_and_figures_changed() -> None:
    assert in_mainland_words(
        "巴士站旁的單車泊位"
    ) == "公交車站旁的自行車泊位" or "巴士" not in in_mainland_words("巴士站")
    assert with_other_figure("共1,240戶，8小時") == "共2,240戶，8小時"
    assert with_other_figure("9天") == "1天" and with_other_figure("沒有") == "沒有"


def test_officers_preferences_come_first_under_their_own_terms() -> None:
    left = {
        "id": "corrections-1", "source": "corrections", "licence": "consent", "officer": 1, "to": "zh-HK",
        "source_text": "The hall is shut.", "chosen": "禮堂關閉。", "rejected": "大廳被關。",
    }  # fmt: skip
    made = prefer([left], 5, 0, CLEAR)
    assert made.tasks["correction"] == 1 and len(made.rows) == 6
    assert made.rows[0]["source"] == "corrections" and made.rows[0]["licence"] == "consent"
    assert made.rows[0]["chosen"][0]["content"] == "禮堂關閉。"
    assert made.origins[0]["document"] == "corrections-1"
    gone = prefer([left], 5, 0, Refusing((), Withdrawn(documents=frozenset({"corrections-1"}))))
    assert gone.rejected == {"withdrawn": 1} and "correction" not in gone.tasks


def snapshot(folder: Path, rows: list[dict[str, Any]], name: str = "use-1") -> Path:
    """As `bauhinia foundry preferences` writes it."""
    folder.mkdir()
    data = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
    (folder / "preferences.jsonl").write_bytes(data)
    files = {"preferences.jsonl": sha256(data).hexdigest()}
    (folder / "manifest.json").write_text(json.dumps({"snapshot": name, "files": files}))
    (folder / "SNAPSHOT.json").write_text(json.dumps({"snapshot": name, "entry": 1}))
    return folder


def used(number: int) -> dict[str, Any]:
    said = {"prompt": "Reply.", "chosen": f"The road was mended, {number}.", "rejected": "It is good."}
    return {
        "id": f"pair-{number}",
        "source": "use:draft",
        "licence": "consent",
        "language": "en",
        **{key: [{"role": "user", "content": text}] for key, text in said.items()},
    }


def test_rows_from_use_come_first_and_can_be_withdrawn_one_or_all(tmp_path: Path) -> None:
    rows = list(rows_from_use([snapshot(tmp_path / "use", [used(1), used(2)])]))
    taught = prefer((), 3, 0, CLEAR, rows)
    assert [row["id"] for row in taught.rows[:2]] == ["pair-1", "pair-2"] and len(taught.rows) == 5
    assert taught.rows[0]["source"] == "use:draft" and "of" not in taught.rows[0]
    assert taught.origins[0]["document"] == "use-1"
    for withdrawn, left in (
        (Withdrawn(rows=frozenset({"pair-1"})), ["pair-2"]),
        (Withdrawn(documents=frozenset({"use-1"})), []),
    ):
        taught = prefer((), 3, 0, Refusing((evaluation_index(()),), withdrawn), rows)
        assert [row["id"] for row in taught.rows if row["source"] == "use:draft"] == left


@pytest.mark.parametrize("spoilt", ["SNAPSHOT.json", "manifest.json", "preferences.jsonl"])
def test_a_folder_that_is_no_whole_snapshot_is_refused(tmp_path: Path, spoilt: str) -> None:
    folder = snapshot(tmp_path / "use", [used(1)])
    (folder / spoilt).write_text("{}")
    with pytest.raises(InputError, match="no whole snapshot"):
        list(rows_from_use([folder]))
    with pytest.raises(InputError, match="no whole snapshot"):
        list(rows_from_use([tmp_path / "nowhere"]))


def test_a_recipe_that_takes_nothing_from_use_keeps_its_digest(tmp_path: Path) -> None:
    told = rehearsal().model_dump(mode="json")
    assert "use" not in told
    config = CorpusConfig.model_validate({**told, "use": [tmp_path]})
    assert config.model_dump(mode="json")["use"] == [str(tmp_path)]
