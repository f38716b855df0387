"""`bauhinia ledger ...`: verify the record of every model call and deed, sign it, and prove what is in it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, TypeVar

import typer

from ..errors import InputError
from .environment import get_settings

if TYPE_CHECKING:
    from ..ledger import Ledger, Signed
    from ..store import Database

ledger_app = typer.Typer(
    name="ledger", no_args_is_help=True, help="The tamper-evident record of every model call and deed."
)
Given = TypeVar("Given")
OutputOption = Annotated[Path | None, typer.Option("--output", help="A file; the terminal where left out.")]


@ledger_app.command()
def verify(
    tree: Annotated[
        bool, typer.Option("--tree", help="Compute the tree's signed root anew too; half as long again.")
    ] = False,
) -> None:
    """Read every entry, hold it against the signed checkpoints, and end with 1 if one is not as written."""
    found = _do(lambda ledger, _: ledger.verify(with_tree=tree))
    for fault in found.faults:
        against = "" if fault.checkpoint is None else f" (against checkpoint {fault.checkpoint})"
        typer.echo(f"entry {fault.seq}: {fault.kind}{against}")
    if not found.ok:
        raise typer.Exit(1)
    vouched = "no checkpoint" if found.checkpoint is None else f"checkpoint {found.checkpoint}"
    typer.echo(f"{found.entries} entries, each as it was written; signed up to {vouched}.")


@ledger_app.command()
def checkpoint() -> None:
    """Sign the ledger as it is now, keep that outside the database, and print it."""

    async def make(ledger: Ledger, _: Database) -> Signed:
        return await _checkpoint(ledger)

    typer.echo(_do(make).note.decode(), nl=False)


@ledger_app.command()
def key() -> None:
    """Print the public key that checkpoints and proofs are checked with."""

    async def read(ledger: Ledger, _: Database) -> str:
        assert ledger.checkpoints is not None, "opened with them"
        return str(ledger.checkpoints.key)

    typer.echo(_do(read))


@ledger_app.command()
def prove(
    entry: Annotated[int, typer.Argument(help="The entry's number, as an answer's label has it.")],
    output: OutputOption = None,
) -> None:
    """Prove that an entry is in the ledger that was signed; anybody checks it with `check-proof`."""
    from ..ledger.proofs import prove_entry, written

    async def make(ledger: Ledger, database: Database) -> bytes:
        return written(await prove_entry(database, entry, await _checkpoint(ledger)))

    _write(_do(make), output)


@ledger_app.command("prove-growth")
def prove_growth(
    older: Annotated[Path, typer.Argument(help="A file with an older checkpoint.")],
    newer: Annotated[Path | None, typer.Argument(help="A newer one; the present where left out.")] = None,
    output: OutputOption = None,
) -> None:
    """Prove that the ledger goes on from an older checkpoint, and nothing before it was changed."""
    from ..ledger.notes import read
    from ..ledger.proofs import prove_growth as make_proof
    from ..ledger.proofs import written

    async def make(ledger: Ledger, database: Database) -> bytes:
        after = read(newer.read_bytes()) if newer else await _checkpoint(ledger)
        return written(await make_proof(database, read(older.read_bytes()), after))

    _write(_do(make), output)


@ledger_app.command("check-proof")
def check_proof(
    file: Annotated[Path, typer.Argument(help="A proof, as `prove` or `prove-growth` wrote it.")],
    public_key: Annotated[
        str, typer.Option("--key", help="The public key, as `bauhinia ledger key` prints it.")
    ],
) -> None:
    """Check a proof with the public key alone: no server and no database is asked."""
    from ..ledger import PublicKey
    from ..ledger.proofs import check

    found = check(file.read_bytes(), [PublicKey.of(public_key)])
    signed = f"{found.origin} of {found.size} entries, signed {found.at}"
    if found.entry is None:
        typer.echo(f"The ledger {signed}, goes on from that of {found.from_size} entries.")
    else:
        typer.echo(f"Entry {found.entry} is in the ledger {signed}:")
        typer.echo(found.body)


@ledger_app.command()
def export(
    output: OutputOption = None,
    after: Annotated[int, typer.Option(help="Only entries with a larger number.", min=0)] = 0,
) -> None:
    """Write every entry with its hash as lines of JSON, the oldest first."""
    from ..ledger.rows import Wanted, lines

    async def write(_: Ledger, database: Database) -> None:
        with _opened(output) as file:
            async for line in lines(database, Wanted(), after):
                file.write(line)

    _do(write)


async def _checkpoint(ledger: Ledger) -> Signed:
    """The ledger as it is now, signed."""
    assert ledger.checkpoints is not None, "opened with them"
    made = await ledger.checkpoints.make()
    if made is None:
        raise InputError("The ledger is empty.", hint="There is nothing to sign or to prove yet.")
    return made


def _do(work: Callable[[Ledger, Database], Awaitable[Given]]) -> Given:
    from .operator import open_database, open_ledger

    async def do() -> Given:
        settings = get_settings()
        async with open_database(settings) as database, open_ledger(settings, database) as ledger:
            return await work(ledger, database)

    return asyncio.run(do())


@contextmanager
def _opened(output: Path | None) -> Iterator[IO[bytes]]:
    if output is None:
        yield sys.stdout.buffer
    else:
        with output.open("wb") as file:
            yield file


def _write(data: bytes, output: Path | None) -> None:
    with _opened(output) as file:
        file.write(data)
