"""What an officer asks for: one record a task, the same in the page, the CLI and the API."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from ..documents.layout import STORIES, Story
from ..gateway import LOWEST, classifications
from .draft import TaskKind

OutputLanguage = Literal["en", "zh-HK"]
USUAL_STORIES: list[Story] = [story for story in STORIES if story != "hidden"]
Manner = Literal["shorter", "formal", "plain", "executive", "public"]


class Order(BaseModel):
    """Base of the orders: frozen, unknown keys refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    classification: str = LOWEST
    """Of what the order itself says, such as its instructions; a higher one of its documents counts."""

    @field_validator("classification")
    @classmethod
    def _is_classification(cls, value: str) -> str:
        return classifications().level(value).id


class SummariseOrder(Order):
    """A cited summary of one or more documents."""

    documents: list[str] = Field(min_length=1, max_length=20)
    """Ids of documents on the shelf."""
    length: Literal["short", "medium", "long"] = "medium"
    """About 5, 10 or 20 statements."""
    audience: Literal["executive", "officer", "public"] = "officer"
    form: Literal["bullets", "prose"] = "bullets"
    language: Literal["en", "zh-HK", "both"] = "en"


class TranslateOrder(Order):
    """A translation, paragraph by paragraph."""

    document: str
    to: OutputLanguage
    layout: bool = True
    """Translate the file's own paragraphs, so that it can be had back looking as it did; where its format can
    be written. Else the text alone."""
    stories: list[Story] = USUAL_STORIES
    """Which texts of the file: the body, headers, notes, comments, ... Hidden text only when asked for."""
    memory: bool = True
    """Take what the department's memory holds, and show the model what is near."""

    @model_validator(mode="after")
    def _something_is_translated(self) -> TranslateOrder:
        if not self.stories:
            raise ValueError("Choose at least one kind of text to translate.")
        return self


class DraftOrder(Order):
    """A text drafted from instructions and any source documents."""

    type: str
    """Name of a template: `reply`, `memo`, `letter`, `press-release`, `minutes`, `circular`, `legco-reply`,
    `speech`, or one that a department added."""
    instructions: str = Field(min_length=1, max_length=20_000)
    documents: list[str] = Field(default_factory=list, max_length=20)
    language: OutputLanguage = "en"


class AnalyseOrder(Order):
    """A question to documents, or a table of what they oblige."""

    documents: list[str] = Field(min_length=1, max_length=20)
    mode: Literal["question", "table"] = "question"
    question: str = Field(default="", max_length=4_000)
    language: OutputLanguage = "en"
    """The table's language; a question is answered in the language it is asked in."""
    reader: Literal["", "en", "zh-Hant-HK", "zh-Hans"] = ""
    """The interface that the officer reads: it settles the script of a question that both scripts share."""

    @model_validator(mode="after")
    def _a_question_is_asked(self) -> AnalyseOrder:
        if self.mode == "question" and not self.question.strip():
            raise ValueError("A question is needed.")
        return self


class AskOrder(Order):
    """A question to the department's library."""

    question: str = Field(min_length=1, max_length=2_000, pattern=r"\S")
    collection: str = ""
    """Id of the one collection that is asked; empty asks all."""
    reader: Literal["", "en", "zh-Hant-HK", "zh-Hans"] = ""
    """As in `AnalyseOrder`."""


class CompareOrder(Order):
    """What changed between two versions, or differs between a document and its translation."""

    documents: list[str] = Field(min_length=2, max_length=2)
    """The earlier version, then the later one."""
    language: OutputLanguage = "en"
    """The language that the changes are told in."""
    overview: bool = False
    """Have the model open with a few sentences. It is given the changes, and finds none itself."""

    @model_validator(mode="after")
    def _two_documents(self) -> CompareOrder:
        if self.documents[0] == self.documents[1]:
            raise ValueError("Choose two different documents.")
        return self


class RedraftOrder(Order):
    """A document written anew, paragraph by paragraph, in its own language."""

    document: str
    manner: Manner


AnyOrder = (
    SummariseOrder | TranslateOrder | DraftOrder | AnalyseOrder | AskOrder | CompareOrder | RedraftOrder
)
ORDERS: dict[TaskKind, type[AnyOrder]] = {
    "summarise": SummariseOrder,
    "translate": TranslateOrder,
    "draft": DraftOrder,
    "analyse": AnalyseOrder,
    "ask": AskOrder,
    "compare": CompareOrder,
    "redraft": RedraftOrder,
}
"""By the kind of task that each asks for."""


def kind_of(order: AnyOrder) -> TaskKind:
    """The kind of task that an order asks for."""
    return next(kind for kind, made in ORDERS.items() if isinstance(order, made))


def documents_of(order: AnyOrder) -> list[str]:
    """Ids of the documents of the shelf that an order is about."""
    if isinstance(order, AskOrder):
        return []
    return [order.document] if isinstance(order, TranslateOrder | RedraftOrder) else order.documents


def needs_model(order: AnyOrder) -> bool:
    """Whether a model must be loaded for it: two versions are compared without one."""
    return not isinstance(order, CompareOrder) or order.overview
