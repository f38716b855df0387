"""`bauhinia corrections export`: what officers consent to be learnt from, for the foundry."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from .environment import get_settings

corrections_app = typer.Typer(
    name="corrections", no_args_is_help=True, help="Officers' corrections, of those who consent."
)


@corrections_app.command()
def export(out: Annotated[Path, typer.Argument(help="The .jsonl file to write.")]) -> None:
    """Write corrections of translations, one JSON object a line, of officers whose consent to training stands
    now. Whoever withdraws is not in the next export: make each from nothing."""
    import orjson

    from ..guideline.consent import Consents
    from ..ledger import Ledger
    from ..people import acting
    from ..pilot.consented import consented_corrections
    from .operator import open_database

    async def write() -> int:
        settings, count = get_settings(), 0
        async with open_database(settings) as database:
            ledger, by = Ledger(database), acting(settings)
            with out.open("wb") as file:
                async for each in consented_corrections(database, Consents(database, ledger)):
                    file.write(orjson.dumps(asdict(each)) + b"\n")
                    count += 1
            await ledger.record(
                "corrections.export", officer=by.id, department=by.department, subject=f"{count} rows"
            )
            await ledger.close()
        return count

    typer.echo(f"Written: {out} ({asyncio.run(write())} corrections)", err=True)
