"""From documents to rows of equal length, without losing a token.

A document longer than a row is cut, and each piece after the first begins with the last token of the piece
before it, as context: so every token of a document but its first is predicted exactly once. Pieces share rows
(TRL's best-fit packing, which drops nothing when no piece is longer than a row) and do not see one another.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from ...errors import InputError

T = TypeVar("T")

IGNORED = -100
"""The label of a token that is not to be predicted."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Token ids, and beside each the label by which it is trained."""

    ids: list[int]
    labels: list[int]

    @property
    def targets(self) -> int:
        """How many of its tokens are to be predicted."""
        return targets_of(self.labels)


@dataclass(frozen=True, slots=True)
class Row:
    """What the model reads at once: pieces one after the other, with their lengths."""

    ids: list[int]
    labels: list[int]
    lengths: list[int]

    @property
    def targets(self) -> int:
        """How many of its tokens are to be predicted."""
        return targets_of(self.labels)


BLANK = Row([0, 0], [IGNORED, IGNORED], [2])
"""Fills a last batch: nothing in it is trained."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The rows of a whole stage in the order of training, and how many targets they hold."""

    rows: list[Row]
    steps: int
    targets: int
    replayed: int
    """Targets among them that are replayed."""
    target_passes: float
    """How often the texts to learn are gone through."""
    replay_passes: float


def targets_of(labels: Iterable[int]) -> int:
    """How many labels are not ignored."""
    return sum(label != IGNORED for label in labels)


def tokenised(tokenizer: Any, texts: Sequence[str]) -> list[Piece]:
    """Each text with the sign of its end, to be predicted from its second token on."""
    if not texts:
        return []
    end = tokenizer.eos_token_id
    pieces = []
    for ids in tokenizer(list(texts), verbose=False)["input_ids"]:
        whole = [*ids, end] if end is not None and ids[-1:] != [end] else list(ids)
        if len(whole) > 1:
            pieces.append(Piece(whole, [IGNORED, *whole[1:]]))
    return pieces


def cut(piece: Piece, length: int) -> Iterator[Piece]:
    """The piece, or parts of at most `length` tokens that each begin with the last token before them."""
    for start in range(0, max(len(piece.ids) - 1, 1), length - 1):
        ids = piece.ids[start : start + length]
        yield Piece(ids, [IGNORED, *piece.labels[start + 1 : start + length]])


def pack(pieces: Sequence[Piece], length: int) -> list[Row]:
    """Rows of at most `length` tokens; that no target is lost is asserted."""
    from datasets import Dataset
    from trl.data_utils import pack_dataset

    parts = [part for piece in pieces for part in cut(piece, length) if part.targets]
    if not parts:
        return []
    table = Dataset.from_dict(
        {"input_ids": [part.ids for part in parts], "labels": [part.labels for part in parts]}
    )
    packed = pack_dataset(table, length, "bfd")
    rows = [Row(row["input_ids"], row["labels"], row["seq_lengths"]) for row in packed]
    assert sum(row.targets for row in rows) == sum(piece.targets for piece in pieces), "packing lost tokens"
    return rows


class Passes(Generic[T]):
    """Rows again and again, each pass in another order; the same seed gives the same orders."""

    def __init__(self, rows: Sequence[T], seed: int) -> None:
        self.rows = list(rows)
        self.taken = 0
        self._seed = seed
        self._order: list[int] = []

    def take(self) -> T:
        """The next row."""
        place = self.taken % len(self.rows)
        if place == 0:
            self._order = list(range(len(self.rows)))
            random.Random(f"{self._seed}/{self.taken // len(self.rows)}").shuffle(self._order)  # noqa: S311
        self.taken += 1
        return self.rows[self._order[place]]

    @property
    def passes(self) -> float:
        """How often the rows have been gone through."""
        return self.taken / len(self.rows) if self.rows else 0.0


def plan(
    learnt: Sequence[Row],
    replay: Sequence[Row],
    *,
    share: float,
    steps: int | None,
    epochs: int,
    batch: int,
    seed: int,
) -> Plan:
    """The order of a stage. At each row so many targets were replayed as `share` wants, to within a row."""
    if not learnt:
        raise InputError(
            "The corpus has nothing to train on.", hint="Look into rejected/ of the corpus stage."
        )
    if share and not replay:
        raise InputError(
            "The corpus has no rows of kind replay, and the recipe wants some.",
            hint="Name a source of replay in the corpus stage, or set replay_share to 0.",
        )
    streams = Passes(learnt, seed), Passes(replay, seed + 1)
    rows: list[Row] = []
    total = replayed = 0
    while len(rows) < steps * batch if steps else streams[0].taken < epochs * len(learnt):
        again = bool(share) and replayed < share * total
        row = streams[again].take()
        rows.append(row)
        total += row.targets
        replayed += row.targets if again else 0
    rows += [BLANK] * (-len(rows) % batch)
    return Plan(rows, len(rows) // batch, total, replayed, streams[0].passes, streams[1].passes)
