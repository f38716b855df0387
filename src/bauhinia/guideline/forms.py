"""An assessment, or the fact sheet of a use, as a Word or PDF file in English or Traditional Chinese."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from ..documents import OutputBlock, OutputMeta, write_docx
from ..documents.output import write_pdf
from ..errors import InputError
from ..language import Variety
from ..people.quotas import HONG_KONG
from .assessment import Question, in_eights, questionnaire
from .assessments import Assessment, Signature
from .data_files import data_file
from .records import Record
from .tiers import Named, tiers
from .uses import Use

Language = Literal["en", "zh"]
Form = Literal["docx", "pdf"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceFile:
    """Everything that is kept of a use (D-3.2.2-03)."""

    use: Use
    assessment: Assessment | None
    signatures: Sequence[Signature]
    records: Sequence[Record]
    classification: str
    """Its name in the file's language."""


def write_assessment(file: ServiceFile, form: Form, language: Language) -> bytes:
    """The whole form: the use, the tier and its argument, every answer, the signatures, the records. Raises
    InputError before an assessment was begun, MissingPart without fonts."""
    if file.assessment is None:
        raise InputError("This use has no assessment yet.", hint="Open one from its page.")
    words = _words(language)
    title = f"{words['assessment']}{words['colon']}{_title(file.use, language)}"
    blocks = [
        OutputBlock(kind="title", text=title),
        *_facts(file, language),
        *_tier(file.assessment, language),
        *_answers(file.assessment, language),
        *_signatures(file.signatures, language),
        *_records(file.records, language),
    ]
    return _written(blocks, form, language, title)


def write_fact_sheet(file: ServiceFile, form: Form, language: Language) -> bytes:
    """What the public may know of a use (D-2.1.2-06): no signatures and no answers but those meant for it.
    Raises MissingPart without fonts."""
    words = _words(language)
    title = f"{words['sheet']}{words['colon']}{_title(file.use, language)}"
    blocks = [OutputBlock(kind="title", text=title), *_facts(file, language)]
    answers = file.assessment.answers if file.assessment else {}
    for name in ("sheet", "opt_out"):
        if name in answers:
            question = questionnaire().question(name)
            blocks.append(_heading(words["told"][name]))
            blocks.append(_paragraph(shown(question, answers[name], language)[0]))
    if file.use.approval is not None and file.use.tier is not None:
        blocks.append(_heading(words["tier"]))
        blocks.append(_paragraph(said(tiers().tiers[file.use.tier], language)))
    return _written(blocks, form, language, title)


def said(words: Named, language: Language) -> str:
    """In that language."""
    return words.zh if language == "zh" else words.en


def shown(question: Question, answer: Any, language: Language) -> list[str]:
    """An answer in lines that a person reads; none where it was not given."""
    if answer in (None, "", [], {}):
        return []
    words = _words(language)
    if question.kind == "confirm":
        return [words["yes"]]
    if question.kind in ("choice", "many"):
        return [said(option, language) for option in question.chosen(answer)]
    if question.kind == "matrix":
        return [f"{said(row, language)}: {answer[row.id]}" for row in question.rows if row.id in answer]
    if question.kind == "risks":
        return [line for row in question.rows if (line := _risk(row, answer.get(row.id), language))]
    return [str(answer[language] if isinstance(answer, dict) else answer)]


def _risk(row: Any, risk: dict[str, str] | None, language: Language) -> str:
    if not risk:
        return ""
    words = _words(language)
    level = words["levels"].get(risk.get("level", ""), "")
    place = f"{words['dimensions'][row.dimension]}, {words['stages'][row.stage]}"
    return ": ".join(filter(None, [f"{said(row, language)} ({place})", level, risk.get("measure", "")]))


def _title(use: Use, language: Language) -> str:
    return (use.title_zh or use.title_en) if language == "zh" else (use.title_en or use.title_zh)


def _facts(file: ServiceFile, language: Language) -> Iterator[OutputBlock]:
    words, use = _words(language), file.use
    rows = [
        [words["purpose"], use.purpose],
        [words["owner"], use.owner_name or words["product"]],
        [words["department"], use.department or words["all_departments"]],
        [words["data"], "; ".join(use.data) or "–"],
        [words["classification"], file.classification],
        [words["model"], use.model or words["any_model"]],
        [words["audience"], words["audiences"][use.audience]],
        [words["oversight"], words["oversights"][use.oversight]],
        [words["register_id"], use.id],
    ]
    if use.approval is not None:
        rows.append([words["review_by"], use.approval.review_by.isoformat()])
    yield OutputBlock(kind="table", text="", rows=[[words["item"], words["entry"]], *rows])


def _tier(assessment: Assessment, language: Language) -> Iterator[OutputBlock]:
    ruling, words = assessment.ruling, _words(language)
    if ruling is None:
        return
    yield _heading(f"{words['tier']}{words['colon']}{said(tiers().tiers[ruling.tier], language)}")
    yield _paragraph(said(ruling.argument, language))
    if ruling.lowered:
        yield _paragraph(words["lowered"].format(tier=said(tiers().tiers[ruling.found], language)))


def _answers(assessment: Assessment, language: Language) -> Iterator[OutputBlock]:
    words = _words(language)
    for section in assessment.sections:
        yield _heading(said(section.title, language))
        rows = [[words["question"], words["answer"], words["duties"]]]
        for question in section.questions:
            lines = shown(question, assessment.answers.get(question.id), language)
            mark = assessment.marks.get(question.id, {})
            by_system = [words["by_system"]] if lines and mark and not mark["name"] else []
            rows.append(
                [
                    said(question.text, language),
                    "\n".join(lines + by_system) or "–",
                    ", ".join(question.duties),
                ]
            )
        yield OutputBlock(kind="table", text="", rows=rows)


def _signatures(signatures: Sequence[Signature], language: Language) -> Iterator[OutputBlock]:
    words = _words(language)
    yield _heading(words["signatures"])
    if not signatures:
        yield _paragraph(words["unsigned"])
        return
    rows = [[words["what"], words["who"], words["when"], words["note"], words["ledger"]]]
    for each in signatures:
        outcome = words["outcomes"]["self_reviewed" if each.self_reviewed else each.outcome]
        who = ", ".join(filter(None, [each.name, each.post]))
        when = each.at.astimezone(HONG_KONG).strftime("%Y-%m-%d %H:%M")
        rows.append([outcome, who, when, each.note or "–", f"{each.entry}\nSHA-256 {in_eights(each.digest)}"])
    yield OutputBlock(kind="table", text="", rows=rows)


def _records(records: Sequence[Record], language: Language) -> Iterator[OutputBlock]:
    if not records:
        return
    words = _words(language)
    yield _heading(words["records"])
    rows = [[words["what"], words["who"], words["when"], words["note"], words["ledger"]]]
    for each in records:
        what = f"{words['kinds'][each.kind]}: {words['passed' if each.passed else 'open_points']}"
        who = ", ".join(filter(None, [each.name, each.post]))
        rows.append([what, who, each.held.isoformat(), each.note, str(each.entry)])
    yield OutputBlock(kind="table", text="", rows=rows)


def _heading(text: str) -> OutputBlock:
    return OutputBlock(kind="heading", text=text, level=2)


def _paragraph(text: str) -> OutputBlock:
    return OutputBlock(kind="paragraph", text=text)


def _written(blocks: Sequence[OutputBlock], form: Form, language: Language, title: str) -> bytes:
    variety = Variety.TRADITIONAL if language == "zh" else Variety.ENGLISH
    meta = OutputMeta(title=title, language=variety)
    return write_pdf(blocks, meta) if form == "pdf" else write_docx(blocks, meta)


def _words(language: Language) -> dict[str, Any]:
    return _all_words()[language]


@lru_cache(maxsize=1)
def _all_words() -> dict[Language, dict[str, Any]]:
    return data_file("forms.yaml", dict[Language, dict[str, Any]])
