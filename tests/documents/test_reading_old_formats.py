"""Old formats through LibreOffice, run for real; what a hostile file asks of it; page numbers from its layout."""

from __future__ import annotations

import asyncio
import io
import subprocess
import tempfile
import threading
import zipfile
from collections import Counter
from collections.abc import Iterator
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import psutil
import pytest
from file_makers import docx, p, read_here
from hypothesis import given
from hypothesis import strategies as st
from opendocument_maker import opened

from bauhinia.documents import Document, read_document
from bauhinia.documents.libreoffice import convert, program
from bauhinia.documents.paging import letters, place_blocks, with_page_numbers
from bauhinia.errors import BrokenDocument, DocumentTooLarge, EmptyDocument, UnsupportedFormat
from bauhinia.settings import Limits

SAMPLES = Path(__file__).parents[2] / "samples"


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where LibreOffice's folders are made; each test leaves it empty."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    yield folder
    assert list(folder.iterdir()) == []


@pytest.fixture(scope="module", autouse=True)
def _installed() -> None:
    if program() is None:
        pytest.fail(
            "LibreOffice is not installed. Run: sudo apt-get install --yes --no-install-recommends "
            "libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui"
        )


MONEY = (
    '<number:currency-style xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0" style:name="N">'
    '<number:text>HK$</number:text><number:number number:decimal-places="2" number:min-integer-digits="1" '
    'number:grouping="true"/></number:currency-style>'
    '<style:style style:name="c" style:family="table-cell" style:data-style-name="N"/>'
)
FRAME = (
    '<draw:frame{} svg:x="1cm" svg:y="{}cm" svg:width="10cm" svg:height="3cm"><draw:text-box><text:p>{}</text:p>'
    "</draw:text-box></draw:frame>"
)
TITLE = ' presentation:class="title"'
NEW = {
    "doc": (
        "docx",
        "MS Word 97",
        docx(
            p("The heading", properties='<w:outlineLvl w:val="0"/>')
            + p("A paragraph 段落")
            + f"<w:tbl><w:tr><w:tc>{p('cell')}</w:tc></w:tr></w:tbl>{p()}"
        ),
    ),
    "xls": (
        "ods",
        "MS Excel 97",
        opened(
            "spreadsheet",
            '<table:table table:name="Costs"><table:table-row><table:table-cell table:style-name="c" '
            'office:value-type="currency" office:currency="HKD" office:value="1200"/></table:table-row></table:table>',
            styles=MONEY,
        ),
    ),
    "ppt": (
        "odp",
        "MS PowerPoint 97",
        opened(
            "presentation",
            f'<draw:page draw:master-page-name="M">{FRAME.format(TITLE, 1, "Plan")}{FRAME.format("", 5, "point")}</draw:page>',
            running='<style:master-page style:name="M"/>',
        ),
    ),
}


IMPORTERS = {"docx": "MS Word 2007 XML", "ods": "calc8", "odp": "impress8"}


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Old office files, made by LibreOffice itself from new ones of ours."""
    folder = tmp_path_factory.mktemp("old")
    made: dict[str, bytes] = {}
    for form, (new, exporter, data) in NEW.items():
        (folder / f"paper.{new}").write_bytes(data)
        subprocess.run(
            [program() or "soffice", "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}",
             f"--infilter={IMPORTERS[new]}", "--convert-to", f"{form}:{exporter}", "--outdir", str(folder), str(folder / f"paper.{new}")],
            check=True, capture_output=True,
        )  # fmt: skip
        made[form] = (folder / f"paper.{form}").read_bytes()
    return made


def rtf(body: str) -> bytes:
    return rf"{{\rtf1\ansi {body}\par}}".encode("ascii")


async def test_rich_text() -> None:
    document = await read_document(rtf(r"Hello \u25919?\u24220? world\par {\b Second}"), "x/a.rtf", Limits())
    assert (document.name, document.format) == ("a.rtf", "rtf")
    assert [block.text for block in document.blocks] == ["Hello 政府 world", "Second"]


@pytest.mark.parametrize(
    ("form", "texts", "pages"),
    [
        ("doc", ["The heading", "A paragraph 段落", "cell"], None),
        ("xls", ["Costs", "HK$1,200.00"], 1),
        ("ppt", ["Plan", "point"], 1),
    ],
)
async def test_old_office_files(
    old: dict[str, bytes], form: str, texts: list[str], pages: int | None
) -> None:
    document = await read_document(old[form], f"paper.{form}", Limits())
    assert document.format == form and document.pages == pages
    found = [block.text for block in document.blocks]
    assert [text for text in found if text in texts] == texts


async def test_a_damaged_file_and_one_that_only_looks_old(old: dict[str, bytes]) -> None:
    with pytest.raises(BrokenDocument, match="damaged, or protected"):
        await read_document(old["doc"][:2000], "a.doc", Limits())
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "WordDocument".encode("utf-16-le")
    with pytest.raises(BrokenDocument):
        await read_document(ole, "a.doc", Limits())


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, data in files.items():
            file.writestr(name, data)
    return out.getvalue()


async def test_old_files_inside_a_mail_and_an_archive(old: dict[str, bytes]) -> None:
    made = EmailMessage()
    made["Subject"] = "Papers"
    made.set_content("See these.")
    inner = zipped({"costs.xls": old["xls"], "broken.doc": old["doc"][:2000]})
    for name, data in (("paper.doc", old["doc"]), ("again.doc", old["doc"]), ("in.zip", inner)):
        made.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    document = await read_document(bytes(made), "a.eml", Limits())
    assert [
        (block.text, block.part) for block in document.blocks if block.text in ("cell", "HK$1,200.00")
    ] == [
        ("cell", "paper.doc"),
        ("cell", "again.doc"),
        ("HK$1,200.00", "in.zip/costs.xls"),
    ]
    assert len(document.warnings) == 1 and "“broken.doc” was not read" in document.warnings[0]
    assert (await read_document(zipped({"a.xls": old["xls"]}), "a.zip", Limits())).blocks[1].text == "Costs"
    with pytest.raises(EmptyDocument, match="None of the files") as caught:
        await read_document(zipped({"a.doc": old["doc"][:2000]}), "a.zip", Limits())
    assert "“a.doc” was not read" in caught.value.hint


class _Listener(BaseHTTPRequestHandler):
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(404)
        self.end_headers()

    do_HEAD = do_OPTIONS = do_PROPFIND = do_GET  # noqa: N815 - the names that the library calls

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """A web server, and what it was asked for."""
    asked: list[str] = []
    server = HTTPServer(("127.0.0.1", 0), type("Listener", (_Listener,), {"asked": asked}))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


async def test_links_are_not_followed(tmp_path: Path, listener: tuple[str, list[str]]) -> None:
    address, asked = listener
    secret = tmp_path / "secret.rtf"
    secret.write_bytes(rtf("TOPSECRET"))
    field = r'{{\field{{\*\fldinst {} "{}"}}{{\fldrslt shown}}}}\par '
    body = "".join(
        field.format(kind, target)
        for kind in ("INCLUDETEXT", "INCLUDEPICTURE", "IMPORT", "LINK Word.Document.8", "DDEAUTO")
        for target in (f"{address}/x.rtf", secret.as_posix(), secret.as_uri())
    )
    document = await read_document(rtf(body + "End"), "a.rtf", Limits())
    assert [block.text for block in document.blocks] == ["shown"] * 15 + ["End"]
    linked = docx(
        p("Text", inner=f'<w:r><w:fldSimple w:instr="INCLUDETEXT &quot;{address}/y.docx&quot;"/></w:r>')
    )
    await convert(linked, "docx", "pdf", Limits())
    picture = opened(
        "text", f'<text:p><draw:frame><draw:image xlink:href="{address}/z.png"/></draw:frame>x</text:p>'
    )
    await convert(picture, "odt", "pdf", Limits())
    assert asked == []


async def test_too_slow_and_cancelled_leave_nothing(old: dict[str, bytes]) -> None:
    with pytest.raises(DocumentTooLarge, match=r"longer than 0\.2 seconds"):
        await convert(old["doc"], "doc", "docx", Limits(seconds=0.2))
    task = asyncio.create_task(convert(old["doc"], "doc", "docx", Limits()))
    while not _offices():  # noqa: ASYNC110 - a process gives no event
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert _offices() == []


def _offices() -> list[psutil.Process]:
    return [
        child
        for child in psutil.Process().children(recursive=True)
        if child.is_running()
        and child.status() != psutil.STATUS_ZOMBIE
        and "bauhinia-office" in " ".join(child.cmdline())
    ]


async def test_without_libreoffice_it_says_what_to_install(
    old: dict[str, bytes], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnsupportedFormat, match="LibreOffice, which is not installed") as caught:
        await read_document(old["xls"], "a.xls", Limits())
    assert "apt-get install --yes libreoffice-calc-nogui" in caught.value.hint


async def test_word_documents_get_pages() -> None:
    turn = '<w:r><w:br w:type="page"/></w:r>'
    data = docx(
        p("First page")
        + p("1")
        + p("", inner=turn)
        + p("Second page")
        + p("1")
        + p("", inner=turn)
        + p("Third, the last"),
        parts={"header1": p("Second page")},
    )
    document = await with_page_numbers(await read_document(data, "a.docx", Limits()), data, Limits())
    assert [(block.text, block.page) for block in document.blocks] == [
        ("First page", 1), ("1", 1), ("Second page", 2), ("1", 2), ("Third, the last", 3),
    ]  # fmt: skip
    assert document.pages == 3
    text = await read_document(b"words", "a.txt", Limits())
    assert await with_page_numbers(text, b"words", Limits()) is text


async def test_a_samples_pages_are_those_that_its_pdf_reads_as() -> None:
    path = SAMPLES / "consultation-paper-en.docx"
    data = path.read_bytes()
    placed = await with_page_numbers(read_here(data, path.name), data, Limits())
    rendered = read_here(await convert(data, "docx", "pdf", Limits()), "a.pdf")
    pages = {block.text: block.page for block in rendered.blocks}
    counts = Counter(block.text for document in (placed, rendered) for block in document.blocks)
    sure = [
        block for block in placed.blocks if block.page and counts[block.text] == 2 and block.text in pages
    ]
    assert len(sure) > 400
    assert [block for block in sure if block.page != pages[block.text]] == []
    assert all(block.page for block in placed.blocks if block.kind not in ("header", "footer"))


WORDS = st.text("abcdefghij 政府文件工作計劃", min_size=30, max_size=80)


@given(st.lists(WORDS, min_size=1, max_size=12, unique_by=lambda text: letters(text)[:30]), st.data())
def test_blocks_are_found_however_lines_and_pages_are_cut(texts: list[str], data: st.DataObject) -> None:
    document = read_here("\n\n".join(texts).encode(), "a.txt") if "".join(texts).strip() else None
    if document is None:
        return
    pages: list[list[str]] = [["HEADER"]]
    truth: list[int] = []
    for block in document.blocks:
        if data.draw(st.booleans()):
            pages.append(["HEADER"])
        truth.append(len(pages))
        cut = data.draw(st.integers(1, max(1, len(block.text) - 1)))
        pages[-1].append(f"{block.text[:cut]}-\r\n{block.text[cut:]}")
    placed = place_blocks(document, ["\n".join(page) for page in pages])
    heads = [letters(block.text)[:40] for block in document.blocks]
    printed = letters("".join("".join(page) for page in pages))
    for block, head, page in zip(placed.blocks, heads, truth, strict=True):
        if len(head) >= 12 and printed.count(head) == 1:
            assert block.page == page


def test_a_document_without_pages_keeps_none() -> None:
    document: Document = read_here(b"words that are nowhere", "a.txt")
    assert place_blocks(document, ["quite other text"]).blocks[0].page is None
