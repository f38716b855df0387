"""The annual compliance report: every duty, figure, use and piece of evidence of a period, as Word or PDF."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Literal

from ..documents import OutputBlock, OutputMeta, write_docx
from ..documents.output import write_pdf
from ..language import Variety
from ..ledger import Verification
from .coverage import Coverage
from .data_files import data_file
from .duties import Sort
from .evidence import Standing, kinds
from .figures import Figure
from .tiers import Named, tiers
from .uses import Use

Language = Literal["en", "zh"]
Form = Literal["docx", "pdf"]


@lru_cache(maxsize=1)
def _all_words() -> dict[Language, dict[str, Any]]:
    return data_file("reports.yaml", dict[Language, dict[str, Any]])


def words_of(language: Language) -> dict[str, Any]:
    """The words of reports in that language."""
    return _all_words()[language]


def ledger_sentence(found: Verification, language: Language) -> str:
    """What a reading of the ledger found."""
    words = words_of(language)
    if not found.ok:
        first = found.faults[0]
        sentence = words["unsound"].format(count=len(found.faults), seq=first.seq, kind=first.kind)
    else:
        sentence = words["sound"].format(seq=f"{found.head.seq:,}")
    return str(sentence) if found.anchored else f"{sentence} {words['unanchored']}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a report is made of."""

    organisation: str
    begins: date
    ends: date
    coverage: Coverage
    figures: Mapping[str, Sequence[Figure]]
    uses: Sequence[Use]
    evidence: Sequence[Standing]
    ledger: str
    """What the reading of the ledger found, in the report's language."""


def report_blocks(report: Report, language: Language) -> Iterator[OutputBlock]:
    """The report as a file's blocks; each figure names the first and last row of the ledger behind it."""
    words = words_of(language)
    yield OutputBlock(kind="title", text=words["title"].format(name=report.organisation))
    yield _said(words["period"].format(begins=report.begins, ends=report.ends))
    found = report.coverage
    share = words["share"].format(met=found.met, all=found.for_software, percent=f"{found.percent:.1f}")
    yield _said(f"{share} {words['paraphrase'].format(edition=found.edition.edition)}")
    yield _said(report.ledger)
    for dimension in found.edition.dimensions:
        yield from _dimension(report, dimension, language)
    yield _heading(words["register"])
    yield _table([words["register_columns"], *(_use(use, language) for use in report.uses)])
    yield _heading(words["evidence"])
    yield _table([words["evidence_columns"], *(_standing(each, language) for each in report.evidence)])
    yield _heading(words["unmet"])
    rows = [
        (line.duty.id, _in(line.duty, language), line.measure.why_not if line.measure else "–")
        for line in found.lines
        if line.status == "not met"
    ]
    yield _table([words["unmet_columns"], *rows]) if rows else _said(words["none"])


def write_report(blocks: Sequence[OutputBlock], form: Form, language: Language, title: str) -> bytes:
    """The file. Raises MissingPart without fonts for a PDF."""
    variety = Variety.TRADITIONAL if language == "zh" else Variety.ENGLISH
    meta = OutputMeta(title=title, language=variety)
    return write_pdf(blocks, meta) if form == "pdf" else write_docx(blocks, meta)


def _dimension(report: Report, dimension: Sort, language: Language) -> Iterator[OutputBlock]:
    words = words_of(language)
    lines = [line for line in report.coverage.lines if line.duty.dimension == dimension.id]
    met = sum(line.status == "met" for line in lines)
    yield _heading(_in(dimension, language))
    yield _said(words["of_dimension"].format(met=met, all=sum(line.duty.is_for_software for line in lines)))
    rows = [
        (_in(each.kind, language), f"{each.count:,}", f"{each.first}–{each.last}" if each.count else "–")
        for each in report.figures.get(dimension.id, ())
    ]
    yield _table([words["figure_columns"], *rows])


def _use(use: Use, language: Language) -> tuple[str, ...]:
    title = use.title_zh if language == "zh" and use.title_zh else use.title_en or use.title_zh
    tier = _in(tiers().tiers[use.tier], language) if use.tier else "–"
    return f"{title} ({use.id})", use.department or "–", tier, str(use.due or "–")


def _standing(each: Standing, language: Language) -> tuple[str, ...]:
    last = each.last
    kept = f"{last.held}, {last.name} (#{last.entry})" if last else "–"
    return _in(kinds()[each.kind], language), words_of(language)["states"][each.state], kept


def _in(named: Named | object, language: Language) -> str:
    return str(getattr(named, language))


def _heading(text: str) -> OutputBlock:
    return OutputBlock(kind="heading", text=text, level=2)


def _said(text: str) -> OutputBlock:
    return OutputBlock(kind="paragraph", text=text)


def _table(rows: Sequence[Sequence[str]]) -> OutputBlock:
    return OutputBlock(kind="table", text="", rows=rows)
