"""PDF with its layout kept: text objects are taken out, translations are painted into their places.

pdfium reads, pikepdf takes out exactly the operators that show the replaced words and puts the new ones on
top, Typst sets them. Pictures, rules, shading, links and notes are not touched. Pages that are pictures of
text are left alone.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pikepdf

from ...errors import BrokenDocument
from ...language import Variety
from ..collecting import Bounds
from ..damage import password_needed
from ..normal import tidy
from ..pdf_flow import Flow
from ..pdf_objects import Box, PageInk
from ..pdf_pages import LoadedPage, load_page, open_pdf
from .pdf_fonts import unpaintable
from .pdf_label import add_line
from .pdf_laid import laid, laid_notes, write_laid
from .pdf_outline import bookmarks, set_label, set_title, title_of, words_of
from .pdf_program import PageProgram, draw_over
from .pdf_space import PageSpace, spaces
from .pdf_stacks import stacks
from .pdf_typeset import FLOOR, Fit, Setting, Sheet, Typesetter
from .pdf_units import Place, places
from .pdf_words import SHIFTED
from .tags import Piece, plain, tagged
from .typography import language_tag, typeset
from .unit import LayoutNote, Rewritten, Unit

_COVERS = 0.5
"""A picture over this part of a page is the page."""


def open_layout(data: bytes, bounds: Bounds) -> PdfLayout:
    """Take a PDF apart. Raises PasswordNeeded, BrokenDocument or DocumentTooLarge."""
    document = open_pdf(data)
    try:
        bounds.check_pages(len(document))
        loaded = [load_page(document, index, inked=True) for index in range(len(document))]
    finally:
        document.close()
    return PdfLayout(data, [page for page in loaded if page is not None])


def mark(data: bytes, label: str, _bounds: Bounds) -> bytes:
    """The PDF with the AI label in its properties and at the foot of its last page. Raises DocumentError."""
    with _opened(data) as pdf:
        set_label(pdf, label)
        add_line(pdf, label)
        return _saved(pdf)


class PdfLayout:
    """One PDF."""

    def __init__(self, data: bytes, pages: Sequence[LoadedPage]) -> None:
        self.data = data
        self.pages = {each.page.number: each for each in pages}
        self.notes: list[LayoutNote] = []
        self.groups: dict[int, list[int]] = {}
        """Of each page whose program is understood, as `PageProgram.groups`."""
        for each in pages:
            assert each.ink is not None
            _hide_covered(each.ink, Box(0, 0, each.page.width, each.page.height))
        with _opened(data) as pdf:
            self._judge(pdf)
            self.titles = dict(_titles(pdf))
            self.laid = [each.unit for each in laid(pdf)]
        flow = Flow([each.page for each in pages])
        flow.join_over_pages()
        self.flow = flow
        self.places = [
            place for place in places(pages, flow) if all(page in self.groups for page in place.objects)
        ]

    @property
    def units(self) -> Sequence[Unit]:
        """The title, the bookmarks, the pages' units in reading order, then what is laid upon the pages."""
        titles = [Unit(id=name, story="title", source=source) for name, source in self.titles.items()]
        return [*titles, *(place.unit for place in self.places if place.translatable), *self.laid]

    def write(self, targets: Mapping[str, str], to: Variety) -> Rewritten:
        """The file with other words. Raises UnsupportedFormat when no font for them is installed."""
        known = {unit.id: unit.source for unit in self.units}
        changed = {
            name: typeset(target, to)
            for name, target in targets.items()
            if name in known and target != known[name] and plain(target).strip()
        }
        if not changed:
            return Rewritten(data=self.data, notes=tuple(self.notes))
        notes = list(self.notes)
        with _opened(self.data) as pdf:
            notes += [*_lost(pdf), *laid_notes(pdf)]
            self._write_titles(pdf, changed)
            write_laid(pdf, changed)
            notes += self._paint(pdf, changed, to)
            pdf.Root["/Lang"] = pikepdf.String(language_tag(to))
            return Rewritten(data=_saved(pdf), notes=tuple(notes))

    def _judge(self, pdf: Any) -> None:
        """Find the pages that can be written, and say why others cannot."""
        for number, each in self.pages.items():
            ink = each.ink
            assert ink is not None
            if _is_scan(ink, each):
                self._unsupported(number, "is a picture of text (a scan), which is not written over")
                continue
            if not ink.texts:
                continue
            try:
                groups = PageProgram(pdf, pdf.pages[number - 1]).groups
            except (pikepdf.PdfError, RecursionError, ValueError, TypeError, AttributeError):
                groups = []
            if ink.whole and len(groups) == len(ink.texts):
                self.groups[number] = groups
            else:
                self._unsupported(number, "is drawn in a way that cannot be changed safely")

    def _unsupported(self, number: int, why: str) -> None:
        self.notes.append(
            LayoutNote(unit="", check="unsupported", message=f"Page {number} {why}; it stays as it is.")
        )

    def _write_titles(self, pdf: Any, changed: Mapping[str, str]) -> None:
        if "title" in changed:
            set_title(pdf, plain(changed["title"]))
        for index, item in enumerate(bookmarks(pdf)):
            if target := changed.get(f"bookmark#{index}"):
                item["/Title"] = pikepdf.String(plain(target))

    def _settings(self, changed: Mapping[str, str], space: Mapping[int, PageSpace]) -> list[Setting]:
        """What is painted: the changed places, and those that are drawn together with one of them."""
        found = _with_neighbours(self.places, changed, self.groups)
        return [
            Setting(
                place=place,
                target=changed.get(place.unit.id, place.unit.source),
                boxes=tuple(space[frame.page].grown(frame, place) for frame in place.frames),
            )
            for place in self.places
            if place.unit.id in found
        ]

    def _unpaintable(self, changed: Mapping[str, str], to: Variety) -> dict[str, str]:
        """Why units must keep their words: by id, the characters that no font has, theirs or those of words
        that are drawn together with them."""
        drawn = _with_neighbours(self.places, changed, self.groups)
        said = {
            place.unit.id: set(plain(changed.get(place.unit.id, place.unit.source))) - SHIFTED
            for place in self.places
            if place.unit.id in drawn
        }
        held = {each for characters in said.values() for each in characters if not each.isascii()}
        missing = unpaintable(held, to)
        stuck = {name: "".join(sorted(each & missing)) for name, each in said.items() if each & missing}
        return {
            other: characters
            for name, characters in stuck.items()
            for other in _with_neighbours(self.places, [name], self.groups)
            if other in changed
        }

    def _paint(self, pdf: Any, changed: Mapping[str, str], to: Variety) -> list[LayoutNote]:
        stuck = self._unpaintable(changed, to)
        changed = {name: target for name, target in changed.items() if name not in stuck}
        space = spaces(list(self.pages.values()), self.flow, self.places)
        settings = self._settings(changed, space)
        notes = list(_font_notes(self.places, stuck))
        if not settings:
            return notes
        typesetter = Typesetter(to)
        fits = typesetter.fit(settings, stacks(settings, space))
        misfits = {each.place.unit.id for each, fit in zip(settings, fits, strict=True) if fit.chosen < 0}
        kept = _with_neighbours(self.places, changed.keys() - misfits, self.groups)
        both = [(each, fit) for each, fit in zip(settings, fits, strict=True) if each.place.unit.id in kept]
        numbers = sorted({frame.page for each, _ in both for frame in each.place.frames})
        sheets = [Sheet(number, *self._size(number)) for number in numbers]
        for number in numbers:
            gone = {o for each, _ in both for o in each.place.objects.get(number, ())}
            PageProgram(pdf, pdf.pages[number - 1]).remove(gone)
        if sheets:
            made = typesetter.paint([each for each, _ in both], [fit for _, fit in both], sheets)
            with pikepdf.open(io.BytesIO(made)) as over:
                for sheet, page in zip(sheets, over.pages, strict=True):
                    matrix = self.pages[sheet.number].turn.matrix
                    draw_over(pdf, pdf.pages[sheet.number - 1], page, matrix)
        return [*notes, *_fit_notes(settings, fits, kept)]

    def _size(self, number: int) -> tuple[float, float]:
        page = self.pages[number].page
        return page.width, page.height


def _opened(data: bytes) -> Any:
    try:
        return pikepdf.open(io.BytesIO(data))
    except pikepdf.PasswordError as error:
        raise password_needed("The PDF") from error
    except pikepdf.PdfError as error:
        raise BrokenDocument(
            "The PDF is damaged and cannot be written again.",
            hint="Open it in a PDF viewer and print it to a new PDF, then upload that.",
        ) from error


def _saved(pdf: Any) -> bytes:
    out = io.BytesIO()
    try:
        with warnings.catch_warnings():
            # What is odd in the original, such as fields outside of its form, is as odd in the copy.
            warnings.simplefilter("ignore")
            pdf.save(out)
    except pikepdf.PdfError as error:
        raise BrokenDocument(
            "The PDF is damaged and cannot be written again.",
            hint="Open it in a PDF viewer and print it to a new PDF, then upload that.",
        ) from error
    return out.getvalue()


def _titles(pdf: Any) -> Iterator[tuple[str, str]]:
    """Ids and tagged text of the title and the bookmarks that have letters."""
    named = [("title", title_of(pdf))]
    named += [
        (f"bookmark#{index}", words_of(item.get("/Title"))) for index, item in enumerate(bookmarks(pdf))
    ]
    for name, words in named:
        if any(map(str.isalpha, words)):
            yield name, tagged([Piece("text", tidy(words))])


def _hide_covered(ink: PageInk, page: Box) -> None:
    """Text that a picture over the whole page was drawn upon cannot be seen."""
    covers = [each for each in ink.shapes if each.kind == "picture" and _part(each.box, page) > _COVERS]
    for index, text in enumerate(ink.texts):
        if any(text.order < cover.order and cover.box.holds(text.box) for cover in covers):
            ink.texts[index] = text._replace(visible=False)


def _part(box: Box, page: Box) -> float:
    """Which part of the page a box covers."""
    wide = max(0.0, min(box.x1, page.x1) - max(box.x0, page.x0))
    high = max(0.0, min(box.bottom, page.bottom) - max(box.top, page.top))
    return wide * high / max(1.0, page.x1 * page.bottom)


def _is_scan(ink: PageInk, loaded: LoadedPage) -> bool:
    """Whether the page is a picture: with no text, or with text that only programs are meant to see."""
    if not loaded.pictures:
        return False
    hidden = sum(not text.visible for text in ink.texts)
    return not ink.texts or hidden > 0.5 * len(ink.texts)


def _with_neighbours(
    every: Sequence[Place], names: Iterable[str], groups: Mapping[int, Sequence[int]]
) -> set[str]:
    """The ids, and those of places that share a group of text objects with one of them."""
    held: dict[tuple[int, int], list[str]] = {}
    own: dict[str, list[tuple[int, int]]] = {}
    for place in every:
        keys = {(page, groups[page][number]) for page, numbers in place.objects.items() for number in numbers}
        own[place.unit.id] = list(keys)
        for key in keys:
            held.setdefault(key, []).append(place.unit.id)
    found: set[str] = set()
    waiting = [name for name in names if name in own]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += [other for key in own[name] for other in held[key] if other not in found]
    return found


def _fit_notes(settings: Sequence[Setting], fits: Sequence[Fit], kept: set[str]) -> Iterator[LayoutNote]:
    for setting, fit in zip(settings, fits, strict=True):
        unit = setting.place.unit
        if unit.id not in kept:
            yield LayoutNote(
                unit=unit.id,
                check="fit",
                message=f"The translation does not fit its place on page {unit.page}; the words stay.",
                too_long=True,
            )
        elif fit.chosen < 0 or fit.scale < FLOOR - 0.001:
            percent = round(100 * (fit.scale if fit.chosen >= 0 else fit.steps[-1].scale))
            yield LayoutNote(
                unit=unit.id,
                check="fit",
                message=f"The translation on page {unit.page} is set at {percent} % of the original's size.",
            )


def _font_notes(every: Sequence[Place], stuck: Mapping[str, str]) -> Iterator[LayoutNote]:
    for place in every:
        if characters := stuck.get(place.unit.id):
            message = (
                f"No font here has the characters {characters}; the words on page {place.unit.page} stay."
            )
            yield LayoutNote(unit=place.unit.id, check="font", message=message)


def _lost(pdf: Any) -> Iterator[LayoutNote]:
    """What the written file cannot have."""
    form = pdf.Root.get("/AcroForm")
    if isinstance(form, pikepdf.Dictionary) and int(form.get("/SigFlags", 0)) & 1:
        message = "The original's digital signature does not hold for the written file."
        yield LayoutNote(unit="", check="signature", message=message)
    if pdf.is_encrypted:
        message = "The original restricts printing or changes; the written file has no such protection."
        yield LayoutNote(unit="", check="protection", message=message)
