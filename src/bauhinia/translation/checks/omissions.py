"""What was left out or made up, told by length and by likeness of meaning."""

# ruff: noqa: ARG001  # all checks have the same signature, whatever they use
from __future__ import annotations

import re

from ...language import Variety
from .fault import Context, Fault

SHORTEST, LONGEST = 0.45, 2.2
"""Bounds of the target's weight over the source's, outside which something was left out or made up."""
_WIDE = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
_LEAST_WEIGHT = 12
"""Shorter segments say too little of how long their translation should be."""


def check_length(source: str, target: str, to: Variety, context: Context) -> list[Fault]:
    """A translation far shorter or longer than its source calls for."""
    read, wrote = weight(source), weight(target)
    if read <= _LEAST_WEIGHT or SHORTEST <= wrote / read <= LONGEST:
        return []
    word, kind = ("short", "missing") if wrote < read else ("long", "added")
    return [
        Fault(
            check="omission", kind="missing" if kind == "missing" else "added",
            message=f"The translation is too {word} for its source.",
        )
    ]  # fmt: skip


def weight(text: str) -> int:
    """One for a wide character, one for every three others, rounded up: alike in both languages."""
    wide = len(_WIDE.findall(text))
    return wide + -(-(len(text) - wide) // 3)


def check_meaning(source: str, target: str, to: Variety, context: Context) -> list[Fault]:
    """A translation whose embedding is far from its source's; nothing where the context has no embedder."""
    if context.similarity is None or weight(source) <= _LEAST_WEIGHT:
        return []
    if (found := context.similarity(source, target)) >= context.least_similarity:
        return []
    message = f"The translation may not say what its source says (likeness {found:.2f})."
    return [Fault(check="meaning", kind="wrong", message=message, end=len(target))]
