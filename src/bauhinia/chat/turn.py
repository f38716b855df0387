"""One question to the public assistant and its answer: sentences, each with its source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..language import Variety

Via = Literal[
    "curated", "tool", "attached", "library", "served", "model", "made", "unknown", "down", "several"
]  # fmt: skip
"""Who answers: a department's own words, a live source, the asker's files, public documents, a listed MCP
server's tool, the model alone, a program that made something, or nobody; `several` for several questions
not all answered by one of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """Where sentences of an answer are from, as a person can look it up."""

    title: str
    """In the answer's language, with the source's own time."""
    url: str
    """A page of the source, or a path on this server; empty where there is neither."""
    at: str = ""
    """ISO 8601: the source's own time, or when it was last approved; empty where it gives none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A sentence, or a few that belong together."""

    text: str
    source: int | None = None
    """Its reference's place in the answer's list; None for what states nothing from a source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A whole answer."""

    via: Via
    language: Variety
    said: tuple[Said, ...]
    references: tuple[Reference, ...] = ()
    follow_ups: tuple[str, ...] = ()
    """Questions that may come next."""
    withdrawn: int = 0
    """Sentences of the model that were held back: a name, a number or a date in them was in no source."""
    model: str = ""
    """Which model wrote it; empty where none did."""
    entry: int | None = None
    """The ledger's entry, where a model wrote it."""
    why: str = ""
    """Why nobody answered: a stable word."""

    @property
    def text(self) -> str:
        """The words alone."""
        joint = " " if self.language is Variety.ENGLISH else ""
        return joint.join(said.text for said in self.said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A question and its answer, as the next question finds them."""

    question: str
    answer: Answer


Event = Said | Reference | Answer
"""In the order in which they come: a reference before the first sentence that names it, the answer last."""
