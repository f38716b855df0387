"""The program of a PDF page without some of its text: every other operator stays as it is.

pdfium makes one text object of each operator that shows text, in order, those in forms included; so the
n-th text object that the reader saw is drawn by the n-th such operator here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import pikepdf

from ..pdf_objects import FORMS_DEEP

_MOVES = frozenset(("Td", "TD", "Tm", "T*", "BT"))
_SHOWS = frozenset(("Tj", "TJ", "'", '"'))


@dataclass(slots=True)
class _Stream:
    """A content stream: the page's own, or a form's where it is used."""

    owner: Any
    resources: Any
    steps: list[Any]
    shows: dict[int, int] = field(default_factory=dict)
    """Of a step that shows text, the number of its text object."""
    forms: dict[int, _Stream] = field(default_factory=dict)
    """Of a step that draws a form."""


class PageProgram:
    """The operators of one page. Raises pikepdf.PdfError when they cannot be read."""

    def __init__(self, pdf: Any, page: Any) -> None:
        self.pdf = pdf
        self.page = page
        self.groups: list[int] = []
        """Of each text object: those of one group are shown one after the other without a new place between,
        so that none can go and the next one stay."""
        self._group = 0
        self._top = self._walk(page, page.resources, 0)

    @property
    def texts(self) -> int:
        """How many text objects the page has."""
        return len(self.groups)

    def remove(self, objects: Collection[int]) -> None:
        """Take text objects out of the page, which is ready to be drawn over afterwards."""
        if not objects:
            return
        kept = set(objects)
        steps, resources = self._without(self._top, kept)
        before, after = _unbalanced(steps)
        body = b"q\n" * (1 + before) + pikepdf.unparse_content_stream(steps) + b"\nQ" * (1 + after) + b"\n"
        self.page.obj["/Contents"] = self.pdf.make_stream(body)
        self.page.obj["/Resources"] = resources

    def _walk(self, owner: Any, resources: Any, depth: int) -> _Stream:
        stream = _Stream(owner, resources, list(pikepdf.parse_content_stream(owner)))
        for index, step in enumerate(stream.steps):
            name = str(step.operator)
            if name in _MOVES:
                self._group += 1
            elif name in _SHOWS and _writes(step):
                self._group += name in ("'", '"')
                stream.shows[index] = len(self.groups)
                self.groups.append(self._group)
            elif name == "Do" and depth < FORMS_DEEP and (form := _form(step, resources)) is not None:
                self._group += 1
                stream.forms[index] = self._walk(form, form.get("/Resources", resources), depth + 1)
                self._group += 1
        return stream

    def _without(self, stream: _Stream, objects: Collection[int]) -> tuple[list[Any], Any]:
        """A stream's steps without those that show `objects`, and the resources that they need."""
        steps: list[Any] = []
        resources = stream.resources
        for index, step in enumerate(stream.steps):
            if stream.shows.get(index) in objects:
                steps += _moved_only(step)
            elif index in stream.forms and _holds(stream.forms[index], objects):
                name, resources = self._copied(stream.forms[index], objects, resources)
                steps.append(pikepdf.ContentStreamInstruction([name], step.operator))
            else:
                steps.append(step)
        return steps, resources

    def _copied(self, form: _Stream, objects: Collection[int], resources: Any) -> tuple[Any, Any]:
        """A form's own copy for this use of it, since other pages may draw the same."""
        steps, inner = self._without(form, objects)
        copy = self.pdf.make_stream(pikepdf.unparse_content_stream(steps))
        for key, value in form.owner.items():
            if key not in ("/Length", "/Filter", "/DecodeParms"):
                copy[key] = value
        copy["/Resources"] = inner
        resources = pikepdf.Dictionary(resources)
        known: Any = pikepdf.Dictionary(resources.get("/XObject", pikepdf.Dictionary()))
        name = next(name for number in range(10_000) if (name := f"/Rewritten{number}") not in known)
        known[name] = copy
        resources["/XObject"] = known
        return pikepdf.Name(name), resources


def draw_over(pdf: Any, page: Any, sheet: Any, matrix: tuple[float, ...]) -> None:
    """Draw a page of another PDF over a page whose program is balanced, through `matrix`."""
    form = pdf.copy_foreign(sheet.as_form_xobject())
    resources: Any = pikepdf.Dictionary(page.resources)
    known = pikepdf.Dictionary(resources.get("/XObject", pikepdf.Dictionary()))
    name = next(name for number in range(10_000) if (name := f"/Translation{number}") not in known)
    known[name] = form
    resources["/XObject"] = known
    page.obj["/Resources"] = resources
    shown = " ".join(f"{value:.5f}" for value in matrix)
    page.contents_add(f"q {shown} cm {name} Do Q\n".encode())


def _writes(step: Any) -> bool:
    """Whether an operator shows a character at all: pdfium makes no object of an empty string."""
    if not step.operands:
        return False
    last = step.operands[-1]
    if str(step.operator) == "TJ":
        return isinstance(last, pikepdf.Array) and any(
            isinstance(each, pikepdf.String) and len(bytes(each)) for each in last
        )
    return isinstance(last, pikepdf.String) and len(bytes(last)) > 0


def _form(step: Any, resources: Any) -> Any | None:
    found = resources.get("/XObject", {}).get(str(step.operands[0])) if step.operands else None
    return found if found is not None and found.get("/Subtype") == "/Form" else None


def _holds(stream: _Stream, objects: Collection[int]) -> bool:
    return any(number in objects for number in stream.shows.values()) or any(
        _holds(form, objects) for form in stream.forms.values()
    )


def _moved_only(step: Any) -> list[Any]:
    """What an operator does beside showing text: a move to the next line, spacing that stays set."""
    name = str(step.operator)
    made = pikepdf.ContentStreamInstruction
    if name == "'":
        return [made([], pikepdf.Operator("T*"))]
    if name == '"':
        word, letter, _ = step.operands
        return [
            made([word], pikepdf.Operator("Tw")),
            made([letter], pikepdf.Operator("Tc")),
            made([], pikepdf.Operator("T*")),
        ]
    return []


def _unbalanced(steps: Collection[Any]) -> tuple[int, int]:
    """How many saved states are restored without being saved, and how many are left saved at the end."""
    depth = lowest = 0
    for step in steps:
        name = str(step.operator)
        depth += (name == "q") - (name == "Q")
        lowest = min(lowest, depth)
    return -lowest, depth - lowest
