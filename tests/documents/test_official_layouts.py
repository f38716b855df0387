"""Official texts as files: each line at its place, in Word, PDF/A and OpenDocument alike."""

from __future__ import annotations

import io
import zipfile

import docx
import pypdfium2
import pytest
from docx.oxml.ns import qn
from lxml import etree

from bauhinia.documents import OutputBlock, OutputMeta, read_document, write_docx, write_markdown
from bauhinia.documents.output import Beside, Letterhead, write_odt, write_pdf
from bauhinia.documents.places import SETTINGS
from bauhinia.errors import InputError
from bauhinia.language import Variety
from bauhinia.settings import Limits

LABEL = "由人工智能生成，使用前請核對。"
META = OutputMeta(
    title="升降機維修工程",
    language=Variety.TRADITIONAL,
    label=LABEL,
    department="Records Department",
    letterhead=Letterhead(name="檔案處", address="香港一號路; 二樓", telephone="電話 2345 6789"),
)
LETTER = (
    OutputBlock(kind="paragraph", place="reference", text="本署檔號：RD/1-2"),
    OutputBlock(kind="paragraph", place="salutation", text="陳女士："),
    OutputBlock(kind="heading", level=1, place="subject", text="升降機維修工程"),
    OutputBlock(kind="paragraph", place="body", text="來函收悉。#let x = 1 *不是* 標記 <b>"),
    OutputBlock(kind="paragraph", place="body", number="2.", text="喺𨋢口貼出告示。", comments=("核對日期",)),
    OutputBlock(kind="paragraph", place="pair", text="發件人：甲"),
    OutputBlock(kind="paragraph", place="pair", text="收件人：乙"),
    OutputBlock(kind="bullet", text="一點"),
    OutputBlock(kind="table", text="", rows=[["項目", "款額"], ["工程", "900萬元"]]),
    OutputBlock(kind="paragraph", place="signature", text="檔案處處長\n（高級主任代行）"),
)
WORDS = [
    "檔案處", "本署檔號：RD/1-2", "升降機維修工程", "#let x = 1 *不是* 標記 <b>", "喺𨋢口貼出告示。", "發件人：甲",
    "收件人：乙", "一點", "900萬元", "（高級主任代行）",
]  # fmt: skip


_ODF = {
    name: f"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0" for name in ("text", "table", "style", "office")
}


async def test_a_pdf_holds_every_word_embeds_its_fonts_and_says_that_it_is_an_archive_file() -> None:
    data = write_pdf(LETTER, META)
    read = await read_document(data, "letter.pdf", Limits())
    joined = "".join(read.text.split())
    for words in (*WORDS, LABEL):
        assert "".join(words.split()) in joined, words
    assert b"pdfaid" in data or b"pdfaid:part" in data
    assert read.metadata.get("title") == META.title or read.title == META.title


async def test_an_opendocument_file_is_whole() -> None:
    package = zipfile.ZipFile(io.BytesIO(write_odt(LETTER, META)))
    first = package.infolist()[0]
    assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
    content = etree.fromstring(package.read("content.xml"))
    text = "".join(content.itertext())
    for words in ("檔案處", "喺𨋢口貼出告示。", "900萬元", "核對日期", LABEL):
        assert words in text
    listed = package.read("META-INF/manifest.xml").decode()
    assert all(name in listed for name in package.namelist() if "/" not in name and name != "mimetype")
    styles = package.read("styles.xml").decode()
    (subject,) = content.xpath("//text:h", namespaces=_ODF)
    assert subject.get(f"{{{_ODF['text']}}}style-name") == "Psubject"
    used = {value for value in content.xpath("//text:*/@text:style-name", namespaces=_ODF) if value}
    assert all(f'"{name}"' in styles for name in used)
    of_tables = set(content.xpath("//table:*/@table:style-name", namespaces=_ODF))
    # An office program looks for these in the content alone.
    assert of_tables == {"Ruled", "Bare"} <= set(content.xpath("//style:style/@style:name", namespaces=_ODF))


@pytest.mark.parametrize(
    ("character", "told"),
    [("\U00016a00", "no font"), ("\ue123", "private character")],
    ids=["no font", "private"],
)
def test_characters_that_cannot_be_written_are_told_and_not_left_out(character: str, told: str) -> None:
    with pytest.raises(InputError, match=told) as caught:
        write_pdf([OutputBlock(kind="paragraph", text=f"here: {character}")], OutputMeta(title="x"))
    assert caught.value.hint


def test_word_sets_each_line_at_its_place() -> None:
    document = docx.Document(io.BytesIO(write_docx(LETTER, META)))
    by_text = {paragraph.text: paragraph for paragraph in document.paragraphs}
    subject = by_text["升降機維修工程"]
    assert subject.alignment == 1
    assert subject.runs[0].underline
    assert by_text["2.\t喺𨋢口貼出告示。"].alignment == 3
    assert document.paragraphs[0].text == "檔案處"
    assert [cell.text for cell in document.tables[0].rows[0].cells] == ["發件人：甲", "收件人：乙"]


@pytest.mark.parametrize("write", [write_docx, write_odt, write_pdf])
def test_every_place_can_be_written_everywhere(write: object) -> None:
    blocks = [OutputBlock(kind="paragraph", place=place, text=f"line {place}") for place in SETTINGS]
    assert len(write(blocks, OutputMeta(title="All places"))) > 1000  # type: ignore[operator]


Minutes = tuple[tuple[OutputBlock, ...], OutputMeta, list[list[str]]]


def _minutes(heading: str, title: str, language: Variety, items: dict[str, str]) -> Minutes:
    """Minutes whose items each have a party beside them, and the rows of the table that they must become."""
    blocks = [OutputBlock(kind="heading", level=1, text=title)]
    for number, (text, party) in enumerate(items.items(), 2):
        comments = ("check the date",) if number == 3 else ()
        beside = Beside(heading, party)
        blocks.append(
            OutputBlock(
                kind="paragraph",
                place="body",
                number=f"{number}.",
                text=text,
                beside=beside,
                comments=comments,
            )
        )
    blocks.append(OutputBlock(kind="paragraph", place="body", text="END"))
    rows = [["", heading], *([f"{n}.\t{text}", party] for n, (text, party) in enumerate(items.items(), 2))]
    return tuple(blocks), OutputMeta(title=title, language=language), rows


ENGLISH = _minutes(
    "Action",
    "Decisions and follow-up",
    Variety.ENGLISH,
    {
        "The Committee supported the works.": "[to be confirmed: action by]",
        "The Drainage Services Department (DSD) must clear 72 gullies by 15 August 2026.": "DSD",
        "FEHD should submit a plan covering six months.": "FEHD",
    },
)
CHINESE = _minutes(
    "負責單位",
    "決定和跟進事項",
    Variety.TRADITIONAL,
    {
        "委員會通過支持有關工程。": "[待確認：負責單位]",
        "渠務署須在八月十五日前清理該處全部72個排水口，並安裝水位感應器。": "渠務署",
        "主席請食環署提交為期六個月的滅鼠工作計劃。": "食環署",
    },
)
both_languages = pytest.mark.parametrize("minutes", [ENGLISH, CHINESE], ids=["en", "zh-HK"])


@both_languages
def test_word_sets_the_column_beside_its_items(minutes: Minutes) -> None:
    blocks, meta, rows = minutes
    document = docx.Document(io.BytesIO(write_docx(blocks, meta)))
    (table,) = document.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == rows
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert table.cell(0, 1).paragraphs[0].runs[0].bold
    for widths in (table.columns, *(row.cells for row in table.rows)):
        assert [round(each.width.mm) for each in widths] == [114, 46]
    (comment,) = document.comments
    assert comment.text == "check the date"
    assert f'w:commentReference w:id="{comment.comment_id}"' in table.cell(2, 0)._tc.xml


@both_languages
def test_opendocument_sets_the_column_beside_its_items(minutes: Minutes) -> None:
    blocks, meta, rows = minutes
    content = etree.fromstring(zipfile.ZipFile(io.BytesIO(write_odt(blocks, meta))).read("content.xml"))
    (table,) = content.iterfind(".//table:table", _ODF)
    (note,) = table.iterfind(".//office:annotation", _ODF)
    note.getparent().remove(note)
    cells = [["".join(cell.itertext()) for cell in row] for row in table.iterfind(".//table:table-row", _ODF)]
    assert cells == [[text.replace("\t", "") for text in row] for row in rows]
    head = table.find("table:table-header-rows", _ODF)
    assert head is not None and "".join(head.itertext()) == rows[0][1]
    widths = content.xpath("//style:table-column-properties/@style:column-width", namespaces=_ODF)
    assert widths == ["114mm", "46mm"]


@both_languages
def test_a_pdf_sets_the_column_beside_its_items(minutes: Minutes) -> None:
    blocks, meta, rows = minutes
    page = pypdfium2.PdfDocument(write_pdf(blocks, meta))[0]
    words = page.get_textpage()
    middle = page.get_width() / 2
    for text, beside in rows:
        left, bottom, _, top = _place(words, beside)
        assert left > middle
        if text:
            item_left, item_bottom, _, item_top = _place(words, text.partition("\t")[0])
            assert item_left < middle
            assert item_bottom < (bottom + top) / 2 < item_top


def _place(words: pypdfium2.PdfTextPage, text: str) -> tuple[float, float, float, float]:
    """The rectangle around the first line of the last place where the page has the text."""
    finder = words.search(text[:4], match_case=True)
    places = []
    while (found := finder.get_next()) is not None:
        places.append(found)
    assert places, text
    index, count = places[-1]
    assert words.count_rects(index, count) >= 1
    return words.get_rect(0)


def test_a_pdf_repeats_the_columns_heading_and_splits_no_item() -> None:
    items = {
        f"Item {n} asks for works that need a line and then another line of words to say.": f"Body {n}"
        for n in range(60)
    }
    blocks, meta, _ = _minutes("Action", "Decisions", Variety.ENGLISH, items)
    file = pypdfium2.PdfDocument(write_pdf(blocks, meta))
    pages = [page.get_textpage().get_text_bounded() for page in file]
    assert len(pages) > 1
    for text in pages:
        assert "Action" in text
        assert text.count("Item ") == text.count("words to say")


def test_markdown_sets_the_column_beside_its_items() -> None:
    written = write_markdown(CHINESE[0], CHINESE[1])
    assert written.endswith(
        "## 決定和跟進事項\n\n"
        "|  | 負責單位 |\n| --- | --- |\n"
        "| 2\\. 委員會通過支持有關工程。 | \\[待確認：負責單位\\] |\n"
        "| 3\\. 渠務署須在八月十五日前清理該處全部72個排水口，並安裝水位感應器。 | 渠務署 |\n"
        "| 4\\. 主席請食環署提交為期六個月的滅鼠工作計劃。 | 食環署 |\n\n"
        "> **!** check the date\n\nEND\n"
    )


def test_columns_of_two_headings_are_two_tables() -> None:
    blocks = [
        OutputBlock(kind="paragraph", text=name, beside=Beside(name, "x"))
        for name in ("Action", "Action", "By")
    ]
    document = docx.Document(io.BytesIO(write_docx(blocks, OutputMeta(title="x"))))
    assert [len(table.rows) for table in document.tables] == [3, 2]
