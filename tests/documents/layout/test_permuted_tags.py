"""Whatever order a translation puts its tags in, no word and nothing that stands in the line is lost."""

from __future__ import annotations

from file_makers import bounds, docx, p
from hypothesis import given, settings
from hypothesis import strategies as st
from office_makers import pptx, slide, sp
from opendocument_maker import opened
from source_packages import parts_of

from bauhinia.documents.layout import LAYOUTS, faults, pieces, plain
from bauhinia.language import Variety

WORD = p(
    inner="<w:r><w:t>plain</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>bold</w:t></w:r><w:r><w:tab/></w:r>"
    "<w:r><w:rPr><w:u w:val='single'/></w:rPr><w:t>lined</w:t></w:r><w:r><w:footnoteReference w:id='2'/></w:r>"
    "<w:r><w:t>plain to the end</w:t></w:r>"
)
SLIDE = (
    "<a:p><a:r><a:t>plain</a:t></a:r><a:r><a:rPr b='1'/><a:t>bold</a:t></a:r><a:br/><a:r><a:rPr u='sng'/>"
    "<a:t>lined</a:t></a:r><a:fld type='slidenum'><a:t>1</a:t></a:fld><a:r><a:t>plain to the end</a:t></a:r></a:p>"
)
OPEN = (
    "<text:p>plain<text:span text:style-name='B'>bold</text:span><text:tab/><text:span text:style-name='U'>lined"
    "</text:span><text:bookmark text:name='m'/>plain to the end</text:p>"
)
FILES = {"docx": docx(WORD), "pptx": pptx([slide(sp(inner=SLIDE))]), "odt": opened("text", OPEN)}

THINGS = {
    "docx": ("<w:tab/>", "<w:footnoteReference "),
    "pptx": ("<a:br", "<a:fld "),
    "odt": ("<text:tab", "<text:bookmark "),
}


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(FILES)), st.randoms(use_true_random=False))
def test_permuted_tags_lose_nothing(form: str, chance: object) -> None:
    data = FILES[form]
    layout = LAYOUTS[form].open(data, bounds())
    unit = layout.units[0]
    tags = {piece.number: piece.kind for piece in pieces(unit.source) if piece.kind in ("open", "alone")}
    assert sorted(tags.values()) == ["alone", "alone", "open", "open"]
    parts = [f"<{n}/>" if kind == "alone" else f"<{n}>held{n}</{n}>" for n, kind in tags.items()]
    parts += ["first", "last"]
    chance.shuffle(parts)  # type: ignore[attr-defined]
    target = "x" + "".join(parts) + "y"
    assert not faults(unit.source, target)
    written = layout.write({unit.id: target}, Variety.ENGLISH)
    again = LAYOUTS[form].open(written.data, bounds()).units[0].source
    assert not written.notes and plain(again) == plain(target)
    xml = dict(parts_of(written.data))[unit.id.partition("#")[0]].decode()
    assert [xml.count(thing) for thing in THINGS[form]] == [1, 1], "neighbours may share a tag, none is lost"
