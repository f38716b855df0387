"""Pictures and scans, read back from pages that were drawn here."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence

import pytest
from PIL import Image

from bauhinia.documents import Document, ScannedPage, read_document, read_page, with_pages
from bauhinia.documents.ocr_cantonese import LACKING, repaired
from bauhinia.documents.ocr_engine import Letter
from bauhinia.errors import DocumentError, DocumentTooLarge
from bauhinia.settings import Limits

from .processes import forks

typst = pytest.importorskip("typst")
pytest.importorskip("rapidocr")

LETTER = "運輸署將於二零二七年三月三十一日前完成行人天橋的維修工程，預算開支為三千六百萬元。"


def drawn(text: str, ppi: int = 150) -> Image.Image:
    """A page of that text, in Noto Serif CJK HK."""
    source = (
        "#set page(width: 14cm, height: auto, margin: 1cm)\n"
        '#set text(font: ("Noto Serif CJK HK", "Libertinus Serif"), size: 12pt, lang: "zh", region: "hk")\n'
        + text
    )
    return Image.open(io.BytesIO(typst.compile(source.encode(), format="png", ppi=ppi))).convert("RGB")


def saved(pages: Sequence[Image.Image], form: str) -> bytes:
    """The pages as one file."""
    out = io.BytesIO()
    more = {"save_all": True, "append_images": list(pages[1:])} if len(pages) > 1 else {}
    pages[0].save(out, form, **more)
    return out.getvalue()


async def read_whole(data: bytes, name: str) -> Document:
    document = await read_document(data, name, Limits())
    pages = {number: await read_page(data, name, number, Limits()) for number in document.scanned}
    return with_pages(document, pages)


def errors_in(read: str, true: str) -> float:
    """Edits a character, spaces aside."""
    one, other = "".join(read.split()), "".join(true.split())
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, row = row, [i]
        for j, expected in enumerate(other, 1):
            row.append(min(before[j] + 1, row[-1] + 1, before[j - 1] + (letter != expected)))
    return row[-1] / len(other)


async def test_a_multipage_tiff_is_read_page_by_page() -> None:
    english = "The Transport Department will repair 42 footbridges in Kowloon by March 2027."
    found = await read_whole(saved([drawn(LETTER), drawn(english)], "TIFF"), "scan.tiff")
    assert found.pages == 2
    assert not found.scanned
    for page, true in ((1, LETTER), (2, english)):
        text = "".join(block.text for block in found.blocks if block.page == page)
        assert errors_in(text, true) <= 0.05, text


async def test_a_scanned_pdf_is_read() -> None:
    found = await read_whole(saved([drawn(LETTER)], "PDF"), "scan.pdf")
    assert errors_in(found.text, LETTER) <= 0.05, found.text


async def test_cantonese_is_repaired_where_sure_and_said_to_be_lossy() -> None:
    found = await read_whole(
        saved([drawn("嗰啲嘢喺邊度？佢喺屋企，唔係㗎，我哋搭𨋢落嚟。")], "PNG"), "note.png"
    )
    assert "喺邊度" in found.text
    assert "喺屋企" in found.text
    assert any(all(letter in warning for letter in LACKING) for warning in found.warnings)
    for block in found.blocks:
        assert all(0 <= mark.start < mark.end <= len(block.text) for mark in block.marks)


@pytest.mark.parametrize(
    ("read", "true"),
    [
        ("喉邊度", "喺邊度"),
        ("噝屋企", "喺屋企"),
        ("咽個人", "嗰個人"),
        ("唔係喫！", "唔係㗎！"),
        ("好边", "好攰"),
        ("預書包", "孭書包"),
        ("猛車邊", "掹車邊"),
        ("較門", "𨋢門"),
        ("而喉家", "而𠵱家"),
        ("嚨仔", "𡃁仔"),
        ("咽喉痛", "咽喉痛"),
        ("關西", "關西"),
    ],
)
def test_only_a_doubted_substitute_in_its_context_is_repaired(read: str, true: str) -> None:
    assert "".join(letter.text for letter in repaired([Letter(each, 0.5) for each in read])) == true
    assert "".join(letter.text for letter in repaired([Letter(each, 0.99) for each in read])) == read


def test_a_substitute_that_stays_is_doubted() -> None:
    kept = repaired([Letter("咽", 0.7), Letter("喉", 0.7), Letter("痛", 0.99)])
    assert [letter.confidence for letter in kept] == [0.0, 0.0, 0.99]


async def test_doubts_of_a_blurred_page_are_marked() -> None:
    page = drawn(LETTER)
    blurred = page.resize((page.width // 4, page.height // 4)).resize(page.size)
    found = await read_whole(saved([blurred], "PNG"), "blurred.png")
    assert any(mark.kind == "uncertain" for block in found.blocks for mark in block.marks)


async def test_pixels_over_the_limit_are_refused_before_they_are_decoded() -> None:
    data = saved([Image.new("1", (9_000, 9_000))], "PNG")
    with pytest.raises(DocumentTooLarge, match="million pixels"):
        await read_document(data, "bomb.png", Limits())


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n",
        saved([Image.new("RGB", (400, 400), "red")], "PNG")[:60],
        saved([Image.new("L", (1, 1))], "PNG"),
        b"\xff\xd8\xff" + bytes(200),
        b"RIFF\x00\x00\x00\x00WEBP",
    ],
    ids=["header", "cut", "1x1", "not a jpeg", "empty webp"],
)
async def test_a_broken_picture_is_refused_in_a_sentence(data: bytes) -> None:
    with pytest.raises(DocumentError):
        await read_whole(data, "broken.png")


async def test_a_picture_called_pdf_is_refused() -> None:
    with pytest.raises(DocumentError, match="really a picture"):
        await read_document(saved([Image.new("RGB", (50, 50))], "PNG"), "letter.pdf", Limits())


async def test_cancelling_leaves_no_process() -> None:
    data = saved([drawn(LETTER)], "PNG")
    task = asyncio.create_task(read_page(data, "a.png", 1, Limits()))
    while not forks():  # noqa: ASYNC110  # a process tells no event
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not forks()


def test_a_page_that_failed_leaves_its_warning() -> None:
    waiting = Document(name="a.png", format="picture", blocks=(), pages=1, scanned=(1,))
    whole = with_pages(waiting, {1: ScannedPage(blocks=(), warnings=("Page 1 was not read.",))})
    assert whole.scanned == ()
    assert whole.warnings == ("Page 1 was not read.",)
