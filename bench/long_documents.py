"""Documents of a hundred pages, made by rule: what an officer's longest papers weigh."""

from __future__ import annotations

import io
import zipfile

import docx
import typst
from docx.document import Document
from docx.oxml import parse_xml
from docx.shared import Pt
from docx.text.paragraph import Paragraph

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CLAUSES = (
    "the department will review the arrangements", "each applicant shall be told of the result",
    "the committee considered the views that were received", "fees are charged at the rate of ${}",
    "an officer of the district office may visit the premises", "records are kept for {} months",
    "the report is to be laid before the Council", "no more than {} places are open to the public",
)  # fmt: skip
_PARAGRAPHS = 3_108
_PAPER_PARAGRAPHS = 12.6
"""A page's, as LibreOffice lays `long_paper` out."""
_PDF_PARAGRAPHS = 20
_NOTES_EVERY = 12
_TABLES_EVERY = 50


def long_docx(paragraphs: int = _PARAGRAPHS) -> bytes:
    """A Word file of paragraphs of four runs, one bold, one italic: 3 108 are 99 pages in LibreOffice."""
    document = docx.Document()
    document.styles["Normal"].paragraph_format.space_after = Pt(1.5)
    for number in range(paragraphs):
        if number % 40 == 0:
            document.add_heading(f"Part {number // 40 + 1}: arrangements", level=1 + number // 40 % 2)
        else:
            _fill(
                document.add_paragraph(), (f"Case {number}: ", _words(number)[1], "; ", f"see {2 * number}.")
            )
    return _saved(document)


def long_paper(pages: int = 100) -> bytes:
    """A Word file of so many pages: headings, bold, a table on every fourth page, a footnote on each."""
    document = docx.Document()
    paragraphs = round(_PAPER_PARAGRAPHS * pages)
    for number in range(paragraphs):
        if number % 40 == 0:
            document.add_heading(f"Part {number // 40 + 1}: arrangements", level=1)
        note = number // _NOTES_EVERY + 2 if _noted(number) else 0
        _fill(document.add_paragraph(), _words(number), note)
        if number % _TABLES_EVERY == 0:
            _tabulate(document, number)
    return _with_footnotes(_saved(document), paragraphs)


def long_pdf(pages: int = 100) -> bytes:
    """A PDF of about so many pages, typeset from headings and paragraphs."""
    body = "\n\n".join(
        f"= Part {number // 40 + 1}" if number % 40 == 0 else "".join(_words(number)).replace("$", "\\$")
        for number in range(_PDF_PARAGRAPHS * pages)
    )
    return bytes(typst.compile(f'#set page("a4", numbering: "1")\n{body}'.encode()))


def _words(number: int) -> tuple[str, str, str, str]:
    """Four runs of a paragraph; no two paragraphs are the same."""
    first, second, third = (_CLAUSES[(number * step + step) % len(_CLAUSES)] for step in (1, 3, 5))
    return (
        f"In case {number}, ",
        first.format(100 + number),
        f"; {second.format(number % 36 + 1)}, and ",
        third.format(2 * number + 7) + ".",
    )


def _fill(paragraph: Paragraph, texts: tuple[str, ...], note: int = 0) -> None:
    """A run a text: the second bold, the last italic."""
    for index, text in enumerate(texts):
        run = paragraph.add_run(text)
        run.bold = True if index == 1 else None
        run.italic = True if index == 3 else None
    if note:
        reference = parse_xml(f'<w:footnoteReference xmlns:w="{_W}" w:id="{note}"/>')
        paragraph.add_run()._r.append(reference)


def _noted(number: int) -> bool:
    return number % _NOTES_EVERY == 5


def _tabulate(document: Document, number: int) -> None:
    table = document.add_table(rows=4, cols=3, style="Table Grid")
    for row, cells in enumerate(table.rows):
        for column, cell in enumerate(cells.cells):
            cell.text = f"District {number + row}" if column == 0 else f"{number * row + column} places"


def _with_footnotes(data: bytes, paragraphs: int) -> bytes:
    """The package with a part of footnotes: python-docx makes none."""
    notes = "".join(
        f'<w:footnote w:id="{number // _NOTES_EVERY + 2}"><w:p><w:r><w:footnoteRef/></w:r><w:r>'
        f'<w:t xml:space="preserve">See paragraph {number} of the last report.</w:t></w:r></w:p></w:footnote>'
        for number in range(paragraphs)
        if _noted(number)
    )
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    changes = {
        "[Content_Types].xml": (
            "</Types>", f'<Override PartName="/word/footnotes.xml" ContentType="{kind}"/></Types>'
        ),
        "word/_rels/document.xml.rels": (
            "</Relationships>",
            f'<Relationship Id="rIdNotes" Type="{_R}/footnotes" Target="footnotes.xml"/></Relationships>',
        ),
    }  # fmt: skip
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name)
            if name in changes:
                end, more = changes[name]
                text = text.decode().replace(end, more).encode()
            new.writestr(name, text)
        new.writestr("word/footnotes.xml", f'<w:footnotes xmlns:w="{_W}">{notes}</w:footnotes>')
    return out.getvalue()


def _saved(document: Document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
