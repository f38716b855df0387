"""Consistency across a document: one source, one translation."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from .fault import Fault


def check_consistency(pairs: Sequence[tuple[str, str]]) -> list[tuple[int, Fault]]:
    """The same source with different targets, and the same target for different sources.

    `pairs` are the document's sources and targets in order; an empty target is not translated yet. Gives the
    number of a pair with its fault. The commonest translation, of equals the first, is the one suggested.
    """
    forward: dict[str, list[int]] = defaultdict(list)
    back: dict[str, list[int]] = defaultdict(list)
    for number, (source, target) in enumerate(pairs):
        if target.strip():
            forward[_same(source)].append(number)
            back[_same(target)].append(number)
    found = [fault for places in forward.values() for fault in _different_targets(pairs, places)]
    found += [fault for places in back.values() for fault in _different_sources(pairs, places)]
    return sorted(found, key=lambda one: one[0])


def _same(text: str) -> str:
    return " ".join(text.split()).casefold()


def _different_targets(pairs: Sequence[tuple[str, str]], places: Sequence[int]) -> list[tuple[int, Fault]]:
    counts = Counter(" ".join(pairs[place][1].split()) for place in places)
    usual = counts.most_common(1)[0][0]
    return [
        (
            place,
            Fault(
                check="consistency", kind="wrong", message=f"Elsewhere this is translated “{usual}”.",
                found=pairs[place][1], end=len(pairs[place][1]), suggestion=usual,
            ),
        )
        for place in places
        if " ".join(pairs[place][1].split()) != usual
    ]  # fmt: skip


def _different_sources(pairs: Sequence[tuple[str, str]], places: Sequence[int]) -> list[tuple[int, Fault]]:
    first = pairs[places[0]][0]
    return [
        (
            place,
            Fault(
                check="consistency", kind="added", severity="note", found=pairs[place][1], wanted=first,
                message=f"This is the translation of “{first}” too.", end=len(pairs[place][1]),
            ),
        )
        for place in places
        if _same(pairs[place][0]) != _same(first)
    ]  # fmt: skip
