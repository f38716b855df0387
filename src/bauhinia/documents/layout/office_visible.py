"""The AI label where readers of slides and printed sheets see it, beside the properties.

On the last slide it is a small line at the bottom, on sheets the footer of what is printed: nothing that is
there moves. A label that we put there before gives way; a footer of the workbook's own stays, and the label
then is in the properties alone.
"""

from __future__ import annotations

from lxml import etree

from ..collecting import Bounds
from ..normal import without_illegal
from ..ooxml import local
from .office_labels import set_label
from .parts import Parts

_NAME = "BauhiniaLabel"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_P = "http://schemas.openxmlformats.org/presentationml/2006/main"
_HEIGHT = 230_000
"""Of the line, in EMU."""
_MARGIN = 230_000
_USUAL = (9_144_000, 6_858_000)
_AFTER_FOOTER = frozenset(
    """rowBreaks colBreaks customProperties cellWatches ignoredErrors smartTags drawing legacyDrawing
    legacyDrawingHF drawingHF picture oleObjects controls webPublishItems tableParts extLst""".split()  # noqa: SIM905  # read better so
)
"""What stands after `headerFooter` in a sheet."""
_MOST_FOOTER = 250
"""Characters of a footer: Excel takes 255."""


def mark_slides(data: bytes, label: str, bounds: Bounds) -> bytes:
    """The presentation with the label in its properties and on its last slide. Raises DocumentError."""
    parts = Parts(data, bounds)
    set_label(parts, label)
    main = "ppt/presentation.xml"
    if main in parts.package.names:
        slides = _in_order(parts, main, "sldId")
        if slides:
            _add_line(parts, slides[-1], label, _size(parts.root(main)))
    return parts.written()


def mark_sheets(data: bytes, label: str, bounds: Bounds) -> bytes:
    """The workbook with the label in its properties and in its sheets' footers. Raises DocumentError."""
    parts = Parts(data, bounds)
    set_label(parts, label)
    main = "xl/workbook.xml"
    if main in parts.package.names:
        for name in _in_order(parts, main, "sheet"):
            _add_footer(parts, name, label)
    return parts.written()


def _in_order(parts: Parts, main: str, tag: str) -> list[str]:
    """The parts that a list in the main part names, in its order."""
    relations = parts.package.relations(main)
    keys = [
        value
        for each in parts.root(main).iter(f"{{*}}{tag}")
        for name, value in each.attrib.items()
        if str(name).endswith("}id")
    ]
    found = [relations[str(key)].target for key in keys if str(key) in relations]
    return [name for name in found if name in parts.package.names]


def _size(root: etree._Element) -> tuple[int, int]:
    size = root.find("{*}sldSz")
    if size is None:
        return _USUAL
    return int(size.get("cx", _USUAL[0])), int(size.get("cy", _USUAL[1]))


def _add_line(parts: Parts, name: str, label: str, size: tuple[int, int]) -> None:
    tree = parts.root(name).find("{*}cSld/{*}spTree")
    if tree is None:
        return
    for old in tree.findall("{*}sp"):
        if (known := old.find("{*}nvSpPr/{*}cNvPr")) is not None and known.get("name") == _NAME:
            tree.remove(old)
    ids = [int(each.get("id", "0")) for each in tree.iter("{*}cNvPr") if each.get("id", "0").isdecimal()]
    tree.append(_line(label, max(ids, default=1) + 1, size))
    parts.changed(name)


def _line(label: str, key: int, size: tuple[int, int]) -> etree._Element:
    shape = etree.fromstring(
        f'<p:sp xmlns:p="{_P}" xmlns:a="{_A}"><p:nvSpPr><p:cNvPr id="{key}" name="{_NAME}"/>'
        '<p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr><p:spPr><a:xfrm>'
        f'<a:off x="{_MARGIN}" y="{size[1] - _HEIGHT}"/><a:ext cx="{size[0] - 2 * _MARGIN}" cy="{_HEIGHT}"/>'
        '</a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/></p:spPr><p:txBody>'
        '<a:bodyPr wrap="square" lIns="0" tIns="0" rIns="0" bIns="0"/><a:lstStyle/><a:p><a:r>'
        '<a:rPr sz="800"><a:solidFill><a:srgbClr val="595959"/></a:solidFill></a:rPr><a:t/></a:r></a:p>'
        "</p:txBody></p:sp>"
    )
    (text,) = shape.iter(f"{{{_A}}}t")
    text.text = without_illegal(label)
    return shape


def _add_footer(parts: Parts, name: str, label: str) -> None:
    """In the left of the footer. `&` begins an instruction there."""
    root = parts.root(name)
    if local(root) != "worksheet":
        return
    space = str(root.tag).rpartition("}")[0] + "}"
    holder = root.find(f"{space}headerFooter")
    if holder is None:
        holder = etree.Element(f"{space}headerFooter")
        after = next(
            (each for each in root if isinstance(each.tag, str) and local(each) in _AFTER_FOOTER), None
        )
        if after is None:
            root.append(holder)
        else:
            after.addprevious(holder)
    footer = holder.find(f"{space}oddFooter")
    if footer is None:
        footer = etree.Element(f"{space}oddFooter")
        header = holder.find(f"{space}oddHeader")
        holder.insert(0 if header is None else 1, footer)
    elif footer.text and not footer.text.startswith("&L&8"):
        return
    footer.text = f"&L&8 {without_illegal(label).replace('&', '&&')}"[:_MOST_FOOTER]
    parts.changed(name)
