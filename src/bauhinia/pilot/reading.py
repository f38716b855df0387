"""Source documents as a task reads them: their language, and their parts within the model's context."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..documents import Document, Part, split_sections
from ..gateway import estimate_tokens
from ..language import Variety, detect

SAMPLE = 8_000
"""Characters that are read to tell a document's language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePart:
    """A part of one document, short enough for the model."""

    document: str
    """Id of the document."""
    part: Part

    @property
    def places(self) -> list[tuple[str, str]]:
        """The (document, block) pairs it is made of."""
        return [(self.document, slice_.block) for slice_ in self.part.slices]

    @property
    def heading(self) -> str:
        """What to call it while it is being worked on."""
        return " › ".join(self.part.headings) or self.part.text[:60]


def variety_of(documents: Mapping[str, Document]) -> Variety:
    """The language that most of the documents' text is in; English when there is none to tell."""
    text = "\n".join(document.text[: SAMPLE // len(documents)] for document in documents.values())
    variety = detect(text).variety
    return Variety.ENGLISH if variety is Variety.UNKNOWN else variety


def parts_of(documents: Mapping[str, Document], budget: int) -> list[SourcePart]:
    """Every document's parts in order, each at most `budget` tokens, split on structure."""
    return [
        SourcePart(document=key, part=part)
        for key, document in documents.items()
        for part in split_sections(document, estimate_tokens, budget)
    ]


def tokens_of(parts: Sequence[SourcePart]) -> int:
    """Tokens in all the parts together."""
    return sum(estimate_tokens(part.part.text) for part in parts)
