"""A plan as tables of plain cells, which the terminal and Markdown both draw."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .actual import ActualCost
from .making import Plan, StagePlan
from .published import compared, published
from .serving import Serving

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
    yield _serving(plan.serving)


def actual_tables(cost: ActualCost) -> Iterator[Table]:
    """What each finished stage cost, and what the model costs to run."""
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
    if cost.serving is not None:
        yield _serving(cost.serving)


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
                percent(found.error),
                percent(found.error_by_their_count),
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
    """A stage a column, for terminals are narrow and stages are few."""
    stages = plan.stages
    total = (
        short(sum(stage.tokens for stage in stages)),
        f"{sum(stage.flops for stage in stages):.1e}",
        "",
        "",
        duration(plan.hours),
        amount(plan.gpu_hours),
        amount(plan.kwh),
        amount(plan.hkd),
    )
    labels = ("tokens", "operations", "of the peak", "tokens/s a GPU", "time", "GPU-hours", "kWh", "HK$")
    columns = [_stage(stage) for stage in stages]
    return Table(
        title="What it costs to make",
        columns=("what", *(stage.name for stage in stages), "total"),
        rows=tuple(zip(labels, *columns, total, strict=True)),
    )


def _stage(stage: StagePlan) -> tuple[str, ...]:
    return (
        short(stage.tokens),
        f"{stage.flops:.1e}",
        f"{stage.utilisation:.0%}",
        f"{stage.tokens_a_second:,.0f}",
        duration(stage.hours),
        amount(stage.gpu_hours),
        amount(stage.kwh),
        amount(stage.hkd),
    )


def _memory(plan: Plan) -> Table:
    labels = ("weights", "gradients", "optimiser", "activations", "gathered", "reserve", "total", "fits")
    return Table(
        title=f"GB on the fullest GPU, of {plan.hardware.memory_gb:g}",
        columns=("what", *(stage.name for stage in plan.stages)),
        rows=tuple(zip(labels, *(_held(stage) for stage in plan.stages), strict=True)),
    )


def _held(stage: StagePlan) -> tuple[str, ...]:
    held = stage.memory
    parts = (held.weights, held.gradients, held.optimiser, held.activations, held.gathered, held.reserve)
    return (*(f"{part / GB:,.1f}" for part in (*parts, held.total)), "yes" if stage.fits else "NO")


def _serving(serving: Serving) -> Table:
    load, rate = serving.load, serving.rate
    rows = (
        (
            "load",
            f"{_number(load.officers, 'officer')}, {load.requests_a_day:g} requests a day each, "
            f"{load.prompt:,} tokens read and {load.answer:,} written",
        ),
        ("weights", f"{serving.weights}, a replica on {_number(rate.gpus, 'GPU')}"),
        (
            "a replica writes",
            f"{rate.decoded:,.0f} tokens/s in {rate.sequences:,} answers, {rate.each:,.1f} each",
        ),
        ("a replica reads", f"{rate.read:,.0f} tokens/s"),
        ("bound by", rate.bound),
        (
            "GPUs for the busiest hour",
            f"{serving.gpus} in {_number(serving.replicas, 'replica')}, {serving.busy:.0%} busy",
        ),
        ("HK$ a day", amount(serving.hkd_a_day)),
        ("HK$ a million tokens written", amount(serving.hkd_a_million_tokens)),
        ("kWh a day", amount(serving.kwh_a_day)),
        ("kg CO2e a day", amount(serving.kg_co2e_a_day)),
    )
    return Table(title="What it costs to run", columns=("what", "value"), rows=rows)


def _number(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def percent(part: float) -> str:
    """A difference in percent with its sign; none is without one."""
    told = f"{part:+.1%}"
    return "0.0%" if told in ("+0.0%", "-0.0%") else told


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
