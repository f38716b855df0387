"""The probes' Office files with all that their schemas require: ours reads them without, other readers refuse
them or pass over what is not whole. Nothing that is marked is touched.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Callable

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_RELATION = re.compile(r'<Relationship [^>]*?Type="[^"]*/(\w+)" Target="([^"]*)"')
_MAIN = {"word": "document.main", "ppt": "presentation.main", "xl": "sheet.main"}
_FAMILY = {"word": "wordprocessingml", "ppt": "presentationml", "xl": "spreadsheetml"}
_ELSEWHERE = {
    "chart": "openxmlformats-officedocument.drawingml.chart",
    "diagramData": "openxmlformats-officedocument.drawingml.diagramData",
    "drawing": "openxmlformats-officedocument.drawing",
    "threadedComment": "ms-excel.threadedcomments",
    "theme": "openxmlformats-officedocument.theme",
}
"""Content types by the kind of the relation that leads to a part, where it is not of the program's family."""
_PLACE = '<{0}><a:off x="900000" y="900000"/><a:ext cx="4000000" cy="1000000"/></{0}>'
_SHAPE = f'{_PLACE.format("a:xfrm")}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
_GROUP = (
    '<{0}:nvGrpSpPr><{0}:cNvPr id="1" name=""/><{0}:cNvGrpSpPr/>{1}</{0}:nvGrpSpPr><{0}:grpSpPr><a:xfrm>'
    '<a:off x="0" y="0"/><a:ext cx="9000000" cy="6000000"/><a:chOff x="0" y="0"/>'
    '<a:chExt cx="9000000" cy="6000000"/></a:xfrm></{0}:grpSpPr>'
)
_ANCHOR = (
    "<xdr:{0}><xdr:col>{1}</xdr:col><xdr:colOff>0</xdr:colOff>"
    "<xdr:row>{1}</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:{0}>"
)
_MASTERS = '<p:sldMasterIdLst><p:sldMasterId id="2147483648" r:id="master"/></p:sldMasterIdLst>'
_SIZES = '<p:sldSz cx="9144000" cy="6858000"/><p:notesSz cx="6858000" cy="9144000"/>'
_EDITS: tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...] = (
    (r"<w:(header|footer)Reference r:id", r'<w:\1Reference w:type="default" r:id'),
    (r"<w:tbl>", '<w:tbl><w:tblPr/><w:tblGrid><w:gridCol w:w="5000"/></w:tblGrid>'),
    (r'<w:comment w:id', '<w:comment w:author="A" w:date="2026-11-26T09:00:00Z" w:id'),
    (r"<w:(ins|del)>", r'<w:\1 w:id="9" w:author="A" w:date="2026-11-26T09:00:00Z">'),
    (r"<wp:inline>", '<wp:inline><wp:extent cx="900000" cy="900000"/>'),
    (r"<x:sheet (?=.*?r:id=\"s(\d+)\")", lambda found: f'<x:sheet sheetId="{int(found[1]) + 1}" '),
    (r"<x:row (?!r=)", '<x:row r="1" '),
    (r"</p:sldIdLst>", "</p:sldIdLst>" + _SIZES),
    (r"<p:presentation ([^>]*)>", r"<p:presentation \1>" + _MASTERS),
    (
        r"<(p|xdr):nvPr>(.*?)</\1:nvPr></\1:nvSpPr>",
        r"<\1:cNvSpPr/><\1:nvPr>\2</\1:nvPr></\1:nvSpPr><\1:spPr>" + _SHAPE + r"</\1:spPr>",
    ),
    (r"<(p|xdr):txBody>", r"<\1:txBody><a:bodyPr/><a:lstStyle/>"),
    (r"<a:tbl>", '<a:tbl><a:tblPr/><a:tblGrid><a:gridCol w="4000000"/></a:tblGrid>'),
    (r"<a:tr>", '<a:tr h="400000">'),
    (r"<a:tc><a:txBody>(.*?)</a:txBody>", r"<a:tc><a:txBody><a:bodyPr/>\1</a:txBody><a:tcPr/>"),
    (r"<p:(spTree|grpSp)>", lambda found: f"<p:{found[1]}>" + _GROUP.format("p", "<p:nvPr/>")),
    (r"<xdr:grpSp>", "<xdr:grpSp>" + _GROUP.format("xdr", "")),
    (r"<(p|xdr):graphicFrame>", lambda found: _framed(found[1])),
    (r"<xdr:twoCellAnchor>", "<xdr:twoCellAnchor>" + _ANCHOR.format("from", 1) + _ANCHOR.format("to", 9)),
    (r"</xdr:twoCellAnchor>", "<xdr:clientData/></xdr:twoCellAnchor>"),
)  # fmt: skip


def complete(data: bytes) -> bytes:
    """The file with its required elements, content types and, for slides, a layout and a master."""
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        parts = {name: old.read(name).decode() for name in old.namelist() if name != "[Content_Types].xml"}
    for name in [name for name in parts if not name.endswith(".rels")]:
        for pattern, new in _EDITS:
            parts[name] = re.sub(pattern, new, parts[name])
    if "ppt/presentation.xml" in parts:
        _add_master(parts)
    parts["[Content_Types].xml"] = _content_types(parts)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new_file:
        for name in sorted(parts):
            new_file.writestr(name, parts[name])
    return out.getvalue()


def _framed(prefix: str) -> str:
    own = "<p:nvPr/>" if prefix == "p" else ""
    return (
        f'<{prefix}:graphicFrame><{prefix}:nvGraphicFramePr><{prefix}:cNvPr id="5" name="f"/>'
        f"<{prefix}:cNvGraphicFramePr/>{own}</{prefix}:nvGraphicFramePr>{_PLACE.format(f'{prefix}:xfrm')}"
    )


def _add_master(parts: dict[str, str]) -> None:
    """A layout and a master, which each slide is said to have."""
    names = re.search(r"<p:presentation ([^>]*?)>", parts["ppt/presentation.xml"])
    assert names is not None
    tree = f"<p:cSld><p:spTree>{_GROUP.format('p', '<p:nvPr/>')}</p:spTree></p:cSld>"
    accents = "".join(f' accent{n}="accent{n}"' for n in range(1, 7))
    colours = f'bg1="lt1" tx1="dk1" bg2="lt2" tx2="dk2"{accents} hlink="hlink" folHlink="folHlink"'
    layouts = '<p:sldLayoutIdLst><p:sldLayoutId id="2147483649" r:id="layout"/></p:sldLayoutIdLst>'
    parts["ppt/layout.xml"] = f"<p:sldLayout {names[1]}>{tree}</p:sldLayout>"
    parts["ppt/master.xml"] = f"<p:sldMaster {names[1]}>{tree}<p:clrMap {colours}/>{layouts}</p:sldMaster>"
    _relate(parts, "ppt/presentation.xml", "master", "slideMaster", "master.xml")
    _relate(parts, "ppt/master.xml", "layout", "slideLayout", "layout.xml")
    _relate(parts, "ppt/layout.xml", "master", "slideMaster", "master.xml")
    for slide in [name for name in parts if re.fullmatch(r"ppt/slides/\w+\.xml", name)]:
        _relate(parts, slide, "layout", "slideLayout", "../layout.xml")


def _relate(parts: dict[str, str], part: str, key: str, kind: str, target: str) -> None:
    """Add a relation to those of a part."""
    folder, name = posixpath.split(part)
    relations = f"{folder}/_rels/{name}.rels"
    kept = parts.get(relations, f'<Relationships xmlns="{_RELATIONS}"></Relationships>')
    new = f'<Relationship Id="{key}" Type="{_OFFICE}/{kind}" Target="{target}"/></Relationships>'
    parts[relations] = kept.replace("</Relationships>", new)


def _content_types(parts: dict[str, str]) -> str:
    """The list of the parts' content types, by the relations that lead to them."""
    kinds = {
        posixpath.normpath(posixpath.join(name.partition("_rels/")[0], target)).lstrip("/"): kind
        for name, text in parts.items()
        if name.endswith(".rels")
        for kind, target in _RELATION.findall(text)
    }
    overrides = "".join(
        f'<Override PartName="/{part}" ContentType="{_content_type(kind, part)}"/>'
        for part, kind in kinds.items()
        if part in parts
    )
    return (
        f'<Types xmlns="{_TYPES}">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def _content_type(kind: str, part: str) -> str:
    family = part.partition("/")[0]
    if kind == "officeDocument":
        kind = _MAIN[family]
    named = _ELSEWHERE.get(kind, f"openxmlformats-officedocument.{_FAMILY[family]}.{kind}")
    return f"application/vnd.{named}+xml"
