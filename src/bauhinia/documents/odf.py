"""OpenDocument files (.odt, .ods, .odp): an own walk over their XML. Slides and sheets count as pages."""

from __future__ import annotations

from lxml import etree

from ..errors import BrokenDocument, EncryptedDocument
from .collecting import Reading
from .document import BlockKind
from .odf_inline import plain
from .odf_styles import DC, DRAW, OFFICE, PRESENTATION, STYLE, TABLE, TEXT, Styles
from .odf_walk import Place, Walk
from .ooxml import local
from .package import Package

_KEPT = {
    "title": "title", "subject": "subject", "keyword": "keywords", "language": "language",
    "creation-date": "created", "date": "modified",
}  # fmt: skip
_FIELDS = frozenset(
    f"{TEXT}{name}"
    for name in ("sheet-name", "title", "file-name", "date", "time", "page-number", "page-count")
)


def read(data: bytes, reading: Reading) -> None:
    """Put the blocks of an OpenDocument file into `reading`. Raises EncryptedDocument, BrokenDocument."""
    package = Package(data, reading.bounds)
    _refuse_encrypted(package)
    content = _part(package, "content.xml")
    body = content.find(f"{OFFICE}body") if content is not None else None
    if content is None or body is None or not len(body):
        raise BrokenDocument(
            "The file has no OpenDocument content in it.",
            hint="Open it in the program that made it, save it again, then upload the new file.",
        )
    styles = Styles()
    masters = _part(package, "styles.xml")
    styles.load(masters)
    styles.load(content)
    walk = Walk(reading, package, styles, body)
    kind = local(body[0])
    if kind == "spreadsheet":
        _sheets(body[0], walk)
    elif kind in ("presentation", "drawing"):
        _slides(body[0], walk)
    else:
        walk.blocks(body[0], Place(), 0)
    _running_parts(masters, walk, sheets=kind == "spreadsheet")
    _macros(package, reading)
    _properties(package, reading)


def _part(package: Package, name: str) -> etree._Element | None:
    return package.xml(name) if name in package.names else None


def _refuse_encrypted(package: Package) -> None:
    """OpenDocument encrypts the parts one by one; the manifest says which."""
    name = "META-INF/manifest.xml"
    # Not parsed: old programs put a document type into this part, which no other part may have.
    manifest = package.read(name) if name in package.names else b""
    if "encrypted-package" in package.names or b"encryption-data" in manifest:
        raise EncryptedDocument(
            "The file is protected with a password, which cannot be used here for OpenDocument files.",
            hint="Open it in LibreOffice, save it without a password, then upload it again.",
        )


def _sheets(spreadsheet: etree._Element, walk: Walk) -> None:
    """Each sheet: its name as a heading, then its cells as they are shown."""
    sheets = spreadsheet.findall(f"{TABLE}table")
    walk.reading.pages = len(sheets)
    walk.reading.bounds.check_pages(len(sheets))
    if spreadsheet.find(f"{TABLE}tracked-changes") is not None:
        walk.reading.warn("The history of changes to cells was not read.")
    for page, sheet in enumerate(sheets, 1):
        hidden = walk.styles.get("table", sheet.get(f"{TABLE}style-name")).hidden
        place = Place(page=page, aside="hidden" if hidden else "")
        walk.add("heading", str(sheet.get(f"{TABLE}name", "")), place, level=1)
        walk.table(sheet, place, 0)


def _slides(presentation: etree._Element, walk: Walk) -> None:
    """Each slide: its shapes in order, its title as a heading, its comments, its speaker notes."""
    slides = presentation.findall(f"{DRAW}page")
    walk.reading.pages = len(slides)
    walk.reading.bounds.check_pages(len(slides))
    for page, slide in enumerate(slides, 1):
        hidden = walk.styles.get("drawing-page", slide.get(f"{DRAW}style-name")).hidden
        place = Place(page=page, aside="hidden" if hidden else "")
        for shape in slide:
            if shape.tag == f"{PRESENTATION}notes":
                for note in shape.iterchildren(f"{DRAW}frame"):
                    walk.shape(note, place._replace(kind="speaker_note"), 1)
            elif str(shape.tag).startswith(DRAW):
                is_title = shape.get(f"{PRESENTATION}class") == "title"
                walk.shape(shape, place._replace(kind="heading") if is_title else place, 1)
        walk.comments(slide, place)
    for declared in presentation.iterchildren(f"{PRESENTATION}footer-decl", f"{PRESENTATION}header-decl"):
        kind: BlockKind = "footer" if local(declared) == "footer-decl" else "header"
        walk.add(kind, plain(declared), Place())


def _running_parts(masters: etree._Element | None, walk: Walk, *, sheets: bool) -> None:
    """Headers and footers, each text once. Those that every workbook is born with are only fields."""
    kinds: tuple[BlockKind, ...] = ("header", "footer")
    pages = masters.findall(f"{OFFICE}master-styles/{STYLE}master-page") if masters is not None else []
    for kind in kinds:
        blocks = walk.reading.blocks
        first = len(blocks)
        for page in pages:
            for part in page:
                if not local(part).startswith(kind) or part.get(f"{STYLE}display") == "false":
                    continue
                if sheets and any(each.tag in _FIELDS for each in part.iter()):
                    continue
                walk.running(part, Place(kind=kind))
        texts = dict.fromkeys(block.text for block in blocks[first:])
        del blocks[first:]
        for text in texts:
            walk.reading.add(kind, text)


def _macros(package: Package, reading: Reading) -> None:
    if any(name.startswith(("Basic/", "Scripts/")) for name in package.names):
        reading.warn("The file has macros in it; they were neither run nor read.")


def _properties(package: Package, reading: Reading) -> None:
    """Title and dates; names of people in the properties are left where they are."""
    meta = _part(package, "meta.xml")
    for element in meta.iter() if meta is not None else ():
        name, text = _KEPT.get(local(element), ""), " ".join((element.text or "").split())
        if name and text and (element.tag.startswith(DC) or name in ("keywords", "created")):
            reading.metadata[name] = text[:500]
    blocks = reading.blocks
    shown = next((block.text for block in blocks if block.kind == "title"), "")
    first = next((block.text for block in blocks if block.kind == "heading"), "")
    reading.title = shown or str(reading.metadata.get("title", "")) or first
