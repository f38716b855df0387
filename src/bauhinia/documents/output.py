"""Drafts as files: the records that say what to write, and Markdown and CSV. Word is in `word_output`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from ..language.variety import Variety
from .normal import NUMBER_LABEL

OutputKind = Literal["title", "heading", "paragraph", "bullet", "numbered", "table", "caption", "label"]
Place = Literal[
    "",
    "marking",
    "reference",
    "pair",
    "date",
    "address",
    "salutation",
    "subject",
    "rule",
    "body",
    "closing",
    "signature",
    "ending",
    "copies",
]
"""What a line of an official text is there for; `places` says how each is set."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands in a column to the right of a paragraph, as minutes say who has to act."""

    heading: str
    """The column's. Neighbouring paragraphs of one heading share a column."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputBlock:
    """One thing to write."""

    kind: OutputKind
    text: str
    level: int = 0
    """A heading's, from 1 to 6; a list item's depth, from 0."""
    rows: Sequence[Sequence[str]] = ()
    """Of a table: the first row is its heading, repeated on every page."""
    marks: tuple[str, ...] = ()
    """Citation marks after the text, raised, such as `1`."""
    comments: tuple[str, ...] = ()
    """Findings for the officer: comments in Word, quoted lines in Markdown."""
    language: Variety = Variety.UNKNOWN
    """UNKNOWN means the file's."""
    place: Place = ""
    number: str = ""
    """The paragraph's own number as it is printed before it, such as `2.`."""
    beside: Beside | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """The head of a department's paper, in the language of the text."""

    name: str
    address: str = ""
    """Lines parted by a semicolon."""
    telephone: str = ""
    crest: bytes = b""
    """A PNG or JPEG picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputMeta:
    """What the file says of itself."""

    title: str
    language: Variety = Variety.ENGLISH
    label: str = ""
    """The sentence that says that AI had a part in it: at the end, in the footer and in the properties."""
    department: str = ""
    subject: str = ""
    letterhead: Letterhead | None = None


def runs(blocks: Iterable[OutputBlock]) -> Iterator[list[OutputBlock]]:
    """Neighbours that make one table: `pair` lines, paragraphs that share a column; all others alone."""

    def table(item: tuple[int, OutputBlock]) -> tuple[str, str | int]:
        place, block = item
        if block.beside is not None:
            return "beside", block.beside.heading
        return ("pair", "") if block.place == "pair" else ("alone", place)

    for _, run in groupby(enumerate(blocks), key=table):
        yield [block for _, block in run]


def column_of(run: Sequence[OutputBlock]) -> str | None:
    """The heading of the column that a run's paragraphs share; None where they have none."""
    return run[0].beside.heading if run[0].beside else None


def cells_of(block: OutputBlock) -> tuple[str, str]:
    """A paragraph with its number, and what stands beside it."""
    text = f"{block.number}\t{block.text}" if block.number else block.text
    return text, block.beside.text if block.beside else ""


def write_pdf(blocks: Sequence[OutputBlock], meta: OutputMeta) -> bytes:
    """A PDF/A-2a file with its structure tagged.

    Raises MissingPart where no font has the text's characters.
    """
    from .pdf_output import build

    return build(blocks, meta)


def write_odt(blocks: Sequence[OutputBlock], meta: OutputMeta) -> bytes:
    """An OpenDocument text, A4, with page numbers and the label; findings are annotations."""
    from .odt_output import build

    return build(blocks, meta)


def write_docx(blocks: Sequence[OutputBlock], meta: OutputMeta) -> bytes:
    """A Word file, A4, with page numbers, the label and findings as comments."""
    from .word_output import build  # python-docx takes a quarter of a second to load

    return build(blocks, meta)


_SPECIAL = re.compile(r"([\\`*_\[\]<>|~&$])")
_LEADING = re.compile(r"^(\s*)([#>+=-])", re.M)
_NUMBERED = re.compile(r"^(\s*\d{1,9})([.)])(?=\s|$)", re.M)
_FORMULA = re.compile(r"^\s*[=+\-@＝＋－＠\t\r]")
_NUMBER = re.compile(r"^\s*[-+]?[\d,]*\.?\d+%?\s*$")


def write_markdown(blocks: Sequence[OutputBlock], meta: OutputMeta) -> str:
    """CommonMark with pipe tables, a front matter of YAML (every value is a JSON string), the label last."""
    front = {
        "title": meta.title,
        "lang": str(meta.language),
        "department": meta.department,
        "subject": meta.subject,
        "ai-label": meta.label,
    }
    lines = [
        "---",
        *(f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in front.items() if value),
    ]
    pieces = ["\n".join([*lines, "---"])]
    number: dict[int, int] = {}
    before: OutputKind | None = None
    for block in _columns_as_tables(blocks):
        if block.kind != "numbered":
            number.clear()
        else:
            number[block.level] = number.get(block.level, 0) + 1
        piece = _markdown(block, number)
        # Items of one list stand together; everything else is parted by an empty line.
        joined = before == block.kind and before in ("bullet", "numbered") and not is_numbered(block)
        pieces.append(piece if not joined else f"\x00{piece}")
        before = None if block.comments or is_numbered(block) else block.kind
    if meta.label and not any(block.kind == "label" for block in blocks):
        pieces.append(f"---\n\n*{escape(meta.label)}*")
    return "\n\n".join(pieces).replace("\n\n\x00", "\n") + "\n"


def _columns_as_tables(blocks: Sequence[OutputBlock]) -> Iterator[OutputBlock]:
    """The blocks, those with a column beside them as a table: Markdown has no other column."""
    for run in runs(blocks):
        if (heading := column_of(run)) is None:
            yield from run
            continue
        comments = tuple(comment for block in run for comment in block.comments)
        rows = [("", heading), *map(cells_of, run)]
        yield OutputBlock(kind="table", text="", rows=rows, comments=comments)


def is_numbered(block: OutputBlock) -> bool:
    """Whether a bullet's text brings its own number, as texts read from documents do: it gets no bullet."""
    return block.kind == "bullet" and NUMBER_LABEL.match(block.text) is not None


def _markdown(block: OutputBlock, number: dict[int, int]) -> str:
    text = (
        (f"{escape(block.number)} " if block.number else "")
        + escape(block.text)
        + "".join(f" \\[{escape(mark)}\\]" for mark in block.marks)
    )
    if block.kind in ("title", "heading"):
        level = 1 if block.kind == "title" else min(max(block.level, 1) + 1, 6)
        text = f"{'#' * level} {' '.join(text.split())}"
    elif block.kind == "bullet" and not is_numbered(block):
        text = f"{'  ' * block.level}- {_one_line(text)}"
    elif block.kind == "numbered":
        text = f"{'   ' * block.level}{number[block.level]}. {_one_line(text)}"
    elif block.kind == "table":
        text = _table(block.rows)
    elif block.kind in ("caption", "label"):
        text = f"*{text}*" if text else ""
    for comment in block.comments:
        text += f"\n\n> **!** {_one_line(escape(comment))}"
    return text


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _table(rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return ""
    width = max(len(row) for row in rows)
    lines = [
        "| " + " | ".join(_one_line(escape(cell)) for cell in [*row, *[""] * (width - len(row))]) + " |"
        for row in rows
    ]
    return "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])


def escape(text: str) -> str:
    """`text` so that Markdown shows it as it is: no mark, link or tag of it comes to life."""
    text = _SPECIAL.sub(r"\\\1", text.replace("\x00", ""))
    return _NUMBERED.sub(r"\1\\\2", _LEADING.sub(r"\1\\\2", text))


def write_csv(rows: Sequence[Sequence[str]]) -> str:
    """CSV as Excel opens it: a byte-order mark, so that Chinese is shown, and lines that end in CR LF.

    A cell that a spreadsheet would run as a formula gets an apostrophe before it; numbers keep their sign.
    """
    return "\ufeff" + "".join(",".join(_csv_cell(cell) for cell in row) + "\r\n" for row in rows)


def _csv_cell(cell: str) -> str:
    cell = cell.replace("\x00", "")
    if _FORMULA.match(cell) and not _NUMBER.match(cell):
        cell = f"'{cell}"
    return '"' + cell.replace('"', '""') + '"' if re.search(r'[",\r\n]|^\s|\s$', cell) else cell
