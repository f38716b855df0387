"""Evaluation sets: no row may hold a piece of one, whatever set it is, in either script."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

import pytest

from bauhinia.errors import InputError
from bauhinia.evaluation import load_questions, load_translations
from bauhinia.evaluation.attacks import attacks
from bauhinia.evaluation.personal import load_personal
from bauhinia.evaluation.retrieval_corpus import load_papers
from bauhinia.foundry.corpus.config import HkcancorSource, rehearsal
from bauhinia.foundry.corpus.evaluation_texts import evaluation_texts, texts_in
from bauhinia.foundry.corpus.overlap import Index, tokens
from bauhinia.foundry.corpus.sources.carried import hkcancor_rows
from bauhinia.foundry.corpus.steps.decontamination import evaluation_index
from bauhinia.language import to_simplified

from .texts import english, notice, talk


@pytest.fixture(scope="module")
def index() -> Index:
    return evaluation_index(())


def _sets() -> list[str]:
    root = resources.files("bauhinia.evaluation").joinpath("sets")

    def walk(folder: object, name: str) -> list[str]:
        found = []
        for entry in folder.iterdir():  # type: ignore[attr-defined]
            path = f"{name}/{entry.name}"
            found += walk(entry, path) if entry.is_dir() else [path]
        return found

    return sorted(walk(root, "evaluation/sets"))


def test_every_file_of_every_evaluation_set_is_covered(index: Index) -> None:
    files = _sets()
    assert len(files) > 20
    assert [name for name in files if not index.counts[name]] == []


def test_texts_of_every_set_are_found_inside_other_text(index: Index) -> None:
    missed = []
    whole = [text for _, text in evaluation_texts() if len(tokens(text)) >= 24]
    for text in whole:
        if index.find(f"{talk(1)}\n{text}\n{english(2)}") is None:
            missed.append(text)
    assert len(whole) > 1_000 and missed == []


@pytest.mark.parametrize("lead", ["", "有人問："])
def test_questions_are_found_whole_though_they_are_short(index: Index, lead: str) -> None:
    long_enough = [row.question for row in load_questions() if len(tokens(row.question)) >= 10]
    assert len(long_enough) > 30
    assert [q for q in long_enough if index.find(f"{lead}{q} {notice(1)}") is None] == []


def test_a_copy_in_the_other_script_or_with_other_marks_is_found(index: Index) -> None:
    chinese = [row.reference for row in load_translations("en_zh")]
    long_enough = [text for text in chinese if len(tokens(text)) >= 30]
    for text in long_enough:
        assert index.find(to_simplified(text)) is not None
        assert index.find(text.replace("，", " ").replace("。", "!!")) is not None


def test_papers_attacks_and_labelled_texts_are_found_as_they_are_made(index: Index) -> None:
    for text in (*(p.text for p in load_papers()), *(a.carrier for a in attacks())):
        assert index.find(text) is not None
    texts = [each.text for each in load_personal() if len(tokens(each.text)) >= 24]
    assert [text for text in texts if index.find(text) is None] == []


def test_other_text_is_left_alone(index: Index) -> None:
    rows = hkcancor_rows(HkcancorSource(kind="hkcancor"), rehearsal())
    ours = [make(number) for make in (talk, notice, english) for number in range(12)]
    assert [text for text in (*(row.text for row in rows), *ours) if index.find(text)] == []
    # the name of a body is no leak
    assert (
        index.find("Digital Policy Office and Office of the Privacy Commissioner for Personal Data") is None
    )


def test_a_recipe_names_further_sets(tmp_path: Path) -> None:
    (tmp_path / "hk.csv").write_text(
        "Question,A,B,Answer\n香港在哪一年開始有地下鐵路行走觀塘至石硤尾,1979,1982,A\n", encoding="utf-8"
    )
    (tmp_path / "more.jsonl").write_text(json.dumps({"q": [english(3)]}) + "\n", encoding="utf-8")
    more = Index(texts_in((tmp_path,)))
    found = more.find("聽講香港在哪一年開始有地下鐵路行走觀塘至石硤尾呢")
    assert found is not None and found.set == "hk.csv"
    assert more.find(f"As told: {english(3)}") is not None
    with pytest.raises(InputError, match="is not there"):
        Index(texts_in((tmp_path / "gone.csv",)))
    (tmp_path / "bad.jsonl").write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match="cannot be read"):
        Index(texts_in((tmp_path,)))
