"""CSV, TSV, SRT and WebVTT."""

from __future__ import annotations

import csv
import io

import pytest
from file_makers import beside, read_here, shape
from hypothesis import given
from hypothesis import strategies as st

from bauhinia.documents import Cell, Document
from bauhinia.documents.table_text import delimiter_of
from bauhinia.errors import BrokenDocument, DocumentTooLarge, MislabelledDocument


def grid(document: Document) -> dict[tuple[int, int], str]:
    return {(b.cell.row, b.cell.column): b.text for b in document.blocks if b.cell}


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("name,fee\nA,1\nB,2\n", ","),
        ("name;fee\nA;1,5\nB;2,5\n", ";"),
        ("name\tfee, HK$\nA\t1,000\nB\t2,000\n", "\t"),
        ("a|b|c\n1|2|3\n", "|"),
        ('"Road, 1",x\n"Road, 2",y\n', ","),
        ("only one\ncolumn here\n", "\t"),
    ],
)
def test_what_parts_the_cells_is_found(text: str, delimiter: str) -> None:
    assert delimiter_of(text) == delimiter


def test_cells_keep_their_places_and_quoted_ones_their_commas_and_line_ends() -> None:
    document = read_here(b'name,note\r\n"Wong, A","two\r\nlines"\r\n,last\r\n', "a.csv")
    assert grid(document) == {
        (0, 0): "name",
        (0, 1): "note",
        (1, 0): "Wong, A",
        (1, 1): "two lines",
        (2, 1): "last",
    }
    assert document.blocks[0].cell == Cell(table=0, row=0, column=0)
    assert document.format == "csv" and document.metadata["delimiter"] == ","


def test_encodings_and_a_declared_delimiter() -> None:
    big5 = "部門,費用\n香港警務處,一千元\n社會福利署,二千元\n".encode("big5hkscs")
    assert grid(read_here(big5, "a.csv"))[1, 0] == "香港警務處"
    assert grid(read_here("sep=|\na,b|c\n".encode("utf-16"), "a.tsv")) == {(0, 0): "a,b", (0, 1): "c"}


def test_too_many_cells_and_a_web_page_called_a_table_are_refused() -> None:
    with pytest.raises(DocumentTooLarge, match="table cells"):
        read_here(b"1,2\n" * 1_000, "a.csv", blocks=500)
    with pytest.raises(MislabelledDocument, match="really a web page"):
        read_here(b"<html><table></table></html>", "a.csv")


@given(
    st.lists(st.lists(st.text("ab ,;'\"\n政", max_size=5), min_size=2, max_size=3), min_size=2, max_size=6)
)
def test_what_was_written_as_a_table_is_read_as_the_same(rows: list[list[str]]) -> None:
    out = io.StringIO()
    out.write("sep=,\n")
    csv.writer(out).writerows(rows)
    cells = {(r, c): " ".join(text.split()) for r, row in enumerate(rows) for c, text in enumerate(row)}
    if any(cells.values()):
        document = read_here(out.getvalue().encode(), "a.csv")
        # An empty line before a row is one row more in either.
        assert list(grid(document).values()) == [text for text in cells.values() if text]


SRT = """1
00:00:01,000 --> 00:00:02,500
<i>Good morning,</i>
Hong Kong.

2
00:00:03,000 --> 00:00:04,000 X1:0
{\\an8}大家好，
歡迎。

3
00:00:05,000 --> 00:00:06,000

4
01:00:07,000 --> 01:00:08,000
a < b & c
5
01:00:09,000 --> 01:00:10,000
No blank line.
"""


def test_a_cue_is_a_block_and_its_time_is_no_part_of_the_text() -> None:
    document = read_here(SRT.replace("\n", "\r\n").encode(), "a.srt")
    assert shape(document) == [
        ("paragraph", "Good morning, Hong Kong."), ("paragraph", "大家好，歡迎。"),
        ("paragraph", "a < b & c"), ("paragraph", "No blank line."),
    ]  # fmt: skip
    assert document.metadata["cues"] == {
        "b0": {"index": 0, "start": "00:00:01,000", "end": "00:00:02,500"},
        "b1": {"index": 1, "start": "00:00:03,000", "end": "00:00:04,000"},
        "b2": {"index": 3, "start": "01:00:07,000", "end": "01:00:08,000"},
        "b3": {"index": 4, "start": "01:00:09,000", "end": "01:00:10,000"},
    }


def test_web_subtitles_keep_speakers_apart_and_notes_aside() -> None:
    text = (
        "WEBVTT - Title\n\nSTYLE\n::cue { color: red }\n\nNOTE made by hand\nin two lines\n\n"
        "intro\n00:01.000 --> 00:02.000 align:start\n<v.loud Ms Wong>Fees &amp; <00:01.500>charges</v>\n"
    )
    document = read_here(text.encode(), "a.vtt")
    assert shape(document) == [("paragraph", "Fees & charges")]
    assert beside(document) == [("comment", "made by hand in two lines", "")]
    assert document.metadata["cues"]["b0"]["speaker"] == "Ms Wong"
    assert read_here(text.encode(), "words").format == "vtt"


def test_a_file_without_cues_is_refused() -> None:
    with pytest.raises(BrokenDocument, match="no subtitles"):
        read_here(b"Only words.", "a.srt")
