"""What a comparison changes in substance: figures, dates, references, obligations, whole paragraphs and rows.

A program finds them; no model has a say. Within one language the figures and the binding words that an edit
touches are held against one another; across languages the figures and the force of aligned sentences.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ..documents import Anchor, Block, Document
from ..documents.comparison import BREAK, Aligned, Comparison, Edit, Pair, Texts
from ..language import Figure, compare_figures, figures, split_sentences
from .modality import Force, forbids, forces, rank
from .polarity import denies

ChangeKind = Literal[
    "figure", "figure_added", "figure_removed", "obligation", "negation",
    "added", "removed", "moved", "sentence_removed", "sentence_added",
]  # fmt: skip
WEAKER, STRONGER, REVERSED = "weaker", "stronger", "reversed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of substance, with its places in both documents."""

    kind: ChangeKind
    pair: int
    """Index of the pair in the comparison."""
    old: Figure | None = None
    new: Figure | None = None
    was: str = ""
    """The old words: a binding word, a whole paragraph, a row."""
    became: str = ""
    how: str = ""
    """Of an obligation: `weaker`, `stronger` or `reversed`. Of a figure: `deadline` for the date of one."""
    context: str = ""
    """Of a figure, with the words that follow it in the text: `300 encrypted USB devices`."""
    where: str = ""
    """The heading that it stands under, in the document that has it."""
    old_anchors: tuple[Anchor, ...] = field(default=())
    new_anchors: tuple[Anchor, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Sides:
    """Both documents with what is asked of them again and again."""

    old: Document
    new: Document
    texts: Texts
    blocks: tuple[dict[str, Block], dict[str, Block]]
    headings: tuple[dict[str, str], dict[str, str]]

    @classmethod
    def of(cls, old: Document, new: Document) -> Sides:
        """Of two documents."""
        blocks = {one.id: one for one in old.blocks}, {one.id: one for one in new.blocks}
        return cls(old, new, Texts.of(old, new), blocks, (_headings(old), _headings(new)))

    def anchors(self, side: int, ids: Sequence[str], start: int, end: int) -> tuple[Anchor, ...]:
        """The places of characters `start` to `end` of blocks' texts joined with `BREAK`."""
        found = []
        at = 0
        for one in ids:
            block = self.blocks[side][one]
            first, last = max(start - at, 0), min(end - at, len(block.text))
            if first < last:
                found.append(Anchor(block=one, start=first, end=last, page=block.page))
            at += len(block.text) + len(BREAK)
        return tuple(found)

    def whole(self, side: int, ids: Sequence[str]) -> tuple[Anchor, ...]:
        """The whole of these blocks."""
        return self.anchors(side, ids, 0, sum(len(self.blocks[side][one].text) + 1 for one in ids))


_OWN_PLACE = frozenset({"heading", "title", "header", "footer"})
"""Blocks that stand under no heading."""


def _headings(document: Document) -> dict[str, str]:
    """The nearest heading above each block."""
    found: dict[str, str] = {}
    nearest = ""
    for block in document.blocks:
        if block.kind == "heading":
            nearest = block.text
        found[block.id] = "" if block.kind in _OWN_PLACE else nearest
    return found


def changes_within(comparison: Comparison, sides: Sides) -> list[Change]:
    """The changes of substance between two versions in one language, in order."""
    found: list[Change] = []
    rows: set[tuple[int, int, int]] = set()
    for index, pair in enumerate(comparison.pairs):
        if pair.kind in ("deleted", "inserted", "moved_to"):
            found += _whole(comparison, index, sides, rows)
        if pair.kind in ("changed", "moved_to") and pair.edits and not pair.renumbered:
            found += _edited(comparison, index, sides)
    return found


def changes_across(
    comparison: Comparison, sides: Sides, sentences: Sequence[Sequence[Aligned]]
) -> list[Change]:
    """What a document and its counterpart do not share. `sentences`: of each pair with two sides."""
    found: list[Change] = []
    rows: set[tuple[int, int, int]] = set()
    rest = iter(sentences)
    for index, pair in enumerate(comparison.pairs):
        if not pair.old or not pair.new:
            found += _whole(comparison, index, sides, rows)
            continue
        for aligned in next(rest):
            found += _across(index, pair, aligned, sides)
    return found


def _whole(
    comparison: Comparison, index: int, sides: Sides, rows: set[tuple[int, int, int]]
) -> Iterator[Change]:
    """A paragraph or a row that is only on one side; a row is told once, mere marks never."""
    pair = comparison.pairs[index]
    side, ids = (0, pair.old) if pair.old else (1, pair.new)
    block = sides.blocks[side][ids[0]]
    text = block.text
    if block.cell is not None:
        row = (side, block.cell.table, block.cell.row)
        if row in rows:
            return
        rows.add(row)
        ids = _row_ids(comparison, index, sides, side)
        text = " | ".join(sides.blocks[side][one].text for one in ids)
    if not re.search(r"\w", text):
        return
    kind: ChangeKind = "moved" if pair.kind == "moved_to" else "added" if side else "removed"
    old: tuple[str, ...] = () if side else ids
    if pair.kind == "moved_to":
        assert pair.partner is not None
        old = comparison.pairs[pair.partner].old
    yield Change(
        kind=kind,
        pair=index,
        was="" if side else text,
        became=text if side else "",
        where=sides.headings[side][ids[0]],
        old_anchors=sides.whole(0, old),
        new_anchors=sides.whole(1, ids) if side else (),
    )


def _row_ids(comparison: Comparison, index: int, sides: Sides, side: int) -> tuple[str, ...]:
    """The cells of this kind in the row of the pair's cell."""
    first = comparison.pairs[index]
    here = sides.blocks[side][(first.old or first.new)[0]].cell
    assert here is not None
    ids: list[str] = []
    for pair in comparison.pairs[index : index + 200]:
        own = pair.old if side == 0 else pair.new
        cell = sides.blocks[side][own[0]].cell if own else None
        if pair.kind != first.kind or cell is None or (cell.table, cell.row) != (here.table, here.row):
            if own and (cell is None or (cell.table, cell.row) != (here.table, here.row)):
                break
            continue
        ids += own
    return tuple(ids)


def _edited(comparison: Comparison, index: int, sides: Sides) -> Iterator[Change]:
    """Figures and binding words that the edits of a pair touch."""
    pair = comparison.pairs[index]
    before, after = sides.texts.before(comparison.pairs, pair), sides.texts.after(pair)
    old_ids = comparison.pairs[pair.partner].old if pair.partner is not None else pair.old
    where = sides.headings[1][pair.new[0]]

    def change(kind: ChangeKind, here: Span, there: Span, **more: object) -> Change:
        return Change(
            kind=kind,
            pair=index,
            where=where,
            old_anchors=sides.anchors(
                0, old_ids, *(here or _around(there, pair.edits, before, old_side=True))
            ),
            new_anchors=sides.anchors(
                1, pair.new, *(there or _around(here, pair.edits, after, old_side=False))
            ),
            **more,  # type: ignore[arg-type]
        )

    edits = []
    for edit in pair.edits:
        span = (edit.old_start, edit.old_end) if edit.kind == "delete" else (edit.new_start, edit.new_end)
        text = before if edit.kind == "delete" else after
        if edit.kind != "replace" and (whole := _whole_sentences(text, *span)):
            said = text[slice(*whole)].strip()
            if edit.kind == "delete":
                yield change("sentence_removed", whole, None, was=said)
            else:
                yield change("sentence_added", None, whole, became=said)
        else:
            edits.append(edit)
    for was, became in _changed_figures(before, after, edits):
        kind: ChangeKind = "figure" if was and became else "figure_removed" if was else "figure_added"
        at = became or was
        text = after if became else before
        assert at is not None
        deadline = at.kind == "date" and is_deadline(text, at.start, at.end)
        yield change(
            kind,
            _span(was),
            _span(became),
            old=was,
            new=became,
            how="deadline" if deadline else "",
            context=_context(text, at),
        )
    yield from _forces(before, after, edits, change)


def _whole_sentences(text: str, start: int, end: int) -> Span:
    """The place of the whole sentences that an edit takes out or puts in; None if it is no whole sentence.

    An edit may start in the mark before a sentence and end before its own: the texts read the same.
    """
    for first, last in split_sentences(text):
        body = text[first:last].strip()
        if abs(start - first) <= 2 and last <= end + 2 and LEAST_SENTENCE < len(body) <= end - start + 2:
            return first, max(last, min(end, len(text)))
    return None


LEAST_SENTENCE = 6
"""Characters; a shorter one is a word that was put in."""
_FOLLOWING = re.compile(r"(?: ?[A-Za-z][\w'’-]*){1,4}|[^\W\d_]{1,8}")


def _context(text: str, figure: Figure) -> str:
    """A figure with the words that follow it; nothing for one that speaks for itself, as a date does."""
    following = _FOLLOWING.match(text, figure.end) if figure.kind in ("number", "percent", "money") else None
    return text[figure.start : following.end()] if following else ""


Span = tuple[int, int] | None


def _in_words(text: str, span: Span) -> str:
    """A binding word with the words that follow it: `must be encrypted`."""
    if span is None:
        return ""
    following = _FOLLOWING.match(text, span[1])
    return text[span[0] : following.end() if following else span[1]]


def _span(figure: Figure | None) -> Span:
    return (figure.start, figure.end) if figure else None


def _around(span: Span, edits: Sequence[Edit], text: str, *, old_side: bool) -> tuple[int, int]:
    """The sentence-sized place on the other side of an edit that has nothing there."""
    assert span is not None
    for edit in edits:
        start, end = (edit.new_start, edit.new_end) if old_side else (edit.old_start, edit.old_end)
        if start < span[1] and span[0] < end:
            at = edit.old_start if old_side else edit.new_start
            return max(0, at - 40), min(len(text), at + 40)
    return 0, min(len(text), 80)


def _changed_figures(
    before: str, after: str, edits: Sequence[Edit]
) -> Iterator[tuple[Figure | None, Figure | None]]:
    """Figures that edits touch, the old beside the new; the same value written otherwise is none."""
    ours = _touched(figures(before), [(edit.old_start, edit.old_end) for edit in edits])
    theirs = _touched(figures(after), [(edit.new_start, edit.new_end) for edit in edits])
    left = list(theirs)
    for was, numbers in ours:
        match = next(
            (one for one in left if one[0].kind == was.kind and one[1] & numbers),
            None,
        ) or next((one for one in left if one[1] & numbers and _both_count(one[0], was)), None)
        if match:
            left.remove(match)
            if match[0].value != was.value:
                yield was, match[0]
        elif (same := next((one for one in left if one[0].value == was.value), None)) is not None:
            left.remove(same)
        else:
            yield was, None
    for became, _ in left:
        yield None, became


def _both_count(left: Figure, right: Figure) -> bool:
    counting = {"number", "percent", "money", "ordinal"}
    return left.kind in counting and right.kind in counting


def _touched(found: Sequence[Figure], spans: Sequence[tuple[int, int]]) -> list[tuple[Figure, set[int]]]:
    """The figures that edits touch, with the numbers of those edits."""
    touched = []
    for figure in found:
        numbers = {
            n
            for n, (start, end) in enumerate(spans)
            if start <= figure.end
            and figure.start <= end
            and ((start < figure.end and figure.start < end) or start == end)
        }
        if numbers:
            touched.append((figure, numbers))
    return touched


def _forces(before: str, after: str, edits: Sequence[Edit], change: object) -> Iterator[Change]:
    """Binding words that were put for others: must for should, 可 for 須; a denial that came or went."""
    assert callable(change)
    for edit in edits:
        spans: tuple[Span, Span] = (
            (edit.old_start, edit.old_end) if edit.kind != "insert" else None,
            (edit.new_start, edit.new_end) if edit.kind != "delete" else None,
        )
        beside = edit.kind != "replace"
        was = _force_at(before, edit.old_start, edit.old_end, beside=beside)
        became = _force_at(after, edit.new_start, edit.new_end, beside=beside)
        if was[0] != became[0]:
            yield change(
                "obligation",
                was[1] or spans[0],
                became[1] or spans[1],
                was=_in_words(before, was[1]),
                became=_in_words(after, became[1]),
                how=how(was[0], became[0]),
            )
        elif was[0] == "none":
            old, new = before[edit.old_start : edit.old_end], after[edit.new_start : edit.new_end]
            if denies(old) != denies(new):
                yield change(
                    "negation",
                    *spans,
                    was=old,
                    became=new,
                )


def _force_at(text: str, start: int, end: int, *, beside: bool) -> tuple[Force, Span]:
    """The strongest force that an edit touches, and its place; `beside`: one that stands next to it too."""
    best: tuple[Force, Span] = ("none", None)
    for force, spans in forces(text).items():
        for first, last in spans:
            touches = first < end and start < last
            near = beside and first <= end + 1 and start - 1 <= last
            if (touches or near) and rank(force) > rank(best[0]):
                best = force, (first, last)
    return best


def how(was: Force, became: Force) -> str:
    """Whether an obligation was made weaker or stronger, or turned into its opposite."""
    if "none" not in (was, became) and forbids(was) != forbids(became):
        return REVERSED
    return WEAKER if rank(became) < rank(was) else STRONGER


_BEFORE = re.compile(
    r"(?:\b(?:by|before|until|till|deadline\w*|no later than|not later than|due(?: on)?"
    r"|clos(?:es|ing)(?: date)?(?: on)?|expires? on)"
    r"|截止|限期|期限|截至|屆滿)[^.。；;]{0,30}$",
    re.IGNORECASE,
)
_AFTER = re.compile(r"(?:[（(][^）)]{0,8}[）)])?(?:或之前|或以前|之前|前|屆滿|截止)")


def is_deadline(text: str, start: int, end: int) -> bool:
    """Whether a date at these characters is a time by which something is to be done."""
    return bool(_BEFORE.search(text[max(0, start - 60) : start]) or _AFTER.match(text, end))


def _across(index: int, pair: Pair, aligned: Aligned, sides: Sides) -> Iterator[Change]:
    """What aligned sentences of two languages do not share."""
    places = (
        sides.anchors(0, pair.old, aligned.old_start, aligned.old_start + len(aligned.old.rstrip())),
        sides.anchors(1, pair.new, aligned.new_start, aligned.new_start + len(aligned.new.rstrip())),
    )

    def change(kind: ChangeKind, **more: object) -> Change:
        return Change(
            kind=kind,
            pair=index,
            where=sides.headings[1][pair.new[0]],
            old_anchors=places[0],
            new_anchors=places[1],
            **more,  # type: ignore[arg-type]
        )

    old, new = aligned.old.strip(), aligned.new.strip()
    if not old or not new:
        if re.search(r"\w", old or new):
            yield change("sentence_removed" if old else "sentence_added", was=old, became=new)
        return
    for was, became in _by_kind(aligned.old, aligned.new):
        kind: ChangeKind = "figure" if was and became else "figure_removed" if was else "figure_added"
        at, text = (became, aligned.new) if became else (was, aligned.old)
        assert at is not None
        deadline = at.kind == "date" and is_deadline(text, at.start, at.end)
        yield change(
            kind, old=was, new=became, how="deadline" if deadline else "", context=_context(text, at)
        )
    ours, theirs = _unshared(old, new)
    if _forces_differ(ours, theirs, old, new):
        yield change("obligation", was=_words(old, ours), became=_words(new, theirs), how=how(ours, theirs))


def _unshared(old: str, new: str) -> tuple[Force, Force]:
    """The strongest force of each side that the other side has not."""
    ours, theirs = set(forces(old)), set(forces(new))
    left = ours - theirs, theirs - ours
    if (theirs and not left[1]) or (ours and not left[0]):
        left = set(), set()
    none: Force = "none"
    return max(left[0], key=rank, default=none), max(left[1], key=rank, default=none)


_WILL = re.compile(r"\b(?:will|would|to)\b|會|將|payable|liable|charged", re.IGNORECASE)


def _forces_differ(ours: Force, theirs: Force, old: str, new: str) -> bool:
    """Whether a translation binds otherwise. `will` and 會 bind as much or as little as their reader thinks,
    so that they answer to anything but a prohibition; `should` and `must` are not the same."""
    gap = abs(rank(ours) - rank(theirs))
    if "none" in (ours, theirs):
        return gap >= 3 and not _WILL.search(old if ours == "none" else new)
    if forbids(ours) != forbids(theirs):
        return denies(old) != denies(new)
    return gap >= 1


def _words(text: str, force: Force) -> str:
    spans = forces(text).get(force, [])
    return _in_words(text, spans[0]) if spans else ""


def _by_kind(old: str, new: str) -> list[tuple[Figure | None, Figure | None]]:
    """Figures that the other side lacks, those of one kind beside one another."""
    difference = compare_figures(old, new)
    left = list(difference.added)
    pairs: list[tuple[Figure | None, Figure | None]] = []
    for was in difference.missing:
        match = next((one for one in left if one.kind == was.kind or _both_count(one, was)), None)
        if match:
            left.remove(match)
        pairs.append((was, match))
    return pairs + [(None, one) for one in left]
