"""A plan: what each stage of a recipe will take on given machines, and all that is taken for granted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from .architecture import Architecture, read_architecture
from .hardware import Assumption, Electricity, Hardware, assumptions, electricity, hardware
from .memory import Memory, memory_of
from .parameters import Parameters, count
from .serving import Load, Serving, Weights, rate_of, serving_of
from .sharding import Sharding, check_fit, default_sharding
from .work import TRAINING, Work, architecture_in, works

__all__ = ["Plan", "StagePlan", "plan"]


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StagePlan(_Fact):
    """What one training stage will take."""

    name: str
    kind: str
    steps: int
    tokens: int
    """Tokens through the training step."""
    written: int
    """Tokens that the model writes itself, for a reward."""
    flops: float
    utilisation: float
    tokens_a_second: float
    """Of one GPU, while it trains."""
    hours: float
    """Of the whole cluster, lost time within them."""
    gpu_hours: float
    kwh: float
    kg_co2e: float
    hkd: float
    memory: Memory
    fits: bool
    notes: tuple[str, ...] = ()


class Plan(_Fact):
    """What a recipe will cost to make, and its model to run."""

    recipe: str
    title: str
    architecture: Architecture
    parameters: Parameters
    hardware: Hardware
    sharding: Sharding
    stages: tuple[StagePlan, ...]
    not_counted: tuple[str, ...]
    """Stages that are counted within the lost time only."""
    serving: Serving
    assumptions: tuple[str, ...]

    @property
    def gpu_hours(self) -> float:
        """Of all stages."""
        return sum(stage.gpu_hours for stage in self.stages)

    @property
    def hours(self) -> float:
        """Of all stages, one after the other."""
        return sum(stage.hours for stage in self.stages)

    @property
    def hkd(self) -> float:
        """Of all stages."""
        return sum(stage.hkd for stage in self.stages)

    @property
    def kwh(self) -> float:
        """Of all stages."""
        return sum(stage.kwh for stage in self.stages)


def plan(
    recipe: Mapping[str, Any],
    *,
    machine: str = "h100",
    gpus: int = 1,
    sharding: Sharding | None = None,
    architecture: str | None = None,
    corpus_tokens: int | None = None,
    utilisation: float | None = None,
    load: Load | None = None,
    weights: Weights = "bf16",
    serving_gpus: int | None = None,
) -> Plan:
    """What a resolved recipe takes on so many GPUs of that kind.

    Raises InputError where the recipe says too little, the layout cannot be, or the model cannot be served
    so, and NotFound for a name that is not known.
    """
    model = read_architecture(architecture) if architecture else architecture_in(recipe)
    chip, power, taken = hardware(machine), electricity(), assumptions()
    layout = sharding or default_sharding(model, gpus)
    if not chip.gpu:
        # as the trainer does where nothing is said: on a processor it costs time and saves what is not short
        layout = layout.model_copy(update={"checkpointing": False})
    check_fit(model, layout)
    made = works(recipe, corpus_tokens=corpus_tokens)
    served = serving_of(model, chip, load or Load(), taken, power, weights=weights, gpus=serving_gpus)
    return Plan(
        recipe=str(recipe.get("name", "")),
        title=str(recipe.get("title", "")),
        architecture=model,
        parameters=count(model),
        hardware=chip,
        sharding=layout,
        stages=tuple(_stage(work, model, chip, layout, power, utilisation) for work in made),
        not_counted=tuple(
            stage["name"] or stage["kind"]
            for stage in recipe.get("stages", ())
            if stage["kind"] not in TRAINING
        ),
        serving=served,
        assumptions=tuple(_assumed(model, chip, layout, made, utilisation, power)),
    )


def _stage(
    work: Work,
    model: Architecture,
    chip: Hardware,
    sharding: Sharding,
    power: Electricity,
    utilisation: float | None,
) -> StagePlan:
    layout = _layout_of(work, sharding)
    reached = utilisation or _utilisation(work.kind, model, chip, layout).value
    flops = work.flops(model)
    rate = layout.gpus * chip.peak() * reached
    seconds = flops / rate
    pure = seconds
    seconds += _writing_seconds(work, model, chip, layout)
    hours = seconds * (1 + assumptions().lost_time.value) / 3600
    gpu_hours = hours * layout.gpus
    kwh = gpu_hours * chip.kilowatts * assumptions().drawn_power.value * power.pue
    memory = memory_of(
        model, layout, work.length, frozen_copies=int(work.reference), reserve_gb=chip.reserve_gb
    )
    fits = memory.total <= chip.memory_gb * 1e9
    return StagePlan(
        name=work.name,
        kind=work.kind,
        steps=work.steps,
        tokens=work.tokens,
        written=work.written,
        flops=flops,
        utilisation=reached,
        tokens_a_second=work.tokens / pure / layout.gpus,
        hours=hours,
        gpu_hours=gpu_hours,
        kwh=kwh,
        kg_co2e=kwh * power.kg_co2e_per_kwh,
        hkd=money(gpu_hours, kwh, chip, power),
        memory=memory,
        fits=fits,
        notes=tuple(_notes(work, layout, chip, memory)),
    )


def money(gpu_hours: float, kwh: float, chip: Hardware, power: Electricity) -> float:
    """The price of hired hours, electricity within it; of a machine of one's own, its electricity alone."""
    return gpu_hours * chip.hkd_per_hour if chip.hkd_per_hour else kwh * power.hkd_per_kwh


def _layout_of(work: Work, sharding: Sharding) -> Sharding:
    """The layout with what the stage itself says: rows at once, and whether to checkpoint."""
    share = max(1, work.rows // sharding.data)
    said = {
        "micro_batch": min(work.micro_batch or sharding.micro_batch, share) * work.sequences,
        "checkpointing": sharding.checkpointing if work.checkpointing is None else work.checkpointing,
    }
    return sharding.model_copy(update=said)


def _utilisation(kind: str, model: Architecture, chip: Hardware, sharding: Sharding) -> Assumption:
    known = assumptions().utilisation
    if not chip.gpu:
        return known["laptop"]
    if kind == "reward":
        return known["reward"]
    where = "node" if sharding.gpus <= chip.node_gpus else "cluster"
    return known[f"{'experts' if model.experts else 'dense'}_{where}"]


def _writing_seconds(work: Work, model: Architecture, chip: Hardware, sharding: Sharding) -> float:
    """Seconds in which the cluster writes the answers that earn rewards, full of replicas of the model."""
    if not work.written:
        return 0.0
    load = Load(prompt=max(1, work.prompt), answer=work.answer, least_rate=0.001)
    size = None if sharding.gpus > 1 else 1
    rate = rate_of(model, chip, load, assumptions(), gpus=size)
    replicas = max(1.0, sharding.gpus / rate.gpus)
    return work.written / (rate.decoded * replicas)


def _notes(work: Work, layout: Sharding, chip: Hardware, memory: Memory) -> Iterator[str]:
    if memory.total > chip.memory_gb * 1e9:
        needed, there = memory.total / 1e9, chip.memory_gb
        yield f"needs {needed:.0f} GB, and a GPU has {there:.0f}: take more GPUs, or cut further"
    if work.rows % layout.data:
        yield f"a batch of {work.rows} rows does not divide among {layout.data} replicas"


def _reached(
    model: Architecture, chip: Hardware, layout: Sharding, made: tuple[Work, ...]
) -> Iterator[tuple[str, Assumption]]:
    """Each utilisation that is taken for granted, with the kinds of stage that it is taken for."""
    kinds = dict.fromkeys(work.kind for work in made)
    found = {kind: _utilisation(kind, model, chip, layout) for kind in kinds}
    for reached in dict.fromkeys(assumption.why for assumption in found.values()):
        same = [kind for kind, assumption in found.items() if assumption.why == reached]
        yield ", ".join(same), found[same[0]]


def _assumed(
    model: Architecture,
    chip: Hardware,
    layout: Sharding,
    made: tuple[Work, ...],
    utilisation: float | None,
    power: Electricity,
) -> Iterator[str]:
    """Everything that the plan takes for granted, as sentences."""
    taken = assumptions()
    yield f"Layout: {layout.words()}."
    if utilisation:
        yield f"Utilisation of the peak: {utilisation:.0%}, as given."
    else:
        for kinds, reached in _reached(model, chip, layout, made):
            yield f"Utilisation of the peak in {kinds}: {reached.value:.0%}: {reached.why}."
    yield (
        f"Peak: {chip.bf16_tflops:g} TFLOP/s in BF16, dense; {chip.memory_gb:g} GB at "
        f"{chip.bandwidth_tb:g} TB/s ({chip.source})."
    )
    yield f"Price: HK${chip.hkd_per_hour:.2f} for a GPU's hour, {chip.priced} ({chip.price_source})."
    yield (
        f"Power: {chip.kilowatts:.2f} kW at most for a GPU with its share of the server, "
        f"{taken.drawn_power.value:.0%} of it drawn, PUE {power.pue:g}; "
        f"{power.kg_co2e_per_kwh:g} kg CO2e and HK${power.hkd_per_kwh:g} a kWh ({power.source})."
    )
    yield f"Lost time: {taken.lost_time.value:.0%}: {taken.lost_time.why}."
    yield "Rows are full: padding and shorter rows cost less, and are not counted as less."
    yield (
        "Operations: 2 a parameter and token forward, twice that backward; attention under its causal mask; "
        "the head counted, tables that are looked up not."
    )
    mixed = model.experts is not None
    writing, reading = taken.writing(experts=mixed), taken.reading(experts=mixed)
    yield f"Serving, tokens written: {writing.value:.0%} of the bandwidth: {writing.why}."
    yield f"Serving, prompts read: {reading.value:.0%} of the peak: {reading.why}."
