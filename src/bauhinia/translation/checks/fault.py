"""What a check says, and what it may know besides the segment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from ...language import Termbase, Variety

Kind = Literal["missing", "added", "wrong"]
Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong with a translated segment. Places count characters of the words, tags left out."""

    check: str
    """The check's name: `numbers`, `terms`, ..."""
    kind: Kind
    message: str
    """A sentence for the translator."""
    severity: Severity = "warning"
    start: int = 0
    """Where it stands in the target; with `end` equal to it, nowhere in particular."""
    end: int = 0
    found: str = ""
    """What stands there."""
    wanted: str = ""
    """What of the source, or of the termbase, the target lacks."""
    suggestion: str = ""
    """What to write at the place instead; empty where that cannot be told."""
    source_start: int = 0
    """Where `wanted` stands in the source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What checks may use besides the words of a segment."""

    termbase: Termbase
    tagged: tuple[str, str] | None = None
    """Source and target with their tags; None where there are none."""
    similarity: Callable[[str, str], float] | None = None
    """Cosine of two texts' embeddings; None leaves that check out."""
    least_similarity: float = 0.84
    """With the built-in embedder, the 126 pairs of `evaluation/sets` are at 0.852 or above, and half of all
    wrong pairings of the same sentences at 0.815 or below: above the bound nothing is said."""


Check = Callable[[str, str, Variety, Context], list[Fault]]
"""Source and target (their words, without tags), the target's language, and the context: all checks have the
same four, whichever they use."""
