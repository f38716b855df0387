"""The model that a run begins with, as a Hugging Face folder: dequantised, copied, or fresh."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import InputError, MissingPart
from ..settings import get_settings
from .hushing import quiet
from .marks import DONE, digest_of_file, finished, outputs, read_json, require_room, write_json
from .recipe import Base
from .report import Report, Silent
from .taking import link
from .tokenizer import pre_of_gguf, with_pre_tokenizer

if TYPE_CHECKING:
    from ..models.catalogue import Model

UNFINISHED = "unfinished"
MODEL = "model"
WEIGHTS = ("model.safetensors", "model.safetensors.index.json")
GROWTH = 9
"""A 4-bit file grows about so many times when its weights become 32-bit floats."""


def prepare(
    base: Base,
    folder: Path,
    *,
    seed: int,
    corpus: Path | None = None,
    inputs: str = "",
    report: Report | None = None,
) -> Path:
    """The Hugging Face folder that `base` names, made once in `folder` and found there ever after.

    Raises NotFound, WeightsError, MissingPart and InputError. Safe to kill: the folder gets its name last.
    """
    report = report or Silent()
    made = folder / MODEL
    if finished(folder) is not None:
        return made
    begun = folder / UNFINISHED
    shutil.rmtree(begun, ignore_errors=True)
    shutil.rmtree(made, ignore_errors=True)
    begun.mkdir(parents=True)
    report.step(0, 1, "preparing the base")
    if base.model is not None:
        origin = _from_catalogue(base.model, begun)
    elif base.folder is not None:
        origin = _from_folder(base, begun)
    else:
        origin = _fresh(base, begun, seed=seed, corpus=corpus)
    begun.rename(made)
    write_json(folder / "base.json", origin)
    write_json(folder / DONE, {"inputs": inputs, "outputs": outputs(folder), "figures": origin})
    report.step(1, 1, "the base is ready")
    return made


def origin(folder: Path) -> dict[str, Any]:
    """Where the base in this folder came from: its name, its digest, its licence."""
    return read_json(folder / "base.json")


def _from_catalogue(name: str, folder: Path) -> dict[str, Any]:
    """A GGUF of the catalogue, its weights turned back into 32-bit floats."""
    from ..models.catalogue import Catalogue
    from ..models.weights import fetch

    settings = get_settings()
    model = Catalogue.load(settings.catalogue).find(name)
    require_room(folder, model.bytes * GROWTH, f"The model {name}, dequantised,")
    weights = asyncio.run(fetch(name, settings))
    dequantise(weights, folder)
    return _catalogue_origin(model)


def _catalogue_origin(model: Model) -> dict[str, Any]:
    return {
        "kind": "model",
        "name": model.name,
        "title": model.title,
        "file": model.file,
        "sha256": model.sha256,
        "licence": model.licence,
        "note": "dequantised from a quantised file: its weights carry that rounding",
    }


def dequantise(weights: Path, folder: Path) -> None:
    """A GGUF as a Hugging Face folder of 32-bit floats, its tokenizer splitting text as the file says.

    Raises InputError where the foundry does not know that way of splitting, MissingPart without PyTorch.
    """
    require_training()
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    place, file = str(weights.parent), weights.name
    with quiet():
        tokenizer = AutoTokenizer.from_pretrained(place, gguf_file=file)
        quantised = AutoModelForCausalLM.from_pretrained(place, gguf_file=file, dtype=torch.float32)
        config = quantised.config
        # Transformers refuses to save a model that says it came from a GGUF, though its weights are floats.
        del config.quantization_config
        with torch.device("meta"):
            model = AutoModelForCausalLM.from_config(config, dtype=torch.float32)
        model.load_state_dict(quantised.state_dict(), assign=True)
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
    with_pre_tokenizer(folder, pre_of_gguf(weights))


def _from_folder(base: Base, folder: Path) -> dict[str, Any]:
    """A folder of this machine, linked file by file where the disk allows, else copied."""
    given = base.folder
    assert given is not None
    if not (given / "config.json").is_file() or not any((given / name).is_file() for name in WEIGHTS):
        get = f"`hf download {base.repository} --local-dir {given}`" if base.repository else "download it"
        raise MissingPart(
            f"The base folder {given} holds no model (config.json and safetensors files).",
            hint=f"Get it: {get}, or name another in the recipe's `base: folder`.",
        )
    for path in sorted(given.iterdir()):
        if path.is_file() and not path.name.startswith("."):
            link(path, folder / path.name)
    digests = {path.name: digest_of_file(path) for path in sorted(folder.iterdir())}
    return {
        "kind": "folder",
        "name": base.repository or given.name,
        "licence": _licence(given),
        "files": digests,
    }


def _licence(folder: Path) -> str:
    """The licence that a model card names in its head; empty where there is none."""
    card = folder / "README.md"
    if not card.is_file():
        return ""
    for line in card.read_text(encoding="utf-8", errors="replace").splitlines()[:40]:
        if line.startswith("license:"):
            return line.partition(":")[2].strip()
    return ""


def _fresh(base: Base, folder: Path, *, seed: int, corpus: Path | None) -> dict[str, Any]:
    """Weights of no training yet, with a tokenizer of the corpus."""
    assert base.architecture is not None
    if corpus is None:
        raise InputError(
            f"A fresh {base.architecture} needs a corpus for its tokenizer; no stage before it builds one.",
            hint="Put a corpus stage first in the recipe.",
        )
    require_training()
    from .deepseek import Architecture, fresh
    from .tokenizer import train_tokenizer

    architecture, words = Architecture.named(base.architecture), folder / "words"
    with quiet():
        train_tokenizer(corpus / "train.jsonl", words, vocabulary=architecture.vocab_size)
        fresh(architecture, words, folder, seed)
    shutil.rmtree(words)
    return {"kind": "architecture", "name": base.architecture, "licence": "", "seed": seed}


def require_training() -> None:
    """Raises MissingPart where PyTorch or Transformers is not installed, saying how to get them."""
    from importlib.util import find_spec

    missing = [name for name in ("torch", "transformers", "trl", "safetensors") if find_spec(name) is None]
    if missing:
        raise MissingPart(
            f"Making models needs {', '.join(missing)}, not installed here.",
            hint="Run `scripts/setup foundry`.",
        )
