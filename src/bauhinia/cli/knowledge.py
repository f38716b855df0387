"""`bauhinia knowledge add | ask | list | verify`: the department's library."""

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
SourceOption = Annotated[str, typer.Option(help="Of a new collection: where its documents come from.")]
BasisOption = Annotated[
    str,
    typer.Option(help="By what right: own_work, licence, consent, statutory, open_data or government."),
]
ReferenceOption = Annotated[str, typer.Option(help="Where the permission can be looked up.")]
PostOption = Annotated[str, typer.Option(help="The post that answers for the collection.")]
GradeOption = Annotated[str, typer.Option(help="How far the source is trusted: A, B or C.")]
LicenceOption = Annotated[str, typer.Option(help="The licence or terms, where it comes under any.")]
CollectionOption = Annotated[str, typer.Option("--collection", help="Only this collection, by name.")]


@knowledge_app.command()
def add(
    collection: Annotated[str, typer.Argument(help="Name of the collection; made where there is none.")],
    files: Annotated[list[Path], typer.Argument(help="Files; of a zip archive each file in it.")],
    source: SourceOption = "",
    basis: BasisOption = "",
    reference: ReferenceOption = "",
    post: PostOption = "",
    grade: GradeOption = "",
    licence: LicenceOption = "",
) -> None:
    """Add files to the library, and print what became of each. One bad file stops none of the others.

    A new collection needs its data sheet: `--source`, `--basis`, `--reference`, `--post` and `--grade`.
    """
    from .carrying import bytes_of
    from .rendering import harmless

    for file in files:
        if not file.is_file():
            bytes_of(file)
    told = {"source": source, "basis": basis, "reference": reference, "post": post, "grade": grade}
    fates = asyncio.run(_added(collection, files, {**told, "licence": licence}))
    for each in fates:
        print(harmless("\t".join([each["fate"], each["name"], f"{each['reason']} {each['hint']}".strip()])))
    if any(each["fate"] in ("refused", "waiting", "held") for each in fates):
        raise typer.Exit(1)


async def _added(collection: str, files: list[Path], sheet: dict[str, str]) -> list[dict[str, Any]]:
    from .carrying import see_through
    from .places import open_place
    from .watching import watching

    with watching() as watcher:
        async with open_place(get_settings()) as place:
            watcher.says(place.where)
            task = await place.put_in(collection, files, sheet)
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


@knowledge_app.command()
def verify(
    collection: Annotated[str, typer.Argument(help="Only this collection, by name; else all.")] = "",
) -> None:
    """Check that every document is as it was kept: its file, its text and its passages. The audit is written
    down. Exits 1 and names the documents that are not."""
    from .places import open_place
    from .rendering import harmless

    async def checked() -> list[tuple[str, dict[str, Any]]]:
        async with open_place(get_settings()) as place:
            wanted = await collection_of(place, collection) if collection else ""
            there = [each for each in await place.collections() if wanted in ("", each["id"])]
            return [(str(each["name"]), await place.audit(str(each["id"]))) for each in there]

    found = asyncio.run(checked())
    for name, told in found:
        print(harmless(f"{name}\t{told['checked']} checked\t{len(told['broken'])} not as kept"))
        for each in told["broken"]:
            print(harmless(f"\t{each['name']}\t{each['state']}"))
    if any(told["broken"] for _, told in found):
        raise typer.Exit(1)


async def collection_of(place: Place, name: str) -> str:
    """The id of the collection of that name. Raises InputError."""
    for each in await place.collections():
        if name in (each["name"], each["id"]):
            return str(each["id"])
    raise InputError(f"There is no collection “{name}”.", hint="See `bauhinia knowledge list`.")
