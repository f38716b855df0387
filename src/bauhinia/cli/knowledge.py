"""`bauhinia knowledge add | ask | list`: the department's library."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import InputError
from .environment import get_settings
from .output import JsonOption, OutOption, Output

if TYPE_CHECKING:
    from .places import Place

knowledge_app = typer.Typer(name="knowledge", no_args_is_help=True, help="The department's library.")
CollectionOption = Annotated[str, typer.Option("--collection", help="Only this collection, by name.")]


@knowledge_app.command()
def add(
    collection: Annotated[str, typer.Argument(help="Name of the collection; made where there is none.")],
    files: Annotated[list[Path], typer.Argument(help="Files; of a zip archive each file in it.")],
) -> None:
    """Add files to the library, and print what became of each. One bad file stops none of the others."""
    from .carrying import bytes_of
    from .rendering import harmless

    for file in files:
        if not file.is_file():
            bytes_of(file)
    fates = asyncio.run(_added(collection, files))
    for each in fates:
        print(harmless("\t".join([each["fate"], each["name"], f"{each['reason']} {each['hint']}".strip()])))
    if any(each["fate"] in ("refused", "waiting") for each in fates):
        raise typer.Exit(1)


async def _added(collection: str, files: list[Path]) -> list[dict[str, Any]]:
    from .carrying import see_through
    from .places import open_place
    from .watching import watching

    with watching() as watcher:
        async with open_place(get_settings()) as place:
            watcher.says(place.where)
            task = await place.put_in(collection, files)
            await see_through(place, task, watcher)
            return await place.fates(task)


@knowledge_app.command()
def ask(
    question: Annotated[str, typer.Argument(help="The question, in quotes.")],
    collection: CollectionOption = "",
    out: OutOption = None,
    as_json: JsonOption = False,
) -> None:
    """Answer a question from the library, with citations; or say that it is not there."""
    from .carrying import ask_library

    ask_library(question, collection, Output(out=out, as_json=as_json))


@knowledge_app.command("list")
def list_collections() -> None:
    """List the collections with the number of their documents and passages."""
    from .places import open_place

    async def there() -> list[dict[str, Any]]:
        async with open_place(get_settings()) as place:
            return await place.collections()

    for each in asyncio.run(there()):
        kept = f"{each['days']} days" if each["days"] else "kept"
        print(f"{each['name']}\t{each['documents']} documents\t{each['passages']} passages\t{kept}")


async def collection_of(place: Place, name: str) -> str:
    """The id of the collection of that name. Raises InputError."""
    for each in await place.collections():
        if name in (each["name"], each["id"]):
            return str(each["id"])
    raise InputError(f"There is no collection “{name}”.", hint="See `bauhinia knowledge list`.")
