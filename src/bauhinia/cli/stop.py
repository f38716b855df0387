"""`bauhinia stop | resume`: the switch, straight on the database, so that it works without a server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from .environment import get_settings

if TYPE_CHECKING:
    from ..guideline.stopping import Stop, Stopping
    from ..people import Officer


def stop(
    why: Annotated[str, typer.Option(help="Why, in a sentence; officers are told it.")],
    use: Annotated[str, typer.Option(help="Stop one AI use, such as pilot.translate.")] = "",
    model: Annotated[str, typer.Option(help="Stop one model, by its name.")] = "",
) -> None:
    """Stop a model, an AI use, or without either all use of AI, within a second; prints the stop's id."""
    if use and model:
        raise typer.BadParameter("Name a use or a model, not both.")

    async def press() -> str:
        async with _stopping() as (stopping, by):
            return await stopping.stop(by, "use" if use else "model" if model else "all", use or model, why)

    typer.echo(asyncio.run(press()))


def resume(
    key: Annotated[str, typer.Argument(help="A stop's id; left out, what is stopped is listed.")] = "",
) -> None:
    """Let what was stopped go on, or list what is stopped, tabs between."""
    from .rendering import harmless

    async def lift() -> list[Stop]:
        async with _stopping() as (stopping, by):
            if key:
                await stopping.resume(by, key)
            return [each for each in await stopping.listed() if each.lifted is None]

    for each in asyncio.run(lift()):
        said = (each.id, each.scope, each.subject or "-", each.officer_name, each.why)
        typer.echo("\t".join(harmless(value) for value in said))


@asynccontextmanager
async def _stopping() -> AsyncIterator[tuple[Stopping, Officer]]:
    from ..guideline.stopping import Stopping
    from ..ledger import Ledger
    from ..people import acting
    from .operator import open_database

    settings = get_settings()
    async with open_database(settings) as database:
        ledger = Ledger(database)
        yield Stopping(database, ledger), acting(settings)
        await ledger.close()
