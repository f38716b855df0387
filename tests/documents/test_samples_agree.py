"""The samples exist as Word files and as PDFs made from the same source: both must read the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from file_makers import read_here

from bauhinia.documents import Document

SAMPLES = Path(__file__).parents[2] / "samples"
PDFS = sorted(SAMPLES.glob("*.pdf"))


def body(document: Document) -> list[tuple[str, int, str]]:
    """Kind, level and text of all but running lines; a Word paragraph may have its number typed or computed."""
    return [
        (
            "paragraph" if block.kind == "list_item" else block.kind,
            block.level if block.kind == "heading" else 0,
            block.text,
        )
        for block in document.blocks
        if block.kind not in ("header", "footer")
    ]


def test_there_are_samples() -> None:
    assert len(PDFS) >= 3


@pytest.mark.parametrize("path", PDFS, ids=lambda path: path.stem)
def test_a_samples_pdf_reads_as_its_word_file(path: Path) -> None:
    word = path.with_suffix(".docx")
    from_pdf = read_here(path.read_bytes(), path.name)
    from_word = read_here(word.read_bytes(), word.name)
    # The PDF alone has a table of contents.
    found = [item for item in body(from_pdf) if "…" not in item[2] and item[2] not in ("Contents", "目錄")]
    assert found == body(from_word)
    assert from_pdf.title == from_word.title
    pages = [block.page for block in from_pdf.blocks if block.page]
    assert pages == sorted(pages)
    assert from_pdf.pages == max(pages)
