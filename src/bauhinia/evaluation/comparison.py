"""The product beside the plain model, with the same weights, over the same rows, in one run.

work -> (checkpoint each row) -> read back -> score
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from ..language import Variety
from .intervals import Share
from .product import Flag, Product, Reply, Statement
from .scorers import (
    answer_correct,
    facts_covered,
    figures_carried,
    in_cantonese,
    same_language,
    script_purity,
    terms_met,
)
from .sets import (
    QuestionRow,
    SummaryRow,
    TranslationRow,
    load_questions,
    load_source_texts,
    load_summaries,
    load_translations,
)
from .support import Evidence

SetName = Literal["en_zh", "zh_en", "questions", "summaries"]
SETS: tuple[SetName, ...] = ("en_zh", "zh_en", "questions", "summaries")
Arm = Literal["plain", "product"]
ARMS: tuple[Arm, ...] = ("plain", "product")
AnyRow = TranslationRow | QuestionRow | SummaryRow
Report = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one arm gave for one row; a line of the checkpoint file."""

    set: SetName
    row: str
    arm: Arm
    seconds: float
    text: str = ""
    flags: tuple[Flag, ...] = ()
    citations: tuple[str, ...] = ()
    statements: tuple[Statement, ...] = ()

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, line: str) -> Outcome:
        """Raises ValueError or TypeError for a line that was not wholly written."""
        kept: dict[str, Any] = json.loads(line)
        kept["flags"] = tuple(
            Flag(flag["check"], flag["message"], tuple(flag["values"])) for flag in kept["flags"]
        )
        kept["citations"] = tuple(kept["citations"])
        kept["statements"] = tuple(Statement(**statement) for statement in kept["statements"])
        return cls(**kept)


Outcomes = Mapping[tuple[SetName, str, Arm], Outcome]


def rows_of(name: SetName) -> Sequence[AnyRow]:
    """The rows of a set, in the order they are worked."""
    if name == "questions":
        return load_questions()
    if name == "summaries":
        return load_summaries()
    return load_translations(name)


def evenly(rows: Sequence[AnyRow], limit: int | None) -> Sequence[AnyRow]:
    """At most `limit` rows, spread over the whole set, so that a short run still has every language."""
    if limit is None or limit >= len(rows):
        return rows
    return [rows[index * len(rows) // limit] for index in range(limit)]


def read_checkpoint(path: Path) -> dict[tuple[SetName, str, Arm], Outcome]:
    """Outcomes written by an earlier run; a last line that was cut off is left out."""
    outcomes: dict[tuple[SetName, str, Arm], Outcome] = {}
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                outcome = Outcome.from_json(line)
            except (ValueError, TypeError, KeyError):
                continue
            outcomes[outcome.set, outcome.row, outcome.arm] = outcome
    return outcomes


async def compare(
    arms: Mapping[Arm, Product],
    checkpoint: Path,
    *,
    only: Iterable[SetName] = SETS,
    limit: int | None = None,
    report: Report = print,
) -> Outcomes:
    """Works every row with every arm, arm by arm within a set so that prompt prefixes stay cached.

    Rows that the checkpoint file holds are not worked again; each new one is appended as it is done. An
    error of an arm ends the run; what is done stays kept. Gives the outcomes of the rows asked for.
    """
    outcomes = read_checkpoint(checkpoint)
    wanted = [(name, row, arm) for name in only for arm in arms for row in evenly(rows_of(name), limit)]
    waiting = [(name, row, arm) for name, row, arm in wanted if (name, row.id, arm) not in outcomes]
    report(f"{len(wanted)} outcomes wanted, {len(wanted) - len(waiting)} already there.")
    began = time.monotonic()
    _end_torn_line(checkpoint)
    with checkpoint.open("a", encoding="utf-8") as file:
        for number, (name, row, arm) in enumerate(waiting, 1):
            outcome = await _work(arms[arm], name, row, arm)
            file.write(f"{outcome.to_json()}\n")
            file.flush()
            outcomes[name, row.id, arm] = outcome
            left = (time.monotonic() - began) / number * (len(waiting) - number)
            done = f"{number}/{len(waiting)} {name} {row.id} {arm}"
            report(f"{done} {outcome.seconds:.1f} s, {left / 60:.0f} min left")
    return {(name, row.id, arm): outcomes[name, row.id, arm] for name, row, arm in wanted}


def _end_torn_line(checkpoint: Path) -> None:
    """So that the next outcome does not join a line that was cut off."""
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    if checkpoint.exists() and not checkpoint.read_bytes().endswith(b"\n"):
        with checkpoint.open("a", encoding="utf-8") as file:
            file.write("\n")


async def _work(product: Product, name: SetName, row: AnyRow, arm: Arm) -> Outcome:
    began = time.monotonic()
    reply, statements = Reply(text=""), tuple[Statement, ...]()
    if isinstance(row, TranslationRow):
        reply = await product.translate_segment(row.source, "zh-HK" if name == "en_zh" else "en")
    elif isinstance(row, QuestionRow):
        reply = await product.answer(load_source_texts()[row.document], row.question)
    else:
        statements = tuple(await product.summarise(row.text, row.language))
    return Outcome(
        set=name,
        row=row.id,
        arm=arm,
        seconds=round(time.monotonic() - began, 3),
        text=reply.text,
        flags=reply.flags,
        citations=reply.citations,
        statements=statements,
    )


# Scoring


@dataclass(slots=True)
class Tally:
    """Hits of a total, counted up."""

    hits: int = 0
    total: int = 0

    def add(self, hits: int, total: int = 1) -> None:
        self.hits += hits
        self.total += total

    @property
    def share(self) -> Share:
        return Share(self.hits, self.total)


MEASURES = {
    "same_language": "questions answered in the asker's language and script",
    "script_purity": "Traditional output (translations, answers, summaries) free of Simplified characters",
    "terms": "termbase terms in their official form",
    "other_terms": "terms that the termbase does not hold, in their official form",
    "numbers": "figures, dates and references kept or flagged",
    "unsupported": "statements shown without a flag that the document does not bear out",
    "answers": "questions answered rightly",
    "facts": "listed facts that the summary holds",
    "segments_intact": "segments whose every figure is kept or flagged",
    "figures_kept": "figures, dates and references kept, flagged or not",
    "flagged": "summary statements shown with a flag",
    "cantonese": "Cantonese and code-mixed questions answered in Cantonese proper",
}
"""What each measure is a share of."""


def score(outcomes: Outcomes, arm: Arm) -> dict[str, Share]:
    """Every measure of one arm over the outcomes, empty ones left out."""
    tallies = {name: Tally() for name in MEASURES}
    for name, row in _rows(outcomes, arm):
        outcome = outcomes[name, row.id, arm]
        if isinstance(row, TranslationRow):
            _score_translation(tallies, row, outcome)
        elif isinstance(row, QuestionRow):
            _score_answer(tallies, row, outcome)
        else:
            _score_summary(tallies, row, outcome)
    return {name: tally.share for name, tally in tallies.items() if tally.total}


def _rows(outcomes: Outcomes, arm: Arm) -> Iterator[tuple[SetName, AnyRow]]:
    for name in SETS:
        for row in rows_of(name):
            if (name, row.id, arm) in outcomes:
                yield name, row


def _score_translation(tallies: dict[str, Tally], row: TranslationRow, outcome: Outcome) -> None:
    for term, met in zip(row.terms, terms_met(row, outcome.text), strict=True):
        tallies["terms" if term.termbase else "other_terms"].add(met)
    figures = figures_carried(row.source, outcome.text, [flag.text for flag in outcome.flags])
    tallies["numbers"].add(figures.kept_or_flagged, figures.total)
    tallies["figures_kept"].add(figures.total - len(figures.lost) - len(figures.invented), figures.total)
    tallies["segments_intact"].add(not figures.unflagged)
    if outcome.set == "en_zh":
        tallies["script_purity"].add(script_purity(outcome.text).met)


def _score_answer(tallies: dict[str, Tally], row: QuestionRow, outcome: Outcome) -> None:
    tallies["same_language"].add(same_language(row.reply_in, outcome.text).met)
    document = load_source_texts()[row.document]
    tallies["answers"].add(answer_correct(row, outcome.text, document.text).met)
    if row.reply_in is not Variety.ENGLISH and row.reply_in is not Variety.SIMPLIFIED:
        tallies["script_purity"].add(script_purity(outcome.text).met)
    if row.reply_in is Variety.CANTONESE:
        tallies["cantonese"].add(in_cantonese(outcome.text))


def _score_summary(tallies: dict[str, Tally], row: SummaryRow, outcome: Outcome) -> None:
    evidence = Evidence(row.text)
    for statement in outcome.statements:
        passed_off = not statement.flagged and not evidence.judge(statement.text).supported
        tallies["unsupported"].add(passed_off)
        tallies["flagged"].add(statement.flagged)
    whole = "\n".join(statement.text for statement in outcome.statements if not statement.flagged)
    tallies["facts"].add(facts_covered(row.facts, whole), len(row.facts))
    if row.language == "zh-HK":
        tallies["script_purity"].add(script_purity(whole).met)
