"""Which units of two documents belong together: the same, nearly the same, moved, split and merged.

anchors (said once in both) -> the same in order -> near in order -> moved -> split and merged
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import Indel

from .units import Unit, likeness

NEAR = 0.5
"""Least share of words, in order, that a changed paragraph keeps; below it is another paragraph."""
MOVED_NEAR = 0.75
"""The same for one that stands elsewhere, where the neighbours do not vouch for it."""
MOVED_WORDS = 5
"""Fewest words of a paragraph that is said to have moved: `Yes` stands in many places."""
BETTER = 0.05
"""How much nearer a split must make it."""
SAME_HEAD = 0.55
"""How alike two rows of tables are taken to be that begin with the same cell."""
MOST_CELLS = 4_000_000
"""Likenesses that are measured at a time: 16 MB."""
MOST_CANDIDATES = 12
"""Partners of one unit that are weighed: rows of figures are all a little alike."""

Place = tuple[int, int]
"""A unit of the old document and one of the new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Units that belong together: one and one, one and several (split), several and one (merged)."""

    old: tuple[int, ...]
    new: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matching:
    """How two documents' units belong together; what is named nowhere was deleted or inserted."""

    in_order: tuple[Link, ...]
    """Rising on both sides."""
    moved: tuple[Place, ...]


def match(old: Sequence[Unit], new: Sequence[Unit]) -> Matching:
    """Match the units of two documents."""
    unique = list(_said_once(old, new))
    weights = [len(old[i].code) + 1.0 for i, _ in unique]
    anchors = [unique[n] for n in heaviest_chain(unique, weights)]
    moved = {place for place in set(unique) - set(anchors) if len(old[place[0]].code) >= MOVED_WORDS}
    same = sorted([*anchors, *_same_between(old, new, anchors, moved)])
    near = sorted([*same, *_near_between(old, new, same, moved)])
    moved |= set(_moved_nearly(old, new, near, moved))
    return Matching(in_order=tuple(_with_parts(old, new, near, moved)), moved=tuple(sorted(moved)))


def heaviest_chain(places: Sequence[Place], weights: Sequence[float]) -> list[int]:
    """Indices of the places that rise on both sides and weigh most together, in order.

    O(n log n): a Fenwick tree keeps the best chain that ends before each new unit.
    """
    columns = sorted({j for _, j in places})
    best: list[tuple[float, int]] = [(0.0, -1)] * (len(columns) + 1)
    before = [-1] * len(places)
    for n in sorted(range(len(places)), key=lambda n: (places[n][0], -places[n][1])):
        at = bisect_left(columns, places[n][1])
        weight, before[n] = _best_before(best, at)
        _raise_from(best, at + 1, (weight + weights[n], n))
    chain = []
    n = _best_before(best, len(columns))[1]
    while n >= 0:
        chain.append(n)
        n = before[n]
    return chain[::-1]


def _best_before(best: Sequence[tuple[float, int]], at: int) -> tuple[float, int]:
    found = (0.0, -1)
    while at > 0:
        found = max(found, best[at])
        at -= at & -at
    return found


def _raise_from(best: list[tuple[float, int]], at: int, to: tuple[float, int]) -> None:
    while at < len(best):
        best[at] = max(best[at], to)
        at += at & -at


def _said_once(old: Sequence[Unit], new: Sequence[Unit]) -> Iterator[Place]:
    """Units whose words stand once in each document."""
    counts = Counter(unit.key for unit in old), Counter(unit.key for unit in new)
    there = {unit.key: j for j, unit in enumerate(new)}
    for i, unit in enumerate(old):
        j = there.get(unit.key)
        if j is not None and counts[0][unit.key] == counts[1][unit.key] == 1 and _alike_in_kind(unit, new[j]):
            yield i, j


def _alike_in_kind(left: Unit, right: Unit) -> bool:
    return (left.table is None) == (right.table is None)


def _gaps(places: Sequence[Place], ends: Place) -> Iterator[tuple[range, range]]:
    """What lies between neighbouring places, where there is something on both sides."""
    i = j = 0
    for next_i, next_j in [*places, ends]:
        if next_i > i and next_j > j:
            yield range(i, next_i), range(j, next_j)
        i, j = next_i + 1, next_j + 1


def _free(gap: range, taken: set[int]) -> list[int]:
    return [n for n in gap if n not in taken]


def _same_between(
    old: Sequence[Unit], new: Sequence[Unit], anchors: Sequence[Place], moved: set[Place]
) -> Iterator[Place]:
    """The same words again, between anchors."""
    gone, come = {i for i, _ in moved}, {j for _, j in moved}
    for left, right in _gaps(anchors, (len(old), len(new))):
        rows, columns = _free(left, gone), _free(right, come)
        ours, theirs = [_kind_and_key(old[i]) for i in rows], [_kind_and_key(new[j]) for j in columns]
        for code in Indel.opcodes(ours, theirs):
            if code.tag == "equal":
                yield from zip(
                    rows[code.src_start : code.src_end], columns[code.dest_start : code.dest_end], strict=True
                )


def _kind_and_key(unit: Unit) -> str:
    return f"{'t' if unit.table is not None else 'p'}{unit.key}"


def _near_between(
    old: Sequence[Unit], new: Sequence[Unit], same: Sequence[Place], moved: set[Place]
) -> Iterator[Place]:
    """Nearly the same, between what is the same."""
    gone, come = {i for i, _ in moved}, {j for _, j in moved}
    for left, right in _gaps(same, (len(old), len(new))):
        rows, columns = _free(left, gone), _free(right, come)
        found = dict(_alike(old, new, rows, columns, NEAR)) | dict(_same_heads(old, new, rows, columns))
        places = list(found)
        yield from (places[n] for n in heaviest_chain(places, [found[place] for place in places]))


def _same_heads(
    old: Sequence[Unit], new: Sequence[Unit], rows: Iterable[int], columns: Sequence[int]
) -> Iterator[tuple[Place, float]]:
    """Rows of tables that begin alike, whatever follows: 2025 | 1 702 | 198 and 2025 | 1 840 | 233."""
    heads: dict[str, list[int]] = {}
    for j in columns:
        if new[j].head:
            heads.setdefault(new[j].head, []).append(j)
    for i in rows:
        for j in heads.get(old[i].head, ())[:MOST_CANDIDATES]:
            yield (i, j), SAME_HEAD + 0.4 * likeness(old[i].code, new[j].code)


def _alike(
    old: Sequence[Unit], new: Sequence[Unit], rows: Sequence[int], columns: Sequence[int], least: float
) -> Iterator[tuple[Place, float]]:
    """The most alike of each row's partners, at least `least`."""
    if not rows or not columns:
        return
    theirs = [new[j].code for j in columns]
    step = max(1, MOST_CELLS // len(columns))
    for start in range(0, len(rows), step):
        some = rows[start : start + step]
        scores = process.cdist(
            [old[i].code for i in some],
            theirs,
            scorer=Indel.normalized_similarity,
            score_cutoff=least,
            dtype=np.float32,
        )
        for row, i in zip(scores, some, strict=True):
            for at in np.argsort(-row, kind="stable")[:MOST_CANDIDATES]:
                if row[at] < least:
                    break
                if _alike_in_kind(old[i], new[columns[at]]):
                    yield (i, columns[at]), float(row[at])


def _moved_nearly(
    old: Sequence[Unit], new: Sequence[Unit], near: Sequence[Place], moved: set[Place]
) -> Iterator[Place]:
    """What is left on both sides and alike: moved, and changed a little; the most alike first."""
    gone = {i for i, _ in [*near, *moved]}
    come = {j for _, j in [*near, *moved]}
    rows = [i for i in range(len(old)) if i not in gone and len(old[i].code) >= MOVED_WORDS]
    columns = [j for j in range(len(new)) if j not in come and len(new[j].code) >= MOVED_WORDS]
    found = sorted(_alike(old, new, rows, columns, MOVED_NEAR), key=lambda each: -each[1])
    for (i, j), _ in found:
        if i not in gone and j not in come:
            gone.add(i)
            come.add(j)
            yield i, j


def _with_parts(
    old: Sequence[Unit], new: Sequence[Unit], near: Sequence[Place], moved: set[Place]
) -> Iterator[Link]:
    """Each pair with the neighbours that were split off or merged into it."""
    gone = {i for i, _ in [*near, *moved]}
    come = {j for _, j in [*near, *moved]}
    for i, j in near:
        left: tuple[int, ...] = (i,)
        right: tuple[int, ...] = (j,)
        if old[i].key != new[j].key and old[i].table is None:
            right = _grown(old[i], new, j, come)
            left = _grown(new[j], old, i, gone) if len(right) == 1 else left
            come.update(right)
            gone.update(left)
        yield Link(old=left, new=right)


def _grown(whole: Unit, parts: Sequence[Unit], at: int, taken: set[int]) -> tuple[int, ...]:
    """The run of parts around `at` that together are nearer to the whole than `at` alone."""
    first = last = at
    score = likeness(whole.code, parts[at].code)
    for step in (1, -1):
        while True:
            edge = last + 1 if step == 1 else first - 1
            if not 0 <= edge < len(parts) or edge in taken or parts[edge].table is not None:
                break
            low, high = min(first, edge), max(last, edge)
            joined = "".join(part.code for part in parts[low : high + 1])
            nearer = likeness(whole.code, joined)
            if nearer < score + BETTER or not parts[edge].code:
                break
            first, last, score = low, high, nearer
    return tuple(range(first, last + 1))
