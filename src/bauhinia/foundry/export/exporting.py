"""The export stage: safetensors and GGUF files of a trained model, each compared with the original."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, get_args

import orjson

from ...errors import Cancelled, InputError
from ...settings import get_settings
from ..report import Report
from . import converter
from .config import ExportConfig, GgufKind
from .convert import convert, keep_files
from .digests import digest_of
from .parity import Parity, compare, read_by_transformers, tokenized_otherwise, windows
from .quantise import quantise, tensor_types
from .served import served

RESULT = "export.json"
LARGEST_GAP = 0.01
"""The f16 file's loss may differ from the original's by so much of it (`foundry.gguf_loss_gap`)."""
LEAST_AGREEMENT = 0.99
"""The share of positions at which the f16 file must think the same token likeliest."""


class ExportFigures(NamedTuple):
    """What an export tells the run."""

    files: dict[str, Parity]
    """By kind of GGUF, how near it is to the original."""
    problems: tuple[str, ...]
    """Why the f16 file is not the model that was trained, a sentence each; empty when it is."""

    @property
    def gguf_loss_gap(self) -> float:
        """Of the f16 file, or of the finest there is."""
        return next(iter(self.files.values())).gap


def export(config: ExportConfig, *, model: Path, corpus: Path, folder: Path, report: Report) -> ExportFigures:
    """Write the model of a Hugging Face folder as the stage is told, compare every file, record it all.

    `folder` gets `safetensors/`, `model-<kind>.gguf` each, and `export.json` last. A file that is there
    already, from a try that was interrupted, is made anew. Raises InputError when the model cannot be
    converted or the corpus holds too little, MissingPart without the converter, Cancelled.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / RESULT).unlink(missing_ok=True)
    heldout = [_heldout(corpus, name) for name in config.heldout]
    texts = windows(heldout, model, positions=config.positions, length=config.window)
    steps = _Steps(report, total=3 + len(config.gguf))
    kept = keep_files(model, folder / "safetensors")
    source = folder / "model-f16.gguf"
    steps.next("converting to GGUF")
    _write_f16(config, model, source)
    steps.next("reading the original")
    before = read_by_transformers(model, texts)
    files: dict[str, Parity] = {}
    otherwise: list[str] = []
    for kind in sorted({"f16", *config.gguf}, key=get_args(GgufKind).index):
        steps.next(f"comparing {kind}")
        path = source if kind == "f16" else _write_quantised(source, kind)
        with served(path, context=config.window + 64, slots=config.slots, threads=config.threads) as reader:
            if kind == "f16":
                otherwise = tokenized_otherwise(model, reader, heldout)
            files[kind] = compare(before, reader.read_all(texts))
    figures = ExportFigures(files, tuple(_problems(files["f16"], otherwise)))
    _record(figures, folder, kept, config)
    steps.next("done")
    return figures


def _write_f16(config: ExportConfig, model: Path, out: Path) -> None:
    name = config.name or model.resolve().parent.parent.name or model.name
    convert(model, out, converter=converter.converter(get_settings()), name=name)


def _write_quantised(source: Path, kind: GgufKind) -> Path:
    out = source.with_name(f"model-{kind}.gguf")
    assert kind != "f16"
    quantise(source, out, kind)
    return out


def _problems(parity: Parity, otherwise: Sequence[str]) -> list[str]:
    """Why the file is not the model that was trained."""
    problems = []
    if parity.gap > LARGEST_GAP:
        problems.append(
            f"The loss of the f16 file differs by {parity.gap:.2%}; {LARGEST_GAP:.0%} is the most allowed."
        )
    if parity.agreement < LEAST_AGREEMENT:
        problems.append(
            f"The f16 file thinks the same token likeliest at {parity.agreement:.1%} of positions; "
            f"{LEAST_AGREEMENT:.0%} is the least allowed."
        )
    if otherwise:
        problems.append(
            f"llama.cpp reads {len(otherwise)} texts as other tokens, such as {otherwise[0][:40]!r}."
        )
    return problems


def _record(figures: ExportFigures, folder: Path, kept: Sequence[Path], config: ExportConfig) -> None:
    """Write `export.json`, by which the stage is complete."""
    finest = figures.files["f16"]
    told = {
        "files": {
            f"model-{kind}.gguf": _file(folder / f"model-{kind}.gguf", parity)
            for kind, parity in figures.files.items()
        },
        "safetensors": {
            str(file.relative_to(folder)): {"sha256": digest_of(file), "bytes": file.stat().st_size}
            for file in kept
        },
        "original": {"loss": finest.loss_before, "positions": finest.positions, "text": config.heldout},
        "gguf_loss_gap": finest.gap,
        "top1_agreement": finest.agreement,
        "limits": {"gguf_loss_gap": LARGEST_GAP, "top1_agreement": LEAST_AGREEMENT},
        "problems": figures.problems,
        "converter": {
            "package": converter.PACKAGE,
            "version": converter.VERSION,
            "sha256": converter.SHA256,
            "source_sha256": converter.TREE_SHA256,
        },
    }
    part = folder / f".{RESULT}.part"
    with part.open("wb") as file:
        file.write(orjson.dumps(told, option=orjson.OPT_INDENT_2))
        file.flush()
        os.fsync(file.fileno())
    part.replace(folder / RESULT)


def _file(path: Path, parity: Parity) -> dict[str, Any]:
    return {
        "sha256": digest_of(path),
        "bytes": path.stat().st_size,
        "tensors": tensor_types(path),
        "loss": parity.loss,
        "loss_gap": parity.gap,
        "top1_agreement": parity.agreement,
    }


def _heldout(corpus: Path, name: str) -> Path:
    file = corpus / "heldout" / f"{name}.jsonl"
    if not file.is_file():
        raise InputError(
            f"The corpus has no held-out text called {name!r}.",
            hint=f"See {file.parent}, and name what is there in `heldout` of the export stage.",
        )
    return file


class _Steps:
    """Progress of the stage; asks before each step whether it is to stop."""

    def __init__(self, report: Report, total: int) -> None:
        self._report, self._total, self._done = report, total, -1

    def next(self, note: str) -> None:
        """The step before is done, and this one begins. Raises Cancelled."""
        self._done += 1
        self._report.step(min(self._done, self._total), self._total, note)
        if self._report.stopped():
            raise Cancelled("The export was stopped.", hint="Run it again; finished stages are kept.")
