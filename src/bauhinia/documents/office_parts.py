"""What Word, PowerPoint and Excel files have in common: a main part, properties, macros."""

from __future__ import annotations

from lxml import etree

from ..errors import BrokenDocument
from .collecting import Reading
from .ooxml import local
from .package import Package, broken

_KEPT = ("title", "subject", "keywords", "language", "created", "modified")
_MACROS = ("vbaProject.bin", "vbaProjectSignature.bin")


def main_part(package: Package, usual: str, what: str) -> str:
    """The name of the part that the file is about; `usual` is what programs call it.

    Raises BrokenDocument when there is none; `what` is the sentence for that.
    """
    for relation in package.relations("").values():
        if relation.kind == "officeDocument" and relation.target in package.names:
            return relation.target
    if usual in package.names:
        return usual
    raise BrokenDocument(
        what,
        hint="Open it in the program that made it, save it again, then upload the new file.",
    )


def needed_part(package: Package, name: str) -> etree._Element:
    """A part that the file cannot be without, parsed. Raises BrokenDocument."""
    try:
        return package.xml(name)
    except KeyError as error:
        raise broken() from error


def related(package: Package, name: str, *kinds: str) -> list[str]:
    """The parts of those kinds that the part `name` refers to, each once."""
    targets = [each.target for each in package.relations(name).values() if each.kind in kinds]
    return [target for target in dict.fromkeys(targets) if target in package.names]


def read_properties(package: Package, reading: Reading) -> None:
    """Title and dates; names of people and of organisations in the properties are left where they are."""
    for name in related(package, "", "core-properties"):
        for element in package.xml(name):
            key, text = local(element), " ".join((element.text or "").split())
            if key in _KEPT and text:
                reading.metadata[key] = text[:500]
    blocks = reading.blocks
    shown = next((block.text for block in blocks if block.kind == "title"), "")
    first = next((block.text for block in blocks if block.kind == "heading"), "")
    reading.title = shown or str(reading.metadata.get("title", "")) or first


def tell_macros(package: Package, reading: Reading) -> None:
    """Say that a file has macros: they are neither run nor read."""
    if any(name.endswith(_MACROS) or "/macrosheets/" in name for name in package.names):
        reading.warn("The file holds macros; they were not run and not read.")
