"""`bauhinia foundry plan RECIPE` and `bauhinia foundry cost DIR`: what a model costs to make, and to run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from ..foundry.planning import ActualCost, Plan

Form = Literal["table", "markdown", "json"]
HardwareOption = Annotated[
    str, typer.Option(help="The machines: h100, h200, b200, a100, a800, h20 or laptop.")
]
OfficersOption = Annotated[int, typer.Option(min=1, help="Officers whom the model serves.")]
WeightsOption = Annotated[
    Literal["bf16", "fp8", "4-bit"], typer.Option(help="How the served model's weights are kept.")
]
FormOption = Annotated[Form, typer.Option("--format", help="How to print it.")]


def plan(
    recipe: Annotated[str, typer.Argument(help="A shipped recipe's name, or a .yaml file.")],
    hardware: HardwareOption = "h100",
    gpus: Annotated[int, typer.Option(min=1, help="How many GPUs.")] = 1,
    tensor: Annotated[int | None, typer.Option(min=1, help="Cuts of each matrix.")] = None,
    pipeline: Annotated[int | None, typer.Option(min=1, help="Stages that the layers are cut into.")] = None,
    expert: Annotated[int | None, typer.Option(min=1, help="GPUs that share the experts.")] = None,
    context: Annotated[int | None, typer.Option(min=1, help="Cuts of each sequence.")] = None,
    precision: Annotated[
        str | None, typer.Option(help="What is kept of a parameter: fp32-masters, bf16 or megatron.")
    ] = None,
    architecture: Annotated[
        str | None, typer.Option(help="Another model: a shipped shape, a config.json or its folder.")
    ] = None,
    corpus_tokens: Annotated[
        int | None, typer.Option(min=1, help="Tokens of the corpus, for stages that train by epochs.")
    ] = None,
    utilisation: Annotated[
        float | None, typer.Option(min=0.01, max=1, help="Part of the peak that training reaches.")
    ] = None,
    officers: OfficersOption = 1000,
    requests: Annotated[float, typer.Option(min=0.01, help="Requests of each a day.")] = 20,
    prompt: Annotated[int, typer.Option(min=1, help="Tokens read for a request.")] = 2000,
    answer: Annotated[int, typer.Option(min=1, help="Tokens written for it.")] = 500,
    weights: WeightsOption = "bf16",
    launch: Annotated[Path | None, typer.Option(help="Also write launch files to this new folder.")] = None,
    target: Annotated[
        list[str] | None, typer.Option(help="Only for this launcher: accelerate, automodel, swift or verl.")
    ] = None,
    form: FormOption = "table",
) -> None:
    """Plan a recipe: tokens, memory, hours, energy and HK$ to make it and to run it, and launch files."""
    from ..foundry.launch import emit
    from ..foundry.planning import Load, architecture_in, read_architecture, sharding_of
    from ..foundry.planning import plan as planned
    from ..foundry.recipe import load

    data = load(recipe).as_data()
    model = read_architecture(architecture) if architecture else architecture_in(data)
    layout = sharding_of(
        model,
        gpus,
        tensor=tensor,
        pipeline=pipeline,
        expert=expert,
        context=context,
        precision=precision,
    )
    found = planned(
        data,
        machine=hardware,
        gpus=gpus,
        sharding=layout,
        architecture=architecture,
        corpus_tokens=corpus_tokens,
        utilisation=utilisation,
        load=Load(officers=officers, requests_a_day=requests, prompt=prompt, answer=answer),
        weights=weights,
    )
    _show(found, form)
    if launch is not None:
        written = emit(found, data, launch, targets=tuple(target or ()), corpus_tokens=corpus_tokens)
        typer.echo(
            f"Written: {len(written)} files below {launch}; begin with {launch / 'README.md'}", err=True
        )


def cost(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a run.")],
    hardware: HardwareOption = "laptop",
    gpus: Annotated[
        int | None, typer.Option(min=1, help="How many of them; as the run recorded without it.")
    ] = None,
    serving: Annotated[
        str | None, typer.Option(help="The machines that serve the model; the same without it.")
    ] = None,
    officers: OfficersOption = 1000,
    weights: WeightsOption = "bf16",
    form: FormOption = "table",
) -> None:
    """Tell what a run really cost, stage by stage, and what its model will cost to run."""
    from ..foundry.planning import Load, actual

    load = Load(officers=officers)
    found = actual(folder, machine=hardware, gpus=gpus, load=load, weights=weights, serving_machine=serving)
    _show(found, form)


def _show(found: Plan | ActualCost, form: Form) -> None:
    """Print it in that form."""
    from ..foundry.planning import as_json, as_markdown, render

    if form == "table":
        from rich.console import Console

        Console(markup=False, highlight=False).print(render(found))
    else:
        typer.echo(as_json(found) if form == "json" else as_markdown(found).rstrip())
