"""The Word file with tracked changes: all accepted it is the new text, all rejected the old."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from bauhinia.documents import Block, Cell, Document, OutputMeta
from bauhinia.documents.child import parse
from bauhinia.documents.collecting import Bounds
from bauhinia.documents.comparison import compare_documents
from bauhinia.documents.redline import AUTHOR, write_redline
from bauhinia.settings import Limits

SAMPLES = Path(__file__).parents[3] / "samples"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
META = OutputMeta(title="Changes")
GONE = {True: ("del", "moveFrom"), False: ("ins", "moveTo")}
"""What disappears when all changes are accepted (True), and when all are rejected."""


def read(name: str) -> Document:
    limits = Limits()
    bounds = Bounds(**{each.name: getattr(limits, each.name) for each in fields(Bounds)})
    return parse((SAMPLES / name).read_bytes(), name, bounds)


def body(data: bytes) -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        found = etree.fromstring(package.read("word/document.xml")).find(f"{W}body")
    assert found is not None
    return found


def settled(data: bytes, *, accept: bool) -> list[str]:
    """The texts of the paragraphs that are left when every change is accepted, or rejected, as Word does it."""
    root = body(data)
    for row in list(root.iter(f"{W}tr")):
        properties = row.find(f"{W}trPr")
        if properties is not None and any(properties.find(f"{W}{tag}") is not None for tag in GONE[accept]):
            row.getparent().remove(row)
    texts: list[str] = []
    held = ""
    for paragraph in root.iter(f"{W}p"):
        held += "".join(_kept(paragraph, accept=accept))
        marks = paragraph.find(f"{W}pPr/{W}rPr")
        if marks is not None and any(marks.find(f"{W}{tag}") is not None for tag in GONE[accept]):
            continue  # its mark goes: what it holds runs on into the next paragraph
        texts.append(held)
        held = ""
    assert held == ""
    return [text for text in texts if text]


def _kept(paragraph: etree._Element, *, accept: bool) -> Sequence[str]:
    return [
        piece.text or "" if piece.tag != f"{W}br" else "\n"
        for piece in paragraph.iter(f"{W}t", f"{W}delText", f"{W}br", f"{W}tab")
        if next(piece.iterancestors(*(f"{W}{tag}" for tag in GONE[accept])), None) is None
    ]


def texts(document: Document) -> list[str]:
    return [block.text for block in document.blocks if block.text]


def check(old: Document, new: Document) -> bytes:
    data = write_redline(old, new, compare_documents(old, new), META)
    assert settled(data, accept=True) == texts(new)
    assert settled(data, accept=False) == texts(old)
    return data


def edited(document: Document) -> Document:
    """A copy with words changed, a paragraph moved, one dropped, one split and one added."""
    blocks = list(document.blocks)
    words = {"must": "should", "2026": "2027", "須": "應", "員工": "職員", "the": "a"}
    for n, block in enumerate(blocks):
        if n % 3 == 0:
            for was, becomes in words.items():
                block = replace(block, text=block.text.replace(was, becomes, 1))
            blocks[n] = block
    plain = [n for n, block in enumerate(blocks) if block.kind == "paragraph" and len(block.text) > 60]
    blocks.insert(2, blocks.pop(plain[-1]))
    del blocks[plain[1]]
    half = blocks[plain[2]]
    at = len(half.text) // 2
    blocks[plain[2] : plain[2] + 1] = [
        replace(half, text=half.text[:at].strip()),
        replace(half, text=half.text[at:].strip()),
    ]
    blocks.append(Block(id="", kind="paragraph", text="An entirely new closing paragraph. 全新的一段。"))
    blocks = [replace(block, id=f"b{n}") for n, block in enumerate(blocks)]
    return replace(document, blocks=tuple(blocks))


@pytest.mark.parametrize(
    "name", ["circular-en", "circular-tc", "minutes-en", "legco-reply-tc", "tender-notice-en"]
)
def test_accepting_gives_the_new_text_and_rejecting_the_old(name: str) -> None:
    old = read(f"{name}.docx")
    data = check(old, edited(old))
    root = body(data)
    tracked = [one for tag in ("ins", "del", "moveFrom", "moveTo") for one in root.iter(f"{W}{tag}")]
    assert tracked
    assert {one.get(f"{W}author") for one in tracked} == {AUTHOR}
    assert all(one.get(f"{W}date") for one in tracked)
    numbers = [one.get(f"{W}id") for one in tracked]
    assert len(set(numbers)) == len(numbers)


def test_our_own_reader_reads_the_new_text() -> None:
    old = read("circular-en.docx")
    new = edited(old)
    data = write_redline(old, new, compare_documents(old, new), META)
    limits = Limits()
    bounds = Bounds(**{each.name: getattr(limits, each.name) for each in fields(Bounds)})
    again = parse(data, "changes.docx", bounds)
    found = [block.text for block in again.blocks if block.kind != "footer"]
    assert found == texts(new)


def test_a_moved_paragraph_is_a_tracked_move_with_one_name() -> None:
    old = read("circular-en.docx")
    root = body(check(old, edited(old)))
    starts = [*root.iter(f"{W}moveFromRangeStart"), *root.iter(f"{W}moveToRangeStart")]
    names = [one.get(f"{W}name") for one in starts]
    assert len(names) == 2
    assert names[0] == names[1]


def test_the_same_document_twice_has_no_tracked_change() -> None:
    old = read("minutes-tc.docx")
    root = body(check(old, old))
    assert not [one for tag in ("ins", "del", "moveFrom", "moveTo") for one in root.iter(f"{W}{tag}")]


cell = st.sampled_from(
    ["", "2023", "1 210", "84", "Submit a plan covering six months", "提交工作計劃", "a & <b>"]
)
rows = st.integers(1, 3).flatmap(
    lambda n: st.lists(st.lists(cell, min_size=n, max_size=n), min_size=1, max_size=4)
)
lines = st.lists(
    st.sampled_from(
        ["Purpose", "All staff must follow this circular from 1 April.", "本通告由四月一日起生效。", "x"]
    ),
    max_size=4,
)


def made(before: list[str], table: list[list[str]], after: list[str]) -> Document:
    blocks = [Block(id="", kind="paragraph", text=text) for text in before]
    blocks += [
        Block(id="", kind="table_cell", text=text, cell=Cell(table=0, row=r, column=c))
        for r, row in enumerate(table)
        for c, text in enumerate(row)
    ]
    blocks += [Block(id="", kind="paragraph", text=text) for text in after]
    numbered = tuple(replace(block, id=f"b{n}") for n, block in enumerate(blocks))
    return Document(name="a.docx", format="docx", blocks=numbered)


@settings(max_examples=60, deadline=None)
@given(st.tuples(lines, rows, lines), st.tuples(lines, rows, lines))
def test_any_two_documents_come_back(
    old: tuple[list[str], list[list[str]], list[str]], new: tuple[list[str], list[list[str]], list[str]]
) -> None:
    check(made(*old), made(*new))
