"""Builds the samples: `python samples/build.py` makes DOCX, PDF, Markdown and text from samples/source/*.md.

A source is Markdown of a small kind (headings, paragraphs, lists, pipe tables, `**bold**`, a backslash at a
line's end for a line break) under a YAML head that names its title, language and formats. The same source
always gives the same bytes. Needs python-docx, typst, PyYAML and the Noto CJK fonts (Debian: fonts-noto-cjk).
"""

from __future__ import annotations

import io
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import docx
import typst
import yaml
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

HERE = Path(__file__).resolve().parent
ZIP_DATE = (2026, 1, 1, 0, 0, 0)
"""Every member of a DOCX bears this date, so that the bytes depend on the source alone."""
WORD_FONTS = ("Times New Roman", "PMingLiU")
"""For Latin and for Chinese text."""


@dataclass(frozen=True, slots=True)
class Part:
    """One heading, paragraph, list item or table of a source."""

    kind: str
    """`heading`, `paragraph`, `item` or `table`."""
    text: str = ""
    level: int = 0
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    """A parsed sample source."""

    name: str
    head: dict[str, Any]
    body: str
    """The Markdown without its head."""
    parts: tuple[Part, ...]

    @property
    def chinese(self) -> bool:
        return str(self.head["language"]).startswith("zh")


def read_source(path: Path) -> Source:
    """Parses a source file. Raises ValueError when it has no head."""
    match = re.match(r"---\n(.*?)\n---\n+(.*)\Z", path.read_text(encoding="utf-8"), re.S)
    if match is None:
        raise ValueError(f"{path.name} has no YAML head")
    head = yaml.safe_load(match[1])
    body = match[2]
    chinese = str(head["language"]).startswith("zh")
    return Source(path.stem, head, body, tuple(_parts(body, chinese)))


def _parts(body: str, chinese: bool) -> Iterator[Part]:
    for chunk in re.split(r"\n\s*\n", body.strip()):
        lines = chunk.splitlines()
        if lines[0].startswith("#"):
            marks, text = lines[0].split(" ", 1)
            yield Part("heading", text.strip(), len(marks))
        elif lines[0].startswith("|"):
            yield Part("table", rows=tuple(_row(line) for i, line in enumerate(lines) if i != 1))
        elif lines[0].startswith("- "):
            for item in re.split(r"\n(?=- )", chunk):
                yield Part("item", _join(item[2:].splitlines(), chinese))
        else:
            yield Part("paragraph", _join(lines, chinese))


def _row(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in line.strip().strip("|").split("|"))


def _join(lines: list[str], chinese: bool) -> str:
    """Source lines as one paragraph; a backslash at a line's end stays a line break."""
    text = ""
    for line in (line.strip() for line in lines):
        if text and not text.endswith("\n") and not chinese:
            text += " "
        text += line[:-1].rstrip() + "\n" if line.endswith("\\") else line
    return text


# DOCX


def build_docx(source: Source) -> bytes:
    """The source as a Word file."""
    document = docx.Document()
    _set_page(document, source)
    first = True
    for part in source.parts:
        if part.kind == "heading":
            _word_heading(document, part, new_page=_starts_page(source, part, first))
        elif part.kind == "table":
            _word_table(document, part)
        else:
            style = "List Bullet" if part.kind == "item" else "Normal"
            _word_runs(document.add_paragraph(style=style), part.text)
        if part.kind == "heading" and part.level == 2:
            first = False
    buffer = io.BytesIO()
    document.save(buffer)
    return _same_bytes(buffer.getvalue())


def _starts_page(source: Source, part: Part, first: bool) -> bool:
    return bool(source.head.get("chapters")) and part.level == 2 and not first


def _set_page(document: WordDocument, source: Source) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    latin, chinese = WORD_FONTS
    for name in ("Normal", "Title", "Heading 1", "Heading 2", "Heading 3"):
        style = document.styles[name]
        style.font.name = latin
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        fonts.set(qn("w:eastAsia"), chinese)
    document.styles["Normal"].font.size = Pt(12)
    core = document.core_properties
    core.title, core.author, core.comments = str(source.head["title"]), "Bauhinia samples", ""
    core.language = str(source.head["language"])
    moment = datetime(2026, 1, 1)
    core.created = core.modified = core.last_printed = moment
    if running := source.head.get("running"):
        section.header.paragraphs[0].text = str(running)
        section.header.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _word_page_number(section.footer.paragraphs[0])


def _word_page_number(paragraph: Any) -> None:
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = paragraph.add_run()
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)


def _word_heading(document: WordDocument, part: Part, *, new_page: bool) -> None:
    paragraph = document.add_heading(part.text, level=part.level - 1)
    paragraph.paragraph_format.page_break_before = new_page
    if part.level == 1:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _word_table(document: WordDocument, part: Part) -> None:
    table = document.add_table(rows=len(part.rows), cols=len(part.rows[0]), style="Table Grid")
    for cells, row in zip(part.rows, table.rows, strict=True):
        for text, cell in zip(cells, row.cells, strict=True):
            _word_runs(cell.paragraphs[0], text)
    for cell in table.rows[0].cells:
        for run in cell.paragraphs[0].runs:
            run.bold = True
    document.add_paragraph()


def _word_runs(paragraph: Any, text: str) -> None:
    for words, bold in _bold_runs(text):
        paragraph.add_run(words).bold = bold or None


def _bold_runs(text: str) -> Iterator[tuple[str, bool]]:
    for index, words in enumerate(text.split("**")):
        if words:
            yield words, bool(index % 2)


def _same_bytes(data: bytes) -> bytes:
    """The same zip with fixed dates and a fixed order."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            info = zipfile.ZipInfo(name, ZIP_DATE)
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, old.read(name))
    return buffer.getvalue()


# PDF

TYPST_HEAD = """
#set document(title: {title}, author: "Bauhinia samples", date: datetime(year: 2026, month: 1, day: 1))
#set page(paper: "a4", margin: 2.6cm, numbering: "1", header: align(right, text(size: 9pt, {running})))
#set text(font: {fonts}, size: {size}, lang: {lang}, region: "hk")
#set par(leading: 0.95em, spacing: 1.5em, justify: true)
#set table(stroke: 0.5pt, inset: 6pt)
#show table: set par(justify: false)
#show heading: set par(justify: false)
#show heading: set block(above: 1.8em, below: 1.2em)
#show heading.where(level: 1): it => align(center, text(size: 17pt, it.body))
"""


def build_pdf(source: Source) -> bytes:
    """The source as a text PDF, fonts subset."""
    values = {
        "title": _quoted(str(source.head["title"])),
        "running": _quoted(str(source.head.get("running", ""))),
        "size": "12pt",
        "fonts": '"Noto Serif CJK HK"' if source.chinese else '("Libertinus Serif", "Noto Serif CJK HK")',
        "lang": '"zh"' if source.chinese else '"en"',
    }
    pieces = [TYPST_HEAD.format(**values)]
    first = True
    for part in source.parts:
        if part.level == 2 and part.kind == "heading":
            if first and source.head.get("contents"):
                pieces.append("#pagebreak()\n#outline(title: [Contents], depth: 3)\n")
            if _starts_page(source, part, first and not source.head.get("contents")):
                pieces.append("#pagebreak(weak: true)\n")
            first = False
        pieces.append(_typst_part(part))
    made = typst.compile("\n".join(pieces).encode(), format="pdf", timestamp=1767225600)
    assert isinstance(made, bytes)
    return made


def _typst_part(part: Part) -> str:
    if part.kind == "heading":
        return f"#heading(level: {part.level}, {_typst_text(part.text)})\n"
    if part.kind == "item":
        return f"#list({_typst_text(part.text)})\n"
    if part.kind == "table":
        return _typst_table(part.rows)
    return f"#par({_typst_text(part.text)})\n"


def _typst_table(rows: tuple[tuple[str, ...], ...]) -> str:
    widest = [max(_width(row[i]) for row in rows) for i in range(len(rows[0]))]
    columns = ", ".join("auto" if width <= 14 else f"{min(width, 40)}fr" for width in widest)
    head = ", ".join(f"strong({_typst_text(cell)})" for cell in rows[0])
    body = ", ".join(_typst_text(cell) for row in rows[1:] for cell in row)
    return f"#table(columns: ({columns}), align: left, table.header({head}), {body})\n"


def _width(text: str) -> int:
    return sum(2 if ord(character) > 0x2E80 else 1 for character in text)


def _typst_text(text: str) -> str:
    """A Typst content expression: strings are quoted, so that nothing in them is markup."""
    pieces: list[str] = []
    for words, bold in _bold_runs(text):
        for index, line in enumerate(words.split("\n")):
            if index:
                pieces.append("linebreak()")
            if line:
                pieces.append(f"strong(text({_quoted(line)}))" if bold else f"text({_quoted(line)})")
    return " + ".join(pieces) or "[]"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


# The whole


def build(source: Source) -> dict[str, bytes]:
    """The files that a source becomes, by name."""
    plain = source.body.rstrip() + "\n"
    makers = {
        "docx": lambda: build_docx(source),
        "pdf": lambda: build_pdf(source),
        "md": plain.encode,
        "txt": lambda: re.sub(r"\*\*|\\$|^#+ ", "", plain, flags=re.M).encode(),
    }
    return {f"{source.name}.{kind}": makers[kind]() for kind in source.head["formats"]}


def sources() -> list[Source]:
    """Every source, in name order."""
    return [read_source(path) for path in sorted((HERE / "source").glob("*.md"))]


def main() -> int:
    """Writes every sample; with `--check`, writes nothing and fails when a built file is not up to date."""
    stale = []
    for source in sources():
        for name, data in build(source).items():
            path = HERE / name
            if "--check" not in sys.argv:
                path.write_bytes(data)
                print(f"{name}: {len(data):,} bytes")
            elif not path.exists() or path.read_bytes() != data:
                stale.append(name)
    for name in stale:
        print(f"{name} is not what its source gives: run python samples/build.py")
    return 1 if stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
