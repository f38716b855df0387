"""The label on slides, in the footers of sheets, on a page and in a text: once, and nothing else moves."""

from __future__ import annotations

import io

import openpyxl
import pptx
import pypdfium2
import typst
from file_makers import bounds

from bauhinia.documents.layout import LAYOUTS, Rewritten

LABEL = "由人工智能生成（R&D），使用前請核對。"


def marked_twice(form: str, data: bytes) -> bytes:
    once = LAYOUTS[form].marked(Rewritten(data=data), LABEL, bounds())
    return LAYOUTS[form].marked(once, LABEL, bounds()).data


def test_slides_have_it_once_on_the_last_within_the_slide() -> None:
    shown, out = pptx.Presentation(), io.BytesIO()
    for title in ("One", "Two"):
        shown.slides.add_slide(shown.slide_layouts[5]).shapes.title.text = title
    shown.save(out)
    after = pptx.Presentation(io.BytesIO(marked_twice("pptx", out.getvalue())))
    first, last = ([shape.text_frame.text for shape in slide.shapes] for slide in after.slides)
    assert first == ["One"] and last == ["Two", LABEL]
    line = after.slides[1].shapes[-1]
    assert line.top + line.height <= after.slide_height and line.left + line.width <= after.slide_width


def test_sheets_have_it_in_the_footer_and_keep_a_footer_of_their_own() -> None:
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active["A1"] = "Text"
    own = book.create_sheet("Own")
    own.oddFooter.center.text = "Page &P"
    book.save(out)
    after = openpyxl.load_workbook(io.BytesIO(marked_twice("xlsx", out.getvalue())))
    first, second = after.worksheets
    assert first.oddFooter.left.text.strip() == LABEL.replace("&", "&&")
    assert second.oddFooter.center.text == "Page &P" and not second.oddFooter.left.text


def test_a_page_has_it_at_its_foot() -> None:
    made = typst.compile(b"#set page(width: 400pt, height: 300pt)\nWords", format="pdf")
    assert isinstance(made, bytes)
    document = pypdfium2.PdfDocument(LAYOUTS["pdf"].marked(Rewritten(data=made), LABEL, bounds()).data)
    (page,) = document
    text = page.get_textpage()
    found = text.search("使用前請核對").get_next()
    assert found is not None and "Words" in text.get_text_range()
    _, bottom, _, top = text.get_charbox(found[0])
    assert 0 < bottom < top < 30
    document.close()
