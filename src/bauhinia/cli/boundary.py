"""`bauhinia boundary ...`: what each endpoint may see, asked of the running server in an officer's name."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal

import typer

from .environment import get_settings

boundary_app = typer.Typer(
    name="boundary",
    no_args_is_help=True,
    help="What each endpoint may see. Two administrators open it further; BAUHINIA_TOKEN says who asks.",
)
KeyArgument = Annotated[str, typer.Argument(help="The question's id, as `list` prints it.")]


@boundary_app.command("list")
def list_boundary() -> None:
    """Print what each endpoint may see, and what was asked for, tabs between."""
    _print(_sent("GET", "/api/boundary"))


@boundary_app.command()
def ask(
    part: Annotated[Literal["model", "embedder", "reranker"], typer.Argument(help="Which endpoint.")],
    highest: Annotated[str, typer.Argument(help="The highest classification that it is to see.")],
    why: Annotated[str, typer.Option(help="What it is for.")],
    days: Annotated[int, typer.Option(help="For how many days, at most 180.")] = 7,
) -> None:
    """Ask that an endpoint may see more; prints the question's id."""
    asked = {"part": part, "highest": highest, "why": why, "days": days}
    typer.echo(_sent("POST", "/api/boundary", json=asked)["id"])


@boundary_app.command()
def approve(key: KeyArgument) -> None:
    """Approve what another administrator asked for; it holds at once."""
    _print(_sent("POST", f"/api/boundary/{key}/approve"))


@boundary_app.command()
def refuse(key: KeyArgument) -> None:
    """Say no to what was asked for."""
    _print(_sent("POST", f"/api/boundary/{key}/refuse"))


@boundary_app.command()
def close(key: KeyArgument) -> None:
    """Close what was opened, at once."""
    _print(_sent("POST", f"/api/boundary/{key}/close"))


def _sent(method: str, path: str, **more: Any) -> dict[str, Any]:
    from .places import open_server

    async def do() -> dict[str, Any]:
        async with open_server(get_settings()) as server:
            return await server.asked(method, path, **more)

    return asyncio.run(do())


def _print(boundary: dict[str, Any]) -> None:
    from .rendering import harmless

    for each in boundary["endpoints"]:
        typer.echo("\t".join((each["part"], each["address"], each["highest_now"])))
    for each in boundary["asked"]:
        subject = each["subject"]
        said = (
            each["id"],
            each["state"],
            subject["part"],
            subject["highest"],
            each["asked_name"],
            each["why"],
        )
        typer.echo("\t".join(harmless(value) for value in said))
