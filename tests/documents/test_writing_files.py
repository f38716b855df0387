"""Word, Markdown and CSV files: what is written is read back, with fonts, languages and the AI label in place."""

from __future__ import annotations

import csv
import io
import zipfile

import docx as python_docx
import pytest
from docx.oxml.ns import qn
from file_makers import read_here, shape
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from markdown_it import MarkdownIt

from bauhinia.documents import Cell, OutputBlock, OutputMeta, write_csv, write_docx, write_markdown
from bauhinia.language import Variety

LABEL = "This draft was made with AI and must be checked by an officer."
META = OutputMeta(
    title="收費檢討", language=Variety.TRADITIONAL, label=LABEL, department="Pilot Department", subject="Fees"
)
BLOCKS = [
    OutputBlock(kind="title", text="收費檢討 Review of Fees"),
    OutputBlock(kind="heading", level=1, text="背景"),
    OutputBlock(
        kind="paragraph", text="政府建議把費用由 500 元調整至 600 元。", comments=("A number is missing.",)
    ),
    OutputBlock(
        kind="paragraph", text="The “new” fee & others < HK$600.", language=Variety.ENGLISH, marks=("1", "2")
    ),
    OutputBlock(kind="heading", level=2, text="Steps"),
    OutputBlock(kind="numbered", text="first"),
    OutputBlock(kind="numbered", level=1, text="deeper"),
    OutputBlock(kind="numbered", text="second"),
    OutputBlock(kind="bullet", text="a point"),
    OutputBlock(kind="bullet", level=1, text="below it"),
    OutputBlock(kind="numbered", text="starts again"),
    OutputBlock(
        kind="table", text="", rows=[["Item", "Fee"], ["牌照", "1|2"], ["short"]], comments=("Check.",)
    ),
    OutputBlock(kind="caption", text="Table 1"),
]


@pytest.fixture(scope="module")
def written() -> bytes:
    return write_docx(BLOCKS, META)


def test_what_word_files_say_is_read_back(written: bytes) -> None:
    document = read_here(written, "out.docx")
    body = [item for item in shape(document) if item[0] != "footer"]
    assert body == [
        ("title", "收費檢討 Review of Fees"),
        ("heading", "背景"),
        ("paragraph", "政府建議把費用由 500 元調整至 600 元。"),
        ("paragraph", "The “new” fee & others < HK$600.[1][2]"),
        ("heading", "Steps"),
        ("list_item", "1. first"), ("list_item", "(a) deeper"), ("list_item", "2. second"),
        ("list_item", "a point"), ("list_item", "below it"),
        ("list_item", "1. starts again"),
        ("table_cell", "Item"), ("table_cell", "Fee"), ("table_cell", "牌照"), ("table_cell", "1|2"),
        ("table_cell", "short"),
        ("paragraph", "Table 1"),
        ("paragraph", LABEL),
    ]  # fmt: skip
    levels = [block.level for block in document.blocks if block.kind == "list_item"]
    assert levels == [0, 1, 0, 0, 1, 0]
    assert [block.cell for block in document.blocks if block.text == "1|2"] == [
        Cell(table=0, row=1, column=1)
    ]
    assert document.title == "收費檢討 Review of Fees"
    assert ("footer", LABEL) in shape(document)
    assert ("footer", "1 / 1") in shape(document)


def test_the_label_is_in_the_properties(written: bytes) -> None:
    made = python_docx.Document(io.BytesIO(written))
    properties = made.core_properties
    assert (properties.title, properties.subject, properties.author) == (
        "收費檢討",
        "Fees",
        "Pilot Department",
    )
    assert properties.comments == LABEL
    assert properties.language == "zh-Hant-HK"
    with zipfile.ZipFile(io.BytesIO(written)) as package:
        custom = etree.fromstring(package.read("docProps/custom.xml"))
        types = package.read("[Content_Types].xml").decode()
    assert "".join(custom.itertext()) == LABEL
    assert custom[0].get("name") == "AI-Label"
    assert "custom-properties+xml" in types


def test_fonts_languages_and_paper(written: bytes) -> None:
    made = python_docx.Document(io.BytesIO(written))
    fonts = made.styles["Normal"].element.rPr.rFonts
    assert (fonts.get(qn("w:ascii")), fonts.get(qn("w:eastAsia"))) == ("Times New Roman", "PMingLiU")
    heading = made.styles["Heading 1"].element.rPr.rFonts
    assert (heading.get(qn("w:ascii")), heading.get(qn("w:eastAsia"))) == ("Arial", "Microsoft JhengHei")
    assert heading.get(qn("w:eastAsiaTheme")) is None
    runs = [run for paragraph in made.paragraphs for run in paragraph.runs if run.text]
    assert all(run._r.rPr.find(qn("w:lang")).get(qn("w:eastAsia")) == "zh-HK" for run in runs)
    hints = {run.text[:5]: run._r.rPr.rFonts is not None for run in runs}
    assert hints["政府建議把"] and not hints["The “"]
    assert round(made.sections[0].page_width.mm) == 210


def test_findings_are_comments_and_headings_of_tables_repeat(written: bytes) -> None:
    made = python_docx.Document(io.BytesIO(written))
    assert [comment.text for comment in made.comments] == ["A number is missing.", "Check."]
    first = made.tables[0].rows[0]._tr
    assert first.find(qn("w:trPr")).find(qn("w:tblHeader")) is not None


def test_characters_that_xml_forbids_are_left_out() -> None:
    data = write_docx(
        [OutputBlock(kind="paragraph", text="a\x00b\x0bc\ud800\nd\te")], OutputMeta(title="t\x00")
    )
    assert shape(read_here(data, "a.docx"))[0] == ("paragraph", "abc d e")


def test_markdown_is_read_back_and_says_its_label() -> None:
    text = write_markdown(BLOCKS, META)
    assert text.startswith('---\ntitle: "收費檢討"\nlang: "zh-Hant-HK"\n')
    assert f'ai-label: "{LABEL}"' in text
    document = read_here(text.encode(), "out.md")
    assert document.title == "收費檢討"
    found = shape(document)
    assert found[-1] == ("paragraph", LABEL)
    assert ("list_item", "1. starts again") in found
    assert ("paragraph", "! A number is missing.") in found
    assert [text for kind, text in found if kind == "table_cell"] == ["Item", "Fee", "牌照", "1|2", "short"]


def test_an_item_that_brings_its_number_gets_no_bullet() -> None:
    blocks = [
        OutputBlock(kind="bullet", text="（一）首項", level=1),
        OutputBlock(kind="bullet", text="point"),
    ]
    made = python_docx.Document(io.BytesIO(write_docx(blocks, OutputMeta(title=""))))
    assert [paragraph.style.name for paragraph in made.paragraphs[:2]] == ["List Paragraph", "List Bullet"]
    text = write_markdown([*blocks, OutputBlock(kind="bullet", text="2. second")], OutputMeta(title=""))
    assert "\n（一）首項\n\n- point\n\n2\\. second\n" in text


@settings(max_examples=200, deadline=None)
@given(st.text("ab1 *_`#>+-=.)[]()<>|~&!\\$\n政：/:", min_size=1, max_size=40))
def test_markdown_shows_text_as_it_is(text: str) -> None:
    written = write_markdown([OutputBlock(kind="paragraph", text=text)], OutputMeta(title=""))
    body = written.split("---", 2)[2]
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(body)
    kinds = {token.type for token in tokens}
    assert kinds <= {"paragraph_open", "inline", "paragraph_close"}
    children = [child for token in tokens for child in token.children or []]
    assert {child.type for child in children} <= {"text", "softbreak", "hardbreak", "text_special"}
    shown = "".join(child.content or " " for child in children)
    assert "".join(shown.split()) == "".join(text.split())


def test_csv_is_safe_in_a_spreadsheet_and_keeps_numbers() -> None:
    rows = [
        ["款額", "a,b", 'say "x"', "two\nlines"],
        ["=1+1", "+852 2810 2900", "-cmd", "@SUM(A1)", "＝1", "\t=1", " =1"],
        ["-5", "+3.5%", "-1,200", "2024", ""],
    ]
    text = write_csv(rows)
    assert text.startswith("\ufeff") and text.endswith("\r\n")
    back = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert back[0] == rows[0]
    assert all(cell == f"'{was}" for cell, was in zip(back[1], rows[1], strict=True))
    assert back[2] == rows[2]
