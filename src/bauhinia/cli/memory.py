"""`bauhinia memory import | export | look-up`: the translation memory."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from .environment import get_settings

if TYPE_CHECKING:
    from ..language import Variety
    from ..translation.memory import Learnt, Match

memory_app = typer.Typer(name="memory", no_args_is_help=True, help="What was translated before.")

ToOption = Annotated[Literal["en", "zh-HK"], typer.Option(help="The language of the translations.")]


@memory_app.command("import")
def import_memory(file: Annotated[Path, typer.Argument(help="A .tmx file.")]) -> None:
    """Take over the translations of a TMX file, in both directions."""
    from ..translation.memory import Memory
    from ..translation.tmx import read_tmx
    from .operator import open_database

    async def load() -> Learnt:
        settings = get_settings()
        async with open_database(settings) as database:
            with file.open("rb") as opened:
                segments = read_tmx(opened, department=settings.department, name=file.name)
                return await Memory(database).learn(segments)

    learnt = asyncio.run(load())
    typer.echo(f"{learnt.added} added, {learnt.changed} changed, {learnt.unchanged} unchanged.")


@memory_app.command()
def export(
    out: Annotated[Path, typer.Argument(help="The .tmx file to write.")], to: ToOption = "zh-HK"
) -> None:
    """Write the department's translations into one language to a TMX file."""
    from ..translation.memory import Memory, Segment
    from ..translation.tmx import write_tmx
    from .operator import open_database

    async def there() -> list[Segment]:
        settings = get_settings()
        async with open_database(settings) as database:
            return await Memory(database).export(_variety(to), department=settings.department)

    segments = asyncio.run(there())
    with out.open("wb") as file:
        count = write_tmx(segments, file)
    typer.echo(f"Written: {out} ({count} segments)", err=True)


@memory_app.command("look-up")
def look_up(
    text: Annotated[str, typer.Argument(help="The segment to translate.")], to: ToOption = "zh-HK"
) -> None:
    """Show the best matches of a segment, with their scores."""
    from ..documents.layout import Piece, plain, tagged
    from ..translation.memory import Memory
    from .operator import open_database

    async def found() -> list[Match]:
        settings = get_settings()
        async with open_database(settings) as database:
            source = tagged([Piece("text", text)])
            return await Memory(database).look_up(source, _variety(to), department=settings.department)

    matches = asyncio.run(found())
    for match in matches:
        typer.echo(f"{match.score:>3}  {plain(match.target)}\n     {plain(match.source)}")
    if not matches:
        typer.echo("Nothing like it is in the memory.")


def _variety(to: str) -> Variety:
    from ..language import Variety

    return Variety.ENGLISH if to == "en" else Variety.TRADITIONAL
