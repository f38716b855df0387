"""Pieces of one row do not see one another, on a CPU too: their loss is that of each alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import tiny

from bauhinia.foundry.training.packing import IGNORED, Piece, Row, pack


def alone(model: Any, pieces: list[Piece]) -> float:
    """The summed loss of each piece in a batch of its own, by the model's own forward."""
    import torch

    total = 0.0
    with torch.no_grad():
        for piece in pieces:
            ids = torch.tensor([piece.ids])
            loss = model(input_ids=ids, labels=torch.tensor([piece.labels]), use_cache=False).loss
            total += float(loss) * piece.targets
    return total


def together(model: Any, rows: list[Row]) -> float:
    """The summed loss of the packed rows."""
    import torch

    from bauhinia.foundry.training.collating import Collator
    from bauhinia.foundry.training.watching import as_item

    batch = Collator(pad=258)([as_item(row) for row in rows])
    with torch.no_grad():
        out = model(**batch, use_cache=False)
    return float(out.loss) * int((batch["labels"] != IGNORED).sum())


@pytest.mark.parametrize("kind", ["llama", "qwen2", "deepseek"])
@pytest.mark.parametrize("attention", ["sdpa", "eager"])
def test_the_loss_of_packed_rows_is_that_of_their_pieces(kind: str, attention: str, tmp_path: Path) -> None:
    from bauhinia.foundry.training.packing import tokenised
    from bauhinia.foundry.training.stage import load_model

    base = tiny.make_model(tmp_path, kind=kind)
    pieces = tokenised(tiny.make_tokenizer(), [*tiny.CANTONESE, *tiny.ENGLISH])
    model = load_model(base, attention).eval()
    rows = pack(pieces, 128)
    assert len(rows) < len(pieces)
    assert together(model, rows) == pytest.approx(alone(model, pieces), rel=1e-6)


def test_what_stands_in_one_piece_changes_nothing_in_another(base: Path) -> None:
    from bauhinia.foundry.training.stage import load_model

    model = load_model(base, "sdpa").eval()
    kept = Piece(list(range(40, 60)), [IGNORED, *range(41, 60)])

    def loss(before: int) -> float:
        other = [before] * 20
        return together(model, [Row(other + kept.ids, [IGNORED] * 20 + kept.labels, [20, 20])])

    assert loss(1) == loss(200)


def test_laid_end_to_end_the_bounds_of_the_pieces_are_told() -> None:
    from bauhinia.foundry.training.collating import Collator

    rows: list[dict[str, Any]] = [
        {"input_ids": [1, 2, 3, 4, 5], "labels": [1, 2, 3, 4, 5], "seq_lengths": [2, 3]},
        {"input_ids": [6, 7], "labels": [6, 7], "seq_lengths": [2]},
    ]
    batch = Collator(pad=0, flat=True)(rows)
    assert batch["input_ids"].tolist() == [[1, 2, 3, 4, 5, 6, 7, 0, 0, 0]]
    assert batch["position_ids"].tolist() == [[0, 1, 0, 1, 2, 0, 1, 0, 1, 2]]
    assert batch["cu_seq_lens_q"].tolist() == [0, 2, 5, 7, 10]
    assert batch["max_length_q"] == 3
    assert batch["labels"][0, -3:].tolist() == [IGNORED] * 3


@pytest.mark.parametrize("held", [10**9, 3 * 264])
def test_the_loss_on_a_cpu_and_its_gradients_are_the_models_own(
    held: int, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    from bauhinia.foundry.training import next_token
    from bauhinia.foundry.training.stage import load_model

    monkeypatch.setattr(next_token, "LOGITS", held)
    ids = torch.randint(0, 250, (3, 17), generator=torch.Generator().manual_seed(1))
    labels = ids.clone()
    labels[0, :5] = labels[2, 9] = IGNORED
    labels[:, 0] = IGNORED
    targets = int((labels != IGNORED).sum())
    one, other = (load_model(base, "sdpa") for _ in range(2))
    assert next_token.suits(one, torch.device("cpu"))
    loss = next_token.summed_loss(one, {"input_ids": ids, "labels": labels}) / targets
    expected = other(input_ids=ids, labels=labels, use_cache=False).loss
    loss.backward()
    expected.backward()
    assert loss.item() == pytest.approx(expected.item(), rel=1e-6)
    for (name, mine), (_, own) in zip(one.named_parameters(), other.named_parameters(), strict=True):
        assert torch.allclose(mine.grad, own.grad, atol=1e-7), name


def by_pieces(
    query: Any, key: Any, value: Any, bounds: Any, *_: Any, scale: Any, window_size: Any, **__: Any
) -> Any:
    """What the kernel of a GPU computes, one piece after the other."""
    import torch

    assert window_size == (-1, 0)
    told = []
    for start, end in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        parts = (part[start:end].transpose(0, 1)[None] for part in (query, key, value))
        out = torch.nn.functional.scaled_dot_product_attention(
            *parts, is_causal=True, scale=scale, enable_gqa=True
        )
        told.append(out[0].transpose(0, 1))
    return torch.cat(told)


@pytest.mark.parametrize("kind", ["llama", "qwen2"])
def test_end_to_end_the_loss_is_that_of_the_pieces_too(kind: str, tmp_path: Path) -> None:
    import torch

    from bauhinia.foundry.training.attention import register
    from bauhinia.foundry.training.collating import Collator
    from bauhinia.foundry.training.packing import tokenised
    from bauhinia.foundry.training.stage import load_model
    from bauhinia.foundry.training.watching import as_item

    base = tiny.make_model(tmp_path, kind=kind)
    pieces = tokenised(tiny.make_tokenizer(), [*tiny.CANTONESE, *tiny.ENGLISH])
    model = load_model(base, "varlen").eval()
    register(by_pieces)
    batch = Collator(pad=258, flat=True)([as_item(row) for row in pack(pieces, 128)])
    with torch.no_grad():
        loss = model(**batch, use_cache=False).loss
    expected = alone(load_model(base, "sdpa").eval(), pieces)
    assert loss.item() * sum(piece.targets for piece in pieces) == pytest.approx(expected, rel=1e-6)
    padded = tiny.make_tokenizer()("佢哋", return_tensors="pt")
    made = [
        one.generate(**padded, do_sample=False, max_new_tokens=4).tolist()
        for one in (model, load_model(base, "sdpa").eval())
    ]
    assert made[0] == made[1]
