"""`bauhinia terms import | export | list`: the termbases."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from .environment import get_settings

terms_app = typer.Typer(name="terms", no_args_is_help=True, help="Termbases: how things are named.")

SharedOption = Annotated[
    bool, typer.Option("--shared", help="The termbase that all departments share, not the department's own.")
]


@terms_app.command("import")
def import_terms(
    file: Annotated[Path, typer.Argument(help="A .tbx, .csv or .xlsx file.")], shared: SharedOption = False
) -> None:
    """Take over the terms of a file, and tell what became of each."""
    from ..settings import Limits
    from ..translation.term_files import read_terms
    from ..translation.termbases import ImportReport, Termbases
    from .operator import open_database

    async def load() -> ImportReport:
        read = await read_terms(file.read_bytes(), file.name, Limits())
        async with open_database(get_settings()) as database:
            return await Termbases(database).load(_department(shared), read, by="Local officer")

    report = asyncio.run(load())
    typer.echo(
        f"{len(report.added)} added, {len(report.changed)} changed, {len(report.unchanged)} unchanged, "
        f"{len(report.refused)} refused."
    )
    for refused in report.refused:
        typer.echo(f"Refused: {refused.place}: {refused.reason}.", err=True)


@terms_app.command()
def export(
    out: Annotated[Path, typer.Argument(help="The file to write: .tbx, .csv or .xlsx.")],
    shared: SharedOption = False,
) -> None:
    """Write the terms of one termbase to a file."""
    from ..language import Term
    from ..translation.term_files import write_terms
    from ..translation.termbases import Termbases
    from .operator import open_database

    async def there() -> list[Term]:
        async with open_database(get_settings()) as database:
            return await Termbases(database).terms(_department(shared))

    terms = asyncio.run(there())
    out.write_bytes(write_terms(terms, out.suffix.lstrip(".").lower()))
    typer.echo(f"Written: {out} ({len(terms)} terms)", err=True)


@terms_app.command("list")
def list_terms(
    words: Annotated[str, typer.Argument(metavar="[WORDS]", help="Only terms with these words.")] = "",
) -> None:
    """List the terms that hold for the department, its own before the shared before the shipped."""
    from ..language import Termbase
    from ..translation.termbases import Termbases
    from .operator import open_database

    async def merged() -> Termbase:
        async with open_database(get_settings()) as database:
            return await Termbases(database).merged(get_settings().department)

    for term in asyncio.run(merged()).terms:
        if words.casefold() in f"{term.id} {term.en} {term.zh} {' '.join(term.also_en)}".casefold():
            typer.echo(f"{term.id}\t{term.en}\t{term.zh}")


def _department(shared: bool) -> str:
    from ..translation.termbases import SHARED

    return SHARED if shared else get_settings().department
