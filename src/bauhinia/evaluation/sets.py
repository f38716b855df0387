"""The evaluation sets: our own rows, read from `sets/*.jsonl`. Offices and figures in them are invented."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources
from typing import Any, Literal

from ..language import Variety

Direction = Literal["en_zh", "zh_en"]
QuestionLanguage = Literal["en", "zh-HK", "zh-Hans", "yue", "mixed"]

REPLY_IN: dict[QuestionLanguage, Variety] = {
    "en": Variety.ENGLISH,
    "zh-HK": Variety.TRADITIONAL,
    "zh-Hans": Variety.SIMPLIFIED,
    "yue": Variety.CANTONESE,
    "mixed": Variety.CANTONESE,
}
"""What a question must be answered in. Code-mixed questions here have a Cantonese matrix (its particles and
word order, with English words put in), and the matrix language decides."""


@dataclass(frozen=True, slots=True)
class ExpectedTerm:
    """A term of the source and the official forms of which one must stand in the translation."""

    source: str
    target: tuple[str, ...]
    termbase: str = ""
    """Id of the termbase's entry for it; empty where the default termbase has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslationRow:
    """One segment of one or two sentences, with a translation that a careful officer could have written."""

    id: str
    source: str
    reference: str
    terms: tuple[ExpectedTerm, ...]


Keys = tuple[tuple[str, ...], ...]
"""Every group must be met; a group is met when any of its strings occurs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceText:
    """A short document that questions are asked of."""

    id: str
    language: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionRow:
    """A question to one document. Where `answerable` is false, the document does not say."""

    id: str
    document: str
    language: QuestionLanguage
    question: str
    answerable: bool
    keys: Keys

    @property
    def reply_in(self) -> Variety:
        """The language and script that the answer must be in."""
        return REPLY_IN[self.language]


@dataclass(frozen=True, slots=True)
class Fact:
    """One atomic fact of a document and the strings by which a summary is seen to hold it."""

    text: str
    keys: Keys


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryRow:
    """A document (Markdown) to be summarised in its own language, with the facts that matter in it."""

    id: str
    sample: str
    language: Literal["en", "zh-HK"]
    text: str
    facts: tuple[Fact, ...]


RetrievalKind = Literal[
    "same_language",
    "en_to_zh",
    "zh_to_en",
    "script",
    "cantonese",
    "reference",
    "paraphrase",
    "abbreviation",
]
"""Why a question is hard: `script` is Simplified against Traditional, either way; `cantonese` is Cantonese
against written Chinese, either way; `reference` asks for a number as it stands in the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievalRow:
    """A question to a library, and the stretches of text that answer it."""

    id: str
    question: str
    language: Literal["en", "zh-HK", "zh-Hans", "yue"]
    kind: RetrievalKind
    answers: dict[str, str]
    """The stretch by the paper's id. Where a paper exists in two languages, either answers."""
    split: Literal["dev", "test"]
    """Every third question is for tuning; figures that are published use the others."""

    def answered_by(self, paper: str, passage: str) -> bool:
        """Whether a passage of that paper holds the answer, however its lines are broken."""
        return paper in self.answers and squeezed(self.answers[paper]) in squeezed(passage)


def squeezed(text: str) -> str:
    """The text without white space."""
    return "".join(text.split())


def _rows(name: str) -> Iterator[dict[str, Any]]:
    text = (resources.files(__package__) / "sets" / f"{name}.jsonl").read_text(encoding="utf-8")
    for line in text.splitlines():
        yield json.loads(line)


def _keys(groups: list[list[str]]) -> Keys:
    return tuple(tuple(group) for group in groups)


def load_translations(direction: Direction) -> list[TranslationRow]:
    """Segments to translate: `en_zh` into Traditional Chinese (Hong Kong), `zh_en` into English."""
    return [
        TranslationRow(
            id=row["id"],
            source=row["source"],
            reference=row["reference"],
            terms=tuple(
                ExpectedTerm(term["source"], tuple(term["target"]), term["termbase"]) for term in row["terms"]
            ),
        )
        for row in _rows(f"translation_{direction}")
    ]


def load_source_texts() -> dict[str, SourceText]:
    """The documents that the questions are about, by id."""
    return {row["id"]: SourceText(**row) for row in _rows("documents")}


def load_questions() -> list[QuestionRow]:
    """60 questions, those of one document in a row, so that its prompt prefix stays cached."""
    return [QuestionRow(**{**row, "keys": _keys(row["keys"])}) for row in _rows("questions")]


def load_summaries() -> list[SummaryRow]:
    """Ten documents with their facts."""
    return [
        SummaryRow(
            **{**row, "facts": tuple(Fact(fact["text"], _keys(fact["keys"])) for fact in row["facts"])}
        )
        for row in _rows("summaries")
    ]


def load_retrieval() -> list[RetrievalRow]:
    """Questions over the samples and the papers of `retrieval_corpus`."""
    return [
        RetrievalRow(**row, split="test" if place % 3 else "dev")
        for place, row in enumerate(_rows("retrieval"))
    ]
