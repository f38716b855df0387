"""The AI label as a Word document's last line.

It stands at the end of the text and not in the footers: they differ from section to section, and a line more
in one moves every page. One small line at the end moves nothing but, at worst, itself onto a new page.
"""

from __future__ import annotations

from lxml import etree

from ..ooxml import W

BOOKMARK = "BauhiniaLabel"
"""The line's bookmark, by which it is known again."""
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def add_last_line(root: etree._Element, label: str) -> None:
    """Put the label after the last paragraph of the body; one that we put there before gives way."""
    body = root.find(f"{W}body")
    assert body is not None
    for mark in body.findall(f"{W}p/{W}bookmarkStart"):
        if mark.get(f"{W}name") == BOOKMARK and (old := mark.getparent()) is not None:
            body.remove(old)
    line = _line(label, _free_id(root))
    last = body[-1] if len(body) else None
    if last is not None and last.tag == f"{W}sectPr":
        last.addprevious(line)
    else:
        body.append(line)


def _free_id(root: etree._Element) -> str:
    ids = (mark.get(f"{W}id", "0") for mark in root.iter(f"{W}bookmarkStart"))
    return str(max((int(each) for each in ids if each.isdecimal()), default=0) + 1)


def _line(label: str, key: str) -> etree._Element:
    paragraph = etree.Element(f"{W}p")
    properties = etree.SubElement(paragraph, f"{W}pPr")
    etree.SubElement(properties, f"{W}spacing", {f"{W}before": "120", f"{W}after": "0"})
    etree.SubElement(paragraph, f"{W}bookmarkStart", {f"{W}id": key, f"{W}name": BOOKMARK})
    run = etree.SubElement(paragraph, f"{W}r")
    looks = etree.SubElement(run, f"{W}rPr")
    etree.SubElement(looks, f"{W}color", {f"{W}val": "595959"})
    etree.SubElement(looks, f"{W}sz", {f"{W}val": "16"})
    text = etree.SubElement(run, f"{W}t", {_SPACE: "preserve"})
    text.text = label
    etree.SubElement(paragraph, f"{W}bookmarkEnd", {f"{W}id": key})
    return paragraph
