"""Run by the peers' interpreter: reads a folder's files with one of them, and writes what it read.

    python bench/peer_readers.py markitdown FOLDER ROUNDS OUT

Gives by file's name its text, the fastest round's seconds, and what it said where it refused the file.
"""

from __future__ import annotations

import io
import json
import mimetypes
import sys
import time
from collections.abc import Callable
from pathlib import Path

Read = Callable[[bytes, str], Callable[[], str]]
"""Reads a file of that name; gives a function that makes the text of what was read, which is not timed."""

KINDS = {"odp": "application/vnd.oasis.opendocument.presentation", "eml": "message/rfc822"}
DOCLING = {
    "docx": ("msword", "MsWord", "DOCX"),
    "pptx": ("mspowerpoint", "MsPowerpoint", "PPTX"),
    "xlsx": ("msexcel", "MsExcel", "XLSX"),
    "html": ("html", "HTML", "HTML"),
    "odt": ("opendocument", "Odt", "ODT"),
    "ods": ("opendocument", "Ods", "ODS"),
    "odp": ("opendocument", "Odp", "ODP"),
    "eml": ("email", "Email", "EMAIL"),
}
"""By ending: docling's module, class and format. What it makes of a PDF's words needs its layout model."""


def markitdown() -> Read:
    """Its Markdown."""
    from markitdown import MarkItDown

    reader = MarkItDown()

    def read(data: bytes, name: str) -> Callable[[], str]:
        result = reader.convert_stream(io.BytesIO(data), file_extension=Path(name).suffix)
        return lambda: str(result.text_content)

    return read


def kreuzberg() -> Read:
    """Its text, structure, tables and metadata, running lines included, which it leaves out unless asked.
    Its cache is off: it would answer the second round."""
    from kreuzberg import ContentFilterConfig, ExtractionConfig, extract_bytes_sync

    running = ContentFilterConfig(include_headers=True, include_footers=True)
    config = ExtractionConfig(use_cache=False, include_document_structure=True, content_filter=running)

    def read(data: bytes, name: str) -> Callable[[], str]:
        kind = KINDS.get(name.rpartition(".")[2]) or mimetypes.guess_type(name)[0] or ""
        result = extract_bytes_sync(data, kind, config)
        tables = [table.cells for table in result.tables]
        return lambda: f"{result.content}\n{result.document}\n{tables}\n{result.metadata}"

    return read


def docling() -> Read:
    """Its whole document as JSON. The readers are called directly: its own converter needs torch."""
    import importlib

    from docling.datamodel.base_models import InputFormat
    from docling.datamodel.document import InputDocument

    def read(data: bytes, name: str) -> Callable[[], str]:
        module, start, form = DOCLING[name.rpartition(".")[2]]
        package = importlib.import_module(f"docling.backend.{module}_backend")
        backend = getattr(package, f"{start}DocumentBackend")
        given = InputDocument(
            path_or_stream=io.BytesIO(data), format=InputFormat[form], backend=backend, filename=name
        )
        document = given._backend.convert()
        return lambda: str(document.model_dump_json())

    return read


def docling_parse() -> Read:
    """The lines of words that docling's own parser gives to its layout model, pages not drawn. The model,
    whose weights are not in the package, takes time on top."""
    from docling.backend.docling_parse_backend import ThreadedDoclingParseDocumentBackend
    from docling.datamodel.backend_options import ThreadedDoclingParseBackendOptions
    from docling.datamodel.base_models import InputFormat
    from docling.datamodel.document import InputDocument

    def read(data: bytes, name: str) -> Callable[[], str]:
        given = InputDocument(
            path_or_stream=io.BytesIO(data),
            format=InputFormat.PDF,
            backend=ThreadedDoclingParseDocumentBackend,
            backend_options=ThreadedDoclingParseBackendOptions(render_pages=False),
            filename=name,
        )
        lines = [cell.text for page in given._backend.iter_pages() for cell in page.get_text_cells()]
        return lambda: "\n".join(lines)

    return read


PEERS: dict[str, Callable[[], Read]] = {
    "markitdown": markitdown,
    "kreuzberg": kreuzberg,
    "docling": docling,
    "docling_parse": docling_parse,
}


def main() -> None:
    """Read every file of the folder."""
    peer, folder, rounds, out = sys.argv[1:]
    read = PEERS[peer]()
    found = {path.name: _read(read, path, int(rounds)) for path in sorted(Path(folder).iterdir())}
    Path(out).write_text(json.dumps(found), encoding="utf-8")


def _read(read: Read, path: Path, rounds: int) -> dict[str, str | float]:
    data = path.read_bytes()
    times = []
    try:
        for _ in range(rounds):
            start = time.perf_counter()
            text = read(data, path.name)
            times.append(time.perf_counter() - start)
        return {"text": text(), "seconds": min(times), "refused": ""}
    except Exception as error:  # a peer may raise anything; the bench says what
        return {"text": "", "seconds": 0.0, "refused": f"{type(error).__name__}: {error}"[:200]}


if __name__ == "__main__":
    main()
