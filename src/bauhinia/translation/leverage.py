"""How much of a document the memory holds, told before work starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ..documents.layout import plain
from ..language import Variety
from .matching import shape
from .memory import SHARED, Memory

Class = Literal["101", "100", "95-99", "85-94", "75-84", "none", "repetition"]
CLASSES: tuple[Class, ...] = ("101", "100", "95-99", "85-94", "75-84", "none", "repetition")
FROM_MEMORY: tuple[Class, ...] = ("101", "100", "95-99", "repetition")
"""Classes that need reading and hardly any writing; the sentence counts these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How much text a class holds."""

    segments: int = 0
    words: int = 0
    """English words, or Chinese characters; a figure is one."""
    characters: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Leverage:
    """A report on a document."""

    classes: Mapping[Class, Count]
    """Every class of `CLASSES`."""

    @property
    def share(self) -> float:
        """Words from memory over all words, 0 to 1."""
        total = sum(count.words for count in self.classes.values())
        return sum(self.classes[name].words for name in FROM_MEMORY) / total if total else 0.0

    @property
    def sentence(self) -> str:
        """Such as `62 % from memory`."""
        return f"{int(100 * self.share)} % from memory"


async def leverage(
    memory: Memory, sources: Sequence[str], to: Variety, *, department: str = SHARED
) -> Leverage:
    """What the memory has for these tagged texts, in document order. A text met before is a repetition."""
    found: dict[Class, list[str]] = {name: [] for name in CLASSES}
    seen: set[str] = set()
    for place, source in enumerate(sources):
        if source in seen:
            found["repetition"].append(source)
            continue
        seen.add(source)
        matches = await memory.look_up(
            source, to, department=department, most=1,
            before=sources[place - 1] if place else None,
            after=sources[place + 1] if place + 1 < len(sources) else None,
        )  # fmt: skip
        found[_class(matches[0].score if matches else 0)].append(source)
    return Leverage(classes={name: _count(texts) for name, texts in found.items()})


def _class(score: int) -> Class:
    if score >= 100:
        return "101" if score == 101 else "100"
    return "95-99" if score >= 95 else "85-94" if score >= 85 else "75-84" if score >= 75 else "none"


def _count(texts: Sequence[str]) -> Count:
    return Count(
        segments=len(texts),
        words=sum(len(shape(text)) for text in texts),
        characters=sum(len(plain(text)) for text in texts),
    )
