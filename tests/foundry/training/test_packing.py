from __future__ import annotations

import random

import pytest

from bauhinia.errors import InputError
from bauhinia.foundry.training.packing import IGNORED, Piece, Row, cut, pack, plan, targets_of


def made(count: int, longest: int, seed: int = 5) -> list[Piece]:
    """Pieces whose tokens say where they come from."""
    chance = random.Random(seed)
    pieces = []
    for number in range(count):
        ids = [number * 1000 + place for place in range(chance.randint(2, longest))]
        pieces.append(Piece(ids, [IGNORED, *ids[1:]]))
    return pieces


def predictions(rows: list[Row]) -> list[tuple[int, int]]:
    """Each target with the token before it in its row."""
    return sorted(
        (row.ids[place - 1], label)
        for row in rows
        for place, label in enumerate(row.labels)
        if label != IGNORED
    )


@pytest.mark.parametrize("length", [8, 17, 64])
def test_every_token_but_a_documents_first_is_predicted_once_after_the_token_before_it(length: int) -> None:
    pieces = made(40, 200)
    rows = pack(pieces, length)
    expected = sorted((piece.ids[i - 1], piece.ids[i]) for piece in pieces for i in range(1, len(piece.ids)))
    assert predictions(rows) == expected
    assert max(len(row.ids) for row in rows) <= length
    assert all(sum(row.lengths) == len(row.ids) for row in rows)


def test_rows_are_nearly_full() -> None:
    rows = pack(made(200, 60), 64)
    assert sum(len(row.ids) for row in rows) / (64 * len(rows)) > 0.95


def test_a_cut_begins_with_the_last_token_before_it() -> None:
    parts = list(cut(Piece([1, 2, 3, 4, 5], [IGNORED, 2, 3, 4, 5]), 3))
    assert [part.ids for part in parts] == [[1, 2, 3], [3, 4, 5]]
    assert [part.labels for part in parts] == [[IGNORED, 2, 3], [IGNORED, 4, 5]]


def test_what_is_only_context_stays_only_context() -> None:
    piece = Piece(list(range(20)), [IGNORED] * 15 + [15, 16, 17, 18, 19])
    rows = pack([piece], 8)
    assert sum(row.targets for row in rows) == 5


@pytest.mark.parametrize("share", [0.05, 0.25, 0.6])
def test_the_share_of_replay_holds_at_every_point(share: float) -> None:
    learnt, replay = pack(made(50, 60), 64), pack(made(20, 60, seed=6), 64)
    order = plan(learnt, replay, share=share, steps=30, epochs=1, batch=4, seed=1)
    again = {id(row) for row in replay}
    total = replayed = 0
    for row in order.rows:
        total += row.targets
        replayed += row.targets if id(row) in again else 0
        assert abs(replayed - share * total) <= 64
    assert order.replayed == replayed
    assert order.targets == total


def test_the_same_seed_gives_the_same_order_and_another_seed_another() -> None:
    learnt, replay = pack(made(50, 60), 64), pack(made(20, 60, seed=6), 64)

    def order(seed: int) -> list[Row]:
        return plan(learnt, replay, share=0.25, steps=30, epochs=1, batch=4, seed=seed).rows

    assert order(1) == order(1)
    assert order(1) != order(2)


def test_whole_passes_take_every_row_as_often_and_fill_the_last_batch_with_nothing() -> None:
    learnt = pack(made(50, 60), 64)
    order = plan(learnt, [], share=0, steps=None, epochs=2, batch=4, seed=1)
    assert order.targets == 2 * sum(row.targets for row in learnt)
    assert len(order.rows) == order.steps * 4
    assert sum(targets_of(row.labels) == 0 for row in order.rows) == -2 * len(learnt) % 4


def test_replay_that_is_wanted_and_not_there_is_told() -> None:
    with pytest.raises(InputError, match="no rows of kind replay"):
        plan(pack(made(5, 60), 64), [], share=0.25, steps=3, epochs=1, batch=4, seed=1)


def test_an_empty_corpus_is_told() -> None:
    with pytest.raises(InputError, match="nothing to train on"):
        plan([], [], share=0, steps=3, epochs=1, batch=4, seed=1)
