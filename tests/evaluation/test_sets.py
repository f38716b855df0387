"""The sets: as many rows as promised, and every row can be met."""

from __future__ import annotations

from collections import Counter
from itertools import groupby

import pytest

from bauhinia.evaluation.scorers import keys_met, same_language, script_purity, terms_met
from bauhinia.evaluation.sets import (
    Direction,
    load_questions,
    load_source_texts,
    load_summaries,
    load_translations,
)
from bauhinia.language import Termbase, Variety


@pytest.mark.parametrize("direction", ["en_zh", "zh_en"])
def test_translations(direction: Direction) -> None:
    rows = load_translations(direction)
    assert len(rows) >= 60
    assert len({row.id for row in rows}) == len({row.source for row in rows}) == len(rows)
    source, target = Variety.ENGLISH, Variety.TRADITIONAL
    if direction == "zh_en":
        source, target = target, source
    for row in rows:
        assert same_language(source, row.source).met, row.id
        assert same_language(target, row.reference).met, row.id
        assert script_purity(row.reference if target.is_chinese else row.source).met, row.id
        assert row.terms and all(terms_met(row, row.reference)), row.id


def test_most_segments_have_a_term_of_the_termbase_and_every_id_exists() -> None:
    ids = {term.id for term in Termbase.load().terms}
    for direction in ("en_zh", "zh_en"):
        rows = load_translations(direction)
        tied = [row for row in rows if any(term.termbase for term in row.terms)]
        assert len(tied) > len(rows) * 0.7
        assert {term.termbase for row in rows for term in row.terms if term.termbase} <= ids


def test_questions_are_spread_over_languages_and_documents() -> None:
    questions, documents = load_questions(), load_source_texts()
    assert Counter(row.language for row in questions) == dict.fromkeys(
        ("en", "zh-HK", "zh-Hans", "yue", "mixed"), 12
    )
    assert sum(not row.answerable for row in questions) == 10
    assert set(Counter(row.document for row in questions).values()) == {10}
    runs = [key for key, _ in groupby(row.document for row in questions)]
    assert runs == sorted(documents)


def test_a_question_is_in_the_language_it_says() -> None:
    for row in load_questions():
        if row.language != "mixed":
            assert same_language(row.reply_in, row.question).met, row.id


def test_keys_stand_in_the_document_unless_it_is_in_another_language() -> None:
    documents = load_source_texts()
    unfound = [
        row.id
        for row in load_questions()
        if row.answerable and not keys_met(row.keys, documents[row.document].text)
    ]
    assert len(unfound) <= 1


def test_summaries_hold_their_facts() -> None:
    rows = load_summaries()
    assert Counter(row.language for row in rows) == {"en": 5, "zh-HK": 5}
    for row in rows:
        assert 8 <= len(row.facts) <= 15
        assert all(keys_met(fact.keys, row.text) for fact in row.facts), row.id
