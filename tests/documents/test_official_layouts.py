"""Official texts as files: each line at its place, in Word, PDF/A and OpenDocument alike."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from lxml import etree

from bauhinia.documents import OutputBlock, OutputMeta, read_document, write_docx
from bauhinia.documents.output import Letterhead, write_odt, write_pdf
from bauhinia.documents.places import SETTINGS
from bauhinia.errors import BauhiniaError, InputError, MissingPart
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
    used = {value for value in content.xpath("//@*[local-name()='style-name']") if value}
    assert all(f'"{name}"' in styles for name in used)


@pytest.mark.parametrize(
    ("character", "error", "told"),
    [("\U00016a00", MissingPart, "No font"), ("\ue123", InputError, "private character")],
    ids=["no font", "private"],
)
def test_characters_that_cannot_be_written_are_told_and_not_left_out(
    character: str, error: type[BauhiniaError], told: str
) -> None:
    with pytest.raises(error, match=told) as caught:
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
