"""Bits per byte counted by hand, instructions marked by program, and an evaluation that survives being killed."""

from __future__ import annotations

import json
from itertools import pairwise
from math import log, log2
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from bauhinia.errors import Cancelled, InputError
from bauhinia.foundry import bits, instructions, measuring
from bauhinia.foundry.bits import Measured, Read, windows
from bauhinia.foundry.instructions import Answered, Chosen, Marked
from bauhinia.foundry.report import Silent

TEXTS = ["巴士遲到咗。", "The bus was late, and the office closed at noon.", "短"]


class Bytes:
    """A tokenizer of bytes; 256 begins a text, 257 ends one."""

    bos_token_id, eos_token_id, pad_token_id = 256, 257, 257
    chat_template = "yes"

    def __call__(self, text: str, **_options: Any) -> dict[str, list[int]]:
        return {"input_ids": list(text.encode())}

    def apply_chat_template(self, messages: list[dict[str, str]], **_options: Any) -> str:
        return f"<{messages[0]['content']}>"

    def decode(self, ids: Any, **_options: Any) -> str:
        return bytes(int(i) for i in ids if i < 256).decode(errors="replace")


class Scripted(torch.nn.Module):
    """Foretells the next byte from the one before it alone: `table[before, after]` are its scores."""

    def __init__(self, seed: int = 0) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(seed)
        self.table = torch.nn.Parameter(torch.randn(258, 258, generator=generator))

    def forward(self, input_ids: torch.Tensor, **_options: Any) -> Any:
        return SimpleNamespace(logits=self.table[input_ids])

    def bits(self, text: str) -> float:
        """By hand: the sum over the bytes, the first after the start token."""
        scores = torch.log_softmax(self.table.detach().double(), dim=-1)
        row = [256, *text.encode()]
        return -sum(float(scores[a, b]) for a, b in pairwise(row)) / log(2)


@pytest.mark.parametrize(("size", "stride"), [(8, 4), (512, 256), (5, 4), (7, 1)])
def test_bits_per_byte_is_the_sum_by_hand_whatever_the_windows(size: int, stride: int) -> None:
    model = Scripted()
    read = bits.bits_per_byte(model, Bytes(), TEXTS, size=size, stride=stride)
    for document, text in zip(read.documents, TEXTS, strict=True):
        assert document.bits == pytest.approx(model.bits(text), rel=1e-5)
        assert document.bytes == document.tokens == len(text.encode())
    total = sum(model.bits(text) for text in TEXTS) / sum(len(text.encode()) for text in TEXTS)
    assert read.bits_per_byte == pytest.approx(total, rel=1e-5)


def test_a_model_that_knows_nothing_needs_log2_of_its_vocabulary() -> None:
    model = Scripted()
    torch.nn.init.zeros_(model.table)
    read = bits.bits_per_byte(model, Bytes(), TEXTS, size=8, stride=4)
    assert read.bits_per_byte == pytest.approx(log2(258), rel=1e-6)


def test_every_token_is_scored_once_with_the_context_promised() -> None:
    for length in range(1, 60):
        scored: list[int] = []
        for window in windows([length], size=12, stride=5):
            assert window.end - window.begin <= 12
            assert window.scored_from == 1 or window.scored_from - window.begin >= 12 - 5
            scored += range(window.scored_from, window.end)
        assert scored == list(range(1, length))


def test_a_real_model_reads_the_same_padded_and_alone() -> None:
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    shape = LlamaConfig(
        vocab_size=258,
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=64,
    )
    model = LlamaForCausalLM(shape)
    together = bits.bits_per_byte(model, Bytes(), TEXTS, size=64, stride=32)
    alone = [bits.bits_per_byte(model, Bytes(), [text], size=64, stride=32).documents[0] for text in TEXTS]
    for a, b in zip(together.documents, alone, strict=True):
        assert a.bits == pytest.approx(b.bits, rel=1e-5)


def test_a_change_has_an_interval_that_holds_it_and_is_the_same_each_time() -> None:
    before = Measured(documents=tuple(Read(float(100 + n), 30, 30) for n in range(40)))
    after = Measured(documents=tuple(Read((100 + n) * (0.6 + 0.002 * n), 30, 30) for n in range(40)))
    changed, (low, high) = bits.change(before, after)
    assert low < changed < high < -0.3
    assert bits.change(before, after) == (changed, (low, high))
    assert bits.change(before, before) == (0.0, (0.0, 0.0))


@pytest.mark.parametrize(
    ("check", "passes", "fails"),
    [
        ({"check": "json", "keys": ["a"]}, '```json\n{"a": 1}\n```', '{"b": 1}'),
        ({"check": "json"}, "[1, 2]", "one and two"),
        ({"check": "words", "least": 3, "most": 3}, "wide and blue", "the sea is wide"),
        ({"check": "items", "count": 2}, "Two:\n- a\n- b", "1. a\n2. b\n3. c"),
        ({"check": "language", "script": "chinese"}, "香港 (Hong)", "Hong Kong 港"),
        ({"check": "language", "script": "latin"}, "Hong Kong", "香港"),
        ({"check": "holds", "any_of": ["Paris"]}, "It is paris.", "Rome"),
        ({"check": "shape", "pattern": "(?i)yes\\.?"}, " Yes.\n", "yes, it is"),
    ],
)
def test_checks_pass_and_fail(check: dict[str, Any], passes: str, fails: str) -> None:
    item = Answered.model_validate({"kind": "answered", "id": "x", "prompt": "?", "check": check})
    assert item.check.passes(passes)
    assert not item.check.passes(fails)


def test_the_suite_is_large_enough_and_of_both_kinds() -> None:
    items = instructions.suite()
    kinds = [item.kind for item in items]
    assert kinds.count("answered") >= 30
    assert kinds.count("chosen") >= 30
    assert len({item.id for item in items}) == len(items)
    for item in items:
        if isinstance(item, Chosen):
            assert item.right not in item.wrong


def test_the_likeliest_continuation_is_chosen_per_byte() -> None:
    model = Scripted()
    torch.nn.init.zeros_(model.table)
    with torch.no_grad():
        model.table[ord(">"), ord("b")] = 9.0
    item = Chosen(kind="chosen", id="x", prompt="say b", right="bee", wrong=("cat", "a"))
    (marked,) = instructions.mark(model, Bytes(), answer_tokens=4, items=[item])
    assert marked == Marked("x", "chosen", True, "bee")


def test_a_model_without_a_chat_template_is_not_asked() -> None:
    tokenizer = Bytes()
    tokenizer.chat_template = ""
    with pytest.raises(InputError) as refused:
        instructions.mark(Scripted(), tokenizer, answer_tokens=4)
    assert "instructions: false" in refused.value.hint


def test_following_is_compared_item_by_item() -> None:
    before = [Marked(str(n), "chosen", n % 2 == 0, "") for n in range(40)]
    changed, (low, high) = instructions.change(before, before)
    assert (changed, low, high) == (0.0, 0.0, 0.0)
    worse = [item._replace(passed=False) for item in before]
    changed, (low, high) = instructions.change(before, worse)
    assert changed == -0.5
    assert low < -0.5 < high < 0


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    (folder / "heldout").mkdir(parents=True)
    for name, texts in (("cantonese", TEXTS[:1] * 5), ("english", TEXTS[1:2] * 5)):
        rows = [json.dumps({"id": str(n), "text": text}) for n, text in enumerate(texts)]
        (folder / "heldout" / f"{name}.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """Folders that `load` turns into scripted models; three of them, each another."""
    places = {}
    for seed, name in enumerate(("base", "first", "second")):
        places[name] = tmp_path / name
        places[name].mkdir()
        (places[name] / "model.safetensors").write_text(str(seed))
    loaded: list[str] = []

    def load(model: Path) -> tuple[Any, Any]:
        loaded.append(model.name)
        return Scripted(int((model / "model.safetensors").read_text())), Bytes()

    monkeypatch.setattr(measuring, "load", load)
    places["loaded"] = loaded  # type: ignore[assignment]
    return places


def test_results_are_of_the_first_and_the_last_model(
    tmp_path: Path, corpus: Path, models: dict[str, Path]
) -> None:
    loaded = models.pop("loaded")
    config = measuring.MeasuringConfig(instructions=False, window=16, stride=8)
    folder = tmp_path / "evaluation"
    figures = measuring.measure(config, models=models, corpus=corpus, folder=folder, report=Silent())
    suites = json.loads((folder / "results.json").read_text())["suites"]
    told = suites["bpb.cantonese"]
    assert told["before"] == pytest.approx(Scripted(0).bits(TEXTS[0]) / len(TEXTS[0].encode()), rel=1e-5)
    assert told["after"] == pytest.approx(Scripted(2).bits(TEXTS[0]) / len(TEXTS[0].encode()), rel=1e-5)
    assert told["change"] == pytest.approx(told["after"] / told["before"] - 1)
    assert told["documents"] == 5
    assert set(figures["suites"]) == {"bpb.cantonese", "bpb.english"}
    assert loaded == ["base", "second"]
    every = config.model_copy(update={"every_model": True})
    measuring.measure(every, models=models, corpus=corpus, folder=tmp_path / "all", report=Silent())
    assert "first" in json.loads((tmp_path / "all" / "results.json").read_text())["suites"]["bpb.english"]


def test_an_evaluation_that_was_stopped_repeats_nothing_that_it_finished(
    tmp_path: Path, corpus: Path, models: dict[str, Path]
) -> None:
    loaded: Any = models.pop("loaded")
    config = measuring.MeasuringConfig(instructions=False, window=16, stride=8)

    class Stops(Silent):
        def __init__(self) -> None:
            self.notes: list[str] = []

        def step(self, done: int, total: int, note: str = "") -> None:
            self.notes.append(note)

        def stopped(self) -> bool:
            return any("after" in note and "cantonese" in note for note in self.notes)

    stops, folder = Stops(), tmp_path / "evaluation"
    with pytest.raises(Cancelled):
        measuring.measure(config, models=models, corpus=corpus, folder=folder, report=stops)
    assert not (folder / "results.json").exists()
    loaded.clear()
    again = Stops()
    again.stopped = lambda: False  # type: ignore[method-assign]
    measuring.measure(config, models=models, corpus=corpus, folder=folder, report=again)
    assert loaded == ["second"], "what the first model gave is kept"
    assert {note.rpartition(" ")[2] for note in again.notes} == {"english"}


def test_a_held_out_text_that_is_not_there_is_told(tmp_path: Path, corpus: Path) -> None:
    with pytest.raises(InputError) as refused:
        measuring.heldout(corpus, "putonghua", 1000)
    assert "It has: cantonese, english." in refused.value.hint
    assert len(measuring.heldout(corpus, "cantonese", 40)) == 2


def test_the_stride_lies_within_the_window() -> None:
    with pytest.raises(ValueError, match="`stride` must be smaller than `window`"):
        measuring.MeasuringConfig(window=8, stride=8)
