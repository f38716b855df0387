"""Tooltips and comments of a PDF are translated; what people filled in stays."""

from __future__ import annotations

import io

import pikepdf
from form_maker import field, laid_upon, remark
from pdf_makers import made, rewritten, units_of
from pikepdf import Array, Name, String

from bauhinia.documents.layout import LayoutNote
from bauhinia.language import Variety

KEPT = LayoutNote(
    unit="", check="form", message="The values and choices of the form's fields keep their words."
)
TYPED = LayoutNote(
    unit="", check="unsupported", message="Comments that are typed on the page itself keep their words."
)


async def test_tooltips_and_comments_are_units_and_values_stay() -> None:
    data = laid_upon(
        made("Name of the applicant:"),
        field(Name.Tx, "name", at=(200, 700), TU="Name in full", V="Officer A"),
        field(Name.Ch, "place", at=(200, 650), TU="District", Opt=Array([String("North")]), V="North"),
        remark("Is this right?", at=(400, 700), RC=String("<body>Is this right?</body>")),
        remark("Typed here", at=(400, 600), kind=Name.FreeText),
    )
    units = {unit.source: unit for unit in await units_of(data)}
    assert list(units) == ["Name of the applicant:", "Name in full", "District", "Is this right?"]
    assert (units["District"].story, units["Is this right?"].story) == ("alt_text", "comment")
    assert units["Is this right?"].page == 1
    new = {"Name in full": "姓名全寫", "District": "地區", "Is this right?": "對嗎？"}
    targets = {units[old].id: said for old, said in new.items()}
    result = await rewritten(data, targets, Variety.TRADITIONAL)
    assert result.notes == (KEPT, TYPED)
    with pikepdf.open(io.BytesIO(result.data)) as pdf:
        name, place = pdf.Root.AcroForm.Fields
        assert (str(name.TU), str(name.V), str(name.T)) == ("姓名全寫", "Officer A", "name")
        assert (str(place.TU), str(place.V), str(place.Opt[0])) == ("地區", "North", "North")
        comment, typed = pdf.pages[0].Annots[2:]
        assert str(comment.Contents) == "對嗎？" and "/RC" not in comment
        assert str(typed.Contents) == "Typed here"


async def test_a_form_whose_fields_hold_each_other_is_read() -> None:
    data = laid_upon(made("A form"), field(Name.Tx, "name", at=(200, 700), TU="Name in full"))
    with pikepdf.open(io.BytesIO(data)) as pdf:
        only = pdf.Root.AcroForm.Fields[0]
        only.Kids = Array([only])
        out = io.BytesIO()
        pdf.save(out)
    assert [unit.source for unit in await units_of(out.getvalue())] == ["A form", "Name in full"]
