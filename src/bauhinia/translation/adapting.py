"""A remembered translation made to fit a segment that is like its own: figures put over, tags put over."""

from __future__ import annotations

from typing import NamedTuple

from ..documents.layout import Piece, pieces, plain, projected, tagged
from ..language import Figure, Variety, figures, write_figure


class Adapted(NamedTuple):
    """A translation made to fit."""

    target: str
    """Tagged text."""
    figures: int
    """How many figures were put over."""
    unmet: int
    """How many figures of the segment differ and could not be put over."""
    tags: bool
    """Whether the tags of the two sources differ."""


def adapt(source: str, known: str, target: str, to: Variety) -> Adapted:
    """`target`, which translates `known`, with the figures and the tags of `source`; all are tagged text."""
    changes, unmet = _changes(plain(source), plain(known))
    written, done = _put_over(target, changes, to)
    tags = _tags(source) != _tags(known)
    fitted = projected(source, written) if tags else written
    return Adapted(fitted, done, unmet + len(changes) - done, tags)


def _tags(text: str) -> list[Piece]:
    return [piece._replace(text="") for piece in pieces(text) if piece.kind != "text"]


def _changes(source: str, known: str) -> tuple[dict[str, tuple[Figure, Figure]], int]:
    """The figures of `known` to replace, by their value, each with what replaces it; and how many cannot be.

    A figure that would have to become two different ones cannot.
    """
    wanted, had = figures(source), figures(known)
    if [figure.kind for figure in wanted] != [figure.kind for figure in had]:
        return {}, max(1, abs(len(wanted) - len(had)))
    becomes: dict[str, set[str]] = {}
    found: dict[str, tuple[Figure, Figure]] = {}
    for new, old in zip(wanted, had, strict=True):
        becomes.setdefault(old.value, set()).add(new.value)
        found[old.value] = (old, new)
    changed = {key: pair for key, pair in found.items() if becomes[key] != {key}}
    sure = {key: pair for key, pair in changed.items() if len(becomes[key]) == 1}
    return sure, len(changed) - len(sure)


def _put_over(target: str, changes: dict[str, tuple[Figure, Figure]], to: Variety) -> tuple[str, int]:
    """The target with these figures replaced, and how many of them it held."""
    done: set[str] = set()
    parts = []
    for piece in pieces(target):
        words = piece.text
        for figure in reversed(figures(words)):
            pair = changes.get(figure.value)
            if pair is not None and (new := _as_written(figure, *pair, to)) is not None:
                words = words[: figure.start] + new + words[figure.end :]
                done.add(figure.value)
        parts.append(piece._replace(text=words))
    return tagged(parts), len(done)


def _as_written(there: Figure, old: Figure, new: Figure, to: Variety) -> str | None:
    """The new figure in the target: in the old one's letters where those stand there (2025, 2025年), else as
    its language writes it; a figure of another kind there is left alone."""
    if old.text in there.text:
        return there.text.replace(old.text, new.text, 1)
    return write_figure(new, to) if there.kind == old.kind else None
