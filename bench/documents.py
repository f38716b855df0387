"""Reading documents: pages a second beside pdfplumber and bare pdfium, a small file's round trip, and how far
the PDF of a sample reads as its Word file does.

    python bench/documents.py [--rounds N] [--document FILE]
"""

from __future__ import annotations

import argparse
import asyncio
import io
import statistics
import time
from collections import Counter
from dataclasses import fields
from pathlib import Path

import pdfplumber
import pypdfium2

from bauhinia.documents import Document, read_document
from bauhinia.documents.child import parse
from bauhinia.documents.collecting import Bounds
from bauhinia.settings import Limits
from in_process import fastest, read
from report import record

SAMPLES = Path(__file__).parent.parent / "samples"


def main() -> None:
    """Measure and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--document", type=Path, default=SAMPLES / "consultation-paper-en.pdf")
    options = parser.parse_args()
    data = options.document.read_bytes()
    pages = read(options.document).pages or 0
    rates = {
        name: pages / fastest(lambda run=run: run(data), options.rounds)  # type: ignore[misc]
        for name, run in (("ours", ours), ("pdfplumber text", plumber), ("pdfium text", bare))
    }
    record("documents.pdf_pages_per_second", rates.pop("ours"), "pages/s", beside=rates)
    first, *others_ms = (1000 * asyncio.run(round_trip()) for _ in range(21))
    beside = {"the first of a process": first}
    record("documents.small_file_ms", statistics.median(others_ms), "ms", target="<= 500", beside=beside)
    same, others = agreement()
    record("documents.pdf_as_word", 100 * same, "%", beside=others, target=">= 95 %")


def ours(data: bytes) -> object:
    """Blocks with headings, lists, tables and pages."""
    limits = Limits()
    return parse(data, "a.pdf", Bounds(**{each.name: getattr(limits, each.name) for each in fields(Bounds)}))


def plumber(data: bytes) -> object:
    """Text lines only."""
    with pdfplumber.open(io.BytesIO(data)) as document:
        return [page.extract_text() for page in document.pages]


def bare(data: bytes) -> object:
    """Characters only: the floor."""
    document = pypdfium2.PdfDocument(data)
    return [page.get_textpage().get_text_range() for page in document]


async def round_trip() -> float:
    """Seconds from the bytes of a one-page Word file to its document, through the child process."""
    data = (SAMPLES / "circular-en.docx").read_bytes()
    start = time.perf_counter()
    await read_document(data, "circular-en.docx", Limits())
    return time.perf_counter() - start


def agreement() -> tuple[float, dict[str, float]]:
    """Share of the Word files' blocks whose text is a whole block of the PDF's too; and for pdfplumber, of
    the blocks whose text is found in its text at all, white space aside."""
    ours_same = plumber_same = total = 0
    for path in sorted(SAMPLES.glob("*.pdf")):
        wanted = Counter(body(read(path.with_suffix(".docx"))))
        found = Counter(body(read(path)))
        ours_same += sum((wanted & found).values())
        with pdfplumber.open(path) as document:
            text = "".join("".join((page.extract_text() or "").split()) for page in document.pages)
        plumber_same += sum(count for each, count in wanted.items() if "".join(each.split()) in text)
        total += sum(wanted.values())
    return ours_same / total, {"pdfplumber, somewhere in its text": 100 * plumber_same / total}


def body(document: Document) -> list[str]:
    """The text of every block but running lines."""
    return [block.text for block in document.blocks if block.kind not in ("header", "footer")]


if __name__ == "__main__":
    main()
