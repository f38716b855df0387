"""`bauhinia bilingual export | import`: a translation to a human translator, and back."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer

from .environment import get_settings
from .output import written_to

bilingual_app = typer.Typer(
    name="bilingual", no_args_is_help=True, help="A translation to a human translator, and back."
)
FORMATS = {".xlf": "xliff", ".docx": "bilingual-docx", ".xlsx": "bilingual-xlsx"}

TaskArgument = Annotated[
    str,
    typer.Argument(
        help="The translation's id, as its page's address and `bauhinia translate --json` have it."
    ),
]


@bilingual_app.command()
def export(
    task: TaskArgument,
    out: Annotated[Path, typer.Argument(help="The file to write: .xlf (XLIFF), .docx or .xlsx (a table).")],
    xliff12: Annotated[bool, typer.Option("--xliff12", help="XLIFF 1.2 in the place of 2.1.")] = False,
) -> None:
    """Write a finished translation beside its original, as officers left it."""
    from .places import open_place

    form = FORMATS.get(out.suffix.lower())
    if form is None:
        raise typer.BadParameter(f"{out.name} ends in none of {', '.join(FORMATS)}.", param_hint="OUT")
    if xliff12 and form != "xliff":
        raise typer.BadParameter(f"{out.name} is no .xlf file.", param_hint="--xliff12")

    async def made() -> bytes:
        async with open_place(get_settings()) as place:
            return await place.export(task, "xliff12" if xliff12 else form)

    written_to(out, asyncio.run(made()))


@bilingual_app.command("import")
def take_back(
    task: TaskArgument, file: Annotated[Path, typer.Argument(help="The file that the translator sent back.")]
) -> None:
    """Put a translator's words into the translation, and tell what was not taken."""
    from .carrying import bytes_of
    from .places import open_place

    async def taken() -> dict[str, Any]:
        data = bytes_of(file)
        async with open_place(get_settings()) as place:
            return await place.take_back(task, file.name, data)

    told = asyncio.run(taken())
    typer.echo(
        f"{told['changed']} changed, {told['confirmed']} confirmed, {told['unchanged']} unchanged, "
        f"{len(told['skipped'])} skipped."
    )
    for skipped in told["skipped"]:
        typer.echo(f"Skipped: {skipped['number']}: {skipped['message']}", err=True)
