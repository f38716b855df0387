"""`bauhinia demo`: every task on the samples, with the model of the settings, in a folder of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

SOURCE_TREE = Path(__file__).parents[3]


def demo(
    samples: Annotated[
        Path | None, typer.Option(help="Folder of the samples; without it, the one of this checkout.")
    ] = None,
    long: Annotated[bool, typer.Option("--long", help="Longer documents too: many minutes more.")] = False,
    write: Annotated[
        Path | None,
        typer.Option(help="Also write what was seen to docs/demo.md and the READMEs of this folder."),
    ] = None,
) -> None:
    """Run every task on the samples with the real model; print the drafts, the checks and the timings."""
    from .demonstrating import demonstrate, write_pages

    shown = demonstrate(samples or SOURCE_TREE / "samples", long=long)
    if write is not None:
        write_pages(write, shown)
