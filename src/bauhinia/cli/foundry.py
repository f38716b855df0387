"""`bauhinia foundry ...`: make a model by a recipe, look at a run, compare runs, export, release."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .faults import STOPPED, show
from .foundry_plan import cost, plan
from .foundry_preferences import preferences
from .foundry_release import release, verify

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..foundry.report import Onlooker

foundry_app = typer.Typer(
    name="foundry", no_args_is_help=True, help="Make a regional model: from corpus to signed release."
)

RunArgument = Annotated[Path, typer.Argument(metavar="DIR", help="The folder of a run.")]


@foundry_app.command()
def recipes() -> None:
    """List the recipes that come with the product."""
    from ..foundry.recipe import load, shipped

    for name in shipped():
        recipe = load(name)
        typer.echo(f"{name:<24} {recipe.title}")
        typer.echo(f"{'':<24} {' → '.join(stage.name for stage in recipe.stages)}")


foundry_app.command()(plan)


@foundry_app.command()
def run(
    recipe: Annotated[str, typer.Argument(help="A shipped recipe's name, or a .yaml file.")],
    out: Annotated[
        Path | None, typer.Option(help="Folder of the run; runs/<recipe>-<hash>-<day> without it.")
    ] = None,
) -> None:
    """Carry out a recipe; Ctrl-C saves, and the same command goes on."""
    from ..foundry.recipe import load
    from ..foundry.run import run as carry_out

    loaded = load(recipe)
    _watched(lambda watch: carry_out(loaded, out, watch=watch))


@foundry_app.command("resume")
def resume_run(folder: RunArgument) -> None:
    """Go on with a run that was stopped or killed."""
    from ..foundry.run import resume

    _watched(lambda watch: resume(folder, watch=watch))


@foundry_app.command("show")
def show_run(
    folder: RunArgument,
    as_json: Annotated[bool, typer.Option("--json", help="Print the run's record as JSON.")] = False,
) -> None:
    """Show a run: its stages, what each took, and what was measured."""
    from ..foundry.run import record_of
    from ..foundry.showing import shown

    if as_json:
        typer.echo(json.dumps(record_of(folder), ensure_ascii=False, indent=1))
        return
    for line in shown(folder):
        typer.echo(line)


@foundry_app.command("compare")
def compare_runs(
    folders: Annotated[list[Path], typer.Argument(metavar="DIR DIR...", help="Folders of runs.")],
    equal: Annotated[
        bool, typer.Option("--equal", help="Fail unless every loss is the same to the last digit.")
    ] = False,
) -> None:
    """Lay runs side by side: what differs in their recipes, and their figures."""
    from rich.console import Console
    from rich.table import Table

    from ..foundry.comparison import compare

    found = compare(folders)
    console = Console(markup=False, highlight=False)
    for title, rows in (("What was asked", found.asked), ("What came of it", found.figures)):
        table = Table("", *found.runs, title=title)
        for row in rows:
            table.add_row(row.what, *row.cells)
        console.print(table)
    for parting in found.partings:
        first, other = parting.losses
        typer.echo(f"{parting.stage}: the losses part at step {parting.step} ({first!r}, {other!r}).")
    if not found.partings:
        typer.echo("The losses are the same to the last digit.")
    elif equal:
        raise typer.Exit(1)


@foundry_app.command("export")
def export_run(
    folder: RunArgument,
    out: Annotated[
        Path | None, typer.Option(help="Folder of the files; `export` in the run without it.")
    ] = None,
) -> None:
    """Export a run's newest model to safetensors and GGUF."""
    from ..foundry.run import export

    _watched(lambda watch: export(folder, out, watch=watch))


foundry_app.command()(cost)
foundry_app.command()(preferences)
foundry_app.command()(release)
foundry_app.command()(verify)


@foundry_app.command()
def rehearse(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Folder of the rehearsal's runs.")] = Path(
        "runs/rehearsal"
    ),
    write: Annotated[
        Path | None, typer.Option(help="Also write what was measured to docs/foundry.md of this folder.")
    ] = None,
    only_write: Annotated[
        bool, typer.Option("--only-write", help="Measure nothing: write the page from runs made before.")
    ] = False,
) -> None:
    """Rehearse it all on this machine: three runs, a release, and a summary by the released model."""
    from ..foundry.writing import write_page
    from .rehearsing import rehearse as rehearse_all

    if not only_write:
        _watched(lambda watch: rehearse_all(folder, watch=watch))
    if write is not None or only_write:
        typer.echo(f"Written: {write_page(folder, write or Path())}", err=True)


def _watched(work: Callable[[Onlooker], Path]) -> None:
    """Do it with its progress on standard error; print the folder, or how to go on where it was stopped."""
    from ..errors import Cancelled
    from .foundry_watching import watching_run

    # Threads that wait by spinning took five times the processor time as soon as another process ran.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    try:
        with watching_run() as watch:
            folder: Any = work(watch)
    except Cancelled as stopped:
        show(stopped)
        raise typer.Exit(STOPPED) from stopped
    typer.echo(f"Done: {folder}")
