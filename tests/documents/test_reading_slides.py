"""Presentations: slides in their order, with all that they say and show."""

from __future__ import annotations

import io

import pptx as python_pptx
import pytest
from file_makers import NAMES, beside, chart, diagram, graphic, marked, read_here, shape
from office_makers import frame, pptx, slide, sp
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from bauhinia.documents import Cell
from bauhinia.documents.slide_lists import numbered
from bauhinia.errors import BrokenDocument, DocumentTooLarge, EmptyDocument


def test_a_presentation_of_python_pptx() -> None:
    deck = python_pptx.Presentation()
    first = deck.slides.add_slide(deck.slide_layouts[0])
    first.shapes.title.text = "Public Health"
    first.placeholders[1].text = "A briefing"
    second = deck.slides.add_slide(deck.slide_layouts[1])
    second.shapes.title.text = "Steps"
    body = second.placeholders[1].text_frame
    body.text = "Apply"
    deeper = body.add_paragraph()
    deeper.text, deeper.level = "With the form", 1
    table = second.shapes.add_table(2, 2, 0, 0, Inches(4), Inches(1)).table
    table.cell(0, 0).merge(table.cell(0, 1))
    for row, column, text in ((0, 0, "Fees"), (1, 0, "2024"), (1, 1, "$500")):
        table.cell(row, column).text = text
    group = second.shapes.add_group_shape()
    group.shapes.add_textbox(0, 0, Inches(1), Inches(1)).text_frame.text = "Grouped"
    data = CategoryChartData()
    data.categories = ["East", "West"]
    data.add_series("Licences", (1, 2))
    second.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, 0, 0, Inches(3), Inches(3), data)
    second.notes_slide.notes_text_frame.text = "Say it slowly."
    out = io.BytesIO()
    deck.save(out)
    document = read_here(out.getvalue(), "a.pptx")
    assert shape(document) == [
        ("heading", "Public Health"), ("paragraph", "A briefing"), ("heading", "Steps"), ("list_item", "Apply"),
        ("list_item", "With the form"), ("table_cell", "Fees"), ("table_cell", "2024"), ("table_cell", "$500"),
        ("paragraph", "Grouped"), ("chart", "Licences"), ("chart", "East"), ("chart", "West"),
        ("speaker_note", "Say it slowly."),
    ]  # fmt: skip
    assert [block.page for block in document.blocks] == [1, 1, *[2] * 11]
    assert [block.cell for block in document.blocks if block.cell] == [
        Cell(table=0, row=0, column=0), Cell(table=0, row=1, column=0), Cell(table=0, row=1, column=1),
    ]  # fmt: skip
    assert [block.level for block in document.blocks if block.kind == "list_item"] == [0, 1]
    assert (document.format, document.pages, document.warnings) == ("pptx", 2, ())


def test_slides_stand_in_the_order_in_which_they_are_shown_and_titles_first() -> None:
    slides = [slide(sp(f"Text {n}") + sp(f"Title {n}", kind="title")) for n in range(3)]
    document = read_here(pptx(slides, order=[2, 0, 1, 0]), "a.pptx")
    assert [text for _, text in shape(document)] == [
        "Title 2", "Text 2", "Title 0", "Text 0", "Title 1", "Text 1",
    ]  # fmt: skip
    assert document.pages == 3
    assert document.title == "Title 2"


def test_hidden_slides_and_shapes_with_their_notes_are_kept_apart() -> None:
    notes = slide(sp("Not said.", kind="body") + sp("3", kind="sldNum"), "notes")
    data = pptx(
        [
            slide(sp("Shown.") + sp("Unseen.", hidden=True)),
            slide(sp("Hidden slide.") + sp("F", kind="ftr"), attributes='show="0"'),
            slide(sp("F", kind="ftr")),
        ],
        links={1: {"n": ("notesSlide", "../notesSlides/n1.xml")}},
        more={"ppt/notesSlides/n1.xml": notes},
    )
    document = read_here(data, "a.pptx")
    assert shape(document) == [("paragraph", "Shown."), ("footer", "F")]
    assert beside(document) == [
        ("hidden", "Unseen.", "Shown."), ("hidden", "Hidden slide.", "Shown."), ("hidden", "F", "Shown."),
        ("hidden", "Not said.", "Shown."),
    ]  # fmt: skip
    assert [each.kind for each in document.asides] == ["paragraph", "paragraph", "footer", "speaker_note"]


def test_comments_of_older_and_newer_programs() -> None:
    old = f'<p:cmLst {NAMES}><p:cm authorId="0"><p:text>Why five?</p:text></p:cm></p:cmLst>'
    text = "<p188:txBody><a:p><a:r><a:t>{}</a:t></a:r></a:p></p188:txBody>"
    new = (
        f'<p188:cmLst {NAMES} xmlns:p188="http://schemas.microsoft.com/office/powerpoint/2018/8/main"><p188:cm>'
        f"<p188:replyLst><p188:reply>{text.format('It is law.')}</p188:reply></p188:replyLst>{text.format('And six?')}"
        "</p188:cm></p188:cmLst>"
    )
    data = pptx(
        [slide(sp("One.")), slide(sp("Two."))],
        links={0: {"c": ("comments", "../comments/c0.xml")}, 1: {"c": ("comments", "../comments/c1.xml")}},
        more={"ppt/comments/c0.xml": old, "ppt/comments/c1.xml": new},
    )
    assert beside(read_here(data, "a.pptx")) == [
        ("comment", "Why five?", "One."), ("comment", "And six?", "Two."), ("comment", "It is law.", "Two."),
    ]  # fmt: skip


def test_charts_diagrams_alternative_text_and_what_is_not_read() -> None:
    picture = '<p:pic><p:nvPicPr><p:cNvPr id="3" name="y" descr="{}"/><p:nvPr/></p:nvPicPr></p:pic>'
    shapes = (
        frame(graphic("chart", "c1")) + frame(graphic("diagram", "d1")) + frame(graphic("chart", "none"))
        + picture.format("The harbour") + picture.format("image1.png") + sp("Boxed", described="An arrow")
    )  # fmt: skip
    data = pptx(
        [slide(shapes)],
        links={0: {"c1": ("chart", "../charts/c1.xml"), "d1": ("diagramData", "../diagrams/d1.xml")}},
        more={
            "ppt/charts/c1.xml": chart("Fees", "Year", "Licences", "2024"),
            "ppt/diagrams/d1.xml": diagram("Apply"),
        },
    )
    document = read_here(data, "a.pptx")
    assert shape(document) == [
        ("chart", "Fees"), ("chart", "Licences"), ("chart", "2024"), ("chart", "Year"), ("paragraph", "Apply"),
        ("alt_text", "The harbour"), ("paragraph", "Boxed"), ("alt_text", "An arrow"),
    ]  # fmt: skip
    assert set(document.warnings) == {"1 chart was not read.", "2 pictures were not read."}


def test_lists_take_their_numbers_from_paragraph_layout_and_master() -> None:
    def item(text: str, properties: str = "", level: int = 0) -> str:
        return f'<a:p><a:pPr lvl="{level}">{properties}</a:pPr><a:r><a:t>{text}</a:t></a:r></a:p>'

    number = '<a:buAutoNum type="arabicPeriod"/>'
    inner = (
        item("one", number) + item("two", number) + item("a", '<a:buAutoNum type="alphaLcParenBoth"/>', 1)
        + item("three", number) + item("plain", "<a:buNone/>") + item("four", '<a:buAutoNum type="arabicPeriod" startAt="4"/>')
        + item("master's") + item("layout's", level=1)
    )  # fmt: skip
    style = "<p:txStyles><p:bodyStyle><a:lvl1pPr><a:buChar char='•'/></a:lvl1pPr></p:bodyStyle></p:txStyles>"
    look = '<a:lstStyle><a:lvl2pPr><a:buAutoNum type="ea1ChtPeriod"/></a:lvl2pPr></a:lstStyle>'
    data = pptx(
        [slide(sp(inner=inner, kind="body") + sp("A box."))],
        links={0: {"l": ("slideLayout", "../layouts/l.xml")}},
        more={
            "ppt/layouts/l.xml": slide(sp(kind="body", inner=look), "sldLayout"),
            "ppt/masters/m.xml": slide(sp("CONFIDENTIAL"), "sldMaster").replace(
                "</p:sldM", f"{style}</p:sldM"
            ),
        },
        relations={"ppt/layouts/l.xml": {"m": ("slideMaster", "../masters/m.xml")}},
    )
    assert shape(read_here(data, "a.pptx")) == [
        ("list_item", "1. one"), ("list_item", "2. two"), ("list_item", "(a) a"), ("list_item", "3. three"),
        ("paragraph", "plain"), ("list_item", "4. four"), ("list_item", "master's"), ("list_item", "一. layout's"),
        ("paragraph", "A box."), ("header", "CONFIDENTIAL"),
    ]  # fmt: skip


def test_formulas_line_breaks_and_titles_in_lines() -> None:
    math = "<a:p><a:r><a:t>So </a:t></a:r><a14:m><m:oMath><m:r><m:t>E=m</m:t></m:r></m:oMath></a14:m></a:p>"
    broken = "<a:p><a:r><a:t>12 Road</a:t></a:r><a:br/><a:r><a:t>Hong Kong</a:t></a:r></a:p>"
    document = read_here(
        pptx([slide(sp("A long", "title", kind="ctrTitle") + sp(inner=math + broken))]), "a.pptx"
    )
    assert shape(document) == [
        ("heading", "A long title"), ("paragraph", "So E=m"), ("paragraph", "12 Road"), ("paragraph", "Hong Kong"),
    ]  # fmt: skip
    assert marked(document) == [("equation", "E=m")]


@pytest.mark.parametrize(
    ("form", "shown"),
    [("romanUcPeriod", "IV."), ("arabicParenR", "4)"), ("circleNumWdWhitePlain", "4."), ("", "4.")],
)
def test_number_forms_of_slides(form: str, shown: str) -> None:
    assert numbered(form, 4) == shown


def test_missing_parts_deep_groups_and_rings_of_relations() -> None:
    with pytest.raises(BrokenDocument, match="no presentation"):
        read_here(pptx([]).replace(b"presentation.xml", b"presentatiom.xmk"), "a.pptx")
    with pytest.raises(EmptyDocument):
        read_here(pptx([slide("")]), "a.pptx")
    group = sp("Deep")
    for _ in range(50):
        group = f"<p:grpSp>{group}</p:grpSp>"
    assert read_here(pptx([slide(group)]), "a.pptx").blocks[0].text == "Deep"
    with pytest.raises(DocumentTooLarge, match="20 deep"):
        read_here(pptx([slide(group)]), "a.pptx", nesting=20)
    with pytest.raises(DocumentTooLarge, match="3 pages"):
        read_here(pptx([slide(sp("x"))] * 3), "a.pptx", pages=2)
    ring = {
        "l": ("slideLayout", "slide0.xml"),
        "m": ("slideMaster", "slide0.xml"),
        "n": ("notesSlide", "slide0.xml"),
    }
    assert read_here(pptx([slide(sp("x"))], links={0: ring}), "a.pptx").blocks[0].text == "x"


def test_macros_are_reported_and_never_run() -> None:
    document = read_here(pptx([slide(sp("x"))], more={"ppt/vbaProject.bin": b"x"}), "a.pptm")
    assert (document.format, document.warnings) == (
        "pptx",
        ("The file holds macros; they were not run and not read.",),
    )
