"""`bauhinia people ...`: departments, officers and their one-time links, by whoever runs the server."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from .environment import get_settings

if TYPE_CHECKING:
    from ..people import Accounts, Administration, Change
    from ..people.roll import Fate

people_app = typer.Typer(name="people", no_args_is_help=True, help="Who may sign in.")
Given = TypeVar("Given")
AccountArgument = Annotated[str, typer.Argument(help="What is typed to sign in, such as an address.")]
EVERYBODY = 1_000_000


@people_app.command("add-department")
def add_department(
    key: Annotated[str, typer.Argument(help="A short name that stays, such as hyd.")],
    name: Annotated[str, typer.Argument(help="Its name in English.")],
    name_zh: Annotated[str, typer.Option("--zh", help="Its name in Chinese.")] = "",
) -> None:
    """Add a department, or rename it."""
    _administer(lambda by: by.put_department(key, name, name_zh))


@people_app.command("add-officer")
def add_officer(
    account: AccountArgument,
    name: Annotated[str, typer.Argument(help="The officer's name, as it is shown.")],
    department: Annotated[str, typer.Argument(help="The department's short name.")],
    role: Annotated[list[str] | None, typer.Option(help="A role besides officer; may be repeated.")] = None,
    grade: Annotated[str, typer.Option(help="The grade, such as Executive Officer.")] = "",
    post: Annotated[str, typer.Option(help="The post, such as EO(R)1.")] = "",
) -> None:
    """Add an officer, and print a link that works once and for 72 hours."""
    from ..people import NewOfficer

    new = NewOfficer(
        account=account,
        name=name,
        department=department,
        roles=frozenset(role or ()),
        grade=grade,
        post=post,
    )
    _say_link(_administer(lambda by: by.add_and_invite(new)).secret)


@people_app.command("import")
def take_in(
    file: Annotated[Path, typer.Argument(help="CSV with account,name,department[,grade,post,roles].")],
) -> None:
    """Add all officers of a CSV file and print their links, or none where a line is faulty."""
    from ..people.roll import read_roll

    entries = read_roll(file.read_bytes())
    fates: list[Fate] = _administer(lambda by: by.add_all(entries))
    faulty = [fate for fate in fates if fate.problem]
    for fate in faulty:
        typer.echo(f"line {fate.line}\t{fate.account}\t{fate.problem}", err=True)
    if faulty:
        typer.echo("Nobody was added.", err=True)
        raise typer.Exit(1)
    for fate in fates:
        typer.echo(f"{fate.account}\t{_link(fate.secret)}")


@people_app.command()
def change(
    account: AccountArgument,
    name: Annotated[str | None, typer.Option(help="The name, as it is shown.")] = None,
    grade: Annotated[str | None, typer.Option(help="The grade.")] = None,
    post: Annotated[str | None, typer.Option(help="The post.")] = None,
    department: Annotated[
        str | None, typer.Option(help="Move to this department: what the present one has is seen no more.")
    ] = None,
    role: Annotated[
        list[str] | None, typer.Option(help="The roles from now on; may be repeated; none for no role.")
    ] = None,
) -> None:
    """Change an officer. Whoever moves or loses a role is signed out at once."""
    from ..people import Change

    roles = None if not role else frozenset() if role == ["none"] else frozenset(role)
    _change(account, Change(name=name, grade=grade, post=post, department=department, roles=roles))


@people_app.command()
def invite(account: AccountArgument) -> None:
    """Print a new link for an officer; the password, the sessions and the tokens of before end."""

    async def renew(by: Administration) -> str:
        return await by.invite((await by.person_of(account)).id)

    _say_link(_administer(renew))


@people_app.command()
def close(account: AccountArgument) -> None:
    """Close an account at once; what the officer made stays."""
    from ..people import Change

    _change(account, Change(active=False))


@people_app.command()
def reopen(account: AccountArgument) -> None:
    """Reopen a closed account."""
    from ..people import Change

    _change(account, Change(active=True))


@people_app.command()
def token(
    account: AccountArgument,
    name: Annotated[str, typer.Argument(help="What the token is for.")],
    scope: Annotated[list[str], typer.Option(help="api, v1, mcp, or scim for a directory; repeatable.")],
    days: Annotated[int, typer.Option(help="How long it counts, at most 366.")] = 30,
) -> None:
    """Make a token for a program that works in an officer's name, and print it this once."""
    typer.echo(_with(lambda accounts: accounts.make_token_for(account, name, scope, days)))


@people_app.command("list")
def list_people(
    words: Annotated[str, typer.Argument(help="In the account, the name, the grade or the post.")] = "",
    department: Annotated[str, typer.Option(help="One department's.")] = "",
) -> None:
    """List officers: department, account, name, grade, post, roles, state, tabs between."""
    from ..people import Wanted

    wanted = Wanted(words=words, department=department, most=EVERYBODY)
    for each in _administer(lambda by: by.people(wanted)).people:
        roles = ", ".join(each.roles)
        line = (each.department, each.account, each.name, each.grade, each.post, roles, each.state)
        typer.echo("\t".join(line))


def _change(account: str, wanted: Change) -> None:
    async def do(by: Administration) -> None:
        await by.change((await by.person_of(account)).id, wanted)

    _administer(do)


def _administer(work: Callable[[Administration], Awaitable[Given]]) -> Given:
    """Do it as whoever runs the machine; it is in the ledger."""
    from ..people import Administration, Officer
    from ..store import Database
    from .operator import OPERATOR, open_ledger

    async def do() -> Given:
        settings = get_settings()
        by = Officer(
            id=OPERATOR, department=settings.department, name="Operator of this machine",
            roles=frozenset({"service_operator"}),
        )  # fmt: skip
        async with Database.open(settings) as database, open_ledger(settings, database) as ledger:
            return await work(Administration(database, by, ledger.record))

    return asyncio.run(do())


def _with(work: Callable[[Accounts], Awaitable[Given]]) -> Given:
    """Do it to an officer's account; the ledger has whose it was, and that the operator did it."""
    from ..people import Accounts
    from ..store import Database
    from .operator import OPERATOR, open_ledger

    async def do() -> Given:
        settings = get_settings()
        async with Database.open(settings) as database, open_ledger(settings, database) as ledger:

            async def record(
                deed: str, *, officer: str, department: str, subject: str = "", **more: Any
            ) -> int:
                return await ledger.record(
                    deed,
                    officer=OPERATOR,
                    department=department,
                    subject=f"{officer} {subject}".strip(),
                    **more,
                )

            return await work(Accounts(database, record))

    return asyncio.run(do())


def _link(secret: str) -> str:
    settings = get_settings()
    return f"http://{settings.host}:{settings.port}/welcome/{secret}"


def _say_link(secret: str) -> None:
    typer.echo(_link(secret))
    if get_settings().sign_in == "none":
        typer.echo("People sign in once the server runs with BAUHINIA_SIGN_IN=accounts.", err=True)
