"""`bauhinia backup` and `bauhinia restore`: everything into one file, and a data folder out of it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import StoreError
from .environment import get_settings

if TYPE_CHECKING:
    from ..settings import Settings
    from ..store.archive import Manifest

FileArgument = Annotated[Path, typer.Argument(help="The backup's file, such as bauhinia-2027-01-31.tar.")]


def backup(
    file: FileArgument,
    verify: Annotated[
        bool, typer.Option("--verify", help="Read a backup to its end and say whether it is whole.")
    ] = False,
) -> None:
    """Save the database, the files and the data folder to one new file, while the server works."""
    from ..store.archive import read
    from ..store.backup import back_up

    if verify:
        _tell(file, read(file))
        return
    _tell(file, asyncio.run(back_up(get_settings(), file, _say)))


def restore(
    file: FileArgument,
    to: Annotated[Path, typer.Option("--to", help="The new data folder; it must be empty or not there.")],
) -> None:
    """Make a new data folder of a backup, on the embedded database, and verify its ledger."""
    from ..store.backup import restore as make

    _tell(file, asyncio.run(make(file, to, get_settings(), _prove, _say)))
    typer.echo(f"Restored to {to}. To serve it: BAUHINIA_DATA_FOLDER={to} bauhinia serve")


async def _prove(settings: Settings) -> None:
    """Bring the restored database up to this version's schema, and read its whole ledger."""
    from ..ledger import Ledger
    from ..store import Database

    async with Database.open(settings) as database:
        found = await Ledger.open(settings, database).verify()
    if not found.ok:
        first = found.faults[0]
        raise StoreError(
            f"The ledger in this backup is not sound: entry {first.seq} is {first.kind}.",
            hint="Keep this file as evidence, and restore an earlier backup.",
        )
    _say(f"the ledger is sound, {found.entries:,} entries")


def _tell(file: Path, manifest: Manifest) -> None:
    typer.echo(
        f"{file}: Bauhinia {manifest.version}, schema {manifest.schema}, {manifest.at}, "
        f"{len(manifest.members):,} members, ledger to entry {manifest.ledger_seq:,} "
        f"({manifest.ledger_hash[:16]})"
    )


def _say(progress: str) -> None:
    typer.echo(progress, err=True)
