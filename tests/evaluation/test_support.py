"""The judge of statements: what it supports, and each reason for which it does not."""

from __future__ import annotations

import pytest

from bauhinia.evaluation.sets import load_summaries
from bauhinia.evaluation.support import Evidence, unsupported

ENGLISH = """# Ferry services

The operator must keep 97 per cent of sailings on time. In the year ending March 2026 the figure fell to
94.6 per cent, and the Harbour Transport Section issued two warnings.

The adult fare will increase from $6.8 to $7.5. The fare for elderly persons stays at $3. Children under
12 travel at the same fare.

Dogs on a lead may be carried free of charge. A muzzle is needed for large breeds.

A ticket office will open at Pier 4 in January 2027 at a cost of $68 million.

Lost property is kept for three months. It may be claimed at the pier.

Bicycles may be carried on the lower deck for $10.

| Year | Passengers |
| --- | --- |
| 2024 | 310 000 |
| 2025 | 295 000 |
"""
CHINESE = """民政事務總署公布開放24個歇涼中心，供有需要的市民使用。中心設有冷氣及飲用水。

該署去年錄得12 340人次使用，較前年增加約25%。

勞工處上月巡查1 275個工作地點，發出43封警告信。"""


@pytest.mark.parametrize(
    "statement",
    [
        "The adult fare will increase from $6.8 to $7.5.",
        "The Harbour Transport Section issued two warnings to the operator.",
        "A ticket office costing $68 million will open at Pier 4 in January 2027.",
        "Sailings on time fell to 94.6 per cent in the year ending March 2026.",
        "Passengers numbered 295 000 in 2025.",
    ],
)
def test_supported_in_english(statement: str) -> None:
    assert Evidence(ENGLISH).judge(statement).reason == "ok"


def test_every_sentence_of_a_statement_must_be_supported() -> None:
    first, last = (
        "The adult fare will increase to $7.5.",
        "Bicycles may be carried on the lower deck for $10.",
    )
    assert Evidence(ENGLISH).judge(f"{first} {last}").reason == "ok", "copied from places far apart"
    assert Evidence(ENGLISH).judge(f"{first} Cyclists pay a yearly subscription.").reason != "ok"
    assert Evidence(ENGLISH).judge(f"{first} {last.replace('10', '11')}").reason == "figure"


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("The adult fare will increase from $6.8 to $8.5.", "figure"),
        ("The Marine Safety Council issued two warnings.", "name"),
        ("The LCSD issued two warnings.", "name"),
        ("Passengers praised the friendly crew and comfortable seats.", "not_aligned"),
        ("Bicycles may be carried on the lower deck for $68 million.", "figure_elsewhere"),
        ("The share of sailings on time rose to 94.6 per cent in March 2026.", "direction"),
        ("Bicycles may not be carried on the lower deck.", "negation"),
        ("874", "empty"),
    ],
)
def test_unsupported_in_english(statement: str, reason: str) -> None:
    support = Evidence(ENGLISH).judge(statement)
    assert support.reason == reason
    assert not support.supported
    assert unsupported(statement, ENGLISH)


@pytest.mark.parametrize(
    "statement",
    ["民政事務總署開放24個歇涼中心。", "該署去年有12 340人次使用，增加25%。", "勞工處發出43封警告信。"],
)
def test_supported_in_chinese(statement: str) -> None:
    assert not unsupported(statement, CHINESE)


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("民政事務總署開放26個歇涼中心。", "figure"),
        ("渠務署開放24個歇涼中心。", "name"),
        ("市民普遍歡迎政府的福利措施。", "not_aligned"),
        ("去年錄得12 340人次使用，減少25%。", "direction"),
        ("中心沒有冷氣及飲用水。", "negation"),
    ],
)
def test_unsupported_in_chinese(statement: str, reason: str) -> None:
    assert Evidence(CHINESE).judge(statement).reason == reason


def test_nearly_every_listed_fact_is_supported_by_its_own_document() -> None:
    """How often the judge is wrong against true statements in our own words; the bar is set by this."""
    judged = [(fact.text, Evidence(row.text)) for row in load_summaries() for fact in row.facts]
    wrong = [text for text, evidence in judged if not evidence.judge(text).supported]
    assert len(judged) > 120
    assert len(wrong) <= 1, wrong


def test_nearly_every_fact_with_a_changed_figure_is_caught() -> None:
    """How often the judge is fooled: each fact of a document, its figures made others."""
    fooled = []
    total = 0
    for row in load_summaries():
        evidence = Evidence(row.text)
        for fact in row.facts:
            changed = fact.text.translate(str.maketrans("123456789", "792145683"))
            if changed != fact.text:
                total += 1
                fooled += [changed] if evidence.judge(changed).supported else []
    assert total > 100
    assert len(fooled) / total <= 0.03, fooled


def test_facts_of_other_documents_are_seldom_supported() -> None:
    rows = load_summaries()
    judged = [
        Evidence(other.text).judge(fact.text).supported
        for row in rows
        for other in rows
        if other.id != row.id and other.language == row.language
        for fact in row.facts
    ]
    assert len(judged) > 500
    assert sum(judged) / len(judged) <= 0.015


def test_wrapped_lines_are_one_sentence() -> None:
    wrapped = "The fee will be waived between\nmidnight and 7 am.\n\nFrom: The Head\\\nTo: All staff"
    assert not unsupported("The fee will be waived between midnight and 7 am.", wrapped)
    assert Evidence(wrapped).pieces[1:] == ("From: The Head", "To: All staff")
