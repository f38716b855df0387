"""PDFs with fields of a form and with comments laid upon their first page."""

from __future__ import annotations

import io
from typing import Any

import pikepdf
from pikepdf import Dictionary, Name


def laid_upon(data: bytes, *annotations: dict[str, Any], xfa: bool = False) -> bytes:
    """The PDF with the annotations; those with a type of field (FT) belong to its form."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        made = [pdf.make_indirect(Dictionary(Type=Name.Annot, **each)) for each in annotations]
        pdf.pages[0].Annots = pdf.make_indirect(pikepdf.Array(made))
        fields = [each for each in made if "/FT" in each]
        if fields:
            pdf.Root.AcroForm = Dictionary(Fields=pikepdf.Array(fields))
        if xfa:
            pdf.Root.AcroForm.XFA = pdf.make_stream(b"<xdp:xdp xmlns:xdp='http://ns.adobe.com/xdp/'/>")
        for each in made:
            if "/V" in each and str(each.FT) == "/Tx":
                each.AP = Dictionary(N=_drawn(pdf, str(each.V)))
        out = io.BytesIO()
        pdf.save(out)
    return out.getvalue()


def field(kind: Any, name: str, *, at: tuple[float, float], **more: Any) -> dict[str, Any]:
    """A widget of a field: `at` is its left lower corner, in points from the page's."""
    return {"Subtype": Name.Widget, "FT": kind, "T": name, "Rect": _rect(at), **more}


def remark(contents: str, *, at: tuple[float, float], kind: Any = Name.Text, **more: Any) -> dict[str, Any]:
    """A comment."""
    return {"Subtype": kind, "Contents": contents, "Rect": _rect(at), **more}


def _rect(at: tuple[float, float]) -> list[float]:
    return [at[0], at[1], at[0] + 120, at[1] + 16]


def _drawn(pdf: Any, value: str) -> Any:
    """How a program draws a field's value, for viewers that do not do it themselves."""
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    drawn = pdf.make_stream(f"/Tx BMC BT /F 10 Tf 2 4 Td ({value}) Tj ET EMC".encode())
    drawn.Type, drawn.Subtype, drawn.BBox = Name.XObject, Name.Form, [0, 0, 120, 16]
    drawn.Resources = Dictionary(Font=Dictionary(F=font))
    return drawn
