"""`bauhinia register ...`: what AI is used for, for whoever runs the server."""

from __future__ import annotations

import asyncio
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from .environment import get_settings

if TYPE_CHECKING:
    from ..guideline import Use
    from ..guideline.assessments import Assessment

register_app = typer.Typer(name="register", no_args_is_help=True, help="The register of AI uses.")


@register_app.command("list")
def list_uses() -> None:
    """Print every AI use: id, status, tier, review date, department, owner, title, tabs between."""
    from ..guideline.due import status
    from .rendering import harmless

    for use, assessment in asyncio.run(_read()):
        said = (
            use.id,
            status(use, assessment, _today()),
            use.tier or "",
            str(use.due or ""),
            use.department or "every department",
            use.owner_name or "Bauhinia",
            use.title_en or use.title_zh,
        )
        typer.echo("\t".join(harmless(value) for value in said))


@register_app.command()
def show(use: Annotated[str, typer.Argument(help="The use's id, as `list` prints it.")]) -> None:
    """Print one AI use, its tier with the argument, and what its assessment still lacks."""
    from ..errors import NotFound
    from ..guideline.due import status
    from .rendering import harmless

    found = next((each for each in asyncio.run(_read()) if each[0].id == use), None)
    if found is None:
        raise NotFound("The register has no such AI use.", hint="`bauhinia register list` prints them.")
    entry, assessment = found
    lines = [
        ("title", entry.title_en or entry.title_zh),
        ("purpose", entry.purpose),
        ("status", status(entry, assessment, _today())),
        ("tier", entry.tier or ""),
        ("argument", entry.approval.argument if entry.approval else ""),
        ("review by", str(entry.due or "")),
        ("approved by", entry.approval.approved_name if entry.approval else ""),
    ]
    if assessment is not None and assessment.state == "draft":
        lines += [("to answer", question.text.en) for question in assessment.missing()]
    for name, value in lines:
        if value:
            typer.echo(f"{name}\t{harmless(value)}")


async def _read() -> list[tuple[Use, Assessment | None]]:
    """Every use with its newest assessment."""
    from ..guideline import Register
    from ..guideline.assessments import Assessments
    from ..ledger import FileAnchor, Ledger
    from ..people import acting
    from .operator import open_database

    settings = get_settings()
    async with open_database(settings) as database:
        ledger = Ledger(database, FileAnchor(settings.data_folder / "ledger-head.json"))
        register = Register(database, ledger, settings.model)
        states = await Assessments(database, ledger, register).states()
        return [(use, states.get(use.id)) for use in await register.listed(acting(settings))]


def _today() -> date:
    from ..people.quotas import HONG_KONG

    return datetime.now(HONG_KONG).date()
