"""`bauhinia corrections export`: what officers consent to be learnt from, for the foundry."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from .environment import get_settings

corrections_app = typer.Typer(
    name="corrections", no_args_is_help=True, help="Officers' corrections, of those who consent."
)


@corrections_app.command()
def consent(
    give: Annotated[bool, typer.Option("--give", help="Consent to the text that is printed.")] = False,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Withdraw, from this moment.")] = False,
) -> None:
    """Print whether your department consents to training on its work, or decide it, as its administrator.
    Asked of the running server; BAUHINIA_TOKEN says who asks."""
    from .places import open_server

    if give and withdraw:
        raise typer.BadParameter("Give or withdraw, not both.")

    async def ask() -> dict[str, Any]:
        async with open_server(get_settings()) as server:
            told: dict[str, Any] = (await server.asked("GET", "/api/consents"))["department"]
            if not (give or withdraw):
                return told
            body = {"given": give, "version": told["text"]["id"]}
            return await server.asked("PUT", "/api/department-consent", json=body)

    told = asyncio.run(ask())
    typer.echo(told["text"]["text"]["en"])
    standing = told["standing"]
    typer.echo(f"{told['text']['id']}: {'consented' if standing['given'] else 'not consented'}")


@corrections_app.command()
def export(out: Annotated[Path, typer.Argument(help="The .jsonl file to write.")]) -> None:
    """Write corrections of translations, one JSON object a line, of officers and departments whose
    consent to training stands now. Whoever withdraws is not in the next export: make each from nothing."""
    import orjson

    from ..guideline.consent import Consents
    from ..guideline.department_consent import DepartmentConsents
    from ..ledger import Ledger
    from ..people import acting
    from ..pilot.consented import consented_corrections
    from .operator import open_database

    async def write() -> int:
        settings, count = get_settings(), 0
        async with open_database(settings) as database:
            ledger, by = Ledger(database), acting(settings)
            with out.open("wb") as file:
                asked = Consents(database, ledger), DepartmentConsents(database, ledger)
                async for each in consented_corrections(database, *asked):
                    file.write(orjson.dumps(asdict(each)) + b"\n")
                    count += 1
            await ledger.record(
                "corrections.export", officer=by.id, department=by.department, subject=f"{count} rows"
            )
            await ledger.close()
        return count

    typer.echo(f"Written: {out} ({asyncio.run(write())} corrections)", err=True)
