"""`bauhinia gallery`: itineraries, songs and films made whole, checked, on one page."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from .environment import get_settings


def gallery(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Where it is written.")] = Path(
        "build/gallery"
    ),
    only: Annotated[list[str] | None, typer.Option(help="Make this piece alone; may be given again.")] = None,
) -> None:
    """Make ten itineraries, ten songs and five films, check each, and write a page that shows them.

    Stopped with Ctrl-C, the same command goes on with the piece that it was at.
    """
    folder.mkdir(parents=True, exist_ok=True)
    failed = asyncio.run(_made(folder, set(only or ())))
    if failed:
        typer.echo(f"A check fails in: {', '.join(failed)}. The page says which.", err=True)
        raise typer.Exit(1)


async def _made(folder: Path, only: set[str]) -> list[str]:
    """The pieces of which a check fails."""
    from ..chat.gallery import make_piece, pieces, write_page
    from ..chat.sources import Sources, sources_base
    from ..chat.tools import Context
    from ..errors import InputError
    from ..pilot.office import open_office

    chosen = [piece for piece in pieces() if not only or piece.id in only]
    if unknown := only - {piece.id for piece in chosen}:
        raise InputError(
            f"The gallery has no piece {', '.join(sorted(unknown))}.",
            hint=f"It has {', '.join(piece.id for piece in pieces())}.",
        )
    settings = get_settings()
    context = Context(sources=Sources(sources_base(settings.chat_sources)))
    failed = []
    try:
        async with open_office(settings) as office:
            for number, piece in enumerate(chosen, 1):
                name = f"{number}/{len(chosen)} {piece.id}"
                made, now = await make_piece(piece, folder, office, context, _Teller(name))
                took = f"{made.seconds:.0f} s" if now else "made before"
                typer.echo(f"{name}: {'checked' if made.passed else 'A CHECK FAILS'}, {took}", err=True)
                failed += [] if made.passed else [made.id]
                write_page(folder)
    finally:
        await context.sources.close()
    typer.echo(write_page(folder))
    return failed


class _Teller:
    """Says each new part of a piece's work once."""

    def __init__(self, name: str) -> None:
        self._name, self._last = name, ""

    def __call__(self, what: str, share: float) -> None:
        if what != self._last:
            self._last = what
            typer.echo(f"{self._name} {100 * share:.0f} % {what}", err=True)
