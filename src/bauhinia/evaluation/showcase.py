"""Real rows of a comparison for people to read: the source, both arms, and every fault, good rows and bad."""

from __future__ import annotations

from collections.abc import Iterator

from .comparison import SETS, AnyRow, Arm, Outcome, Outcomes, SetName, rows_of
from .scorers import (
    answer_correct,
    facts_covered,
    figures_carried,
    same_language,
    simplified_only,
    terms_met,
)
from .sets import QuestionRow, SummaryRow, TranslationRow, load_source_texts
from .support import Evidence

EACH = 3
"""Rows shown of each set: one where the product is worse, one where it is better, a level one."""


def faults(row: AnyRow, outcome: Outcome) -> list[str]:
    """Everything that the measures hold against an outcome, each a few words."""
    if isinstance(row, TranslationRow):
        return list(_translation_faults(row, outcome))
    if isinstance(row, QuestionRow):
        return list(_answer_faults(row, outcome))
    return list(_summary_faults(row, outcome))


def _translation_faults(row: TranslationRow, outcome: Outcome) -> Iterator[str]:
    figures = figures_carried(row.source, outcome.text, [flag.text for flag in outcome.flags])
    told = "flagged" if not figures.unflagged else "not all flagged"
    if figures.lost:
        yield f"lost {', '.join(dict.fromkeys(words for _, words in figures.lost))} ({told})"
    if figures.invented:
        yield f"invented {', '.join(dict.fromkeys(words for _, words in figures.invented))} ({told})"
    for term, met in zip(row.terms, terms_met(row, outcome.text), strict=True):
        if not met:
            yield f"{term.source} is not {term.target[0]}"
    if outcome.set == "en_zh" and (wrong := simplified_only(outcome.text)):
        yield f"Simplified characters: {''.join(dict.fromkeys(wrong))}"


def _answer_faults(row: QuestionRow, outcome: Outcome) -> Iterator[str]:
    for judgement in (
        same_language(row.reply_in, outcome.text),
        answer_correct(row, outcome.text, load_source_texts()[row.document].text),
    ):
        if not judgement.met:
            yield judgement.reason.replace("_", " ")


def _summary_faults(row: SummaryRow, outcome: Outcome) -> Iterator[str]:
    evidence = Evidence(row.text)
    for statement in outcome.statements:
        support = evidence.judge(statement.text)
        if not support.supported:
            told = "flagged" if statement.flagged else "not flagged"
            yield f"“{statement.text}”: {support.reason.replace('_', ' ')} ({told})"
    shown = "\n".join(statement.text for statement in outcome.statements if not statement.flagged)
    missed = len(row.facts) - facts_covered(row.facts, shown)
    if missed > len(row.facts) / 2:
        yield f"{missed} of {len(row.facts)} listed facts are not in it"


def showcase(outcomes: Outcomes, *, each: int = EACH) -> str:
    """A page in Markdown with up to `each` rows a set: the product's worst, its best, a level one."""
    sections = [_section(outcomes, name, row) for name in SETS for row in _chosen(outcomes, name, each)]
    return _HEAD + "\n".join(sections)


_HEAD = """# Real rows of the comparison

Written by `python bench/quality.py`, from the rows that the last run worked; do not edit. Of each set it
shows the row where the product did worst against the plain model, the row where it did best, and one more,
level where there is one. [evaluation.md](evaluation.md) says what counts as a fault.

"""


def _chosen(outcomes: Outcomes, name: SetName, each: int) -> list[AnyRow]:
    leads = {
        row.id: len(faults(row, outcomes[name, row.id, "plain"]))
        - len(faults(row, outcomes[name, row.id, "product"]))
        for row in rows_of(name)
        if all((name, row.id, arm) in outcomes for arm in ("plain", "product"))
    }
    if not leads:
        return []
    worst, best = min(leads, key=leads.__getitem__), max(leads, key=leads.__getitem__)
    level = [row for row, lead in leads.items() if row not in (worst, best) and not lead]
    ids = list(dict.fromkeys([worst, best, *level, *leads]))[:each]
    return [row for row in rows_of(name) if row.id in ids]


def _section(outcomes: Outcomes, name: SetName, row: AnyRow) -> str:
    return "\n".join(
        (
            f"## {name} {row.id}\n",
            f"{_source(row)}\n",
            _arm(row, outcomes[name, row.id, "plain"], "plain"),
            _arm(row, outcomes[name, row.id, "product"], "product"),
        )
    )


def _source(row: AnyRow) -> str:
    if isinstance(row, TranslationRow):
        return f"**Source:** {row.source}\n\n**Reference:** {row.reference}"
    if isinstance(row, QuestionRow):
        expected = " and ".join("/".join(group) for group in row.keys) or "not in the document"
        return f"**Question:** {row.question}\n\n**Expected:** {expected}"
    return f"**Document:** `samples/{row.sample}.md` ({len(row.facts)} listed facts)"


def _arm(row: AnyRow, outcome: Outcome, arm: Arm) -> str:
    if outcome.statements:
        shown = "\n\n" + "\n".join(
            f"- {statement.text}{' *(flagged)*' if statement.flagged else ''}"
            for statement in outcome.statements
        )
    else:
        shown = f" {outcome.text or '*(nothing)*'}".replace("\n", "\n\n")
    told = "".join(f"\n- told the officer: {flag.message}" for flag in outcome.flags)
    held = "; ".join(faults(row, outcome)) or "none found"
    title = "The plain model" if arm == "plain" else "The product"
    return f"**{title}** ({outcome.seconds:.0f} s):{shown}\n{told}\n\n*Faults:* {held}\n"
