"""`bauhinia label check | key`: where a file came from, and whether it was altered since."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .environment import get_settings

if TYPE_CHECKING:
    from ..provenance import Record, Verdict

label_app = typer.Typer(name="label", no_args_is_help=True, help="Labels of files: where they came from.")
_SAID = {
    "unaltered": "This file was made here, and is as it was issued.",
    "altered": "This file was made here, and was altered since",
    "forged": "The label is a forgery: it names a key of ours, which did not sign it.",
    "foreign": "The label was signed by another system, whose key is not trusted here.",
    "unlabelled": "This file carries no label of this system.",
}


@label_app.command()
def check(
    file: Annotated[Path, typer.Argument(help="The file, in whatever format it was downloaded.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print all that is known, as JSON.")] = False,
) -> None:
    """Say where a file came from and whether it was altered. Ends with 0: made here and unaltered; 1: made
    here and altered, or a forged label; 2: no label, or another system's."""
    from ..provenance import EXIT_STATUS
    from .carrying import bytes_of

    data = bytes_of(file)
    verdict = asyncio.run(_verdict(data, file.name))
    typer.echo(json.dumps(asdict(verdict), ensure_ascii=False) if as_json else "\n".join(_lines(verdict)))
    raise typer.Exit(EXIT_STATUS[verdict.state])


@label_app.command()
def key() -> None:
    """Print the public key that proves our labels to others."""
    from ..provenance.keys import own_key

    typer.echo(own_key(get_settings().data_folder), nl=False)


async def _verdict(data: bytes, name: str) -> Verdict:
    from ..ledger import Ledger
    from ..provenance import Labelling
    from ..settings import Limits
    from .operator import open_database

    settings = get_settings()
    async with open_database(settings) as database:
        labels = Labelling(settings.data_folder, database, Ledger(database), Limits())
        return await labels.check(data, name)


def _lines(verdict: Verdict) -> list[str]:
    lines = [_SAID[verdict.state]]
    if verdict.state == "altered":
        told = "how much, cannot be told" if verdict.changed is None else f"about {_changed(verdict.changed)}"
        lines = [f"{lines[0]}: {told}."]
    if verdict.record is not None:
        lines += [f"{name + ':':<12} {value}" for name, value in _facts(verdict, verdict.record) if value]
    if verdict.by_reference:
        lines.append("The signed label was taken out of the file; its text names the reference.")
    return lines


def _facts(verdict: Verdict, record: Record) -> list[tuple[str, str]]:
    from ..provenance import percent

    origin = record.origin
    facts = [("Reference", record.reference), ("Made for", record.department), ("Issued", record.issued_at)]
    if origin is None:
        return [*facts, ("Model", "none took part")]
    return [
        *facts,
        ("Model", f"{origin.model} {origin.digest[:12]}".rstrip()),
        ("Generated", origin.made_at),
        ("Ledger", f"entry {origin.entry}, {verdict.entry}" if origin.entry else ""),
        ("Edited", f"{percent(record.edited)}, before it was issued" if record.edited else ""),
    ]


def _changed(share: float) -> str:
    from ..provenance import percent

    return percent(share or 0.001)
