"""E-mails, Outlook messages and archives: what is in them is read, within the limits of the whole."""

from __future__ import annotations

import io
import zipfile
from email.message import EmailMessage
from pathlib import Path

import pytest
from file_makers import At, docx, lines, p, pdf, read_here, shape
from opendocument_maker import opened
from outlook_maker import attachment, compound, message

from bauhinia.documents import Document, read_document
from bauhinia.documents.enclosed import safe_name
from bauhinia.errors import (
    BrokenDocument,
    DocumentTooLarge,
    EmptyDocument,
    EncryptedDocument,
    MislabelledDocument,
)
from bauhinia.settings import Limits

WORD = docx(p("Paragraph of the paper"), more={"word/media/x.png": b"x"})


def mail(
    text: str = "Please see the paper.", subject: str = "關於 the paper", **headers: str
) -> EmailMessage:
    made = EmailMessage()
    made["From"] = "Officer A <a@dept.example>"
    made["To"] = "Officer B <b@dept.example>"
    made["Date"] = "Thu, 26 Nov 2026 09:00:00 +0800"
    made["Subject"] = subject
    for name, value in headers.items():
        made[name] = value
    made.set_content(text)
    return made


def attach(to: EmailMessage, data: bytes, name: str, kind: str = "application/octet-stream") -> EmailMessage:
    main, _, sub = kind.partition("/")
    to.add_attachment(data, maintype=main, subtype=sub, filename=name)
    return to


def packed(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in files.items():
            file.writestr(name, data)
    return out.getvalue()


def parts(document: Document) -> list[tuple[str, str, str]]:
    return [(block.kind, block.text, block.part) for block in document.blocks]


def test_a_mail_with_its_headers_text_and_attachments() -> None:
    made = attach(mail(Cc="c@dept.example"), WORD, "文件.docx")
    attach(made, b"a,b", "note.txt")
    document = read_here(bytes(made), "a.eml")
    assert parts(document) == [
        ("title", "關於 the paper", ""),
        ("paragraph", "From: Officer A <a@dept.example>", ""),
        ("paragraph", "To: Officer B <b@dept.example>", ""),
        ("paragraph", "Cc: c@dept.example", ""),
        ("paragraph", "Date: Thu, 26 Nov 2026 09:00:00 +0800", ""),
        ("paragraph", "Please see the paper.", ""),
        ("heading", "文件.docx", "文件.docx"),
        ("paragraph", "Paragraph of the paper", "文件.docx"),
        ("heading", "note.txt", "note.txt"),
        ("paragraph", "a,b", "note.txt"),
    ]
    assert [block.id for block in document.blocks] == [f"b{n}" for n in range(10)]
    assert document.title == "關於 the paper" and document.metadata == {} and document.warnings == ()


async def test_a_mail_is_read_in_the_child_process() -> None:
    document = await read_document(bytes(attach(mail(), WORD, "a.docx")), "a.eml", Limits())
    assert document.format == "eml" and document.blocks[-1].part == "a.docx"


def test_of_two_versions_of_the_text_the_plain_one_is_read_unless_it_is_empty() -> None:
    both = mail("plain")
    both.add_alternative("<p>rich</p>", subtype="html")
    assert shape(read_here(bytes(both), "a.eml"))[-1] == ("paragraph", "plain")
    only = mail(" ")
    only.add_alternative("<h2>rich</h2><title>not the subject</title>", subtype="html")
    document = read_here(bytes(only), "a.eml")
    assert shape(document)[-1] == ("heading", "rich") and document.title == "關於 the paper"


def test_an_attachment_inside_the_rich_version_is_read() -> None:
    raw = (
        b"Subject: s\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=A\n\n"
        b"--A\nContent-Type: text/plain\n\nplain\n--A\nContent-Type: multipart/mixed; boundary=B\n\n"
        b"--B\nContent-Type: text/html\n\n<p>rich</p>\n--B\nContent-Type: text/plain; name=a.txt\n"
        b"Content-Disposition: attachment; filename=a.txt\n\nattached\n--B--\n--A--\n"
    )
    texts = [text for _, text in shape(read_here(raw, "a.eml"))]
    assert texts == ["s", "plain", "a.txt", "attached"]


@pytest.mark.parametrize("charset", ["us-ascii", "utf-8", "no-such-charset", "big5"])
def test_a_wrong_charset_is_put_right(charset: str) -> None:
    text = "政府今日宣布，有關的計劃會在下星期開始，請各位同事留意。"
    raw = f"Subject: x\nContent-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: 8bit\n\n".encode()
    assert shape(read_here(raw + text.encode("big5"), "a.eml"))[-1] == ("paragraph", text)
    header = b"Subject: " + text.encode("big5") + b"\nContent-Type: text/plain\n\nbody"
    assert read_here(header, "a.eml").title == text


def test_what_cannot_be_read_is_named_and_the_rest_is_read() -> None:
    made = mail()
    attach(made, b"\x89PNG\r\n\x1a\n" + bytes(50), "scan.png", "image/png")
    attach(made, pdf([lines(["x"])]), "report.docx", "application/pdf")
    attach(made, pdf([[At(60, 60, "x")]], encrypted=True), "locked.pdf", "application/pdf")
    attach(made, b"{\\rtf1 x}", "old.rtf")
    attach(made, b"", "empty.txt")
    attach(made, pdf([lines(["Read all the same"])]), "paper.pdf", "text/html")
    document = read_here(bytes(made), "a.eml")
    assert document.blocks[-1].text == "Read all the same" and document.blocks[-1].page == 1
    assert len(document.warnings) == 5
    for warning, words in zip(
        document.warnings,
        ["“scan.png” was not read", "“report.docx” was not read: The file's name ends in .docx, but it is really",
         "“locked.pdf” was not read: The PDF is protected", "“old.rtf” was not read", "“empty.txt” was not read"],
        strict=True,
    ):  # fmt: skip
        assert warning.startswith(words)


def test_warnings_of_what_was_read_say_where() -> None:
    chart = docx(p("x") + "<w:altChunk/>")
    document = read_here(bytes(attach(mail(), packed({"in/a.docx": chart}), "a.zip")), "a.eml")
    assert document.warnings == ("In “a.zip”: In “a.docx”: 1 embedded document was not read.",)
    assert document.blocks[-1].part == "a.zip/in/a.docx"


def test_tables_and_asides_keep_their_places() -> None:
    table = f"<w:tbl><w:tr><w:tc>{p('cell')}</w:tc></w:tr></w:tbl>"
    document = read_here(packed({"a.docx": docx(table), "b.docx": docx(p("x") + table)}), "a.zip")
    assert [block.cell.table for block in document.blocks if block.cell] == [0, 1]
    hidden = '<text:p>seen</text:p><text:section text:display="none"><text:p>not</text:p></text:section>'
    document = read_here(packed({"a.txt": b"x", "a.odt": opened("text", hidden)}), "a.zip")
    assert [(aside.id, aside.after, aside.part) for aside in document.asides] == [("a0", "b3", "a.odt")]
    assert document.block("b3").text == "seen"


def test_a_forwarded_message_is_read_in_its_place() -> None:
    inner = attach(mail("inner text", subject="Inner/../subject"), WORD, "a.docx")
    outer = mail("outer text")
    outer.add_attachment(inner)
    document = read_here(bytes(outer), "a.eml")
    assert next(block.text for block in document.blocks if block.part) == "Inner .. subject.eml"
    assert document.blocks[-1].part == "Inner .. subject.eml/a.docx"
    assert document.blocks[-2].level == 2


def test_mails_nested_without_end() -> None:
    made = mail("deepest")
    for _ in range(100):
        outer = mail()
        outer.add_attachment(made)
        made = outer
    with pytest.raises(DocumentTooLarge, match="more than 10 deep"):
        read_here(bytes(made), "a.eml")
    parts_in_parts = b"Subject: x\n" + b"".join(
        b"Content-Type: multipart/mixed; boundary=B%d\n\n--B%d\n" % (n, n) for n in range(3000)
    )
    with pytest.raises(DocumentTooLarge, match="100 deep"):
        read_here(parts_in_parts, "a.eml")


def test_archives_inside_archives_without_end() -> None:
    data = packed({"a.txt": b"x"})
    for _ in range(3):
        data = packed({"in.zip": data})
    assert read_here(data, "a.zip").blocks[-1].part == "in.zip/in.zip/in.zip/a.txt"
    for _ in range(20):
        data = packed({"in.zip": data, "b.zip": data})
    with pytest.raises(DocumentTooLarge, match="more than 10 deep"):
        read_here(data, "a.zip")


def test_an_archive_that_multiplies_is_refused() -> None:
    data = packed({f"{n}.txt": b"word" for n in range(30)})
    for _ in range(3):
        data = packed({f"{n}.zip": data for n in range(10)})
    with pytest.raises(DocumentTooLarge, match="more than 10,000 files"):
        read_here(data, "a.zip")


def test_an_archive_that_grows_is_refused() -> None:
    with pytest.raises(DocumentTooLarge, match="grows more than 200 times"):
        read_here(packed({"a.txt": b"x" * 20_000_000}), "a.zip")
    with pytest.raises(DocumentTooLarge, match="1,000,000 bytes together"):
        read_here(
            packed({f"{n}.zip": packed({"a.txt": b"a b " * 150_000}) for n in range(3)}),
            "a.zip",
            unpacked_bytes=1_000_000,
        )
    with pytest.raises(DocumentTooLarge, match="more than 5 paragraphs"):
        read_here(packed({f"{n}.txt": b"a\n\nb" for n in range(3)}), "a.zip", blocks=5)


def test_names_lead_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    files = {"../../up.txt": b"x", "/abs.txt": b"x", "C:\\win\\a.txt": b"x", "a/./b/../c.txt": b"x"}
    document = read_here(packed(files), "a.zip")
    assert [block.part for block in document.blocks if block.kind == "heading"] == [
        "up.txt", "abs.txt", "win/a.txt", "a/b/c.txt",
    ]  # fmt: skip
    assert list(tmp_path.iterdir()) == []
    assert safe_name("..") == safe_name("") == "file"
    assert safe_name("a\u202egpj.txt\x00") == "agpj.txt"
    long = safe_name("x" * 500 + ".docx")
    assert len(long) <= 120 and long.endswith(".docx")


def test_files_of_one_name_are_told_apart() -> None:
    made = attach(attach(mail(), b"one", "a.txt"), b"two", "a.txt")
    assert [block.part for block in read_here(bytes(made), "a.eml").blocks if block.kind == "heading"] == [
        "a.txt",
        "a (2).txt",
    ]


def test_a_name_in_big5() -> None:
    data = packed({"AAAAAAAAAAAAAAAA.txt": b"x"})
    name = "政府文件工作計劃".encode("big5")
    assert read_here(data.replace(b"A" * 16, name), "a.zip").blocks[0].text == "政府文件工作計劃.txt"


def test_locked_archives_and_what_is_no_mail() -> None:
    data = bytearray(packed({"a.txt": b"x"}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(EncryptedDocument, match="password"):
        read_here(bytes(data), "a.zip")
    with pytest.raises(BrokenDocument, match="not an e-mail"):
        read_here(b"\nno headers at all", "a.eml")
    with pytest.raises(EmptyDocument):
        read_here(packed({"a.png": b"\x89PNG\r\n\x1a\n" + bytes(50)}), "a.zip")
    with pytest.raises(MislabelledDocument, match="really a zip archive"):
        read_here(packed({"a.txt": b"x"}), "a.docx")


def test_a_mail_without_a_suffix_is_known_by_its_headers() -> None:
    assert read_here(bytes(mail()), "message").format == "eml"
    assert read_here(bytes(mail()), "pasted.txt").format == "txt"


SUBJECT, SENDER, ADDRESS, TO, BODY, HTML = 0x0037, 0x0C1A, 0x0C1F, 0x0E04, 0x1000, 0x1013


def test_an_outlook_message_with_attachments() -> None:
    inner = message({SUBJECT: "Inner", BODY: "Inner text"}, header=24)
    data = compound(
        message(
            {
                SUBJECT: "會議 minutes",
                SENDER: "Officer A",
                ADDRESS: "a@dept.example",
                TO: "Officer B",
                BODY: "Text.",
            },
            attached=(attachment("a.docx", WORD), attachment("Inner", inner)),
        )
    )
    document = read_here(data, "a.msg")
    assert parts(document) == [
        ("title", "會議 minutes", ""),
        ("paragraph", "From: Officer A <a@dept.example>", ""),
        ("paragraph", "To: Officer B", ""),
        ("paragraph", "Text.", ""),
        ("heading", "a.docx", "a.docx"),
        ("paragraph", "Paragraph of the paper", "a.docx"),
        ("heading", "Inner", "Inner"),
        ("title", "Inner", "Inner"),
        ("paragraph", "Inner text", "Inner"),
    ]


def test_an_outlook_message_in_big5_and_one_in_html() -> None:
    text = "各位同事：請於本星期五前交回表格。"
    data = compound(message({SUBJECT: text.encode("big5"), BODY: text.encode("big5")}, numbers={0x3FFD: 950}))
    assert [block.text for block in read_here(data, "a.msg").blocks] == [text, text]
    data = compound(message({SUBJECT: "s", HTML: b"<p>rich <b>text</b></p>"}))
    assert shape(read_here(data, "a.msg"))[-1] == ("paragraph", "rich text")


def test_damaged_messages_raise_nothing_but_document_errors() -> None:
    import random

    from bauhinia.errors import DocumentError

    whole = {
        "a.msg": compound(message({SUBJECT: "s", BODY: "b"}, attached=(attachment("a.docx", WORD),))),
        "a.eml": bytes(attach(mail(), WORD, "a.docx")),
        "a.zip": packed({"a.docx": WORD, "b.txt": b"x"}),
    }
    for name, data in whole.items():
        for seed in range(60):
            chance = random.Random(seed)
            out = bytearray(data)
            for _ in range(chance.randint(1, 30)):
                out[chance.randrange(len(out))] = chance.randrange(256)
            try:
                read_here(bytes(out), name)
            except DocumentError as error:
                assert error.message.endswith(".")
