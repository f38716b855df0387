"""`bauhinia foundry preferences`: what officers made of the model's words, with their consent."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .environment import get_settings

if TYPE_CHECKING:
    from ..foundry.preferences import Snapshot


def preferences(
    out: Annotated[Path, typer.Argument(help="The folder to write; an earlier snapshot's is replaced.")],
) -> None:
    """Write preference pairs and labels from use, of officers and departments whose consent to training
    stands now, personal data replaced. Says what of the snapshot before was withdrawn since, and which
    releases learnt it."""
    from ..foundry.release import trained_on

    told = asyncio.run(_export(out))
    typer.echo(f"{told.id}: {told.pairs} pairs, {told.labels} labels in {out}")
    for reason, count in told.left_out.items():
        typer.echo(f"  left out, {reason}: {count}")
    if told.since:
        typer.echo(f"Withdrawn since {told.since}: {len(told.withdrawn)} rows (withdrawn.json)")
    for name, rows in trained_on(get_settings().data_folder, told.withdrawn).items():
        typer.echo(f"  the release {name} learnt {len(rows)} of them; make the next one without")


async def _export(out: Path) -> Snapshot:
    from ..foundry.preferences import export
    from ..people import acting
    from .operator import open_database, open_ledger

    settings = get_settings()
    async with open_database(settings) as database, open_ledger(settings, database) as ledger:
        return await export(out, database, ledger, acting(settings))
