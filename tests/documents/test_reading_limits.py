"""What cannot be read: one clear sentence, the right error, and nothing left behind."""

from __future__ import annotations

import asyncio
import io
import random
import tempfile
import zipfile
from pathlib import Path

import pytest
from file_makers import At, docx, lines, p, packed, pdf, read_here
from office_makers import pptx, row, sheet, slide, sp, xlsx

from bauhinia.documents import read_document
from bauhinia.documents.formats import READERS
from bauhinia.errors import (
    BrokenDocument,
    DocumentError,
    DocumentTooLarge,
    EmptyDocument,
    MislabelledDocument,
    PasswordNeeded,
    UnsupportedFormat,
)
from bauhinia.settings import Limits

from .processes import forks

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
PAGE = pdf([lines(["Some text."])])


async def test_a_small_file_is_read_in_a_child_process() -> None:
    document = await read_document(docx(p("Hello 你好 𨋢")), "folder/../x\\a.docx", Limits())
    assert (document.name, document.format) == ("a.docx", "docx")
    assert document.blocks[0].text == "Hello 你好 𨋢"


@pytest.mark.parametrize(
    ("data", "name", "error", "said"),
    [
        (b"", "a.pdf", EmptyDocument, "0 bytes"),
        (docx(""), "a.docx", EmptyDocument, "no text"),
        (docx(p("x"))[:-40], "a.docx", BrokenDocument, "damaged"),
        (PAGE[: len(PAGE) // 3], "a.pdf", BrokenDocument, "damaged"),
        (b"%PDF-1.7\nnothing", "a.pdf", BrokenDocument, "damaged"),
        (bytes(range(256)) * 4, "a.docx", BrokenDocument, "not a document"),
        (PAGE, "a.docx", MislabelledDocument, r"ends in \.docx.*really a PDF"),
        (docx(p("x")), "a.pdf", MislabelledDocument, "really a Word document"),
        (docx(p("x")), "a.txt", MislabelledDocument, "really a Word document"),
        (b"only words", "a.pdf", MislabelledDocument, "really plain text"),
        (OLE + "WordDocument".encode("utf-16-le"), "a.docx", MislabelledDocument, "old Word document"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "a.pdf", MislabelledDocument, "a picture"),
        (PAGE, "a.rtf", MislabelledDocument, "really a PDF"),
        (b"Rar!\x1a\x07", "a.rar", UnsupportedFormat, "RAR archive"),
        (b"x", "a.pptx", MislabelledDocument, "really plain text"),
        (pptx([slide(sp("x"))]), "a.xlsx", MislabelledDocument, "really a PowerPoint presentation"),
        (xlsx({"S": sheet("")}), "a.docx", MislabelledDocument, "really an Excel workbook"),
        (
            xlsx({"S": sheet("")}, more={"xl/workbook.bin": b""}),
            "a.xlsx",
            MislabelledDocument,
            "binary Excel",
        ),
        (PAGE, "a.csv", MislabelledDocument, "really a PDF"),
        (packed({"other/x.xml": "<x/>"}, {}), "a.pptx", MislabelledDocument, "really a zip archive"),
        (b"x", "a.xyz", UnsupportedFormat, "not known"),
        (b"\xff\xd8\xff" + bytes(50), "scan", BrokenDocument, "damaged"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "a.docx", PasswordNeeded, "password"),
        (pdf([[At(60, 60, "x")]], encrypted=True), "a.pdf", PasswordNeeded, "password"),
    ],
)
async def test_each_failure_is_one_sentence_with_a_hint(
    data: bytes, name: str, error: type[DocumentError], said: str
) -> None:
    with pytest.raises(error, match=said) as caught:
        await read_document(data, name, Limits())
    message = caught.value.message
    assert type(caught.value) is error
    assert message.endswith(".") and "\n" not in message and "Traceback" not in message
    assert caught.value.hint
    if error is UnsupportedFormat:
        assert all(each.suffixes[0] in caught.value.hint for each in READERS.values())


def test_a_name_without_a_suffix_is_read_by_its_bytes() -> None:
    assert read_here(PAGE, "paper").format == "pdf"
    assert read_here(b"words", "README").format == "txt"
    assert read_here(b"<html><p>x", "notes.txt").format == "txt"


async def test_over_size() -> None:
    with pytest.raises(DocumentTooLarge, match="1,001 bytes; the limit is 1,000"):
        await read_document(b"x" * 1001, "a.txt", Limits(file_bytes=1000))


def test_over_pages_blocks_and_characters() -> None:
    with pytest.raises(DocumentTooLarge, match="3 pages; the limit is 2"):
        read_here(pdf([lines(["x"])] * 3), "a.pdf", pages=2)
    with pytest.raises(DocumentTooLarge, match="more than 2 paragraphs"):
        read_here(docx(p("a") * 3), "a.docx", blocks=2)
    with pytest.raises(DocumentTooLarge, match="more than 5 characters"):
        read_here(docx(p("abc") * 2), "a.docx", characters=5)


def test_over_one_run_of_text() -> None:
    with pytest.raises(DocumentTooLarge, match="10 million characters"):
        read_here(docx(p("y" * 10_100_000)), "a.docx")


def test_zip_bombs_by_what_they_declare_and_by_what_comes_out() -> None:
    bomb = docx(p("x"), more={"word/media/image1.png": bytes(3_000_000)})
    assert len(bomb) < 10_000
    with pytest.raises(DocumentTooLarge, match="unpacks to more than 1 MB"):
        read_here(bomb, "a.docx", unpacked_bytes=1_000_000)
    big = docx(p("y" * 500_000))
    size = zipfile.ZipFile(io.BytesIO(big)).getinfo("word/document.xml").file_size
    lying = big.replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert lying != big
    with pytest.raises(DocumentError):
        read_here(lying, "a.docx", unpacked_bytes=100_000)
    many = docx(p("x"), more={f"p{n}": b"" for n in range(10_001)})
    with pytest.raises(DocumentTooLarge, match="packed parts"):
        read_here(many, "a.docx")


def test_deep_nesting() -> None:
    table = "<w:tbl><w:tr><w:tc>{}</w:tc></w:tr></w:tbl>"
    body = p("x")
    for _ in range(60):
        body = table.format(body)
    assert read_here(docx(body), "a.docx").blocks[0].text == "x"
    with pytest.raises(DocumentTooLarge, match="20 deep"):
        read_here(docx(body), "a.docx", nesting=20)
    for _ in range(2_000):
        body = table.format(body)
    with pytest.raises(DocumentTooLarge, match="deep"):
        read_here(docx(body), "a.docx")


def test_entities_and_doctypes_are_refused() -> None:
    attack = docx(p("x"))
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(attack)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "word/document.xml":
                content = b'<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + content.replace(
                    b">x<", b">&a;<"
                )
            new.writestr(name, content)
    with pytest.raises(BrokenDocument):
        read_here(out.getvalue(), "a.docx")


async def test_slow_reading_is_stopped_and_leaves_no_process() -> None:
    slow = docx("".join(p(f"Paragraph {n}") for n in range(100_000)))
    with pytest.raises(DocumentTooLarge, match=r"longer than 0\.2 seconds"):
        await read_document(slow, "a.docx", Limits(seconds=0.2))
    assert forks() == []


async def test_too_much_memory_is_refused() -> None:
    big = docx("".join(p(f"Paragraph {n}") for n in range(150_000)))
    with pytest.raises(DocumentTooLarge, match="over 150 MB of memory"):
        await read_document(big, "a.docx", Limits(memory_bytes=150_000_000))


async def test_cancelling_ends_the_child() -> None:
    slow = docx("".join(p(f"Paragraph {n}") for n in range(100_000)))
    task = asyncio.create_task(read_document(slow, "a.docx", Limits()))
    while not forks():  # noqa: ASYNC110 - a process gives no event
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert forks() == []


async def test_nothing_is_left_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.chdir(tmp_path)
    await read_document(PAGE, "a.pdf", Limits())
    with pytest.raises(DocumentError):
        await read_document(PAGE[:200], "a.pdf", Limits())
    assert list(tmp_path.iterdir()) == []  # noqa: ASYNC240


def test_the_childs_environment_holds_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    from bauhinia.documents.forks import environment

    monkeypatch.setenv("BAUHINIA_MODEL_KEY", "secret")
    assert "secret" not in environment().values()


def _damaged(data: bytes, seed: int) -> bytes:
    chance = random.Random(seed)
    out = bytearray(data)
    for _ in range(chance.randint(1, 30)):
        out[chance.randrange(len(out))] = chance.randrange(256)
    return bytes(out[: chance.randint(1, len(out))] if chance.random() < 0.3 else out)


def _stored(data: bytes) -> bytes:
    """The same package without compression, so that damage reaches the XML."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    return out.getvalue()


SEEDS = {
    "a.docx": docx(
        p("Hello") + f"<w:tbl><w:tr><w:tc>{p('cell')}</w:tc></w:tr></w:tbl>", parts={"footnotes": p("n")}
    ),
    "b.docx": _stored(docx(p("Hello", properties='<w:numPr><w:numId w:val="1"/></w:numPr>') * 5)),
    "a.pptx": _stored(pptx([slide(sp("Hello", kind="title") + sp("there"))] * 2)),
    "a.xlsx": _stored(xlsx({"S": sheet(row({"A1": "x", "B2": 3.5}))})),
    "a.csv": "部門,費用\n甲,1\n乙,2\n".encode("big5"),
    "a.srt": b"1\n00:00:01,000 --> 00:00:02,000\nHello\n\n",
    "a.pdf": pdf([[*lines(["Hello there", "你好"]), At(60, 60, "T", 20)]] * 2, title="x"),
    "a.html": "<html><table><tr><td rowspan=3>x<ul><li>你好</table>".encode(),
    "a.md": b"# x\n\n- a\n\n| a | b |\n|---|---|\n| 1 | 2 |\n",
    "a.txt": "政府今日宣布。".encode("big5"),
}


@pytest.mark.parametrize("name", SEEDS)
def test_damaged_files_raise_nothing_but_document_errors(name: str) -> None:
    for seed in range(60):
        data = _damaged(SEEDS[name], seed)
        try:
            document = read_here(data, name, seconds=5)
        except DocumentError as error:
            assert error.message.endswith(".")
        else:
            assert document.blocks and all(block.text == block.text.strip() for block in document.blocks)
