"""Word documents: every paragraph a unit, written back into the same file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from lxml import etree

from ...language import Variety
from ..collecting import Bounds
from ..package import broken
from ..word_styles import Styles
from .chart_workbook import ChartWorkbook
from .drawing_text import drawing_items, fill_drawing
from .inline import Alone, Item, Text, take
from .office_labels import set_label
from .parts import Parts
from .tags import Piece, faults, plain, projected, tagged
from .typography import typeset
from .unit import LayoutNote, Rewritten, Story, Unit
from .word_fit import TOO_LONG, Fitting
from .word_fonts import fit_styles, set_language, theme_fonts
from .word_items import Hidden, Lines
from .word_label import add_last_line
from .word_looks import Looks
from .word_measure import Measure
from .word_runs import RunWriter
from .word_stories import (
    Label,
    Place,
    StoryPart,
    cached_labels,
    drawn_paragraphs,
    has_bound_controls,
    labels,
    main_part,
    places,
    related,
    story_parts,
)

_LEVEL = re.compile(r"(%[1-9])")
_CHART = (
    "The names of series and categories are translated as the chart shows them; the workbook inside it keeps "
    "the originals, which come back when its data are edited."
)
_BOUND = "A field that shows data from elsewhere in the file was left as it is."
_CHUNK = "A document inside the document was left as it is."


class _Filled(NamedTuple):
    """A unit with the way to write it."""

    unit: Unit
    part: str
    write: Callable[[str, RunWriter], None]
    paragraph: etree._Element | None = None
    """The paragraph of a part that Word sets itself."""


def open_layout(data: bytes, bounds: Bounds) -> WordLayout:
    """Take a Word document apart. Raises DocumentError."""
    return WordLayout(data, bounds)


def mark(data: bytes, label: str, bounds: Bounds) -> bytes:
    """The document with the label in its properties and as its last line. Raises DocumentError."""
    parts = Parts(data, bounds)
    set_label(parts, label)
    add_last_line(parts.root(main_part(parts)), label)
    parts.changed(main_part(parts))
    return parts.written()


class WordLayout:
    """A Word document, taken apart."""

    def __init__(self, data: bytes, bounds: Bounds) -> None:
        self._data = data
        self._bounds = bounds
        self._search = _taken_apart(data, bounds)
        self._spent = False

    @property
    def units(self) -> Sequence[Unit]:
        """Every unit: the body's first, then the other parts', the title last."""
        return [each.unit for each in self._search.found]

    def write(self, targets: Mapping[str, str], to: Variety) -> Rewritten:
        """The file with the targets in their places; see `Layout.write`."""
        if self._spent:
            # Writing changes the trees: a second time starts from the file again.
            self._search = _taken_apart(self._data, self._bounds)
        self._spent = True
        parts = self._search.parts
        wanted = [each for each in self._search.found if each.unit.id in targets]
        if not wanted:
            return Rewritten(data=self._data)
        writer = _writer(parts, to)
        notes: list[LayoutNote] = []
        fittings = _fittings(parts, wanted)
        for each in wanted:
            target = targets[each.unit.id]
            if faults(each.unit.source, target):
                target = projected(each.unit.source, target)
                notes.append(LayoutNote(unit=each.unit.id, check="tags", message=_DROPPED))
            each.write(typeset(target, to), writer)
            parts.changed(each.part)
        notes += [*self._search.follow(wanted, to), *_fitted(fittings, wanted)]
        _set_whole(parts, writer.theme, to)
        return Rewritten(data=parts.written(), notes=tuple(notes))


_DROPPED = "Formatting inside the paragraph was lost in translation; its words are all there."


@dataclass(slots=True)
class _Search:
    """Gathers the units of a file."""

    parts: Parts
    bounds: Bounds
    looks: Looks
    found: list[_Filled]
    notes: list[tuple[str, LayoutNote]]
    """Notes by the part whose units they go with."""
    charts: dict[str, ChartWorkbook]
    """Of each chart that copies cells, its workbook."""

    def follow(self, written: Sequence[_Filled], to: Variety) -> list[LayoutNote]:
        """Have charts' workbooks follow what was written; notes of what did not."""
        touched = dict.fromkeys(each.part for each in written)
        done = [self.charts[part].follow(to) for part in touched if part in self.charts]
        stays = [] if all(done) else [LayoutNote(unit="", check="unsupported", message=_CHART)]
        return [*dict.fromkeys(note for part, note in self.notes if part in touched), *stays]

    def part(self, part: StoryPart) -> None:
        """The units of one part."""
        root = self.parts.root(part.name)
        if part.drawn:
            self._drawn(part, root)
        else:
            self._written(part, root)
        self.labels(part.name, labels(root))

    def _written(self, part: StoryPart, root: etree._Element) -> None:
        lines = Lines(self.looks)
        for number, place in enumerate(places(root, part.story, self.bounds)):
            line = lines.line(place.paragraph)
            self._paragraph(f"{part.name}#{number}", part.name, place, line.items)
            for index, hidden in enumerate(line.hidden):
                self._hidden(f"{part.name}#{number}h{index}", part.name, hidden)
        if has_bound_controls(root):
            self.notes.append((part.name, LayoutNote(unit="", check="unsupported", message=_BOUND)))
        if next(root.iter("{*}altChunk"), None) is not None:
            self.notes.append((part.name, LayoutNote(unit="", check="unsupported", message=_CHUNK)))

    def _paragraph(self, key: str, part: str, place: Place, items: Sequence[Item]) -> None:
        taken = take(items)
        looks = self.looks

        def write(target: str, writer: RunWriter) -> None:
            writer.fill(place.paragraph, taken.woven(target))
            for twin in place.twins:
                again = take(Lines(looks).line(twin).items)
                saved = target if again.source == taken.source else projected(again.source, target)
                writer.fill(twin, again.woven(saved))

        self._add(key, part, place.story, taken.source, write, place.paragraph)

    def _hidden(self, key: str, part: str, hidden: Hidden) -> None:
        source = tagged([Piece("text", hidden.words)])
        self._add(
            key,
            part,
            "hidden",
            source,
            lambda target, writer: writer.fill_hidden(hidden.parts, plain(target)),
        )

    def _drawn(self, part: StoryPart, root: etree._Element) -> None:
        for number, paragraph in enumerate(drawn_paragraphs(root)):
            self._drawn_paragraph(f"{part.name}#{number}", part, paragraph)
        cached = cached_labels(root)
        if any(map(_has_letter, (label.text for label in cached))):
            self.charts[part.name] = ChartWorkbook(self.parts, part.name, self.bounds)
        self.labels(part.name, cached, "c")

    def _drawn_paragraph(self, key: str, part: StoryPart, paragraph: etree._Element) -> None:
        taken = take(drawing_items(paragraph))
        self._add(
            key,
            part.name,
            part.story,
            taken.source,
            lambda target, writer: fill_drawing(paragraph, taken.woven(target), writer.to),
        )

    def labels(self, part: str, found: Sequence[Label], mark: str = "l") -> None:
        for number, label in enumerate(found):
            self._label(f"{part}#{mark}{number}", part, label)

    def _label(self, key: str, part: str, label: Label) -> None:
        taken = take(_label_items(label.text), hoist=False)

        def write(target: str, _writer: RunWriter) -> None:
            text = "".join(_label_text(item) for item in taken.woven(target))
            for element, name in label.at:
                if name:
                    element.set(name, text)
                else:
                    element.text = text

        self._add(key, part, label.story, taken.source, write)

    def _add(
        self,
        key: str,
        part: str,
        story: Story,
        source: str,
        write: Callable[[str, RunWriter], None],
        paragraph: etree._Element | None = None,
    ) -> None:
        if _has_letter(plain(source)):
            unit = Unit(id=key, story=story, source=source)
            self.found.append(_Filled(unit, part, write, paragraph))


def _has_letter(text: str) -> bool:
    return any(map(str.isalpha, text))


def _label_items(text: str) -> list[Item]:
    """A label's words; the places of numbers (`%1`) stand in the line."""
    return [Alone([part]) if _LEVEL.fullmatch(part) else Text(part) for part in _LEVEL.split(text) if part]


def _label_text(item: Item) -> str:
    return item.words if isinstance(item, Text) else "".join(item.things) if isinstance(item, Alone) else ""


def _taken_apart(data: bytes, bounds: Bounds) -> _Search:
    parts = Parts(data, bounds)
    if main_part(parts) not in parts.package.names:
        raise broken()
    styles = related(parts, "styles")
    looks = Looks(Styles.load(parts.root(styles) if styles else None))
    search = _Search(parts, bounds, looks, [], [], {})
    for part in story_parts(parts):
        search.part(part)
    if numbering := related(parts, "numbering"):
        search.labels(numbering, labels(parts.root(numbering)))
    for relation in parts.package.relations("").values():
        if relation.kind == "core-properties" and relation.target in parts.package.names:
            search.labels(relation.target, labels(parts.root(relation.target)))
    return search


def _writer(parts: Parts, to: Variety) -> RunWriter:
    theme, styles = related(parts, "theme"), related(parts, "styles")
    return RunWriter(
        Looks(Styles.load(parts.root(styles) if styles else None)),
        theme_fonts(parts.root(theme) if theme else None),
        to,
    )


def _fittings(parts: Parts, wanted: Sequence[_Filled]) -> list[Fitting]:
    """The places of fixed height in the parts that will be written."""
    styles = related(parts, "styles")
    measure = Measure(parts.root(styles) if styles else None)
    names = dict.fromkeys(each.part for each in wanted if each.paragraph is not None)
    return [Fitting(parts.root(name), measure) for name in names]


def _fitted(fittings: Sequence[Fitting], wanted: Sequence[_Filled]) -> Iterator[LayoutNote]:
    """Set smaller what outgrew its place; a note for each of its units."""
    units = {each.paragraph: each.unit.id for each in wanted if each.paragraph is not None}
    for fitting in fittings:
        for paragraphs, message in fitting.fit():
            for paragraph in paragraphs:
                if paragraph in units:
                    yield LayoutNote(
                        unit=units[paragraph], check="fit", message=message, too_long=message == TOO_LONG
                    )


def _set_whole(parts: Parts, theme: Mapping[str, str], to: Variety) -> None:
    """The document's styles, and the language that its theme's fonts are chosen for."""
    if styles := related(parts, "styles"):
        fit_styles(parts.root(styles), theme, to)
        parts.changed(styles)
    if settings := related(parts, "settings"):
        for language in parts.root(settings).iter("{*}themeFontLang"):
            set_language(language, to)
            parts.changed(settings)
