"""Every launch file of a plan, in one folder, with what to run and what no launcher can do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from ...errors import InputError
from ..planning import Plan
from . import accelerate, automodel, slurm, swift, verl
from .job import Job, jobs

__all__ = ["TARGETS", "Target", "emit", "launch_files"]


LEFT = ("ema", "measure_every", "stop_above", "sample_every", "expert_bias")
"""What only our own trainer does: an average of the weights, measuring and stopping by it, samples, and the
step by which experts are balanced (the others take their own)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A launcher."""

    title: str
    files: Callable[[Job], dict[str, str]]
    """The files of a job, by their names in the launcher's folder; one of them is its script."""
    unsuited: Callable[[Job], str]
    """Why it cannot run a job; empty where it can."""
    forms: Mapping[str, str]
    """The form of the rows that it reads for each kind of stage."""
    left: tuple[str, ...] = ()
    """Fields of a stage that it has no words for; where they are set, the README says so."""


TARGETS: dict[str, Target] = {
    "accelerate": Target(
        title="accelerate, FSDP2, our own trainer",
        files=accelerate.files,
        unsuited=accelerate.unsuited,
        forms={},
    ),
    "automodel": Target(
        title="NeMo Automodel",
        files=automodel.files,
        unsuited=automodel.unsuited,
        forms={"pretraining": "text", "instruction": "chat"},
        left=LEFT,
    ),
    "swift": Target(
        title="ms-swift (Megatron)",
        files=swift.files,
        unsuited=swift.unsuited,
        forms=swift.FORMS,
        left=LEFT,
    ),
    "verl": Target(
        title="verl (GRPO, Megatron workers)",
        files=verl.files,
        unsuited=verl.unsuited,
        forms={"reward": "prompts"},
        left=LEFT,
    ),
}
"""The launchers by the names of their folders."""


def launch_files(
    plan: Plan, recipe: Mapping[str, Any], *, targets: tuple[str, ...] = (), corpus_tokens: int | None = None
) -> dict[str, str]:
    """The text of every file by its path. Raises InputError where no launcher asked for can run a stage."""
    chosen = {name: _target(name) for name in targets or TARGETS}
    made = jobs(plan, recipe, corpus_tokens=corpus_tokens)
    found: dict[str, str] = {}
    for job in made:
        suited = [name for name, target in chosen.items() if not target.unsuited(job)]
        if not suited:
            why = "; ".join(f"{name}: {target.unsuited(job)}" for name, target in chosen.items())
            raise InputError(
                f"No launcher that was asked for can run stage {job.work.name!r}.", hint=f"{why}."
            )
        for name in suited:
            found |= {f"{name}/{file}": text for file, text in chosen[name].files(job).items()}
            found[f"slurm/{name}-{job.name}.sbatch"] = slurm.batch(job, name)
    found["README.md"] = _readme(plan, made, chosen)
    found["rows.py"] = _source("rows.py")
    if any(job.work.kind == "reward" for job in made) and "verl" in chosen:
        found["reward.py"] = verl.reward(next(job for job in made if job.work.kind == "reward"))
    return found


def emit(
    plan: Plan,
    recipe: Mapping[str, Any],
    folder: Path,
    *,
    targets: tuple[str, ...] = (),
    corpus_tokens: int | None = None,
) -> list[Path]:
    """Write every launch file below a folder, which is new or empty; the paths. Raises InputError."""
    texts = launch_files(plan, recipe, targets=targets, corpus_tokens=corpus_tokens)
    if folder.exists() and any(folder.iterdir()):
        raise InputError(f"{folder} is not empty.", hint="Name a new folder for the launch files.")
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755 if path.suffix == ".sh" else 0o644)
    return sorted(folder / name for name in texts)


def _target(name: str) -> Target:
    if name not in TARGETS:
        raise InputError(f"There is no launcher called {name!r}.", hint=f"There are {', '.join(TARGETS)}.")
    return TARGETS[name]


def _readme(plan: Plan, made: tuple[Job, ...], chosen: Mapping[str, Target]) -> str:
    """What to run, in order, and what no launcher can do."""
    lines = [f"# {plan.recipe}: launch files", ""]
    lines.append(
        "Written by `bauhinia foundry plan`; change the recipe and write them again rather than edit them."
    )
    for job in made:
        lines += ["", f"## {job.name}: {job.work.kind}", ""]
        for name, target in chosen.items():
            why = target.unsuited(job)
            if why:
                lines.append(f"- {target.title}: no, {why}.")
                continue
            lines.append(f"- {target.title}: `bash {name}/{job.name}.sh` on every node, or")
            lines.append(f"  `sbatch slurm/{name}-{job.name}.sbatch`.")
            if form := target.forms.get(job.work.kind):
                share = job.field("replay_share", None) if form in ("text", "assistant") else None
                replay = "" if share is None else f" --replay {share:g}"
                lines.append(f"  First: `python rows.py {form} CORPUS {job.data(form)}{replay}`.")
            if left := _left(job, target):
                lines.append(f"  Of the recipe it does not do: {', '.join(left)}.")
        if not job.first:
            lines.append(f"- Each starts from `{job.model}`: put the model that the stage before left there.")
    return "\n".join(lines) + "\n"


def _left(job: Job, target: Target) -> list[str]:
    """Fields that the stage sets and the launcher leaves aside."""
    mixed = job.architecture.experts is not None
    left = [name for name in target.left if job.field(name, None) and (mixed or name != "expert_bias")]
    if job.field("replay_share", 0) and target.forms.get(job.work.kind) == "chat":
        left.append("replay_share")
    return left


def _source(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
