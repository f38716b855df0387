"""Two versions of a document side by side: every block of both in one order, and what changed in each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ..document import Document
from .differences import Edit, differences
from .matching import Link, heaviest_chain, match
from .units import Unit, Vocabulary, joined_text, likeness, same_key, units_of

PairKind = Literal["same", "changed", "deleted", "inserted", "moved_from", "moved_to"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Blocks of the old document beside the blocks of the new one that say the same, or have its place.

    Read down, the old sides give the old document's blocks in order, the new sides the new one's. Several
    blocks on the one side and one on the other: split, or merged.
    """

    kind: PairKind
    old: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    edits: tuple[Edit, ...] = ()
    """From the old text to the new, by characters of the blocks' texts joined with `BREAK`; of `moved_to`
    from the text that it moved from. Across languages: what the other side does not say."""
    partner: int | None = None
    """Of a move, the index of its other half."""
    renumbered: bool = False
    """Nothing changed but white space or the number of the paragraph."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """All pairs, in the order in which they are read."""

    pairs: tuple[Pair, ...]
    across: bool = False
    """The versions are in different languages: pairs are translations of one another."""

    @property
    def changes(self) -> int:
        """How many pairs are not the same on both sides."""
        return sum(pair.kind != "same" for pair in self.pairs)


@dataclass(slots=True)
class Texts:
    """The words of both documents by block."""

    old: dict[str, str]
    new: dict[str, str]

    @classmethod
    def of(cls, old: Document, new: Document) -> Texts:
        """Those of the text; asides take no part."""
        return cls(
            {block.id: block.text for block in old.blocks}, {block.id: block.text for block in new.blocks}
        )

    def before(self, pairs: Sequence[Pair], pair: Pair) -> str:
        """The text that a pair's edits start from."""
        if pair.kind == "moved_to":
            assert pair.partner is not None
            pair = pairs[pair.partner]
        return joined_text(self.old, pair.old)

    def after(self, pair: Pair) -> str:
        """The text that a pair's edits end in."""
        return joined_text(self.new, pair.new)


def compare_documents(old: Document, new: Document) -> Comparison:
    """Compare two versions in one language, whatever formats they are in."""
    vocabulary = Vocabulary()
    before, after = units_of(old, vocabulary), units_of(new, vocabulary)
    matching = match(before, after)
    texts = Texts.of(old, new)
    columns = _columns(before, after, matching.in_order, texts)
    gone, come = dict(matching.moved), {j: i for i, j in matching.moved}
    pairs: list[Pair] = []
    halves: dict[tuple[int, int], list[list[int]]] = {}
    i = j = 0
    for link in [*matching.in_order, Link(old=(len(before),), new=(len(after),))]:
        for at in range(i, link.old[0]):
            if at in gone:
                half = halves.setdefault((at, gone[at]), [[], []])[0]
                half += range(len(pairs), len(pairs) + len(before[at].ids))
            pairs += (
                Pair(kind="moved_from" if at in gone else "deleted", old=(one,)) for one in before[at].ids
            )
        for at in range(j, link.new[0]):
            if at in come:
                half = halves.setdefault((come[at], at), [[], []])[1]
                half += range(len(pairs), len(pairs) + len(after[at].ids))
            pairs += (
                Pair(kind="moved_to" if at in come else "inserted", new=(one,)) for one in after[at].ids
            )
        if link.old[0] < len(before):
            pairs += _linked(before, after, link, columns, texts)
        i, j = link.old[-1] + 1, link.new[-1] + 1
    return Comparison(pairs=tuple(_with_partners(pairs, list(halves.values()), texts)))


def _with_partners(pairs: list[Pair], halves: Sequence[Sequence[Sequence[int]]], texts: Texts) -> list[Pair]:
    """The halves of each move know one another; a moved row whose cells changed in number was rewritten."""
    for left, right in halves:
        if len(left) != len(right):
            for at in left:
                pairs[at] = Pair(kind="deleted", old=pairs[at].old)
            for at in right:
                pairs[at] = Pair(kind="inserted", new=pairs[at].new)
            continue
        for here, there in zip(left, right, strict=True):
            was, became = joined_text(texts.old, pairs[here].old), joined_text(texts.new, pairs[there].new)
            pairs[here] = Pair(kind="moved_from", old=pairs[here].old, partner=there)
            pairs[there] = Pair(
                kind="moved_to",
                new=pairs[there].new,
                partner=here,
                edits=differences(was, became),
                renumbered=was != became and same_key(was) == same_key(became),
            )
    return pairs


def _linked(
    old: Sequence[Unit],
    new: Sequence[Unit],
    link: Link,
    columns: Mapping[tuple[int, int], Sequence[tuple[int, int]]],
    texts: Texts,
) -> Iterator[Pair]:
    """The pairs of units that belong together: a paragraph's one, a row's cell by cell."""
    left, right = old[link.old[0]], new[link.new[0]]
    if left.table is None or right.table is None:
        ours = tuple(one for at in link.old for one in old[at].ids)
        theirs = tuple(one for at in link.new for one in new[at].ids)
        yield _pair(ours, theirs, texts, numbered=True)
        return
    done_left, done_right = -1, -1
    for c, d in [*columns[(left.table, right.table)], (max(left.cells) + 1, max(right.cells) + 1)]:
        for at in range(done_left + 1, c):
            yield from (Pair(kind="deleted", old=(one,)) for one in left.cells.get(at, ()))
        for at in range(done_right + 1, d):
            yield from (Pair(kind="inserted", new=(one,)) for one in right.cells.get(at, ()))
        yield from _cell_pairs(left.cells.get(c, ()), right.cells.get(d, ()), texts)
        done_left, done_right = max(done_left, c), max(done_right, d)


def _cell_pairs(ours: tuple[str, ...], theirs: tuple[str, ...], texts: Texts) -> Iterator[Pair]:
    if ours and theirs:
        yield _pair(ours, theirs, texts, numbered=False)
    elif ours:
        yield from (Pair(kind="deleted", old=(one,)) for one in ours)
    elif theirs:
        yield from (Pair(kind="inserted", new=(one,)) for one in theirs)


def _pair(ours: tuple[str, ...], theirs: tuple[str, ...], texts: Texts, *, numbered: bool) -> Pair:
    was, became = joined_text(texts.old, ours), joined_text(texts.new, theirs)
    if was == became:
        return Pair(kind="same", old=ours, new=theirs)
    same_words = same_key(was) == same_key(became) if numbered else was.split() == became.split()
    renumbered = len(ours) == len(theirs) == 1 and same_words
    return Pair(kind="changed", old=ours, new=theirs, edits=differences(was, became), renumbered=renumbered)


def _columns(
    old: Sequence[Unit], new: Sequence[Unit], links: Sequence[Link], texts: Texts
) -> dict[tuple[int, int], list[tuple[int, int]]]:
    """Which columns belong together, for each two tables whose rows do: those whose cells are most alike."""
    rows: dict[tuple[int, int], list[tuple[Unit, Unit]]] = {}
    for link in links:
        left, right = old[link.old[0]], new[link.new[0]]
        if left.table is not None and right.table is not None:
            rows.setdefault((left.table, right.table), []).append((left, right))
    return {tables: _column_chain(matched, texts) for tables, matched in rows.items()}


def _column_chain(rows: Sequence[tuple[Unit, Unit]], texts: Texts) -> list[tuple[int, int]]:
    widths = max(max(left.cells) for left, _ in rows), max(max(right.cells) for _, right in rows)
    vocabulary = Vocabulary()
    scores: dict[tuple[int, int], float] = {}
    for left, right in rows[:200]:
        ours = {c: vocabulary.code(joined_text(texts.old, ids)) for c, ids in left.cells.items()}
        theirs = {d: vocabulary.code(joined_text(texts.new, ids)) for d, ids in right.cells.items()}
        for c, code in ours.items():
            for d, other in theirs.items():
                scores[c, d] = scores.get((c, d), 0.0) + likeness(code, other) / len(rows[:200])
    if widths[0] == widths[1]:
        for c in range(widths[0] + 1):
            scores[c, c] = scores.get((c, c), 0.0) + 0.3
    places = [place for place, score in scores.items() if score >= 0.25]
    return [places[n] for n in heaviest_chain(places, [scores[place] for place in places])]
