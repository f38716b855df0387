"""A small file of each format that keeps its layout when it is translated."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from email.message import EmailMessage

import docx
import openpyxl
import pptx
import typst

SENTENCE = "Please return the application form to our office before the end of the month."
OTHER = "The committee will consider each application in May."
_SPACES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" office:version="1.3"'
)
_OPEN = "application/vnd.oasis.opendocument."
_BODIES = {
    "text": f"<office:text><text:p>{SENTENCE}</text:p><text:p>{OTHER}</text:p></office:text>",
    "spreadsheet": '<office:spreadsheet><table:table table:name="A"><table:table-row>'
    f'<table:table-cell office:value-type="string"><text:p>{SENTENCE}</text:p></table:table-cell>'
    "</table:table-row></table:table></office:spreadsheet>",
    "presentation": '<office:presentation><draw:page draw:name="p"><draw:frame><draw:text-box>'
    f"<text:p>{SENTENCE}</text:p></draw:text-box></draw:frame></draw:page></office:presentation>",
}


def letter() -> bytes:
    document = docx.Document()
    document.add_paragraph(SENTENCE)
    document.add_paragraph(OTHER)
    document.sections[0].header.paragraphs[0].text = "Public notice"
    return _saved(document.save)


def _saved(save: Callable[[io.BytesIO], object]) -> bytes:
    out = io.BytesIO()
    save(out)
    return out.getvalue()


def _slides() -> bytes:
    shown = pptx.Presentation()
    slide = shown.slides.add_slide(shown.slide_layouts[1])
    slide.shapes.title.text = "Notice of the works"
    slide.placeholders[1].text = SENTENCE
    return _saved(shown.save)


def _workbook() -> bytes:
    book = openpyxl.Workbook()
    book.active["A1"], book.active["A2"] = SENTENCE, OTHER
    return _saved(book.save)


def _open_document(kind: str) -> bytes:
    out = io.BytesIO()
    manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("mimetype", f"{_OPEN}{kind}")
        file.writestr(
            "META-INF/manifest.xml",
            f'<m:manifest xmlns:m="{manifest}"><m:file-entry m:full-path="/" m:media-type="{_OPEN}{kind}"/>'
            '<m:file-entry m:full-path="content.xml" m:media-type="text/xml"/></m:manifest>',
        )
        body = f"<office:body>{_BODIES[kind]}</office:body>"
        file.writestr("content.xml", f"<office:document-content {_SPACES}>{body}</office:document-content>")
    return out.getvalue()


def _pdf() -> bytes:
    made = typst.compile(f"{SENTENCE}\n\n{OTHER}".encode(), format="pdf")
    assert isinstance(made, bytes)
    return made


def _mail() -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Date"] = "a@example.hk", "b@example.hk", "Tue, 3 Mar 2026 09:00:00 +0800"
    mail["Subject"] = "Notice of the works"
    mail.set_content(f"{SENTENCE}\n\n{OTHER}\n")
    return mail.as_bytes()


def every_layout() -> dict[str, Callable[[], bytes]]:
    cue = f"00:00:01,000 --> 00:00:04,000\n{OTHER}\n"
    return {
        "letter.docx": letter,
        "notice.pptx": _slides,
        "notice.xlsx": _workbook,
        "notice.odt": lambda: _open_document("text"),
        "notice.ods": lambda: _open_document("spreadsheet"),
        "notice.odp": lambda: _open_document("presentation"),
        "notice.html": lambda: (
            f"<html><head><title>Notice</title></head><body><p>{SENTENCE}</p></body></html>".encode()
        ),
        "notice.md": lambda: f"# Notice\n\n{SENTENCE}\n".encode(),
        "notice.txt": lambda: f"{SENTENCE}\n\n{OTHER}\n".encode(),
        "notice.srt": lambda: f"1\n{cue}".encode(),
        "notice.vtt": lambda: f"WEBVTT\n\n{cue.replace(',', '.')}".encode(),
        "notice.pdf": _pdf,
        "notice.eml": _mail,
    }
