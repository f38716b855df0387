"""`bauhinia usage ...`: the bill and the quotas, for whoever runs the server."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from .environment import get_settings

usage_app = typer.Typer(
    name="usage", no_args_is_help=True, help="What was used, what it cost, how much may be."
)
DepartmentOption = Annotated[str, typer.Option(help="A department; all where it is left out.")]


@usage_app.command()
def show(
    month: Annotated[str, typer.Argument(help="Such as 2026-11; this month where left out.")] = "",
) -> None:
    """Print a month's bill, by department, use and model, tabs between."""
    from ..gateway.billing import Line, Month, lines
    from ..people import acting
    from .operator import open_database

    async def read() -> list[Line]:
        settings = get_settings()
        async with open_database(settings) as database:
            return await lines(database, acting(settings), Month.of(month), "all")

    for line in asyncio.run(read()):
        tokens = f"{line.prompt_tokens + line.completion_tokens} tokens"
        cost = "price unknown" if line.unpriced == line.requests else f"HK${line.cost / 1_000_000:.2f}"
        typer.echo(
            "\t".join((line.department, line.use, line.model, f"{line.requests} requests", tokens, cost))
        )


@usage_app.command()
def verify() -> None:
    """Hold the bill against the ledger; name every line that differs, and end with 1 if one does."""
    from ..gateway.billing import Difference, audited
    from .operator import open_database

    async def audit() -> list[Difference]:
        async with open_database(get_settings()) as database:
            return await audited(database)

    found = asyncio.run(audit())
    for each in found:
        where = f"{each.day} {each.department} {each.officer} {each.use} {each.model}"
        typer.echo(f"{where}: ledger {each.ledger}, calls {each.usage}, days {each.daily}")
    if found:
        raise typer.Exit(1)
    typer.echo("The bill adds up to the ledger.")


@usage_app.command()
def limit(
    scope: Annotated[str, typer.Argument(help="each-officer, officer, department or use.")],
    measure: Annotated[str, typer.Argument(help="requests, tokens or hkd.")],
    period: Annotated[str, typer.Argument(help="day or month.")],
    most: Annotated[float, typer.Argument(help="How much at most.")],
    subject: Annotated[str, typer.Option(help="The officer's id, or the AI use.")] = "",
    department: DepartmentOption = "",
    warn_at: Annotated[int, typer.Option(help="Percent of it from which the officer is told.")] = 80,
) -> None:
    """Set a quota, in place of the one for the same."""
    from ..people import QuotaSetting, acting
    from .operator import open_database, recorded

    money = measure == "hkd"
    quota = {
        "scope": scope.replace("-", " "),
        "department": department,
        "subject": subject,
        "measure": "cost" if money else measure,
        "period": period,
        "most": round(most * 1_000_000) if money else round(most),
        "warn_at": warn_at,
    }

    async def put() -> int:
        settings = get_settings()
        whose = ":".join(str(quota[part]) for part in ("scope", "department", "subject", "measure", "period"))
        async with open_database(settings) as database, recorded(settings, database, "quotas.set", whose):
            return await QuotaSetting(database).put(acting(settings), **quota)  # type: ignore[arg-type]  # checked there

    typer.echo(f"Quota {asyncio.run(put())} is set.")


@usage_app.command()
def limits() -> None:
    """List every quota, tabs between."""
    from ..people import Limit, QuotaSetting
    from .operator import open_database

    async def read() -> list[Limit]:
        async with open_database(get_settings()) as database:
            return await QuotaSetting(database).every()

    for each in asyncio.run(read()):
        whose = f"{each.scope}\t{each.department or 'all departments'}\t{each.subject}"
        typer.echo(
            f"{each.id}\t{whose}\t{each.most} {each.measure} a {each.period}\twarns at {each.warn_at} %"
        )
