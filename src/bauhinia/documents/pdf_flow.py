"""The running text of a PDF's pages: paragraphs, footnotes and tables in order, headers and footers apart."""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from .normal import BULLET, SENTENCE_END
from .pdf_layout import (
    Joining,
    Page,
    Paragraph,
    in_order,
    paragraphs,
    runs_on,
    set_running_apart,
    usual_pitch,
)
from .pdf_tables import Grid

HEADING_LETTERS = 200
"""A heading is no longer than this."""
_LARGER = 1.12
"""Letters this many times the body's size are a heading's."""
_RAISED = re.compile("[⁰¹²³⁴-⁹]+")
_TO_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


class Look(NamedTuple):
    """How a heading looks."""

    size: float
    bold: bool


class Flow:
    """Every page's paragraphs, grouped with the whole document's sizes, pitch and words in mind."""

    def __init__(self, pages: list[Page]) -> None:
        self.pages = pages
        set_running_apart(pages)
        ordered = [in_order(page) for page in pages]
        self.joining = Joining(ordered)
        self.pitch = usual_pitch(ordered)
        self.paragraphs = [paragraphs(lines, self.pitch) for lines in ordered]
        """Of each page."""
        self.body, self.body_bold = self._body()

    def _body(self) -> tuple[float, bool]:
        """The size of most letters, in half points, and whether most of them are bold."""
        sizes: Counter[float] = Counter()
        bold = letters = 0
        for flow in self.paragraphs:
            for paragraph in flow:
                for line in paragraph.lines:
                    count = sum(len(word.text) for word in line.words)
                    sizes[round(line.size * 2) / 2] += count
                    bold += count * line.bold
                    letters += count
        return (sizes.most_common(1)[0][0] if sizes else 10.0), bold > 0.5 * letters

    def heading(self, paragraph: Paragraph) -> Look | None:
        """How a heading looks, when the paragraph looks like one."""
        text = "".join(word.text for line in paragraph.lines for word in line.words)
        if len(text) > HEADING_LETTERS or len(paragraph.lines) > 4 or not any(map(str.isalpha, text)):
            return None
        larger = paragraph.size >= _LARGER * self.body
        stands_out = larger or (paragraph.bold and not self.body_bold and paragraph.size >= 0.95 * self.body)
        if not stands_out or BULLET.match(paragraph.first.text):
            return None
        if SENTENCE_END.search(text) and not (larger and text[-1] in "?？!！:："):
            return None
        return Look(round(paragraph.size * 2) / 2, paragraph.bold)

    def join_over_pages(self) -> None:
        """A paragraph that runs over a page's end is one block, on the page where it begins."""
        last: Paragraph | None = None
        for page, flow in zip(self.pages, self.paragraphs, strict=True):
            notes = self.notes(page, flow)
            body = [each for each in flow if each not in notes]
            if not body:
                continue
            tables = [grid.top for grid in page.grids]
            begins = not any(top < body[0].first.top for top in tables)
            text = last is not None and not self.heading(last) and not self.heading(body[0])
            if last is not None and text and begins and runs_on(last, body[0]):
                last.lines += body[0].lines
                flow.remove(body[0])
                body = body[1:] or [last]
            last = body[-1] if not any(top > body[-1].last.base for top in tables) else None

    def notes(self, page: Page, flow: list[Paragraph]) -> list[Paragraph]:
        """Footnotes: small paragraphs at the page's foot, the first of them with its mark."""
        small: list[Paragraph] = []
        for paragraph in reversed(flow):
            if paragraph.size > 0.92 * self.body or paragraph.first.base < 0.4 * page.height:
                break
            small.insert(0, paragraph)
        marks = {
            mark
            for each in flow
            if each not in small
            for line in each.lines
            for mark in _RAISED.findall(line.text)
        }
        while small and not self._is_note(small[0].first.text, marks):
            small.pop(0)
        return small

    @staticmethod
    def _is_note(text: str, marks: set[str]) -> bool:
        """Whether it begins with a note's mark: raised, glued to its text, or raised in the page's text."""
        if text[0] in "*†‡註注" or _RAISED.match(text) or re.match(r"[1-9]\d?(?=[^\W\d_])", text):
            return True
        number = re.match(r"[1-9]\d?(?=\D)", text)
        return number is not None and number[0].translate(_TO_RAISED) in marks

    def with_tables(self, page: Page, flow: list[Paragraph]) -> list[Paragraph | Grid]:
        """Tables put where they stand among the paragraphs."""
        pieces: list[Paragraph | Grid] = list(flow)
        for grid in page.grids:
            place = next(
                (
                    index
                    for index, piece in enumerate(pieces)
                    if isinstance(piece, Paragraph)
                    and piece.first.page == page.number
                    and piece.first.base > grid.top
                    and piece.first.x0 < grid.xs[-1]
                ),
                len(pieces),
            )
            pieces.insert(place, grid)
        return pieces
