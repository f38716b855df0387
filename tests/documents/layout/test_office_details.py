"""What is easily forgotten when an Office file is written in another language: fonts, prompts, limits, labels."""

from __future__ import annotations

import io
from collections.abc import Mapping

import pytest
from file_makers import bounds
from office_makers import pptx, slide, sp
from opendocument_maker import opened
from openpyxl import Workbook, load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font
from openpyxl.worksheet.datavalidation import DataValidation
from source_packages import parts_of

from bauhinia.documents.layout import LAYOUTS, Rewritten
from bauhinia.language import Variety

CHINESE, ENGLISH = Variety.TRADITIONAL, Variety.ENGLISH


def rewritten(data: bytes, form: str, targets: Mapping[str, str], to: Variety) -> Rewritten:
    """The file with the units of each source text translated."""
    layout = LAYOUTS[form].open(data, bounds())
    said = {unit.id: targets[unit.source] for unit in layout.units if unit.source in targets}
    assert len(said) >= len(targets)
    return layout.write(said, to)


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("font", "to", "wanted"),
    [
        ("Times New Roman", CHINESE, "PMingLiU"),
        ("Arial", CHINESE, "Microsoft JhengHei"),
        ("新細明體", CHINESE, "新細明體"),
        ("新細明體", ENGLISH, "Times New Roman"),
        ("Arial", ENGLISH, "Arial"),
        ("Wingdings", CHINESE, "Wingdings"),
    ],
)
def test_a_cell_with_new_words_gets_a_font_of_their_script(font: str, to: Variety, wanted: str) -> None:
    book = Workbook()
    sheet = book.active
    sheet["A1"], sheet["A2"], sheet["A3"] = "Words", 12, "Other words"
    for cell in ("A1", "A2", "A3"):
        sheet[cell].font = Font(name=font, bold=True, family=2)
    data = saved(book)
    again = load_workbook(io.BytesIO(rewritten(data, "xlsx", {"Words": "字"}, to).data)).active
    assert again["A1"].font.name == wanted and again["A1"].font.bold
    assert again["A2"].font.name == again["A3"].font.name == font, "what is not translated keeps its font"


def test_rich_text_in_a_cell_gets_fonts_of_its_script() -> None:
    book = Workbook()
    book.active["A1"] = CellRichText(
        "All ", TextBlock(InlineFont(rFont="Courier New", b=True), "posts"), " here"
    )
    data = saved(book)
    source = next(unit.source for unit in LAYOUTS["xlsx"].open(data, bounds()).units if "All" in unit.source)
    made = rewritten(data, "xlsx", {source: "在此<1>職位</1>全"}, CHINESE).data
    runs = load_workbook(io.BytesIO(made), rich_text=True).active["A1"].value
    assert [each.font.rFont for each in runs if isinstance(each, TextBlock)] == ["MingLiU"]


def test_prompts_of_rules_are_translated_within_their_limits() -> None:
    book = Workbook()
    rule = DataValidation(
        type="list", formula1='"Yes,No"', promptTitle="Reply", prompt="Choose one", error="Wrong"
    )
    rule.add("A1")
    book.active.add_data_validation(rule)
    written = rewritten(
        saved(book), "xlsx", {"Reply": "x" * 40, "Choose one": "請選一項", "Wrong": "y" * 300}, CHINESE
    )
    again = load_workbook(io.BytesIO(written.data)).active.data_validations.dataValidation[0]
    assert (again.promptTitle, again.prompt, again.error) == ("x" * 32, "請選一項", "y" * 255)
    assert again.formula1 == '"Yes,No"'
    assert [note.check for note in written.notes] == ["limit", "limit"]


def test_a_running_head_stays_within_what_excel_allows_and_keeps_its_codes() -> None:
    book = Workbook()
    book.active["A1"] = "x"
    book.active.oddHeader.left.text = "Page &P of &N"
    book.active.oddHeader.right.text = "Q&&R"
    targets = {"Page <1/> of": "z" * 300 + "<1/>頁", "Q&amp;R": "研&amp;發"}
    written = rewritten(saved(book), "xlsx", targets, CHINESE)
    assert [note.check for note in written.notes] == ["limit"]
    sheet = dict(parts_of(written.data))["xl/worksheets/sheet1.xml"].decode()
    head = sheet.partition("<oddHeader>")[2].partition("</")[0].replace("&amp;", "&")
    assert head.startswith("&Lzzz") and head.endswith("z&P&N&R研&&發") and len(head) == 255


@pytest.mark.parametrize(("to", "tags"), [(CHINESE, ("zh-HK", "en-GB")), (ENGLISH, ("en-GB", "zh-HK"))])
def test_a_run_on_a_slide_names_both_languages(to: Variety, tags: tuple[str, str]) -> None:
    words = '<a:p><a:r><a:rPr lang="en-US" altLang="ja-JP"/><a:t>Words</a:t></a:r></a:p>'
    made = rewritten(pptx([slide(sp(inner=words))]), "pptx", {"Words": "字 words"}, to).data
    xml = dict(parts_of(made))["ppt/slides/slide0.xml"].decode()
    assert f'lang="{tags[0]}" altLang="{tags[1]}"' in xml


@pytest.mark.parametrize("kind", ["text", "spreadsheet", "presentation"])
@pytest.mark.parametrize("meta", ["", "<office:meta><meta:keyword>Roads</meta:keyword></office:meta>"])
def test_an_opendocument_file_carries_the_label_once(kind: str, meta: str) -> None:
    spaces = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0"'
    given = {"meta.xml": f"<office:document-meta {spaces}>{meta}</office:document-meta>"} if meta else {}
    layout = LAYOUTS[{"text": "odt", "spreadsheet": "ods", "presentation": "odp"}[kind]]
    once = layout.marked(
        Rewritten(data=opened(kind, "", parts=given)), "Translated by AI & checked", bounds()
    )
    twice = layout.marked(once, "Translated by AI & checked", bounds())
    made = dict(parts_of(twice.data))
    said = made["meta.xml"].decode()
    assert said.count("Translated by AI &amp; checked") == said.count("AI-generated") == 1
    assert ("Roads" in said) is bool(meta) and not twice.notes
    assert made["META-INF/manifest.xml"].decode().count("meta.xml") == 1
    assert made["mimetype"].startswith(b"application/vnd.oasis")
