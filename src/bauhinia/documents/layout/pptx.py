"""PowerPoint presentations: paragraphs of slides, notes, charts and diagrams as units, written back in place.

Masters and layouts stay as they are: what stands there is the house's, and shared by every presentation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lxml import etree

from ..collecting import Bounds
from ..ooxml import A, R, local
from ..package import broken
from .chart_workbook import ChartWorkbook
from .office_visible import mark_slides as mark
from .parts import Parts
from .slide_fit import Fitting
from .slots import PackageLayout, Slot, Slots, Writing
from .unit import Story
from .word_stories import cached_labels, drawn_paragraphs, labels

__all__ = ["mark", "open_layout"]
_P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_RELATED: dict[str, Story] = {
    "diagramData": "text_box",
    "diagramDrawing": "text_box",
    "chart": "chart",
    "chartEx": "chart",
    "notesSlide": "speaker_note",
    "comments": "comment",
}
_RUNNING: dict[str, Story] = {"ftr": "footer", "hdr": "header"}
_CACHED = (
    "A chart's series and categories are translated as it shows them; the workbook inside it keeps the "
    "originals, which come back when its data are edited."
)
_MASTER = "Words that stand on the slide master or its layouts were left as they are."


def open_layout(data: bytes, bounds: Bounds) -> PackageLayout:
    """Take a presentation apart. Raises DocumentError."""
    return PackageLayout(data, bounds, _Presentation)


class _Presentation:
    """A presentation's parts, slide by slide."""

    def __init__(self, parts: Parts, bounds: Bounds) -> None:
        self._parts = parts
        self._slots = Slots(parts)
        self._cached: set[str] = set()
        """Units that repeat what a chart's workbook holds."""
        self._charts: dict[str, ChartWorkbook] = {}
        self._bounds = bounds
        self._slides = _slides(parts)
        bounds.check_pages(len(self._slides))
        self._fitting = Fitting(parts, self._slides)
        for number, name in enumerate(self._slides, 1):
            self._slide(name, number)
        for relation in parts.package.relations("").values():
            if relation.kind == "core-properties" and relation.target in parts.package.names:
                self._labels(relation.target, None)

    @property
    def slots(self) -> Sequence[Slot]:
        """The units, slide by slide, each with its notes; the title last."""
        return self._slots.found

    def finish(self, writing: Writing, written: Mapping[str, str]) -> None:
        """Fit what grew; tell what stays."""
        self._fitting.finish(writing, written)
        touched = {key.partition("#")[0] for key in written if key in self._cached}
        followed = [self._charts[name].follow(writing.to) for name in sorted(touched)]
        if not all(followed):
            writing.note("", "unsupported", _CACHED)
        if any(self._fitting.has_own_words(name) for name in self._slides):
            writing.note("", "unsupported", _MASTER)

    def _slide(self, name: str, page: int) -> None:
        self._part(name, "body", page)
        for relation in self._parts.package.relations(name).values():
            if relation.kind in _RELATED and relation.target in self._parts.package.names:
                self._part(relation.target, _RELATED[relation.kind], page)

    def _part(self, name: str, story: Story, page: int) -> None:
        root = self._parts.root(name)
        for number, paragraph in enumerate(drawn_paragraphs(root)):
            key = f"{name}#{number}"
            taken = self._slots.drawn(key, _running(paragraph) or story, paragraph, page)
            if story == "body" and taken.source:
                self._fitting.add(key, paragraph, name)
        for number, remark in enumerate(root.iter(f"{_P}text")):
            self._slots.words(f"{name}#t{number}", "comment", [(remark, "")], page=page)
        if cached := cached_labels(root):
            self._charts[name] = ChartWorkbook(self._parts, name, self._bounds)
        for number, label in enumerate(cached):
            self._slots.words(f"{name}#c{number}", label.story, label.at, page=page)
            self._cached.add(f"{name}#c{number}")
        self._labels(name, page)

    def _labels(self, name: str, page: int | None) -> None:
        for number, label in enumerate(labels(self._parts.root(name))):
            self._slots.words(f"{name}#l{number}", label.story, label.at, page=page)


def _slides(parts: Parts) -> list[str]:
    """The names of the slides' parts, in the order in which they are shown."""
    main = next(
        (each.target for each in parts.package.relations("").values() if each.kind == "officeDocument"), ""
    )
    if main not in parts.package.names:
        raise broken()
    relations = parts.package.relations(main)
    keys = (each.get(f"{R}id", "") for each in parts.root(main).iter(f"{_P}sldId"))
    names = [relations[key].target for key in keys if key in relations]
    return [name for name in dict.fromkeys(names) if name in parts.package.names]


def _running(paragraph: etree._Element) -> Story | None:
    """The story of a paragraph in a placeholder for headers or footers."""
    for shape in _above(paragraph, "sp"):
        place = shape.find(f"{_P}nvSpPr/{_P}nvPr/{_P}ph")
        return _RUNNING.get(place.get("type", "")) if place is not None else None
    return None


def _above(element: etree._Element, name: str) -> Iterator[etree._Element]:
    return (each for each in element.iterancestors() if local(each) == name and not each.tag.startswith(A))
