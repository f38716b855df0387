"""A model's words may be anything: what is written of them is a sound file in which nothing runs."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
from coverage_probes import PROBES
from file_makers import read_here
from lxml import etree
from markdown_it import MarkdownIt
from round_trip import opened

from bauhinia.documents import read_units, rewrite
from bauhinia.documents.layout import LAYOUTS
from bauhinia.documents.normal import inert
from bauhinia.language import Variety
from bauhinia.settings import Limits

HOSTILE = {
    "controls": "a\x01\x0b\x1f\x7f\x85b\x00c",
    "surrogates": "a\ud800b\udfffc \ufffe\uffff",
    "end of CDATA": "a]]>b<![CDATA[x]]>",
    "script": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "escaped script": "&lt;script&gt;alert(1)&lt;/script&gt; &amp;lt;script&amp;gt;",
    "tags": "<1>a<2>b</1></9><1/><1> words",
    "many tags": "<1>" * 2_000 + "words",
    "formula": "=cmd|'/c calc'!A1",
    "link formula": '=HYPERLINK("http://127.0.0.1:9/","words")',
    "direction": "abc\u202egpj.exe\u2066words\u2069",
    "paragraphs": "one\n\ntwo\r\n\r\nthree\u2029four",
    "Markdown": "[x](javascript:alert(1)) ![y](http://127.0.0.1:9/x) <http://a> ```",
    "cue": "words\n\n2\n00:00:01,000 --> 00:00:02,000\nforged",
    "header": "words\r\nBcc: forged@example.org\r\n\r\nbody",
    "Typst": '#read("/etc/passwd") $x$ @a words',
    "long": "很" * 20_000,
}
FORBIDDEN = set("\x00\x01\x0b\x1f\x7f\u202e\u2066\ufffe\uffff")


def _probe(form: str) -> bytes:
    return PROBES[next(key for key in PROBES if form in key and {"paragraph", "table cell"} & set(key))]()


async def test_words_that_no_file_can_hold_reach_the_process_that_writes() -> None:
    data = _probe("docx")
    targets = {unit.id: HOSTILE["surrogates"] for unit in await read_units(data, "a.docx", Limits())}
    written = await rewrite(data, "a.docx", targets, Variety.TRADITIONAL, Limits(), label="AI")
    assert "ab" in read_here(written.data, "a.docx").text


@pytest.mark.parametrize("form", LAYOUTS)
def test_the_file_is_sound_whatever_the_words_say(form: str) -> None:
    data = _probe(form)
    before = opened(data, form).units
    for what, words in HOSTILE.items():
        layout = opened(data, form)
        written = layout.write({unit.id: inert(words) for unit in before}, Variety.TRADITIONAL).data
        text = read_here(written, f"a.{form}").text
        assert not FORBIDDEN & set(text), what
        if form in SOUND:
            SOUND[form](written)
        if form not in ("txt", "pdf", "eml") and what != "formula":
            # Words alone make no further paragraph; a formula has no letter that a unit must have in Markdown.
            assert len(opened(written, form).units) == len(before), (what, written[-300:])


def _package(written: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(written)) as package:
        assert package.testzip() is None
        for name in package.namelist():
            if name.endswith((".xml", ".rels")):
                root = etree.fromstring(package.read(name), etree.XMLParser(huge_tree=True))
                assert not root.xpath("//*[local-name() = 'f' or local-name() = 'script']"), name
                assert "formula" not in {
                    etree.QName(key).localname for each in root.iter() for key in each.attrib
                }


def _page(written: bytes) -> None:
    page = etree.HTML(written)
    assert not page.xpath("//script | //img | //@onerror | //a")


def _markdown(written: bytes) -> None:
    page = MarkdownIt("commonmark").enable("table").render(written.decode())
    assert not any(mark in page.replace("<!-- ai-label", "") for mark in ("<a ", "<img", "<script", "<pre"))


def _mail(written: bytes) -> None:
    head = written.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    assert b"\nBcc:" not in head


SOUND: dict[str, Callable[[bytes], None]] = {
    **dict.fromkeys(("docx", "pptx", "xlsx", "odt", "ods", "odp"), _package),
    "html": _page,
    "md": _markdown,
    "eml": _mail,
}
