"""A plan as tables of plain cells, which the terminal and Markdown both draw."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .actual import ActualCost
from .making import Plan, StagePlan
from .published import compared, published

__all__ = ["Table", "actual_tables", "plan_tables", "published_table"]

GB = 1e9


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A title, a heading for each column, and rows of cells."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def plan_tables(plan: Plan) -> Iterator[Table]:
    """The model, the making, the memory, and the running."""
    yield _model(plan)
    yield _making(plan)
    yield _memory(plan)
    yield _serving(plan)


def actual_tables(cost: ActualCost) -> Iterator[Table]:
    """What each finished stage cost."""
    rows = [
        (
            stage.name,
            f"{stage.seconds:,.0f}",
            "" if stage.tokens is None else f"{stage.tokens:,}",
            "" if stage.utilisation is None else f"{stage.utilisation:.0%}",
            f"{stage.gpu_hours:,.3f}",
            f"{stage.kwh:,.4f}",
            f"{stage.hkd:,.3f}",
        )
        for stage in cost.stages
    ]
    hours = sum(stage.gpu_hours for stage in cost.stages)
    total = ("total", f"{cost.seconds:,.0f}", "", "", f"{hours:,.3f}", f"{cost.kwh:,.4f}", f"{cost.hkd:,.3f}")
    yield Table(
        title=f"What the run of {cost.recipe} cost, {cost.gpus} x {cost.hardware}",
        columns=("stage", "seconds", "tokens trained", "of the peak", "machine hours", "kWh", "HK$"),
        rows=(*rows, total),
    )


def published_table() -> Table:
    """Our formula beside what others published, with each error."""
    rows = []
    for figure in published():
        found = compared(figure)
        rate = f"{figure.rate / 1e12:,.0f} TFLOP/s"
        rows.append(
            (
                figure.name,
                rate,
                f"{figure.tokens:,.0f}",
                f"{found.predicted:,.0f}",
                f"{found.error:+.1%}",
                f"{found.error_by_their_count:+.1%}",
            )
        )
    return Table(
        title="Tokens a second of one GPU: published, and ours for the same rate of operations",
        columns=("figure", "published rate", "published", "ours", "error", "error by their count"),
        rows=tuple(rows),
    )


def _model(plan: Plan) -> Table:
    found, model = plan.parameters, plan.architecture
    rows = [
        ("model", model.name),
        ("parameters", f"{found.total:,}"),
        ("of them used by a token", f"{found.active:,}"),
        ("layers, hidden channels", f"{model.layers}, {model.hidden:,}"),
    ]
    if model.experts:
        experts = model.experts
        rows.append(("experts", f"{experts.routed} routed, {experts.active} used, {experts.shared} shared"))
    rows.append(("machines", f"{plan.sharding.gpus} x {plan.hardware.title}"))
    rows.append(("layout", plan.sharding.words()))
    return Table(
        title=f"{plan.recipe}: {plan.title}".rstrip(": "), columns=("what", "value"), rows=tuple(rows)
    )


def _making(plan: Plan) -> Table:
    total = (
        "total",
        f"{short(sum(stage.tokens for stage in plan.stages))}",
        f"{sum(stage.flops for stage in plan.stages):.2e}",
        "",
        "",
        duration(plan.hours),
        f"{plan.gpu_hours:,.1f}",
        amount(plan.kwh),
        amount(plan.hkd),
    )
    return Table(
        title="What it costs to make",
        columns=("stage", "tokens", "FLOPs", "of the peak", "tok/s a GPU", "time", "GPU-hours", "kWh", "HK$"),
        rows=(*(_stage(stage) for stage in plan.stages), total),
    )


def _stage(stage: StagePlan) -> tuple[str, ...]:
    return (
        stage.name,
        short(stage.tokens),
        f"{stage.flops:.2e}",
        f"{stage.utilisation:.0%}",
        f"{stage.tokens_a_second:,.0f}",
        duration(stage.hours),
        f"{stage.gpu_hours:,.1f}",
        amount(stage.kwh),
        amount(stage.hkd),
    )


def _memory(plan: Plan) -> Table:
    rows = []
    for stage in plan.stages:
        held = stage.memory
        parts = (held.weights, held.gradients, held.optimiser, held.activations, held.gathered, held.reserve)
        whole = f"{held.total / GB:,.1f}"
        verdict = "yes" if stage.fits else "NO"
        rows.append((stage.name, *(f"{part / GB:,.1f}" for part in parts), whole, verdict))
    return Table(
        title=f"GB on the fullest GPU, of {plan.hardware.memory_gb:g}",
        columns=(
            "stage",
            "weights",
            "gradients",
            "optimiser",
            "activations",
            "gathered",
            "reserve",
            "total",
            "fits",
        ),
        rows=tuple(rows),
    )


def _serving(plan: Plan) -> Table:
    serving = plan.serving
    load, rate = serving.load, serving.rate
    rows = (
        (
            "load",
            f"{load.officers:,} officers, {load.requests_a_day:g} requests a day each, "
            f"{load.prompt:,} tokens read and {load.answer:,} written",
        ),
        ("weights", f"{serving.weights}, a replica on {rate.gpus} GPUs"),
        (
            "a replica writes",
            f"{rate.decoded:,.0f} tokens/s in {rate.sequences:,} answers, {rate.each:,.1f} each",
        ),
        ("a replica reads", f"{rate.read:,.0f} tokens/s"),
        ("bound by", rate.bound),
        (
            "GPUs for the busiest hour",
            f"{serving.gpus} in {_replicas(serving.replicas)}, {serving.busy:.0%} busy",
        ),
        ("HK$ a day", amount(serving.hkd_a_day)),
        ("HK$ a million tokens written", amount(serving.hkd_a_million_tokens)),
        ("kWh a day", amount(serving.kwh_a_day)),
        ("kg CO2e a day", amount(serving.kg_co2e_a_day)),
    )
    return Table(title="What it costs to run", columns=("what", "value"), rows=rows)


def _replicas(number: int) -> str:
    return "one replica" if number == 1 else f"{number:,} replicas"


def short(number: float) -> str:
    """A count in thousands, millions, billions or trillions."""
    for size, mark in ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")):
        if number >= size:
            return f"{number / size:,.2f} {mark}"
    return f"{number:,.0f}"


def amount(number: float) -> str:
    """An amount of money or energy: small ones with decimals."""
    if number >= 100:
        return f"{number:,.0f}"
    return f"{number:,.2f}" if number >= 0.1 else f"{number:.2g}"


def duration(hours: float) -> str:
    """Hours, in the unit that a person would say."""
    if hours >= 48:
        return f"{hours / 24:,.1f} days"
    if hours >= 1:
        return f"{hours:,.1f} h"
    return f"{hours * 60:,.1f} min"
