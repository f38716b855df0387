"""`bauhinia foundry release | verify`: a finished run before its gate, and a release checked whole."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .environment import get_settings

if TYPE_CHECKING:
    from ..foundry.release import Release, ReleaseConfig


def release(
    run: Annotated[Path, typer.Argument(help="A finished run's folder.", exists=True, file_okay=False)],
    name: Annotated[str, typer.Option(help="What the model will be called; else as the folder.")] = "",
    serve: Annotated[str, typer.Option(help="Which exported GGUF is served: f16, q8_0, q4_0.")] = "q8_0",
    gate: Annotated[Path | None, typer.Option(help="A YAML file of rules; else the foundry's own.")] = None,
    use: Annotated[list[str] | None, typer.Option(help="An AI use that it is for; repeat it.")] = None,
    licence: Annotated[str, typer.Option(help="SPDX identifier, where the base is none of ours.")] = "",
    watts: Annotated[float | None, typer.Option(help="Power drawn, where it was not measured.")] = None,
    hkd_per_kwh: Annotated[float | None, typer.Option(help="Price of electricity.")] = None,
    hkd_per_hour: Annotated[float | None, typer.Option(help="Price of the machine.")] = None,
) -> None:
    """Release a finished run: its model is served under its name if it passes its gate. If it does not, this
    says why and ends with 1."""
    from pydantic import ValidationError

    from ..errors import InputError
    from ..foundry.release import ReleaseConfig

    chosen = {"uses": tuple(use)} if use else {}
    try:
        config = ReleaseConfig.model_validate(
            {"name": name, "serve": serve, "gate": gate, "licence": licence, "watts": watts,
             "hkd_per_kwh": hkd_per_kwh, "hkd_per_hour": hkd_per_hour, **chosen}
        )  # fmt: skip
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(
            f"The release cannot be made so: {first['loc'][0]}: {first['msg']}.",
            hint="See `bauhinia foundry release --help`.",
        ) from error
    told = make_release(config, run)
    if not told.verdict.passed:
        typer.echo(
            f"{told.statement.name} did not pass its gate ({told.verdict.gate}) and is not served:", err=True
        )
        for failure in told.verdict.failures:
            typer.echo(f"  {failure}", err=True)
        typer.echo(f"Its papers: {told.folder}", err=True)
        raise typer.Exit(1)
    typer.echo(f"Released: {told.folder} (ledger entry {told.entry})")
    typer.echo(f"BAUHINIA_MODEL={told.statement.name} serves it.")


def make_release(config: ReleaseConfig, run: Path) -> Release:
    """Release the run in this machine's data folder and ledger, in the operator's name."""
    from ..foundry.release import release as release_run
    from ..people import acting
    from .operator import open_database, open_ledger

    settings = get_settings()

    async def do() -> Release:
        async with open_database(settings) as database, open_ledger(settings, database) as ledger:
            by = acting(settings)
            return await release_run(config, run=run, data_folder=settings.data_folder, ledger=ledger, by=by)

    return asyncio.run(do())


def verify(
    name: Annotated[str, typer.Argument(help="A release's name, or its folder.")],
    key: Annotated[Path | None, typer.Option(help="The one public key (PEM) to trust; else our own.")] = None,
    row: Annotated[str, typer.Option(help="Also say where the row of this id came from.")] = "",
) -> None:
    """Check a release whole, without a network: its signature, every file, its lineage and its gate."""
    from ..foundry.release import find, keys_from, trace
    from ..foundry.release import verify as verify_release

    data_folder = get_settings().data_folder
    folder = find(name, data_folder)
    found = verify_release(folder, keys_from(data_folder, key))
    said = found.statement
    typer.echo(
        f"{said.name} is whole: signed by {said.key_id}, passed {said.gate.id}, {found.rows} rows traced."
    )
    for each in trace(folder, row) if row else ():
        typer.echo(f"{each.id}\t{each.set}\t{each.source}\t{each.licence}\t{each.sha256}")
