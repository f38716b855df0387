"""One training stage as a launcher needs it: where its files are, how it is cut, and how it learns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..planning import Architecture, Hardware, Plan, Sharding, Work, works

__all__ = ["Job", "jobs"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What every emitter reads. Paths are relative to the folder of the launch files."""

    recipe: str
    number: int
    """Its place among the training stages, from 1."""
    work: Work
    model: str
    """The model it starts from: a repository or a folder, or what the job before it left."""
    run_model: str
    """The same within the folder of a run."""
    corpus: str
    """The corpus within the folder of a run."""
    first: bool
    """Whether the model is the recipe's base."""
    architecture: Architecture
    hardware: Hardware
    sharding: Sharding
    hours: float
    """As planned."""
    gigabytes: float
    """On the fullest GPU, as planned."""
    seed: int

    @property
    def name(self) -> str:
        """The stage's name with its place, such as `1-pretraining`."""
        return f"{self.number}-{self.work.name}"

    def data(self, form: str) -> str:
        """The stage's rows in one of the forms of `rows.py`."""
        return f"data/{self.name}.{form}.jsonl"

    @property
    def output(self) -> str:
        """Where the launcher leaves checkpoints and the model."""
        return f"output/{self.name}"

    @property
    def nodes(self) -> int:
        """Servers."""
        return -(-self.sharding.gpus // self.hardware.node_gpus)

    @property
    def node_gpus(self) -> int:
        """GPUs of each."""
        return min(self.sharding.gpus, self.hardware.node_gpus)

    @property
    def micro_batch(self) -> int:
        """Rows that a replica works on at once."""
        return min(self.work.micro_batch or self.sharding.micro_batch, self.work.rows)

    @property
    def warm_up_steps(self) -> int:
        """Steps over which the rate rises."""
        return round(self.work.steps * float(self.field("warm_up", 0.05)))

    @property
    def rate(self) -> float:
        """The peak of the learning rate."""
        return float(self.field("learning_rate", 1e-5))

    @property
    def least_rate(self) -> float:
        """The rate at the end."""
        return float(f"{self.rate * float(self.field('floor', 0.1)):.6g}")

    @property
    def betas(self) -> tuple[float, float]:
        """Adam's two."""
        return float(self.field("beta_1", 0.9)), float(self.field("beta_2", 0.95))

    @property
    def last_stage_layers(self) -> int | None:
        """Layers of the pipeline's last stage, where they do not divide evenly."""
        stages, layers = self.sharding.pipeline, self.architecture.layers
        if stages == 1 or layers % stages == 0:
            return None
        # the last stage has the head as well: of two equal layouts, the one with fewer layers there
        each = range(1, layers // (stages - 1) + 1)
        options = ((size, layers - size * (stages - 1)) for size in each if layers > size * (stages - 1))
        return min(options, key=lambda sizes: (max(sizes), sizes[1]))[1]

    def uneven(self, at_once: int) -> str:
        """Why a step's rows cannot be shared out, so many at once to a replica; empty where they can."""
        rows, replicas = self.work.rows, self.sharding.data
        if rows % (at_once * replicas) == 0:
            return ""
        return f"a step of {rows} rows is no multiple of {at_once} for each of {replicas} replicas"

    def field(self, name: str, default: Any) -> Any:
        """A field of the stage as the recipe has it."""
        return self.work.fields.get(name, default)

    def header(self, comment: str = "#") -> str:
        """The lines at the top of every file: what it is for, and what the plan expects of it."""
        tokens, memory = f"{self.work.tokens:,} tokens", f"{self.gigabytes:,.0f} GB on a GPU"
        lines = (
            f"Recipe {self.recipe}, stage {self.work.name} ({self.work.kind}), from `bauhinia foundry plan`.",
            f"{self.sharding.gpus} x {self.hardware.title}: {self.sharding.words()}.",
            f"Planned: {tokens}, {self.hours:,.1f} hours, {memory}.",
        )
        return "".join(f"{comment} {line}\n" for line in lines)


def jobs(plan: Plan, recipe: Mapping[str, Any], *, corpus_tokens: int | None = None) -> tuple[Job, ...]:
    """The training stages of a planned recipe, each starting from the model that the one before it left."""
    return tuple(_jobs(plan, recipe, works(recipe, corpus_tokens=corpus_tokens)))


def _jobs(plan: Plan, recipe: Mapping[str, Any], made: tuple[Work, ...]) -> Iterator[Job]:
    base = recipe.get("base") or {}
    model = str(base.get("repository") or base.get("folder") or base.get("model") or "base")
    run_model, corpus = "base/model", _corpora(recipe)
    for number, (work, stage) in enumerate(zip(made, plan.stages, strict=True), 1):
        job = Job(
            recipe=plan.recipe,
            number=number,
            work=work,
            model=model,
            run_model=run_model,
            corpus=corpus[work.name],
            first=number == 1,
            architecture=plan.architecture,
            hardware=plan.hardware,
            sharding=plan.sharding,
            hours=stage.hours,
            gigabytes=stage.memory.total / 1e9,
            seed=int(recipe.get("seed", 7)),
        )
        yield job
        model, run_model = f"{job.output}/model", f"{work.name}/model"


def _corpora(recipe: Mapping[str, Any]) -> dict[str, str]:
    """The name of the newest corpus before each stage."""
    newest, found = "corpus", {}
    for stage in recipe.get("stages", ()):
        if stage.get("kind") == "corpus":
            newest = stage["name"]
        found[stage["name"]] = newest
    return found
