"""What is laid upon a PDF page: fields of its form with their values, and people's comments.

pdfium keeps how they are drawn apart from the page's text, so nothing here is read twice.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from .document import Aside
from .normal import tidy
from .pdf_lines import Turn

_REMARKS = frozenset((
    pdfium.FPDF_ANNOT_TEXT, pdfium.FPDF_ANNOT_FREETEXT, pdfium.FPDF_ANNOT_HIGHLIGHT,
    pdfium.FPDF_ANNOT_UNDERLINE, pdfium.FPDF_ANNOT_SQUIGGLY, pdfium.FPDF_ANNOT_STRIKEOUT,
    pdfium.FPDF_ANNOT_CARET, pdfium.FPDF_ANNOT_STAMP, pdfium.FPDF_ANNOT_INK, pdfium.FPDF_ANNOT_LINE,
    pdfium.FPDF_ANNOT_SQUARE, pdfium.FPDF_ANNOT_CIRCLE, pdfium.FPDF_ANNOT_POLYGON,
    pdfium.FPDF_ANNOT_POLYLINE, pdfium.FPDF_ANNOT_FILEATTACHMENT,
))  # fmt: skip
"""Annotations whose contents somebody wrote; those of a link say where it leads, a pop-up's are another's."""
_UNSEEN = pdfium.FPDF_ANNOT_FLAG_HIDDEN | pdfium.FPDF_ANNOT_FLAG_NOVIEW
_PASSWORD = 1 << 13
_TICKED, _EMPTY = "☑", "☐"
_OFF = "Off"
_CHOICES = (pdfium.FPDF_FORMFIELD_COMBOBOX, pdfium.FPDF_FORMFIELD_LISTBOX)
_TICKS = (pdfium.FPDF_FORMFIELD_CHECKBOX, pdfium.FPDF_FORMFIELD_RADIOBUTTON)


class Annotation(NamedTuple):
    """A field or a comment, and where it stands in points from the page's top left corner, as displayed."""

    text: str
    aside: Aside
    x0: float
    x1: float
    bottom: float


class PageAnnotations(NamedTuple):
    """What is laid upon one page."""

    shown: list[Annotation]
    """Fields and comments, from above to below."""
    signatures: int
    """Fields for signatures, which hold no text."""


class _Field(NamedTuple):
    """A field as one of its places on pages shows it."""

    kind: int
    name: str
    label: str
    value: str
    option: str = ""
    """Which of the boxes of one name it is."""

    @property
    def sign(self) -> str:
        """What its other places have, too."""
        return f"{self.name}={self.option}"


def page_annotations(document: Any, page: Any, turn: Turn, seen: set[str]) -> PageAnnotations:
    """The annotations of an open pypdfium2 page. A field that stands in several places is read at the first:
    `seen` holds the signs of those that were read."""
    shown: list[Annotation] = []
    signatures = 0
    form = document.formenv.raw if document.formenv else None
    for handle in _handles(page):
        kind = pdfium.FPDFAnnot_GetSubtype(handle)
        if kind in _REMARKS:
            shown += _placed(handle, turn, tidy(_string(handle, b"Contents")), "comment")
        elif kind == pdfium.FPDF_ANNOT_WIDGET:
            field = _field(form, handle)
            signatures += field.kind == pdfium.FPDF_FORMFIELD_SIGNATURE
            if not field.name or field.sign not in seen:
                shown += _placed(handle, turn, _said(field), "")
            seen.add(field.sign)
    return PageAnnotations(sorted(shown, key=lambda each: (round(each.bottom), each.x0)), signatures)


def _handles(page: Any) -> Iterator[Any]:
    """Each annotation, open as long as it is worked on."""
    for index in range(pdfium.FPDFPage_GetAnnotCount(page.raw)):
        if handle := pdfium.FPDFPage_GetAnnot(page.raw, index):
            yield handle
            pdfium.FPDFPage_CloseAnnot(handle)


def _placed(handle: Any, turn: Turn, text: str, aside: Aside) -> Iterator[Annotation]:
    if not text:
        return
    box = pdfium.FS_RECTF()
    pdfium.FPDFAnnot_GetRect(handle, box)
    corners = [turn.point(box.left, box.bottom), turn.point(box.right, box.top)]
    if pdfium.FPDFAnnot_GetFlags(handle) & _UNSEEN:
        aside = aside or "hidden"
    xs = [x for x, _ in corners]
    yield Annotation(text, aside, min(xs), max(xs), max(y for _, y in corners))


def _field(form: Any, handle: Any) -> _Field:
    """A widget's field; one that belongs to no form says itself what it holds."""
    kind = pdfium.FPDFAnnot_GetFormFieldType(form, handle) if form else -1
    if kind < 0:
        name, label, value = (_string(handle, key) for key in (b"T", b"TU", b"V"))
        return _Field(pdfium.FPDF_FORMFIELD_UNKNOWN, name, label, value)
    name = _filled(lambda *out: pdfium.FPDFAnnot_GetFormFieldName(form, handle, *out))
    label = _filled(lambda *out: pdfium.FPDFAnnot_GetFormFieldAlternateName(form, handle, *out))
    boxed = kind == pdfium.FPDF_FORMFIELD_CHECKBOX
    export = pdfium.FPDFAnnot_GetFormFieldExportValue
    option = _filled(lambda *out: export(form, handle, *out)) if boxed else ""
    return _Field(kind, name, label, _value(form, handle, kind), option)


def _value(form: Any, handle: Any, kind: int) -> str:
    if kind == pdfium.FPDF_FORMFIELD_CHECKBOX:
        return _TICKED if pdfium.FPDFAnnot_IsChecked(form, handle) else _EMPTY
    if pdfium.FPDFAnnot_GetFormFieldFlags(form, handle) & _PASSWORD:
        return ""
    chosen = list(_chosen(form, handle)) if kind in _CHOICES else []
    value = _filled(lambda *out: pdfium.FPDFAnnot_GetFormFieldValue(form, handle, *out))
    return ", ".join(chosen) or ("" if kind in _TICKS and value == _OFF else value)


def _chosen(form: Any, handle: Any) -> Iterator[str]:
    """The labels of a list's chosen entries."""
    for index in range(max(0, pdfium.FPDFAnnot_GetOptionCount(form, handle))):
        if pdfium.FPDFAnnot_IsOptionSelected(form, handle, index):
            yield _filled(lambda *out, at=index: pdfium.FPDFAnnot_GetOptionLabel(form, handle, at, *out))


def _said(field: _Field) -> str:
    """The field as one line: its label, or else its name, and what it holds. A name alone says nothing."""
    if field.kind in (pdfium.FPDF_FORMFIELD_PUSHBUTTON, pdfium.FPDF_FORMFIELD_SIGNATURE):
        return ""
    label, value = tidy(field.label), tidy(field.value)
    named = label or tidy(field.name)
    if field.kind == pdfium.FPDF_FORMFIELD_CHECKBOX:
        return f"{value} {named}"
    if not value:
        return f"{label}:" if label else ""
    return f"{named}: {value}" if named else value


def _string(handle: Any, key: bytes) -> str:
    return _filled(lambda *out: pdfium.FPDFAnnot_GetStringValue(handle, key, *out))


def _filled(get: Callable[..., int]) -> str:
    """What a function of pdfium writes into a buffer, whose size it tells when it is asked without one."""
    size = get(None, 0)
    if size <= 2:
        return ""
    buffer = (ctypes.c_ushort * (size // 2 + 1))()
    get(buffer, size)
    return bytes(buffer)[: size - 2].decode("utf-16-le", "replace")
