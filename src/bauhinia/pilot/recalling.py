"""What a translation takes from the memory: a paragraph met before, or one that is near as an example."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..documents.layout import faults, line, plain
from ..gateway import estimate_tokens
from ..language import Variety
from ..translation.memory import Match, Memory
from .draft import Finding

EXACT = 100
"""The lowest score that is taken without the model."""
NEAR = 85
"""The lowest score that is shown to the model and to the officer."""
EXAMPLE_TOKENS = 240
"""The longest example: a longer one takes room that the answer needs."""
Example = tuple[str, str]
"""The words of a source and of its translation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """A department's memory, asked for the paragraphs of one document."""

    memory: Memory
    department: str
    to: Variety
    sources: Sequence[str]
    """Tagged texts in document order: each one's neighbours are its context."""

    async def paragraph(self, place: int) -> Match | None:
        """The best match of a paragraph, of `NEAR` or above."""
        before = self.sources[place - 1] if place else None
        after = self.sources[place + 1] if place + 1 < len(self.sources) else None
        return await self.text(self.sources[place], before, after)

    async def text(self, source: str, before: str | None = None, after: str | None = None) -> Match | None:
        """The best match of a tagged text, of `NEAR` or above."""
        found = await self.memory.look_up(
            source, self.to, department=self.department, before=before, after=after, least=NEAR, most=1
        )
        return found[0] if found else None


def taken(match: Match | None, source: str) -> bool:
    """Whether a match stands as the translation: the same text, its tags whole."""
    return match is not None and match.score >= EXACT and not faults(source, match.target)


def example_of(match: Match | None) -> Example | None:
    """A match as an example for the model, as it was learnt: figures of its own on both sides."""
    if match is None:
        return None
    source, target = plain(match.source), plain(match.remembered)
    return (source, target) if estimate_tokens(source + target) <= EXAMPLE_TOKENS else None


def near_finding(match: Match) -> Finding:
    """A match that was not taken, for the officer."""
    words = line(match.target)
    return Finding(
        check="memory",
        severity="note",
        message=f"Near in the memory, {match.score}: {words}",
        values={"score": str(match.score), "words": words},
    )
