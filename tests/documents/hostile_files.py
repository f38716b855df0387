"""Three hundred hostile files, made by rule from a fixed seed: none is kept in the repository.

Each is a name and its bytes. Whatever they are, reading ends with a document or with one of our errors.
"""

from __future__ import annotations

import gzip
import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import NamedTuple

SAMPLES = Path(__file__).parents[2] / "samples"
SEED = 20260501
_DOCX_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_OFFICE = {
    "docx": "word/document.xml",
    "pptx": "ppt/presentation.xml",
    "xlsx": "xl/workbook.xml",
    "odt": "content.xml",
    "ods": "content.xml",
    "odp": "content.xml",
}
"""Formats that are zips of XML, and the part that is read first."""


class HostileFile(NamedTuple):
    """One file of the set."""

    kind: str
    name: str
    data: bytes


def hostile_files() -> list[HostileFile]:
    """All of them, always the same."""
    chance = random.Random(SEED)
    files = [
        HostileFile(maker.__name__.strip("_"), name, data)
        for maker in _MAKERS
        for name, data in maker(chance)
    ]
    assert len(files) >= 300, len(files)
    return files


Made = Iterator[tuple[str, bytes]]


def _package(form: str, parts: dict[str, bytes | str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        if form.startswith("od"):
            package.writestr("mimetype", f"application/vnd.oasis.opendocument.{_ODF[form]}")
        else:
            package.writestr("[Content_Types].xml", _DOCX_TYPES)
        for name, data in parts.items():
            package.writestr(name, data)
    return out.getvalue()


_ODF = {"odt": "text", "ods": "spreadsheet", "odp": "presentation"}


def _bombs(_: random.Random) -> Made:
    """Parts that unpack to far more than the limit, in one piece and in many."""
    zeros = bytes(60_000_000)
    for form, part in _OFFICE.items():
        yield f"bomb.{form}", _package(form, {part: zeros})
        yield (
            f"many.{form}",
            _package(form, {part: "<x/>", **{f"media/{n}.bin": zeros[:3_000_000] for n in range(25)}}),
        )
    yield "bomb.zip", _package("docx", {"a.txt": zeros})
    nested = _package("docx", {"a.txt": zeros[:5_000_000]})
    for _depth in range(12):
        nested = _package("docx", {"inner.zip": nested, "again.zip": nested})
        yield f"nested{_depth}.zip", nested
    yield (
        "stream.pdf",
        _pdf(b"<</Filter/FlateDecode/Length 99>>stream\n" + zlib.compress(zeros, 9) + b"\nendstream"),
    )
    yield "gz.txt", gzip.compress(zeros)


def _lying_sizes(chance: random.Random) -> Made:
    """Zips whose directory lies about sizes, counts and places."""
    honest = (SAMPLES / "circular-en.docx").read_bytes()
    directory = honest.rindex(b"PK\x01\x02")
    for number in range(16):
        data = bytearray(honest)
        place = directory + chance.choice([20, 24, 28, 30, 42])
        data[place : place + 4] = struct.pack("<I", chance.choice([0, 1, 0x7FFFFFFF, 0xFFFFFFFF]))
        yield f"lying{number}.{chance.choice(['docx', 'zip'])}", bytes(data)
    yield "entries.zip", honest[:-22] + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 65535, 65535, 9, 9, 0)


def _entities(_: random.Random) -> Made:
    """XML that expands, fetches, or asks for files of the machine."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    bodies = {
        "laughs": f'<!DOCTYPE x [<!ENTITY l0 "ha">{laughs}]><x>&l11;</x>',
        "quadratic": f'<!DOCTYPE x [<!ENTITY a "{"a" * 50_000}">]><x>{"&a;" * 2_000}</x>',
        "file": '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&f;</x>',
        "net": '<!DOCTYPE x [<!ENTITY f SYSTEM "http://127.0.0.1:9/x">]><x>&f;</x>',
        "parameter": '<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///etc/passwd">%p;]><x/>',
        "dtd": '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><x/>',
    }
    for kind, xml in bodies.items():
        for form, part in _OFFICE.items():
            yield f"{kind}.{form}", _package(form, {part: xml})
        yield f"{kind}.html", xml.encode()


def _deep(_: random.Random) -> Made:
    """Nested far beyond any stack."""
    for depth in (300, 5_000, 100_000):
        for form, part in _OFFICE.items():
            yield f"deep{depth}.{form}", _package(form, {part: f"{'<a>' * depth}{'</a>' * depth}"})
        tables = "<w:tbl><w:tr><w:tc>" * depth + "</w:tc></w:tr></w:tbl>" * depth
        yield f"tables{depth}.docx", _docx(tables)
        yield f"deep{depth}.html", b"<div>" * depth
        yield f"deep{depth}.md", b"> " * depth + b"x"
    yield "lists.md", b"\n".join(b" " * n + b"- x" for n in range(3_000))


def _docx(body: str) -> bytes:
    document = f"<w:document {_W}><w:body>{body}</w:body></w:document>"
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
        'Target="word/document.xml"/></Relationships>'
    )
    return _package("docx", {"_rels/.rels": relations, "word/document.xml": document})


def _traversal(_: random.Random) -> Made:
    """Names that reach out of their folder."""
    names = ("../../etc/cron.d/x.txt", "/etc/passwd.txt", "..\\..\\x.txt", "a/../../b.txt", "\x00.txt", "C:\\x.txt",
             "a" * 3_000 + ".txt", "\u202etxt.exe", "x/./../../y.txt", "~/.ssh/x.txt")  # fmt: skip
    for number, name in enumerate(names):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as package:
            package.writestr(zipfile.ZipInfo(name.replace("\x00", "_")), "words")
        yield f"names{number}.zip", out.getvalue()
        yield name, b"words"


def _liars(_: random.Random) -> Made:
    """Every kind of bytes under every kind of name."""
    bytes_of = {
        "docx": (SAMPLES / "circular-en.docx").read_bytes(),
        "pdf": (SAMPLES / "press-release-tc.pdf").read_bytes(),
        "png": b"\x89PNG\r\n\x1a\n" + bytes(60),
        "exe": b"MZ" + bytes(600),
        "ole": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2_000),
        "text": "你好".encode("utf-16"),
    }
    suffixes = (
        "docx",
        "pdf",
        "txt",
        "md",
        "html",
        "pptx",
        "xlsx",
        "odt",
        "eml",
        "msg",
        "csv",
        "srt",
        "zip",
        "png",
        "rtf",
    )
    for content, data in bytes_of.items():
        for suffix in suffixes:
            if suffix != content and (content, suffix) not in (
                ("text", "txt"),
                ("text", "md"),
                ("text", "csv"),
            ):
                yield f"{content}-as.{suffix}", data


def _truncated(chance: random.Random) -> Made:
    """Samples cut anywhere."""
    for name in ("minutes-tc.docx", "legco-reply-en.pdf", "consultation-paper-en.docx"):
        data = (SAMPLES / name).read_bytes()
        for number in range(10):
            yield f"cut{number}-{name}", data[: chance.randrange(1, len(data))]


def _flipped(chance: random.Random) -> Made:
    """Samples with bytes changed anywhere."""
    for name in ("minutes-tc.docx", "tender-notice-en.pdf", "circular-tc.docx"):
        data = (SAMPLES / name).read_bytes()
        for number in range(12):
            changed = bytearray(data)
            for _ in range(chance.choice([1, 10, 200])):
                changed[chance.randrange(len(changed))] = chance.randrange(256)
            yield f"flip{number}-{name}", bytes(changed)


def _pdf(*objects: bytes, trailer: bytes = b"/Root 1 0 R") -> bytes:
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<</Size %d %s>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, trailer, start)
    return bytes(out)


def _pdfs(_: random.Random) -> Made:
    """PDFs that point at themselves, count to the moon, or carry programs."""
    catalogue = b"<</Type/Catalog/Pages 2 0 R>>"
    yield "loop.pdf", _pdf(catalogue, b"<</Type/Pages/Kids[2 0 R]/Count 1>>")
    yield (
        "parents.pdf",
        _pdf(catalogue, b"<</Type/Pages/Kids[3 0 R]/Count 1>>", b"<</Type/Pages/Kids[2 0 R]/Count 1>>"),
    )
    yield "count.pdf", _pdf(catalogue, b"<</Type/Pages/Kids[]/Count 2147483647>>")
    yield "huge.pdf", _pdf(catalogue, b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
                           b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 1e9 1e9]/Contents 4 0 R>>",
                           b"<</Length 20>>stream\nBT (x) Tj ET\nendstream")  # fmt: skip
    yield "script.pdf", _pdf(b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>",
                             b"<</Type/Pages/Kids[]/Count 0>>")  # fmt: skip
    yield "launch.pdf", _pdf(b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/Launch/F(/bin/sh)>>>>",
                             b"<</Type/Pages/Kids[]/Count 0>>")  # fmt: skip
    yield "filters.pdf", _pdf(catalogue, b"<</Type/Pages/Kids[3 0 R]/Count 1>>", b"<</Type/Page/Parent 2 0 R/Contents 4 0 R>>",
                              b"<</Filter[" + b"/ASCIIHexDecode" * 5_000 + b"]/Length 4>>stream\n00>\nendstream")  # fmt: skip
    yield "encrypted.pdf", _pdf(catalogue, b"<</Type/Pages/Kids[]/Count 0>>",
                                trailer=b"/Root 1 0 R/Encrypt<</Filter/Standard/V 5/R 6/Length 256/O()/U()/P -1>>")  # fmt: skip
    yield "no-root.pdf", _pdf(b"<<>>", trailer=b"")
    yield "prev.pdf", _pdf(catalogue, b"<</Type/Pages/Kids[]/Count 0>>", trailer=b"/Root 1 0 R/Prev 9")


def _active(_: random.Random) -> Made:
    """Macros, links to elsewhere, templates from a server, programs inside."""
    link = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" TargetMode="External" '
        'Target="http://127.0.0.1:9/x"/></Relationships>'
    )
    for kind in ("attachedTemplate", "image", "oleObject", "frame", "subDocument"):
        yield f"{kind}.docx", _package("docx", {
            "_rels/.rels": _RELS, "word/document.xml": f"<w:document {_W}><w:body><w:p><w:r><w:t>words</w:t></w:r></w:p>"
            f'</w:body></w:document>', "word/_rels/document.xml.rels": link.format(kind=kind)})  # fmt: skip
    for suffix, folder in (("docm", "word"), ("xlsm", "xl"), ("pptm", "ppt")):
        part = {"word": "document", "xl": "workbook", "ppt": "presentation"}[folder]
        yield (
            f"macro.{suffix}",
            _package("docx", {f"{folder}/{part}.xml": "<x/>", f"{folder}/vbaProject.bin": b"\x01" * 999}),
        )
    yield "formulas.csv", b"\n".join([b'=cmd|"/c calc"!A1,+1+1,@SUM(1)'] * 500)
    yield "script.html", b"<script>while(1);</script><iframe src=//127.0.0.1:9></iframe><p>words</p>"
    yield "image.md", b"![x](http://127.0.0.1:9/x.png) [y](javascript:alert(1))"


_RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)


def _mails(_: random.Random) -> Made:
    """Letters in letters, and headers without end."""
    inner = b"Subject: x\n\nwords"
    for depth in (3, 60, 400):
        data = inner
        for _level in range(depth):
            data = b"Content-Type: message/rfc822\n\n" + data
        yield f"mail{depth}.eml", b"From: a@example.org\nTo: b@example.org\n" + data
    message = EmailMessage()
    message["Subject"] = "x" * 900
    message.set_content("words")
    message.add_attachment(
        _docx("<w:p/>"), maintype="application", subtype="octet-stream", filename="../../x.docx"
    )
    yield "attached.eml", message.as_bytes()
    yield "headers.eml", b"".join(b"X-%d: y\n" % n for n in range(100_000)) + b"\nwords"
    yield "boundary.eml", b"From: a\nContent-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\n" * 20_000
    yield (
        "charset.eml",
        b"From: a\nTo: b\nSubject: =?no-such?B?gg==?=\nContent-Type: text/plain; charset=no-such\n\n\xff\xfe",
    )


def _tables(_: random.Random) -> Made:
    """Sheets and tables that say they are endless."""
    row = '<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    space = 'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    yield "endless.ods", _package("ods", {"content.xml": f"<office:document-content {space}><office:body><office:spreadsheet><table:table>{row * 9}</table:table></office:spreadsheet></office:body></office:document-content>"})  # fmt: skip
    yield "wide.csv", b"," * 2_000_000
    yield "long.csv", b"a\n" * 3_000_000
    yield "quote.csv", b'"' + b"x\n" * 500_000
    yield "cues.srt", b"".join(b"%d\n00:00:00,000 --> 99:99:99,999\nx\n\n" % n for n in range(100_000))
    span = '<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="2147483647"/></w:tcPr><w:p><w:r><w:t>x</w:t></w:r></w:p></w:tc></w:tr></w:tbl>'
    yield "span.docx", _docx(span)


def _pictures(_: random.Random) -> Made:
    """Pictures of a few bytes that would fill the memory."""
    for number, (width, height) in enumerate(((100_000, 100_000), (2**31 - 1, 1), (0, 0), (65_500, 65_500))):
        header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
        chunks = b"".join(
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
            for kind, body in ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(1_000))), (b"IEND", b""))
        )
        yield f"pixels{number}.png", b"\x89PNG\r\n\x1a\n" + chunks
    yield "cut.jpg", b"\xff\xd8\xff\xe0" + bytes(200)
    yield "loop.tif", b"II*\x00\x08\x00\x00\x00\x00\x00\x08\x00\x00\x00"
    yield "zero.bmp", b"BM" + bytes(52)
    yield "short.webp", b"RIFF\x04\x00\x00\x00WEBP"


def _words(_: random.Random) -> Made:
    """Texts that make careless patterns and decoders slow."""
    yield "brackets.md", b"[" * 200_000
    yield "stars.md", b"*a_" * 200_000
    yield "ticks.md", b"`" * 100_001
    yield "digits.txt", b"9" * 3_000_000
    yield "commas.txt", b"1," * 1_000_000
    yield "marks.txt", ("\u0301" * 1_000_000).encode()
    yield "zalgo.txt", ("e" + "\u0323\u0307" * 2_000).encode() * 200
    yield "nul.txt", b"a\x00b" * 10_000
    yield "surrogates.txt", b"\xed\xa0\x80" * 10_000
    yield "direction.txt", ("\u202e\u2066" * 100_000 + "x").encode()
    yield "attributes.html", b"<a " + b" ".join(b"x%d=1" % n for n in range(200_000)) + b">x"
    yield "comment.html", b"<!--" * 100_000


_MAKERS: tuple[Callable[[random.Random], Made], ...] = (
    _bombs, _lying_sizes, _entities, _deep, _traversal, _liars, _truncated, _flipped, _pdfs, _active, _mails, _tables,
    _pictures, _words,
)  # fmt: skip
