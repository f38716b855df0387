"""The questionnaire as data: what is asked of which tier, and when an answer will do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ...errors import InputError
from ..data_files import data_file
from ..tiers import Named, TierId

Kind = Literal["choice", "many", "text", "date", "confirm", "matrix", "risks"]
Answers = Mapping[str, Any]
"""By a question's id. A text that the system filled in is `{"en": …, "zh": …}`, an officer's own is a `str`;
a choice is an option's id, `many` a list of them, a date ISO 8601, `confirm` true; `matrix` has a text a row,
`risks` a `level` and a `measure` a row."""
LEVELS = ("low", "medium", "high")
LONGEST = 4_000
"""Characters of one text."""


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Option(Named):
    """One answer that can be chosen."""

    id: str
    tier: TierId | None = None
    """The least tier that it asks for."""
    because: Named | None = None
    """Why, as a sentence of the argument."""
    alone: bool = False
    """Whether it excludes the others: none of these."""
    stops: Named | None = None
    """Why the assessment cannot be signed with it, and what to do."""

    @model_validator(mode="after")
    def _a_tier_has_its_reason(self) -> Option:
        if (self.tier is None) != (self.because is None):
            raise ValueError(f"{self.id}: a tier and the reason for it belong together.")
        return self


class Row(Named):
    """A row of a table of answers."""

    id: str
    fill: str = ""
    dimension: str = ""
    stage: str = ""


class When(_Data):
    """A question that is asked only after certain answers to an earlier one."""

    question: str
    any: tuple[str, ...]


class Question(_Data):
    """One question."""

    id: str
    kind: Kind
    text: Named
    help: Named | None = None
    duties: tuple[str, ...] = Field(min_length=1)
    tiers: tuple[TierId, ...] = ()
    """Those that it is asked of; empty: all of its section's."""
    when: When | None = None
    fill: str = ""
    """What the system knows of it, by its name in `known.py`."""
    options: tuple[Option, ...] = ()
    all: bool = False
    """Whether every option has to be ticked: a checklist."""
    rows: tuple[Row, ...] = ()

    def option(self, name: str) -> Option | None:
        """The option of that id."""
        return next((each for each in self.options if each.id == name), None)

    def chosen(self, answer: Any) -> list[Option]:
        """The options that an answer names."""
        names = answer if isinstance(answer, list) else [answer]
        return [option for name in names if (option := self.option(str(name))) is not None]

    def read(self, given: Any) -> Any:
        """The answer as it is kept; None for none. Raises InputError for what the question does not take."""
        if given in (None, "", [], {}):
            return None
        value = _read(self, given)
        return value or None

    def is_answered(self, answer: Any) -> bool:
        """Whether the answer is whole."""
        if answer is None:
            return False
        if self.kind == "many" and self.all:
            return len(answer) == len(self.options)
        if self.kind == "matrix":
            return all(answer.get(row.id) for row in self.rows)
        if self.kind == "risks":
            return all(_is_weighed(answer.get(row.id)) for row in self.rows)
        return True

    def stopping(self, answer: Any) -> Named | None:
        """Why the assessment cannot be signed with that answer."""
        return next((each.stops for each in self.chosen(answer) if each.stops), None) if answer else None


class Section(_Data):
    """Questions that belong together, on a page of their own."""

    id: str
    title: Named
    duties: tuple[str, ...]
    tiers: tuple[TierId, ...] = ()
    """Those that it is asked of; empty: all."""
    questions: tuple[Question, ...]


class Questionnaire(_Data):
    """The whole of it, and the rules that go with it."""

    version: str
    reviewers: Mapping[TierId, int]
    """How many people beside the owner approve."""
    remind_days: int
    audit_months: int
    arguments: Mapping[Literal["low", "claimed", "closing"], Named]
    places: tuple[Option, ...]
    sections: tuple[Section, ...]

    @model_validator(mode="after")
    def _every_id_is_used_once(self) -> Questionnaire:
        ids = [question.id for section in self.sections for question in section.questions]
        if len(set(ids)) < len(ids):
            raise ValueError("A question's id is used twice.")
        for section in self.sections:
            for question in section.questions:
                if question.when and question.when.question not in ids:
                    raise ValueError(f"{question.id} waits for a question that there is not.")
        return self

    def question(self, name: str) -> Question:
        """Raises InputError."""
        for section in self.sections:
            for question in section.questions:
                if question.id == name:
                    return question
        raise InputError("There is no such question.", hint="Reload the page: the questionnaire may be new.")

    def asked(self, tier: TierId | None, answers: Answers) -> list[Section]:
        """The sections that this tier demands, each with those of its questions that are asked after these
        answers. Before a tier is known, the first alone."""
        if tier is None:
            return [self.sections[0]]
        found = []
        for section in self.sections:
            if section.tiers and tier not in section.tiers:
                continue
            questions = tuple(each for each in section.questions if _is_asked(each, tier, answers))
            if questions:
                found.append(section.model_copy(update={"questions": questions}))
        return found


def missing(section: Section, answers: Answers) -> list[Question]:
    """The questions of a section, as it is asked, that still lack a whole answer."""
    return [each for each in section.questions if not each.is_answered(answers.get(each.id))]


@lru_cache(maxsize=1)
def questionnaire() -> Questionnaire:
    """The questionnaire of this version of the product."""
    return data_file("assessment/questions.yaml", Questionnaire)


def _is_asked(question: Question, tier: TierId, answers: Answers) -> bool:
    if question.tiers and tier not in question.tiers:
        return False
    if question.when is None:
        return True
    answer = answers.get(question.when.question)
    given = answer if isinstance(answer, list) else [answer]
    return bool({*question.when.any} & {str(each) for each in given})


def _is_weighed(risk: Any) -> bool:
    """A risk that is not low has its measure."""
    return bool(risk and risk.get("level") and (risk["level"] == "low" or risk.get("measure")))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _wrong()
    if len(value) > LONGEST:
        raise InputError(f"An answer is longer than {LONGEST} characters.", hint="Say it more shortly.")
    return value.replace("\r\n", "\n").strip()


def _choice(question: Question, given: Any) -> str:
    if not isinstance(given, str) or question.option(given) is None:
        raise _wrong()
    return given


def _many(question: Question, given: Any) -> list[str]:
    """In the order of the options; one that excludes the others stands alone."""
    if not isinstance(given, list) or any(question.option(str(each)) is None for each in given):
        raise _wrong()
    chosen = [option for option in question.options if option.id in given]
    if len(chosen) > 1 and any(option.alone for option in chosen):
        raise InputError(
            f"“{next(option.en for option in chosen if option.alone)}” goes with no other answer.",
            hint="Take out one or the other.",
        )
    return [option.id for option in chosen]


def _date(given: Any) -> str:
    try:
        return date.fromisoformat(_text(given)).isoformat()
    except ValueError:
        raise InputError("This is no date.", hint="Write it as 2027-03-31.") from None


def _confirm(given: Any) -> bool:
    if not isinstance(given, bool):
        raise _wrong()
    return given


def _matrix(question: Question, given: Any) -> dict[str, str]:
    rows = {row.id for row in question.rows}
    if not isinstance(given, dict) or not given.keys() <= rows:
        raise _wrong()
    return {name: text for name, value in given.items() if (text := _text(value))}


def _risks(question: Question, given: Any) -> dict[str, dict[str, str]]:
    rows = {row.id for row in question.rows}
    if not isinstance(given, dict) or not given.keys() <= rows:
        raise _wrong()
    found = {}
    for name, risk in given.items():
        if not isinstance(risk, dict) or risk.get("level", "") not in ("", *LEVELS):
            raise _wrong()
        kept = {"level": risk.get("level", ""), "measure": _text(risk.get("measure", ""))}
        if any(kept.values()):
            found[name] = kept
    return found


def _read(question: Question, given: Any) -> Any:
    match question.kind:
        case "choice":
            return _choice(question, given)
        case "many":
            return _many(question, given)
        case "text":
            return _text(given)
        case "date":
            return _date(given)
        case "confirm":
            return _confirm(given)
        case "matrix":
            return _matrix(question, given)
        case "risks":
            return _risks(question, given)


def _wrong() -> InputError:
    return InputError("The question does not take this answer.", hint="Choose one of those that it offers.")
