"""A Hugging Face folder to a GGUF, by llama.cpp's converter in a process of its own."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson

from ...errors import InputError, MissingPart
from ..tokenizer import pre_tokenizer_name

CHILD = Path(__file__).with_name("convert_child.py")
FILES = (
    "*.safetensors",
    "*.safetensors.index.json",
    "config.json",
    "generation_config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "tokenizer.model",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.json",
    "merges.txt",
    "chat_template.jinja",
)
"""What the converter is shown of a model's folder: no Python file, whatever the folder holds."""
CODE_KEYS = ("auto_map", "custom_pipelines")
"""Fields of configurations that name code to be run; the converter is not shown them."""
FIXED_MEMORY = 8_000_000_000
"""Address space beside the weights, bytes: PyTorch reserves far more than it uses."""
SECONDS_A_GIGABYTE = 120
FIXED_SECONDS = 600


def convert(model: Path, out: Path, *, converter: Path, name: str, kind: str = "f16") -> None:
    """Write `out`, a GGUF of the model in a Hugging Face folder, whole or not at all.

    Raises InputError when the converter cannot, with the last thing that it said.
    """
    _need_packages(model)
    weights = sum(file.stat().st_size for file in model.glob("*.safetensors"))
    if not weights:
        raise InputError(
            f"There are no weights in {model}.", hint="Give a Hugging Face folder with safetensors files."
        )
    out = out.resolve()
    with _shown(model) as shown, TemporaryDirectory(dir=out.parent, prefix=".converting-") as scratch:
        part = Path(scratch) / "model.gguf"
        order = {
            "converter": str(converter),
            "model": str(shown),
            "out": str(part),
            "kind": kind,
            "name": name,
            "pre": pre_tokenizer_name(shown),
            "memory": FIXED_MEMORY + 6 * weights,
            "seconds": FIXED_SECONDS + SECONDS_A_GIGABYTE * weights // 1_000_000_000,
            "bytes": 2 * weights + 100_000_000,
        }
        _run(order, Path(scratch))
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(out)


def _run(order: dict[str, Any], scratch: Path) -> None:
    # -B: nothing is written beside the source, so that its digest stays what it is.
    python = [sys.executable, "-I", "-B", str(CHILD)]
    try:
        ended = subprocess.run(
            python,
            input=orjson.dumps(order) + b"\n",
            capture_output=True,
            env=_environment(scratch),
            cwd=scratch,
            timeout=2 * order["seconds"],
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise InputError(
            "The conversion to GGUF took too long.", hint="Run it again on a quieter machine."
        ) from error
    if ended.returncode or not Path(order["out"]).is_file():
        raise InputError(
            f"llama.cpp's converter could not convert this model (it ended with {ended.returncode}).",
            hint=f"It said: {_last_words(ended.stderr)}",
        )


def _environment(scratch: Path) -> dict[str, str]:
    """What the child inherits: nothing of ours, no proxy and no key."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(scratch),
        "TMPDIR": str(scratch),
        "LANG": "C.UTF-8",
        "OMP_NUM_THREADS": "1",
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_VERBOSITY": "error",
    }


def _last_words(said: bytes) -> str:
    lines = [line.strip() for line in said.decode(errors="replace").splitlines() if line.strip()]
    return lines[-1][:300] if lines else "nothing"


@contextmanager
def _shown(model: Path) -> Iterator[Path]:
    """A folder with only those files of the model that the converter is to see."""
    with TemporaryDirectory(prefix="bauhinia-shown-") as place:
        folder = Path(place)
        for pattern in FILES:
            for file in model.glob(pattern):
                (folder / file.name).symlink_to(file.resolve())
        for name in ("config.json", "tokenizer_config.json"):
            if (file := model / name).is_file():
                (folder / name).unlink()
                (folder / name).write_bytes(orjson.dumps(_told(orjson.loads(file.read_bytes()))))
        yield folder


def _told(configuration: dict[str, Any]) -> dict[str, Any]:
    """A configuration as the converter needs it."""
    told = {key: value for key, value in configuration.items() if key not in CODE_KEYS}
    if told.get("model_type") == "deepseek_v3":
        # transformers takes the sigmoid for granted and may not write it down; without it llama.cpp takes
        # the softmax of DeepSeek-V2.
        told.setdefault("scoring_func", "sigmoid")
    return told


def _need_packages(model: Path) -> None:
    needed = ["torch", "transformers", "safetensors"]
    if (model / "tokenizer.model").is_file():
        needed.append("sentencepiece")
    for package in needed:
        if importlib.util.find_spec(package) is None:
            raise MissingPart(
                f"Converting this model needs the package {package}, which is not installed.",
                hint=f'Run `pip install "bauhinia[foundry]" {package}`.',
            )


def keep_files(model: Path, folder: Path) -> list[Path]:
    """The model's files in `folder`, linked where the disk allows and copied elsewhere."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = []
    for pattern in FILES:
        for file in sorted(model.glob(pattern)):
            target = folder / file.name
            target.unlink(missing_ok=True)
            try:
                target.hardlink_to(file.resolve())
            except OSError:
                shutil.copy2(file, target)
            kept.append(target)
    return kept
