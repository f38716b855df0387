"""The questions to a library: each is answered where it says, and nowhere else."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

from bauhinia.evaluation.retrieval_corpus import load_papers
from bauhinia.evaluation.scorers import same_language
from bauhinia.evaluation.sets import REPLY_IN, load_retrieval, squeezed

SAMPLES = Path(__file__).parent.parent.parent / "samples"
MADE = {paper.id: paper for paper in load_papers()}
ROWS = load_retrieval()
CHINESE_SAMPLES = {"press-release-tc", "notice-sc", "complaint-letter-yue"}


def everything() -> dict[str, str]:
    """Every text that is searched, by id, without white space."""
    samples = {path.stem: path for path in SAMPLES.glob("*.md") if path.stem != "README"}
    samples["notice-sc"] = SAMPLES / "notice-sc.txt"
    texts = {name: paper.text for name, paper in MADE.items()}
    texts |= {name: path.read_text(encoding="utf-8") for name, path in samples.items()}
    return {name: squeezed(text) for name, text in texts.items()}


def test_enough_questions_of_every_kind() -> None:
    assert len(ROWS) >= 300
    assert len({row.id for row in ROWS}) == len({row.question for row in ROWS}) == len(ROWS)
    kinds = Counter(row.kind for row in ROWS)
    assert len(kinds) == 8 and min(kinds.values()) >= 30 and max(kinds.values()) <= 60, kinds
    splits: dict[str, set[str]] = defaultdict(set)
    for row in ROWS:
        splits[row.split].add(row.kind)
    assert splits["dev"] == splits["test"] == set(kinds)
    assert 0.6 < sum(row.split == "test" for row in ROWS) / len(ROWS) < 0.7


def test_every_answer_is_in_exactly_the_papers_named() -> None:
    texts = everything()
    for row in ROWS:
        assert row.answers
        for paper, stretch in row.answers.items():
            holding = {name for name, text in texts.items() if squeezed(stretch) in text}
            assert paper in holding and holding <= set(row.answers), (row.id, holding)


def test_a_question_across_languages_is_answered_in_the_other_alone() -> None:
    for row in ROWS:
        if row.kind in ("en_to_zh", "zh_to_en"):
            chinese = {paper for paper in row.answers if _is_chinese(paper)}
            assert chinese == (set(row.answers) if row.kind == "en_to_zh" else set()), row.id
            assert (row.language == "en") is (row.kind == "en_to_zh"), row.id


def _is_chinese(paper: str) -> bool:
    return MADE[paper].language != "en" if paper in MADE else paper in CHINESE_SAMPLES


def test_questions_are_in_the_language_they_say() -> None:
    """Of questions as short as these, one in twenty may be too short to tell."""
    told = [row for row in ROWS if row.kind != "reference"]
    wrong = [row.question for row in told if not same_language(REPLY_IN[row.language], row.question).met]
    assert len(wrong) <= len(told) / 20, wrong


def test_papers_are_the_same_each_time_and_differ_from_each_other() -> None:
    assert [paper.text for paper in load_papers()] == [paper.text for paper in MADE.values()]
    assert len({paper.text for paper in MADE.values()}) == len(MADE) >= 60
    assert all("{" not in paper.text for paper in MADE.values())


def test_a_passage_answers_however_its_lines_are_broken() -> None:
    row = next(row for row in ROWS if " " in next(iter(row.answers.values())))
    paper, stretch = next(iter(row.answers.items()))
    assert row.answered_by(paper, "Before. " + stretch.replace(" ", "\n") + " After.")
    assert not row.answered_by(paper, stretch[:-1])
    assert not row.answered_by("another", stretch)
