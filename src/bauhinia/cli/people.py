"""`bauhinia people ...`: departments, officers and their one-time links, by whoever runs the server."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import typer

from .environment import get_settings

people_app = typer.Typer(name="people", no_args_is_help=True, help="Who may sign in.")
Given = TypeVar("Given")
AccountArgument = Annotated[str, typer.Argument(help="What is typed to sign in, such as an address.")]


@people_app.command("add-department")
def add_department(
    key: Annotated[str, typer.Argument(help="A short name that stays, such as hyd.")],
    name: Annotated[str, typer.Argument(help="Its name in English.")],
    name_zh: Annotated[str, typer.Option("--zh", help="Its name in Chinese.")] = "",
) -> None:
    """Add a department, or rename it."""
    _with(lambda accounts: accounts.add_department(key, name, name_zh))


@people_app.command("add-officer")
def add_officer(
    account: AccountArgument,
    name: Annotated[str, typer.Argument(help="The post's name, as it is shown.")],
    department: Annotated[str, typer.Argument(help="The department's short name.")],
    role: Annotated[list[str] | None, typer.Option(help="A role besides officer; may be repeated.")] = None,
) -> None:
    """Add an officer, and print a link that works once and for 72 hours."""
    _say_link(_with(lambda accounts: accounts.add_officer(account, name, department, role or [])))


@people_app.command()
def invite(account: AccountArgument) -> None:
    """Print a new link for an officer; the password, the sessions and the tokens of before end."""
    _say_link(_with(lambda accounts: accounts.invite(account)))


@people_app.command()
def close(account: AccountArgument) -> None:
    """Close an account at once; what the officer made stays."""
    _with(lambda accounts: accounts.close(account))


@people_app.command()
def token(
    account: AccountArgument,
    name: Annotated[str, typer.Argument(help="What the token is for.")],
    scope: Annotated[list[str], typer.Option(help="api, v1 or mcp; may be repeated.")],
    days: Annotated[int, typer.Option(help="How long it counts, at most 366.")] = 30,
) -> None:
    """Make a token for a program that works in an officer's name, and print it this once."""
    typer.echo(_with(lambda accounts: accounts.make_token_for(account, name, scope, days)))


@people_app.command("list")
def list_people() -> None:
    """List every officer."""
    for each in _with(lambda accounts: accounts.listed()):
        state = "closed" if not each["active"] else "open" if each["taken_up"] else "invited"
        roles = ", ".join(each["roles"])
        typer.echo("\t".join((each["department"], each["account"], each["name"], roles, state)))


def _with(work: Callable[..., Awaitable[Given]]) -> Given:
    from ..people import Accounts
    from ..store import Database

    async def do() -> Given:
        async with Database.open(get_settings()) as database:
            return await work(Accounts(database))

    return asyncio.run(do())


def _say_link(secret: str) -> None:
    settings = get_settings()
    typer.echo(f"http://{settings.host}:{settings.port}/welcome/{secret}")
    if settings.sign_in == "none":
        typer.echo("People sign in once the server runs with BAUHINIA_SIGN_IN=accounts.", err=True)
