"""Questions and answers as the register's pages show them, and as its forms send them back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from starlette.datastructures import FormData

from ..guideline.assessment import Question, Section, missing, questionnaire
from ..guideline.assessment.questionnaire import LEVELS
from ..guideline.assessments import Assessment
from ..guideline.forms import shown
from ..guideline.tiers import Named, TierId
from ..language import to_simplified
from .words import Words

RISK_LEVELS = LEVELS
SIGN = "sign"
"""The step after the last section."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowView:
    """A row of a table of answers."""

    id: str
    text: str
    value: str
    level: str = ""
    place: str = ""
    """A risk's dimension and life-cycle stage, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionView:
    """A question with its answer, in the reader's language."""

    question: Question
    text: str
    help: str
    options: tuple[tuple[str, str, bool], ...]
    """Id, words, and whether it is chosen."""
    value: str
    """Of a text or a date."""
    rows: tuple[RowView, ...]
    lines: tuple[str, ...]
    """The answer as it is read."""
    asked: bool
    """Whether the answers so far ask it; else it waits for another answer."""
    lacking: bool
    by_system: bool
    by: str
    """Who answered it last; empty for the system and for nobody."""
    stops: str
    """Why the assessment cannot be signed with this answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionView:
    """A section with its answers."""

    id: str
    title: str
    questions: tuple[QuestionView, ...]

    @property
    def done(self) -> bool:
        """Whether every question that is asked is answered."""
        return not any(each.lacking for each in self.questions)


def sayer(words: Words) -> Callable[[Named], str]:
    """Says what is in both languages in the reader's."""
    if words.language == "en":
        return lambda named: named.en
    if words.language == "zh-Hans":
        return lambda named: to_simplified(named.zh)
    return lambda named: named.zh


def section_views(assessment: Assessment, words: Words) -> list[SectionView]:
    """Every section that the assessment asks."""
    return [_section(section, assessment, words) for section in assessment.sections]


def next_step(assessment: Assessment, after: str) -> str:
    """The first section after that one that lacks something, or any, or the signature.

    After the first comes the second in any case: it says which tier the answers give.
    """
    ids = [section.id for section in assessment.sections]
    start = ids.index(after) + 1 if after in ids else 0
    if start == 1 and len(ids) > 1:
        return ids[1]
    for section in (*assessment.sections[start:], *assessment.sections[:start]):
        if missing(section, assessment.answers):
            return section.id
    return SIGN


def given_in(form: FormData, questions: Sequence[Question]) -> dict[str, Any]:
    """What a section's form says of its questions; what is empty takes the answer out."""
    return {question.id: _given(form, question) for question in questions}


def _given(form: FormData, question: Question) -> Any:
    name = f"q.{question.id}"
    match question.kind:
        case "many":
            return [str(value) for value in form.getlist(name)]
        case "confirm":
            return form.get(name) == "true"
        case "matrix":
            return {row.id: str(form.get(f"{name}.{row.id}", "")) for row in question.rows}
        case "risks":
            return {row.id: _risk_given(form, f"{name}.{row.id}") for row in question.rows}
        case _:
            return str(form.get(name, ""))


def _risk_given(form: FormData, name: str) -> dict[str, str]:
    return {part: str(form.get(f"{name}.{part}", "")) for part in ("level", "measure")}


def offered(section: str, tier: TierId | None) -> tuple[Question, ...]:
    """The questions of a section that this tier may be asked, those too that wait for another answer."""
    found = next((each for each in questionnaire().sections if each.id == section), None)
    questions = found.questions if found else ()
    return tuple(each for each in questions if not each.tiers or tier is None or tier in each.tiers)


def _section(section: Section, assessment: Assessment, words: Words) -> SectionView:
    ruling = assessment.ruling
    asked = {question.id for question in section.questions}
    return SectionView(
        id=section.id,
        title=sayer(words)(section.title),
        questions=tuple(
            _question(question, assessment, words, asked=question.id in asked)
            for question in offered(section.id, ruling.tier if ruling else None)
        ),
    )


def _question(question: Question, assessment: Assessment, words: Words, *, asked: bool) -> QuestionView:
    say, answer = sayer(words), assessment.answers.get(question.id)
    mark = assessment.marks.get(question.id)
    stops = question.stopping(answer)
    chosen = {option.id for option in question.chosen(answer)} if answer else set()
    return QuestionView(
        question=question,
        text=say(question.text),
        help=say(question.help) if question.help else "",
        options=tuple((option.id, say(option), option.id in chosen) for option in question.options),
        value=_value(answer, words) if question.kind in ("text", "date") else "",
        rows=tuple(_rows(question, answer, words)),
        lines=tuple(_lines(question, answer, words)),
        asked=asked,
        lacking=asked and not question.is_answered(answer),
        by_system=bool(answer and mark and not mark["name"]),
        by=mark["name"] if answer and mark else "",
        stops=say(stops) if stops else "",
    )


def _value(answer: Any, words: Words) -> str:
    if isinstance(answer, dict):
        return sayer(words)(Named(en=answer["en"], zh=answer["zh"]))
    return str(answer or "")


def _rows(question: Question, answer: Any, words: Words) -> list[RowView]:
    say, found = sayer(words), []
    for row in question.rows:
        given = (answer or {}).get(row.id)
        risk = given if isinstance(given, dict) else {}
        place = ""
        if row.dimension:
            place = f"{words(f'register.dimension.{row.dimension}')} · {words(f'register.stage.{row.stage}')}"
        value = risk.get("measure", "") if question.kind == "risks" else str(given or "")
        found.append(RowView(id=row.id, text=say(row), value=value, level=risk.get("level", ""), place=place))
    return found


def _lines(question: Question, answer: Any, words: Words) -> list[str]:
    lines = shown(question, answer, "en" if words.language == "en" else "zh")
    return [to_simplified(line) for line in lines] if words.language == "zh-Hans" else lines


def last_changed(assessment: Assessment) -> tuple[str, datetime] | None:
    """Who gave the newest answer, and when; None where it is the system's."""
    marks = [mark for mark in assessment.marks.values() if mark["name"]]
    newest = max(marks, key=lambda mark: mark["at"], default=None)
    return (newest["name"], datetime.fromisoformat(newest["at"])) if newest else None
