"""Bytes of any kind under any name: a document or a DocumentError, never anything else."""

from __future__ import annotations

import pytest
from file_makers import docx, read_here
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bauhinia.documents import Anchor, Document
from bauhinia.errors import DocumentError

NAMES = st.sampled_from(
    [
        "a.docx",
        "a.pdf",
        "a.pptx",
        "a.xlsx",
        "a.csv",
        "a.srt",
        "a.vtt",
        "a.txt",
        "a.md",
        "a.html",
        "a",
        "a.doc",
        "a.zzz",
    ]
)
STARTS = st.sampled_from(
    [b"", b"%PDF-1.4\n", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<html>", b"\xff\xfe"]
)
FEW = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read_or_refuse(data: bytes, name: str) -> Document | None:
    try:
        return read_here(data, name)
    except DocumentError as error:
        assert error.message.endswith(".") and error.hint
        return None


@FEW
@given(STARTS, st.binary(max_size=600), NAMES)
def test_random_bytes(start: bytes, data: bytes, name: str) -> None:
    read_or_refuse(start + data, name)


@FEW
@given(st.text(max_size=300), st.sampled_from(["a.txt", "a.md", "a.html", "a.csv", "a.vtt"]))
def test_random_text(text: str, name: str) -> None:
    document = read_or_refuse(text.encode("utf-8", "replace"), name)
    for block in document.blocks if document else ():
        assert block.text == " ".join(block.text.split())


XML = st.recursive(
    st.text("ab 政\u3000", max_size=6).map(lambda text: f"<w:r><w:t>{text}</w:t></w:r>"),
    lambda inner: st.builds(
        lambda tag, parts: f"<w:{tag}>{''.join(parts)}</w:{tag}>",
        st.sampled_from(
            [
                "p",
                "tbl",
                "tr",
                "tc",
                "sdt",
                "sdtContent",
                "ins",
                "del",
                "hyperlink",
                "r",
                "pPr",
                "numPr",
                "footnote",
                "txbxContent",
                "sectPr",
            ]
        ),
        st.lists(inner, max_size=4),
    ),
    max_leaves=25,
)


@FEW
@given(XML)
def test_word_xml_in_any_order(body: str) -> None:
    document = read_or_refuse(docx(body), "a.docx")
    if document is not None:
        assert [block.id for block in document.blocks] == [f"b{n}" for n in range(len(document.blocks))]


@FEW
@given(st.lists(st.text("abc 政府。.\n", min_size=1, max_size=30), min_size=1, max_size=5), st.data())
def test_anchors_quote_what_they_name(paragraphs: list[str], data: st.DataObject) -> None:
    document = read_or_refuse("\n\n".join(paragraphs).encode(), "a.txt")
    if document is None:
        return
    block = data.draw(st.sampled_from(document.blocks))
    start = data.draw(st.integers(0, len(block.text)))
    end = data.draw(st.integers(start, len(block.text)))
    assert document.quote(Anchor(block=block.id, start=start, end=end)) == block.text[start:end]
    with pytest.raises(KeyError):
        document.quote(Anchor(block="b999", start=0, end=1))
