"""Record which arguments a launcher takes, from its own source, as small files of facts.

    python -m bauhinia.foundry.launch.recording swift UNZIPPED_WHEEL --version 4.6.0 --source "PyPI ms-swift"

Nothing of the tool is imported, or kept but the names of its arguments and what each may be. The files stand
in `schemas/`; the tests hold every launch file against them.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ...yaml_text import read_yaml

Facts = dict[str, Any]

SCHEMAS = Path(__file__).parent / "schemas"
SWIFT = {"pt": "MegatronPretrainArguments", "sft": "MegatronSftArguments", "rlhf": "MegatronRLHFArguments"}
"""The class whose fields each `megatron` command of ms-swift takes."""
SWIFT_FOLDERS = ("swift/megatron/arguments", "swift/arguments", "swift/ray_utils", "swift/ray")
AUTOMODEL: dict[str, tuple[tuple[str, str], ...]] = {
    "step_scheduler": (("components/training/step_scheduler.py", "StepSchedulerConfig"),),
    "lr_scheduler": (("components/optim/optimizer.py", "LRSchedulerConfig"),),
    "checkpoint": (("components/checkpoint/config.py", "CheckpointingConfig"),),
    "distributed": (
        ("components/distributed/mesh.py", "ParallelismSizes"),
        ("components/distributed/config.py", "FSDP2Config"),
    ),
    "distributed.pipeline": (("components/distributed/pipelining/config.py", "PipelineConfig"),),
    "distributed.moe": (("components/distributed/config.py", "MoEParallelizerConfig"),),
    "model.backend": (("components/models/common/utils.py", "BackendConfig"),),
    "packed_sequence": (("components/datasets/loader.py", "ThdPackingConfig"),),
    "dataset": (
        ("components/datasets/llm/chat_dataset.py", "ChatDatasetConfig"),
        ("components/datasets/llm/megatron_dataset.py", "MegatronPretraining"),
    ),
}
"""The classes that read each section of a NeMo Automodel recipe."""
AUTOMODEL_MORE: dict[str, dict[str, str]] = {
    # read by the recipe itself, before the class sees the section
    "step_scheduler": {"local_batch_size": "int"},
    "distributed": {"strategy": "str", "pipeline": "dict", "moe": "dict"},
    "packed_sequence": {"packing_strategy": "str"},
    "dataset": {"tokenizer": "Any"},
    "checkpoint": {"restore_from": "str | None"},
}
AUTOMODEL_RECIPE = "recipes/llm/train_ft.py"
AUTOMODEL_TYPED = "recipes/_typed_config.py"


def main(arguments: list[str] | None = None) -> None:
    """Record one tool."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tool", choices=RECORDERS)
    parser.add_argument("folder", type=Path, help="The tool's source; of Slurm, its sbatch.1.")
    parser.add_argument("--version", required=True)
    parser.add_argument(
        "--source", required=True, help="Where the source is from, with its digest or commit."
    )
    parser.add_argument("--out", type=Path, default=SCHEMAS)
    given = parser.parse_args(arguments)
    facts = {"tool": given.tool, "version": given.version, "source": given.source}
    facts |= RECORDERS[given.tool](given.folder)
    path = given.out / f"{given.tool}.json"
    path.write_text(json.dumps(facts, indent=1, sort_keys=False) + "\n", encoding="utf-8")


def record_swift(folder: Path) -> Facts:
    """The arguments of each `megatron` command of ms-swift."""
    classes = _classes(path for place in SWIFT_FOLDERS for path in (folder / place).rglob("*.py"))
    return {"commands": {command: _fields(name, classes) for command, name in SWIFT.items()}}


def record_automodel(folder: Path) -> Facts:
    """The sections of a NeMo Automodel recipe, and what each takes."""
    package = folder / "nemo_automodel"
    sections = {"": dict.fromkeys(sorted(_top_keys(package)), "Any")}
    for section, places in AUTOMODEL.items():
        found: dict[str, str] = {}
        for file, name in places:
            classes = _classes([package / file])
            found |= _fields(name, classes) or _parameters(package / file, name)
        sections[section] = found | AUTOMODEL_MORE.get(section, {})
    return {"sections": sections, "targets": sorted(_targets(package))}


def record_verl(folder: Path) -> Facts:
    """Every key of verl's trainer with Megatron workers, and the records that take any key."""
    path = folder / "verl/trainer/config/_generated_ppo_megatron_trainer.yaml"
    keys: dict[str, str] = {}
    opened: list[str] = []
    for key, value in _leaves(read_yaml(path.read_text(encoding="utf-8"))):
        if value == {}:
            opened.append(key)
        else:
            keys[key] = "Any" if value is None or value == "???" else type(value).__name__
    groups = sorted(each.stem for each in (path.parent / "model_engine").glob("*.yaml"))
    return {"keys": keys, "open": opened, "groups": {"model_engine": groups}}


def record_slurm(page: Path) -> Facts:
    """The options of sbatch, from its manual page."""
    text = page.read_text(encoding="utf-8").replace("\\-", "-")
    return {"options": sorted(set(re.findall(r"^\\fB.*?--([a-z][a-z0-9-]+)\\fR", text, re.MULTILINE)))}


RECORDERS: dict[str, Callable[[Path], Facts]] = {
    "automodel": record_automodel,
    "swift": record_swift,
    "verl": record_verl,
    "slurm": record_slurm,
}


def _classes(paths: Any) -> dict[str, ast.ClassDef]:
    found: dict[str, ast.ClassDef] = {}
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                found.setdefault(node.name, node)
    return found


def _fields(name: str, classes: dict[str, ast.ClassDef]) -> dict[str, str]:
    """The annotated fields of a class and of its bases, nearer ones before farther."""
    if name not in classes:
        return {}
    found: dict[str, str] = {}
    for base in reversed(classes[name].bases):
        found |= _fields(ast.unparse(base).split(".")[-1], classes)
    for node in classes[name].body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            kind = ast.unparse(node.annotation)
            if not node.target.id.startswith("_") and "ClassVar" not in kind:
                found[node.target.id] = kind
    return found


def _parameters(path: Path, name: str) -> dict[str, str]:
    """The parameters of a class's constructor."""
    for part in _classes([path])[name].body:
        if isinstance(part, ast.FunctionDef) and part.name == "__init__":
            given = (*part.args.args, *part.args.kwonlyargs)
            return {
                each.arg: ast.unparse(each.annotation) if each.annotation else "Any"
                for each in given
                if each.arg != "self"
            }
    return {}


def _top_keys(package: Path) -> Iterator[str]:
    """Sections that the recipe reads, by name."""
    yield from ("recipe", "rng")
    for file in (AUTOMODEL_RECIPE, AUTOMODEL_TYPED):
        text = (package / file).read_text(encoding="utf-8")
        yield from re.findall(r"(?:\bself\.cfg|(?<![a-z_])cfg|_raw)\.get\(\s*\"([a-z_]+)[.\"]", text)
        yield from re.findall(r"(?:self\.cfg)\.([a-z_]+)\b(?!\()", text)


def _targets(package: Path) -> Iterator[str]:
    """Dotted names of the tool's own that our recipes point to, those that exist."""
    for name in OUR_TARGETS:
        module, _, last = name.rpartition(".")
        place = package.parent / module.replace(".", "/")
        file = place.with_suffix(".py") if place.with_suffix(".py").is_file() else place / "__init__.py"
        if file.is_file() and re.search(rf"\b{last}\b", file.read_text(encoding="utf-8")):
            yield name


OUR_TARGETS = (
    "nemo_automodel.components.models.common.BackendConfig",
    "nemo_automodel.components.training.rng.StatefulRNG",
    "nemo_automodel.components.loss.masked_ce.MaskedCrossEntropy",
    "nemo_automodel.components.datasets.llm.chat_dataset.ChatDataset",
    "nemo_automodel.components.datasets.llm.megatron_dataset.MegatronPretraining",
    "nemo_automodel.components.datasets.utils.default_collater",
    "nemo_automodel.components.datasets.utils.packed_sequence_thd_collater",
)


def _leaves(data: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in data.items():
        if isinstance(value, dict) and value:
            yield from _leaves(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


if __name__ == "__main__":
    main()
