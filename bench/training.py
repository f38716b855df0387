"""Training speed: the foundry's trainer beside TRL's plain defaults, on one GPU, over the same packed rows.

    python bench/training.py [--steps N] [--rows N]
    python bench/training.py --rehearse

The model is of the shape of R1-Distill-Qwen-1.5B with random weights (which change no speed); documents of
256 to 4 096 tokens are packed into rows of 4 096. Full parameters, float32 masters, bfloat16 computation.

MFU = FLOPs of the model a second / the card's dense bfloat16 peak (TRL's table; 989 TFLOP/s for an H100 SXM).
FLOPs of a step = 6 x (weights of all matrices, `lm_head` counted, the embedding's lookup not) x tokens
               + 6 x layers x heads x head size x (sum over documents of length squared),
which is a forward and twice that for the backward; the second term is causal attention within each document
(half of the square, two products). Padding, recomputation, the optimizer and casts are no work here, and
cost time.

Both arms see the same documents. TRL's: `SFTTrainer` as it comes (`bfd` packing, recomputed activations, the
model's default attention), with only max_length, batch and packing set. `--rehearse` runs the same code on a
CPU with a tiny shape and records nothing.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import sys
import tempfile
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bauhinia.foundry.report import Silent
from bauhinia.foundry.training import PretrainingConfig
from report import record

SHAPE = {
    "vocab_size": 151936, "hidden_size": 1536, "intermediate_size": 8960, "num_hidden_layers": 28,
    "num_attention_heads": 12, "num_key_value_heads": 2, "max_position_embeddings": 131072,
    "rope_theta": 10000.0, "tie_word_embeddings": False, "eos_token_id": 151643, "pad_token_id": 151643,
}  # fmt: skip
"""deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B, config.json."""
TINY = SHAPE | {"vocab_size": 512, "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2,
                "num_attention_heads": 4, "num_key_value_heads": 2, "eos_token_id": 511,
                "pad_token_id": 511}  # fmt: skip
WARM = 3
"""Steps before the clock: kernels are chosen and memory is taken in them."""
SEED = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What both arms train on."""

    documents: list[list[int]]
    length: int
    batch: int
    steps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """What an arm did after its warm-up."""

    tokens_per_second: float
    flops_per_second: float


def flops(config: Any, lengths: Sequence[int]) -> float:
    """FLOPs of training on documents of these lengths, by the formula above."""
    hidden, layers, heads = config.hidden_size, config.num_hidden_layers, config.num_attention_heads
    size = getattr(config, "head_dim", None) or hidden // heads
    attention = hidden * size * (2 * heads + 2 * config.num_key_value_heads)
    matrices = layers * (attention + 3 * hidden * config.intermediate_size) + config.vocab_size * hidden
    return 6.0 * matrices * sum(lengths) + 6.0 * layers * heads * size * sum(length**2 for length in lengths)


def made(shape: dict[str, Any], *, length: int, batch: int, steps: int) -> Load:
    """Documents of an eighth of a row to a whole one, more than the steps need."""
    chance = random.Random(SEED)
    documents: list[list[int]] = []
    while sum(map(len, documents)) < length * batch * (steps + 2):
        size = chance.randint(length // 16, length)
        documents.append([chance.randrange(shape["vocab_size"] - 1) for _ in range(size)])
    return Load(documents=documents, length=length, batch=batch, steps=steps)


class Clock:
    """Notes when each step ends, and what documents the model was given in it."""

    def __init__(self) -> None:
        self.ends: list[float] = []
        self.given: list[list[int]] = []

    def watch(self, trainer: Any) -> None:
        """See what a trainer's model gets."""
        import torch
        from transformers import TrainerCallback

        clock, gpu = self, torch.cuda.is_available()

        class Ends(TrainerCallback):
            def on_step_end(self, *_: Any, **__: Any) -> None:
                if gpu:
                    torch.cuda.synchronize()
                clock.ends.append(time.perf_counter())

        step = trainer.training_step

        def seen(model: Any, inputs: Any, *arguments: Any, **named: Any) -> Any:
            clock.given.append(lengths_of(inputs))
            return step(model, inputs, *arguments, **named)

        trainer.training_step = seen
        trainer.add_callback(Ends())

    def speed(self, config: Any) -> Speed:
        """After the warm-up."""
        seconds = self.ends[-1] - self.ends[WARM - 1]
        lengths = [length for given in self.given[WARM:] for length in given]
        return Speed(
            tokens_per_second=sum(lengths) / seconds, flops_per_second=flops(config, lengths) / seconds
        )


def lengths_of(inputs: dict[str, Any]) -> list[int]:
    """The lengths of a batch's documents; what is only padding (nothing to predict in it) is left out."""
    found = []
    for positions, labels in zip(inputs["position_ids"].tolist(), inputs["labels"].tolist(), strict=True):
        starts = [place for place, position in enumerate(positions) if position == 0] + [len(positions)]
        for start, end in itertools.pairwise(starts):
            if any(label != -100 for label in labels[start:end]):
                found.append(end - start)
    return found


def ours(base: Path, load: Load, folder: Path) -> Speed:
    """The foundry's trainer, as a stage sets it up."""
    from transformers import PrinterCallback

    from bauhinia.foundry.training import pretraining
    from bauhinia.foundry.training.attention import FLAT, attention_for
    from bauhinia.foundry.training.collating import Collator
    from bauhinia.foundry.training.packing import IGNORED, Piece, pack, plan
    from bauhinia.foundry.training.stage import Stage, load_model, load_tokenizer, quiet

    config = PretrainingConfig(
        batch=load.batch, length=load.length, steps=load.steps, recompute_activations=False, replay_share=0,
        checkpoint_every=10**6,
    )  # fmt: skip
    work = Stage(config=config, model=base, corpus=base, folder=folder, seed=SEED, report=Silent())
    attention = attention_for(config, base)
    tokenizer = load_tokenizer(base)
    rows = pack([Piece(ids, [IGNORED, *ids[1:]]) for ids in load.documents], load.length)
    order = plan(rows, [], share=0, steps=load.steps, epochs=1, batch=load.batch, seed=SEED)
    with quiet(None):
        collator = Collator(pad=tokenizer.pad_token_id, flat=attention in FLAT)
        trainer = pretraining.packed_trainer(work, load_model(base, attention), tokenizer, order, collator)
        trainer.prepare(config, [], "")
        trainer.remove_callback(PrinterCallback)
        return _timed(trainer)


def plain(base: Path, load: Load, folder: Path) -> Speed:
    """TRL as it comes."""
    import torch
    from datasets import Dataset
    from transformers import AutoModelForCausalLM, PrinterCallback
    from trl import SFTConfig, SFTTrainer

    from bauhinia.foundry.training.stage import load_tokenizer, quiet

    with quiet(None):
        gpu = torch.cuda.is_available()
        settings = SFTConfig(
            output_dir=str(folder), max_length=load.length, packing=True, max_steps=load.steps, report_to=[],
            per_device_train_batch_size=load.batch, save_strategy="no", disable_tqdm=True, bf16=gpu,
            use_cpu=not gpu,
        )  # fmt: skip
        trainer = SFTTrainer(
            model=AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32),
            args=settings,
            train_dataset=Dataset.from_list([{"input_ids": ids} for ids in load.documents]),
            processing_class=load_tokenizer(base),
        )
        trainer.remove_callback(PrinterCallback)
        return _timed(trainer)


def _timed(trainer: Any) -> Speed:
    clock = Clock()
    clock.watch(trainer)
    trainer.args.save_strategy = "no"
    trainer.train()
    return clock.speed(trainer.model.config)


def base_of(shape: dict[str, Any], folder: Path) -> Path:
    """A model folder of random weights, with a tokenizer that nothing is read with."""
    import torch
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

    torch.manual_seed(SEED)
    config = Qwen2Config(**shape)
    end = config.eos_token_id
    Qwen2ForCausalLM._from_config(config, dtype=torch.float32).save_pretrained(folder)
    inner = Tokenizer(
        models.WordLevel({f"t{number}": number for number in range(end)} | {"<end>": end}, unk_token="<end>")
    )
    PreTrainedTokenizerFast(tokenizer_object=inner, eos_token="<end>", pad_token="<end>").save_pretrained(
        folder
    )
    return folder


def measured(shape: dict[str, Any], load: Load) -> dict[str, Speed]:
    """Both arms, one after the other, each from the same weights."""
    import torch

    speeds = {}
    with tempfile.TemporaryDirectory() as place:
        base = base_of(shape, Path(place) / "base")
        for name, arm in (("ours", ours), ("TRL defaults", plain)):
            speeds[name] = arm(base, load, Path(place) / name)
            if torch.cuda.is_available():
                torch.cuda.empty_cache()
    return speeds


def main() -> int:
    """0 where it was measured, rehearsed, or could not be."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--rows", type=int, default=2, help="rows of 4 096 tokens a step")
    parser.add_argument(
        "--rehearse", action="store_true", help="the same code with a tiny shape, on a CPU too"
    )
    chosen = parser.parse_args()
    warnings.filterwarnings("ignore", ".*is deprecated and will be removed in v6", FutureWarning)
    if chosen.rehearse:
        speeds = measured(TINY, made(TINY, length=64, batch=2, steps=WARM + 3))
        told = {name: round(speed.tokens_per_second, 1) for name, speed in speeds.items()}
        print(json.dumps({"rehearsed_tokens_per_second": told}))
        return 0
    import torch

    if not torch.cuda.is_available():
        print("skipped: training speed needs an NVIDIA GPU, and there is none here", file=sys.stderr)
        return 0
    from trl.trainer.utils import get_peak_flops

    peak = get_peak_flops(torch.cuda.get_device_name(), "bfloat16")
    if peak is None:
        print(f"skipped: the peak of {torch.cuda.get_device_name()} is not known", file=sys.stderr)
        return 0
    speeds = measured(SHAPE, made(SHAPE, length=4096, batch=chosen.rows, steps=WARM + chosen.steps))
    mine, other = speeds["ours"], speeds["TRL defaults"]
    shares = {name: 100 * speed.flops_per_second / peak for name, speed in speeds.items()}
    record(
        "foundry.mfu", shares["ours"], "%", beside={"TRL defaults": shares["TRL defaults"]}, target=">= 45"
    )
    record(
        "foundry.training_tokens_per_second", mine.tokens_per_second, "tokens/s",
        beside={"TRL defaults": other.tokens_per_second, "card": torch.cuda.get_device_name()},
    )  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
