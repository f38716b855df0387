"""PowerPoint presentations (.pptx): slides in their order, with notes, comments, charts and diagrams."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from .collecting import Place, Reading
from .document import Aside, BlockKind
from .drawing import drawn_text
from .office_parts import main_part, needed_part, read_properties, related, tell_macros
from .ooxml import A, P, R, local
from .package import Package
from .shapes import Shapes
from .slide_lists import SlideLists, placeholder_of

_TITLES = ("title", "ctrTitle")
_RUNNING: dict[str, BlockKind] = {"hdr": "header", "ftr": "footer", "dt": "footer"}
_NOT_TEXT = ("sldNum", "sldImg")


def read(data: bytes, reading: Reading) -> None:
    """Put the slides of a presentation into `reading`; a slide is a page."""
    package = Package(data, reading.bounds)
    main = main_part(package, "ppt/presentation.xml", "The file has no presentation in it.")
    names = list(_slides(package, main))
    reading.bounds.check_pages(len(names))
    reading.pages = len(names)
    deck = _Deck(package, reading)
    for number, name in enumerate(names, 1):
        deck.slide(name, number)
    deck.standing()
    read_properties(package, reading)
    tell_macros(package, reading)


def _slides(package: Package, main: str) -> Iterator[str]:
    """The names of the slides' parts, in the order in which they are shown, each once."""
    relations = package.relations(main)
    seen: set[str] = set()
    for slide in needed_part(package, main).iterfind(f"{P}sldIdLst/{P}sldId"):
        relation = relations.get(str(slide.get(f"{R}id")))
        if relation and relation.target in package.names and relation.target not in seen:
            seen.add(relation.target)
            yield relation.target


class _Deck:
    """Reads slide after slide, and remembers what runs through all of them."""

    def __init__(self, package: Package, reading: Reading) -> None:
        self.package = package
        self.reading = reading
        self.running: set[tuple[BlockKind, Aside, str]] = set()
        """Headers and footers that were read: each stands once."""
        self._parts: dict[str, etree._Element] = {}
        """Layouts and masters, parsed."""

    def slide(self, name: str, number: int) -> None:
        """A slide with its notes and comments."""
        root = self.package.xml(name)
        aside: Aside = "hidden" if root.get("show") in ("0", "false") else ""
        place = Place(page=number, aside=aside)
        layout = self._related(name, "slideLayout")
        master = self._related(layout, "slideMaster")
        tree = root.find(f"{P}cSld/{P}spTree")
        if tree is not None:
            self._tree(name, tree, place, SlideLists(self._part(layout), self._part(master)))
        for notes in related(self.package, name, "notesSlide"):
            self._notes(notes, place)
        for comments in related(self.package, name, "comments"):
            self._comments(self.package.xml(comments), place)

    def standing(self) -> None:
        """Text that layouts and masters put on the slides that use them, each once."""
        for root in self._parts.values():
            tree = root.find(f"{P}cSld/{P}spTree")
            if tree is None:
                continue
            for shape in tree.iter(f"{P}sp"):
                if placeholder_of(shape) is None:
                    self._run_once(shape, "header", Place())

    def _tree(self, name: str, tree: etree._Element, place: Place, lists: SlideLists) -> None:
        relations = self.package.relations(name)
        titles = [shape for shape in tree.iter(f"{P}sp") if _kind(shape) in _TITLES]
        for shape in titles:
            self._title(shape, place)
        shapes = Shapes(self.package, self.reading, relations, lists.label, self._special)
        shapes.walk(tree, place)

    def _title(self, shape: etree._Element, place: Place) -> None:
        """A title in one line, though it may be set in several."""
        paragraphs = [drawn_text(each).text for each in shape.iterfind(f"{P}txBody/{A}p")]
        self.reading.put(place, "heading", " ".join(paragraphs), level=1)

    def _special(self, shape: etree._Element, place: Place) -> bool:
        """Titles, which stand first, and what runs through all slides."""
        kind = _kind(shape)
        if kind in _RUNNING:
            self._run_once(shape, _RUNNING[kind], place)
        return kind in _TITLES or kind in _NOT_TEXT or kind in _RUNNING

    def _run_once(self, shape: etree._Element, kind: BlockKind, place: Place) -> None:
        for paragraph in shape.iterfind(f"{P}txBody/{A}p"):
            text = " ".join(drawn_text(paragraph).text.split())
            if text and (kind, place.aside, text) not in self.running:
                self.running.add((kind, place.aside, text))
                self.reading.put(place._replace(kind=kind), kind, text)

    def _notes(self, name: str, place: Place) -> None:
        """What the speaker is to say."""
        tree = self.package.xml(name).find(f"{P}cSld/{P}spTree")
        if tree is not None:
            relations = self.package.relations(name)
            shapes = Shapes(self.package, self.reading, relations, special=self._special)
            shapes.walk(tree, place._replace(kind="speaker_note"))

    def _comments(self, root: etree._Element, place: Place) -> None:
        """Comments and their replies, of older and newer programs."""
        place = place._replace(kind="comment", aside="comment")
        for comment in root.iter("{*}cm", "{*}reply"):
            for child in comment:
                if local(child) == "text":
                    self.reading.put(place, "comment", child.text or "")
                elif local(child) == "txBody":
                    text = "\n".join(drawn_text(each).text for each in child.iterchildren(f"{A}p"))
                    self.reading.put(place, "comment", text)

    def _related(self, name: str, kind: str) -> str:
        return next(iter(related(self.package, name, kind)), "") if name else ""

    def _part(self, name: str) -> etree._Element | None:
        if name and name not in self._parts:
            self._parts[name] = self.package.xml(name)
        return self._parts.get(name)


def _kind(shape: etree._Element) -> str:
    placeholder = placeholder_of(shape)
    return "" if placeholder is None else str(placeholder.get("type", ""))
