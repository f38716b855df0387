"""Presentations and workbooks made by hand, part by part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from file_makers import NAMES, packed


def sp(
    *texts: str,
    kind: str = "",
    hidden: bool = False,
    described: str = "",
    inner: str = "",
    prefix: str = "p",
    holder: bool = True,
) -> str:
    """A shape with a paragraph for each text; `kind` makes it a placeholder, `inner` adds paragraphs."""
    seen = ' hidden="1"' if hidden else ""
    ph = f'<p:ph type="{kind}"/>' if kind else ""
    paragraphs = "".join(f"<a:p><a:r><a:t>{text}</a:t></a:r></a:p>" for text in texts) + inner
    return (
        f'<{prefix}:sp><{prefix}:nvSpPr><{prefix}:cNvPr id="2" name="x"{seen} descr="{described}"/>'
        f"<{prefix}:nvPr>{ph}</{prefix}:nvPr></{prefix}:nvSpPr>"
        f"<{prefix}:txBody>{paragraphs}</{prefix}:txBody></{prefix}:sp>"
    )


def frame(graphic: str, prefix: str = "p") -> str:
    """A graphic frame: a table, a chart, a diagram."""
    return f"<{prefix}:graphicFrame>{graphic}</{prefix}:graphicFrame>"


def slide(shapes: str, tag: str = "sld", attributes: str = "") -> str:
    """A slide, a layout, a master or notes."""
    return f"<p:{tag} {NAMES} {attributes}><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></p:{tag}>"


def pptx(
    slides: Sequence[str],
    *,
    order: Sequence[int] | None = None,
    links: Mapping[int, Mapping[str, tuple[str, str]]] | None = None,
    more: Mapping[str, str | bytes] | None = None,
    relations: Mapping[str, Mapping[str, tuple[str, str]]] | None = None,
) -> bytes:
    """A presentation of slides (see `slide`) in that order; `links` are relations of a slide, by its index."""
    listed = "".join(f'<p:sldId id="{256 + n}" r:id="s{n}"/>' for n in (order or range(len(slides))))
    parts: dict[str, str | bytes] = {
        "ppt/presentation.xml": f"<p:presentation {NAMES}><p:sldIdLst>{listed}</p:sldIdLst></p:presentation>",
        **{f"ppt/slides/slide{n}.xml": xml for n, xml in enumerate(slides)},
        **(more or {}),
    }
    return packed(
        parts,
        {
            "": {"m": ("officeDocument", "ppt/presentation.xml")},
            "ppt/presentation.xml": {f"s{n}": ("slide", f"slides/slide{n}.xml") for n in range(len(slides))},
            **{f"ppt/slides/slide{n}.xml": found for n, found in (links or {}).items()},
            **(relations or {}),
        },
    )


def sheet(rows: str, before: str = "", after: str = "") -> str:
    """A worksheet: `rows` is XML of `x:row` elements."""
    return f"<x:worksheet {NAMES}>{before}<x:sheetData>{rows}</x:sheetData>{after}</x:worksheet>"


def row(cells: Mapping[str, str | float], attributes: str = "") -> str:
    """A row: cells by their reference; text stands in the cell itself."""
    made = ""
    for reference, value in cells.items():
        if isinstance(value, str):
            made += f'<x:c r="{reference}" t="inlineStr"><x:is><x:t>{value}</x:t></x:is></x:c>'
        else:
            made += f'<x:c r="{reference}"><x:v>{value}</x:v></x:c>'
    return f"<x:row {attributes}>{made}</x:row>"


def xlsx(
    sheets: Mapping[str, str],
    *,
    states: Mapping[str, str] | None = None,
    links: Mapping[int, Mapping[str, tuple[str, str]]] | None = None,
    more: Mapping[str, str | bytes] | None = None,
    book: Mapping[str, tuple[str, str]] | None = None,
    relations: Mapping[str, Mapping[str, tuple[str, str]]] | None = None,
) -> bytes:
    """A workbook of sheets by name; `links` are relations of a sheet, by its index, `book` of the workbook."""
    listed = "".join(
        f'<x:sheet name="{name}" r:id="s{n}" state="{(states or {}).get(name, "visible")}"/>'
        for n, name in enumerate(sheets)
    )
    return packed(
        {
            "xl/workbook.xml": f"<x:workbook {NAMES}><x:sheets>{listed}</x:sheets></x:workbook>",
            **{f"xl/worksheets/sheet{n}.xml": xml for n, xml in enumerate(sheets.values())},
            **(more or {}),
        },
        {
            "": {"m": ("officeDocument", "xl/workbook.xml")},
            "xl/workbook.xml": {
                **{f"s{n}": ("worksheet", f"worksheets/sheet{n}.xml") for n in range(len(sheets))},
                **(book or {}),
            },
            **{f"xl/worksheets/sheet{n}.xml": found for n, found in (links or {}).items()},
            **(relations or {}),
        },
    )
