"""What training changed: bits per byte on held-out texts, and whether instructions are still followed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ..errors import Cancelled, InputError
from ..evaluation.intervals import Share
from . import bits, instructions
from .hushing import quiet
from .marks import digest, digest_of_file, read_json, read_lines, write_json
from .report import Report
from .taking import PARTS

RESULTS = "results.json"
BEFORE, AFTER = "before", "after"
INSTRUCTIONS = "instructions"


class MeasuringConfig(BaseModel):
    """What an evaluation stage measures."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    heldout: tuple[str, ...] = ("cantonese", "english")
    """Held-out files of the corpus, by name."""
    bytes_at_most: int = Field(default=40_000, gt=0)
    """Of each held-out file, its first documents up to so many bytes."""
    window: int = Field(default=512, gt=1)
    """Tokens that the model reads at once."""
    stride: int = Field(default=256, gt=0)
    """Tokens by which the window moves; each token is scored once all the same."""
    instructions: bool = True
    """Also run the instruction suite; for models with a chat template."""
    answer_tokens: int = Field(default=48, gt=0)
    """An answer to an instruction is cut after so many tokens."""
    every_model: bool = False
    """Also measure the models between the first and the last, under their stages' names."""

    @model_validator(mode="after")
    def _stride_within(self) -> MeasuringConfig:
        if self.stride >= self.window:
            raise ValueError("`stride` must be smaller than `window`")
        return self


def measure(
    config: MeasuringConfig, *, models: Mapping[str, Path], corpus: Path, folder: Path, report: Report
) -> dict[str, Any]:
    """Measure the first model (before), the last (after), and those between where the config asks.

    Each part is kept when it is done, so that a killed evaluation repeats at most one of them. Raises
    InputError where a held-out file is missing, Cancelled when the person stops it.
    """
    texts = {name: heldout(corpus, name, config.bytes_at_most) for name in config.heldout}
    named = _named(models, every=config.every_model)
    parts: dict[str, dict[str, Any]] = {}
    for place, (name, model) in enumerate(named.items()):
        said = _Told(report, place, len(named), name)
        parts[name] = _measured(config, model, texts, folder / PARTS, said)
    results = {"suites": _suites(parts, texts), "config": config.model_dump(mode="json")}
    write_json(folder / RESULTS, results)
    return {"suites": {name: _short(suite) for name, suite in results["suites"].items()}}


def heldout(corpus: Path, name: str, bytes_at_most: int) -> list[str]:
    """The first texts of a held-out file, up to so many bytes. Raises InputError where there are none."""
    kept: list[str] = []
    size = 0
    for row in read_lines(corpus / "heldout" / f"{name}.jsonl"):
        size += len(row["text"].encode())
        if kept and size > bytes_at_most:
            break
        kept.append(row["text"])
    if not kept:
        have = ", ".join(sorted(path.stem for path in (corpus / "heldout").glob("*.jsonl"))) or "none"
        raise InputError(
            f"The corpus in {corpus} has no held-out text called {name!r}.",
            hint=f"It has: {have}. Mend `heldout` in the recipe's evaluation stage.",
        )
    return kept


def _named(models: Mapping[str, Path], *, every: bool) -> dict[str, Path]:
    """The models under the names that results give them."""
    names = list(models)
    chosen = {BEFORE: models[names[0]], AFTER: models[names[-1]]}
    if every:
        chosen |= {name: models[name] for name in names[1:-1]}
    return chosen


class _Told:
    """A part's progress as the stage's."""

    def __init__(self, report: Report, place: int, count: int, name: str) -> None:
        self._report, self._place, self._count, self._name = report, place, count, name

    def __call__(self, what: str) -> Callable[[int, int], None]:
        def told(done: int, total: int) -> None:
            if self._report.stopped():
                raise Cancelled("The evaluation was stopped.")
            self._report.step(done, total, f"{self._name} ({self._place + 1} of {self._count}): {what}")

        return told


def _measured(
    config: MeasuringConfig, model: Path, texts: Mapping[str, Sequence[str]], parts: Path, told: _Told
) -> dict[str, Any]:
    """One model through every suite; what an attempt before this one finished is not done again.

    A part is named by all that decides it, so that another run's part of the same model serves as well.
    """
    weights = _digest(model)
    windows = {"window": config.window, "stride": config.stride}
    asked: dict[str, dict[str, Any]] = {
        name: {"weights": weights, "texts": digest(text), **windows} for name, text in texts.items()
    }
    if config.instructions:
        items = digest([item.model_dump() for item in instructions.suite()])
        asked[INSTRUCTIONS] = {"weights": weights, "items": items, "answer_tokens": config.answer_tokens}
    kept = {name: parts / f"{digest(each)[:16]}.json" for name, each in asked.items()}
    todo = [name for name, path in kept.items() if not path.is_file()]
    loaded, tokenizer = load(model) if todo else (None, None)
    for name in todo:
        found = (
            _followed(config, loaded, tokenizer, told)
            if name == INSTRUCTIONS
            else _read(config, loaded, tokenizer, name, texts[name], told)
        )
        write_json(kept[name], {"asked": asked[name], "found": found})
    return {name: read_json(path)["found"] for name, path in kept.items()}


def _read(
    config: MeasuringConfig, loaded: Any, tokenizer: Any, name: str, texts: Sequence[str], told: _Told
) -> list[list[float]]:
    """Bits, bytes and tokens of each document."""
    said = told(f"reading {name}")
    size, stride = config.window, config.stride
    read = bits.bits_per_byte(loaded, tokenizer, texts, size=size, stride=stride, told=said)
    return [list(document) for document in read.documents]


def _followed(config: MeasuringConfig, loaded: Any, tokenizer: Any, told: _Told) -> list[dict[str, Any]]:
    """Every item of the instruction suite, marked."""
    said = told("following instructions")
    marked = instructions.mark(loaded, tokenizer, answer_tokens=config.answer_tokens, told=said)
    return [item._asdict() for item in marked]


def load(model: Path) -> tuple[Any, Any]:
    """A model and its tokenizer, in 32-bit floats, on the accelerator where there is one."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    with quiet():
        loaded = AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32)
        tokenizer = AutoTokenizer.from_pretrained(model)
    return loaded.to("cuda" if torch.cuda.is_available() else "cpu"), tokenizer


def _digest(model: Path) -> dict[str, str]:
    return {path.name: digest_of_file(path) for path in sorted(model.glob("*.safetensors"))}


def _suites(parts: Mapping[str, dict[str, Any]], texts: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Every suite's figures, the change from before to after with its interval."""
    suites: dict[str, Any] = {}
    for name in texts:
        read = {
            model: bits.Measured(documents=tuple(bits.Read(*document) for document in part[name]))
            for model, part in parts.items()
        }
        changed, interval = bits.change(read[BEFORE], read[AFTER])
        figures = {model: measured.bits_per_byte for model, measured in read.items()}
        sizes: dict[str, Any] = {
            "bytes": read[BEFORE].bytes,
            "tokens": read[BEFORE].tokens,
            "documents": len(texts[name]),
        }
        suites[f"bpb.{name}"] = {**figures, "change": changed, "interval": list(interval), **sizes}
    if all(INSTRUCTIONS in part for part in parts.values()):
        suites[INSTRUCTIONS] = _instruction_suite(parts)
    return suites


def _instruction_suite(parts: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    marked = {
        name: [instructions.Marked(**item) for item in part[INSTRUCTIONS]] for name, part in parts.items()
    }
    shares = {name: Share(sum(item.passed for item in items), len(items)) for name, items in marked.items()}
    changed, interval = instructions.change(marked[BEFORE], marked[AFTER])
    by_kind = {name: _by_kind(items) for name, items in marked.items()}
    return {
        **{name: share.value for name, share in shares.items()},
        "change": changed,
        "interval": list(interval),
        "kept": interval[1] >= 0,
        "items": len(marked[BEFORE]),
        "shares": {name: list(share.interval) for name, share in shares.items()},
        "by_kind": by_kind,
    }


def _by_kind(items: Sequence[instructions.Marked]) -> dict[str, list[int]]:
    """Of each kind, how many passed and how many there are."""
    kinds = {kind: [item.passed for item in items if item.kind == kind] for kind in ("answered", "chosen")}
    return {kind: [sum(passed), len(passed)] for kind, passed in kinds.items()}


def _short(suite: Mapping[str, Any]) -> dict[str, Any]:
    return {key: suite[key] for key in (BEFORE, AFTER, "change", "interval")}
