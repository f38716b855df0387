"""The second pass: names, numbers and dates of a sentence that stand in none of its sources."""

from __future__ import annotations

from collections.abc import Sequence

from ..language import compare_figures, figures, names, same_name, to_traditional
from ..privacy import FoundKind, find_personal

_PEOPLE: tuple[FoundKind, ...] = ("person",)


def invented(sentence: str, sources: Sequence[str]) -> list[str]:
    """What the sentence states that no source holds: figures, dates, names of bodies, posts and people.

    Both sides are read in Traditional script. Empty when everything was found, or there was nothing to find.
    """
    stated, held = to_traditional(sentence), to_traditional("\n".join(sources))
    return [*_figures(stated, held), *_names(stated, held), *_people(stated, held)]


def _figures(stated: str, held: str) -> list[str]:
    if not figures(stated):
        return []
    return [figure.text for figure in compare_figures(held, stated).added]


def _names(stated: str, held: str) -> list[str]:
    there = names(held)
    return [
        name
        for name in names(stated)
        if name not in held and not any(same_name(name, other) for other in there)
    ]


def _people(stated: str, held: str) -> list[str]:
    found = find_personal(stated, kinds=_PEOPLE)
    return [stated[one.start : one.end] for one in found if stated[one.start : one.end] not in held]
