"""`bauhinia privacy ...`: the personal data of files, found and masked on this machine; no model is asked."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ..errors import InputError, UnsupportedFormat
from .output import JsonOption, written_to

if TYPE_CHECKING:
    from ..documents import Document
    from ..documents.layout import Rewritten

privacy_app = typer.Typer(
    name="privacy",
    no_args_is_help=True,
    help="Personal data in files: find it, or write the file again without it. Nothing leaves this machine.",
)


@privacy_app.command()
def scan(
    files: Annotated[list[Path], typer.Argument(help="Files of any format that Bauhinia reads.")],
    as_json: JsonOption = False,
) -> None:
    """Print the personal data of files: kind, place and masked value, tabs between. Exit code 1 if any."""
    import orjson

    from .rendering import harmless

    found = [each for file in files for each in asyncio.run(_scanned(file))]
    if as_json:
        typer.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
    else:
        for each in found:
            place = f"{each['block']}:{each['start']}" + (f" page {each['page']}" if each["page"] else "")
            typer.echo(
                "\t".join(harmless(part) for part in (each["file"], each["kind"], place, each["masked"]))
            )
    raise typer.Exit(1 if found else 0)


@privacy_app.command()
def mask(
    file: Annotated[Path, typer.Argument(help="A file of a format that can be written back.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Where to write it.")],
    how: Annotated[
        Literal["redact", "pseudonymise"],
        typer.Option(help="Say what was left out, or put the same stand-in for the same value."),
    ] = "redact",
) -> None:
    """Write a file again without its personal data, its layout kept, and read it back to see that it worked.

    What is written back is searched again; exit code 1 and the kinds and places of what is still there.
    """
    if out.suffix.lower() != file.suffix.lower():
        raise InputError("A file is masked in its own format.", hint=f"Give --out the suffix {file.suffix}.")
    left = asyncio.run(_masked(file, out, how))
    for each in left:
        typer.echo(f"Still there: {each['kind']} at {each['block']}:{each['start']}.", err=True)
    raise typer.Exit(1 if left else 0)


async def _scanned(file: Path) -> list[dict[str, Any]]:
    """Raises DocumentError."""
    from ..documents import read_document
    from ..settings import Limits

    document = await read_document(_bytes(file), file.name, Limits())
    if document.scanned:
        typer.echo(f"{file.name}: {len(document.scanned)} pages are pictures, and were not read.", err=True)
    return _found(document)


def _found(document: Document) -> list[dict[str, Any]]:
    from ..privacy import find_personal
    from ..privacy.masking import masked

    return [
        {
            "file": document.name,
            "kind": each.kind,
            "block": block.id,
            "part": block.part,
            "aside": block.aside,
            "page": block.page,
            "start": each.start,
            "end": each.end,
            "masked": masked(each.value),
            "why": each.why,
        }
        for block in (*document.blocks, *document.asides)
        for each in find_personal(block.text)
    ]


async def _masked(file: Path, out: Path, how: Literal["redact", "pseudonymise"]) -> list[dict[str, Any]]:
    """What is still found in what was written. Raises DocumentError."""
    from ..documents import read_document
    from ..settings import Limits

    data = _bytes(file)
    document = await read_document(data, file.name, Limits())
    written = await _rewritten(data, document, how)
    written_to(out, written.data)
    for note in written.notes:
        typer.echo(note.message, err=True)
    if document.scanned or document.metadata:
        typer.echo("Pictures and the file's properties are as they were: look at them.", err=True)
    return _found(await read_document(written.data, out.name, Limits()))


async def _rewritten(data: bytes, document: Document, how: Literal["redact", "pseudonymise"]) -> Rewritten:
    """The file with its units masked. Raises UnsupportedFormat, DocumentError."""
    from ..documents import read_units, rewrite
    from ..documents.layout import LAYOUTS, Edit, edited, line
    from ..language import detect
    from ..privacy.masking import Masker
    from ..settings import Limits

    if document.format not in LAYOUTS:
        raise UnsupportedFormat(
            f"A {document.format} file is read here, and cannot be written back.",
            hint=f"Save it as one of: {', '.join(sorted(LAYOUTS))}.",
        )
    masker = Masker(how)
    units = await read_units(data, document.name, Limits())
    targets: dict[str, str] = {}
    for unit in units:
        if changes := masker.replacements(line(unit.source)):
            targets[unit.id] = edited(unit.source, [Edit(*change) for change in changes])
    return await rewrite(data, document.name, targets, detect(document.text).variety, Limits())


def _bytes(file: Path) -> bytes:
    """Raises InputError."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise InputError(f"{file.name} cannot be read: {error.strerror}.", hint="Check the path.") from error
