"""What drawings say, the same in Word, PowerPoint and Excel: text, charts, diagrams, alternative text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from .collecting import Place, Reading, Span
from .formula import formula
from .number_formats import shown
from .ooxml import MC, A, M, R, chosen, local
from .package import Package, Relation

_TINY = 200
"""Hundredths of a point."""
FILE_NAME = re.compile(r"[\w .()\[\]-]{1,200}\.(?:png|jpe?g|gif|bmp|tiff?|[ew]mf|svg|webp)", re.I)


@dataclass(slots=True)
class DrawnText:
    """The text of one `a:p`, as it is gathered; a line end is `\\n`."""

    text: str = ""
    spans: list[Span] = field(default_factory=list)
    hidden: str = ""
    """Words too small to read."""

    def gather(self, element: etree._Element) -> None:
        """Add the text of the runs, fields and formulas in `element`."""
        for child in element:
            if child.tag in (f"{A}r", f"{A}fld"):
                words = child.findtext(f"{A}t") or ""
                if _is_tiny(child):
                    self.hidden += words
                else:
                    self.text += words
            elif child.tag == f"{A}br":
                self.text += "\n"
            elif child.tag in (f"{M}oMath", f"{M}oMathPara"):
                start = len(self.text)
                self.text += formula(child)
                self.spans.append(("equation", start, len(self.text)))
            elif child.tag == f"{MC}AlternateContent":
                if (choice := chosen(child)) is not None:
                    self.gather(choice)
            elif local(child) == "m":
                self.gather(child)


def _is_tiny(run: etree._Element) -> bool:
    properties = run.find(f"{A}rPr")
    size = properties.get("sz", "") if properties is not None else ""
    return size.isdecimal() and 0 < int(size) <= _TINY


def drawn_text(paragraph: etree._Element) -> DrawnText:
    """The text of an `a:p`."""
    drawn = DrawnText()
    drawn.gather(paragraph)
    return drawn


def alternative_text(properties: etree._Element) -> str:
    """What `docPr` or `cNvPr` says in place of the drawing; a mere file name says nothing."""
    text = str(properties.get("descr") or properties.get("title") or "").strip()
    return "" if FILE_NAME.fullmatch(text) else text


def chart_texts(root: etree._Element) -> list[str]:
    """Titles, names of axes, series and categories, and labels of a chart, each once; not its figures."""
    found = (" ".join(text.split()) for text in _chart_texts(root))
    return [text for text in dict.fromkeys(found) if text]


def _chart_texts(root: etree._Element) -> Iterator[str]:
    for element in root.iter(f"{A}p", "{*}v", "{*}pt"):
        name, parent = local(element), element.getparent()
        around = "" if parent is None else local(parent)
        if name == "p":
            yield drawn_text(element).text
        elif name == "v" and around == "txData":
            yield element.text or ""
        elif name == "v" and around == "pt":
            yield _point(element, parent)
        elif name == "pt" and any(local(each) == "strDim" for each in element.iterancestors()):
            yield element.text or ""


def _point(value: etree._Element, point: etree._Element | None) -> str:
    """A name in a chart's store; of numbers only those that name a category, as the chart shows them."""
    text = value.text or ""
    above = [] if point is None else list(point.iterancestors())
    if not above or local(above[0]) in ("strCache", "strLit", "lvl"):
        return text
    if any(local(each) == "cat" for each in above):
        return shown(text, above[0].findtext("{*}formatCode") or "General")
    return ""


def diagram_texts(root: etree._Element) -> list[str]:
    """The text of a diagram's (SmartArt's) points, in the order of its outline."""
    points = root.iter("{*}pt")
    texts = (drawn_text(each).text for point in points for each in point.iter(f"{A}p"))
    return [text for text in texts if text.strip()]


def add_graphic(
    frame: etree._Element,
    package: Package,
    relations: dict[str, Relation],
    reading: Reading,
    place: Place,
) -> None:
    """Put the text of the chart or diagram that `a:graphicData` refers to; one not found counts as unread."""
    what = "chart" if str(frame.get("uri", "")).rpartition("/")[2].startswith("chart") else "diagram"
    keys = (f"{R}id",) if what == "chart" else (f"{R}dm",)
    name = next((str(each.get(key)) for each in frame.iter() for key in keys if each.get(key)), "")
    relation = relations.get(name)
    if relation is None or relation.target not in package.names:
        reading.unread[what] += 1
        return
    root = package.xml(relation.target)
    for text in chart_texts(root) if what == "chart" else diagram_texts(root):
        reading.put(place, "chart" if what == "chart" else "paragraph", text)
