"""What readers keep and how fast they are: ours beside markitdown, kreuzberg and docling on the same files.

    PEERS_PYTHON=/tmp/peers/bin/python python bench/elements.py [--rounds N]

The elements' files are those of the coverage probes (tests/documents): each holds a marked text in one
element and nowhere else, and the Office files are completed to what their schemas ask (complete_files.py). A
peer's share is of the files that it opens; ours is of all. Ours too is read in this process, but for
`docx_99_pages_seconds`.

The peers are measured when PEERS_PYTHON names an interpreter that has them (`python -m venv X && X/bin/pip
install 'markitdown[all]' kreuzberg 'docling-slim[format-docx,format-pptx,format-xlsx,format-html,
format-opendocument,format-email,format-pdf-docling]'`); those that it lacks are left out, and that is said.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pypdfium2

from bauhinia.documents import read_document
from bauhinia.settings import Limits
from complete_files import complete
from in_process import fastest, read
from long_documents import long_docx, long_pdf
from report import record

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "tests" / "documents"))

from coverage_probes import PROBES  # noqa: E402  (the tests' folder is no package)
from file_makers import MARKER  # noqa: E402

PEERS = ("markitdown", "kreuzberg", "docling")
PDF_PARSER = "docling's parser alone, without its layout model"
"""Its PDF pipeline needs weights from a hub; its time is at least this."""
FORMATS = ("docx", "pptx", "xlsx", "odt", "ods", "odp", "html", "eml", "pdf")
DOCX_PAGES = 99


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a peer made of a file."""

    text: str
    seconds: float
    refused: str


def main() -> None:
    """Measure and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bauhinia-bench-") as folder:
        measure_elements(Path(folder) / "elements")
        measure_pages(Path(folder) / "pages", options.rounds)


def measure_elements(folder: Path) -> None:
    """`documents.elements_kept`: the share of marked elements that are found in what is read."""
    folder.mkdir()
    probes = {_name(*key): (key, make()) for key, make in PROBES.items() if key[0] in FORMATS}
    for name, ((form, _), data) in probes.items():
        (folder / name).write_bytes(complete(data) if form in ("docx", "pptx", "xlsx") else data)
    beside: dict[str, float | str | None] = {}
    for peer in PEERS:
        found = peer_readings(peer, folder, 1)
        opened = {name for name, each in (found or {}).items() if not each.refused}
        kept = {name for name in opened if found and MARKER in " ".join(found[name].text.split())}
        beside[peer] = 100 * len(kept) / len(opened) if opened else None
        beside[f"{peer}, files opened"] = float(len(opened)) if opened else None
        if found:
            _tell(peer, "missed", [probes[name][0] for name in probes if name in opened - kept])
            _tell(peer, "refused", [probes[name][0] for name in probes if name not in opened])
    lost = [key for name, (key, _) in probes.items() if not _kept(folder / name)]
    _tell("ours", "missed", lost)
    record(
        "documents.elements_kept",
        100 * (1 - len(lost) / len(probes)),
        "%",
        beside={"files": float(len(probes)), **beside},
    )


def measure_pages(folder: Path, rounds: int) -> None:
    """Pages a second of PDF and Word files; the seconds of the long Word file through the child process."""
    folder.mkdir()
    for path in sorted((HERE.parent / "samples").glob("*.pdf")):
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "long.pdf").write_bytes(long_pdf())
    long = long_docx()
    (folder / "long.docx").write_bytes(long)
    peers = {peer: peer_readings(peer, folder, rounds) for peer in PEERS}
    ours = {
        path.name: fastest(lambda path=path: read(path), rounds)  # type: ignore[misc]
        for path in sorted(folder.iterdir())
    }
    pages = {path.name: len(pypdfium2.PdfDocument(path)) for path in sorted(folder.glob("*.pdf"))}
    peers[PDF_PARSER] = peer_readings("docling_parse", folder, rounds)
    for name, counted, left in (
        ("pdf", pages, "docling"),
        ("docx", {"long.docx": DOCX_PAGES}, PDF_PARSER),
    ):
        total = sum(counted.values())
        record(
            f"documents.pages_per_second_{name}",
            total / sum(ours[each] for each in counted),
            "pages/s",
            beside={"pages": float(total)}
            | {peer: _rate(found, counted, total) for peer, found in peers.items() if peer != left},
        )
    record(
        "documents.docx_99_pages_seconds",
        fastest(lambda: asyncio.run(_through_the_child(long)), rounds),
        "s",
        beside={"ours, in this process": ours["long.docx"]}
        | {peer: _seconds(peers[peer], {"long.docx": 1}) for peer in PEERS},
        target="<= 3",
    )


def peer_readings(peer: str, folder: Path, rounds: int) -> dict[str, Reading] | None:
    """By file's name; None, and a sentence on standard error, where the peer cannot be run."""
    python = os.environ.get("PEERS_PYTHON", "")
    if not python or not _imports(python, peer):
        print(f"{peer} was not measured: PEERS_PYTHON names no interpreter that has it.", file=sys.stderr)
        return None
    out = folder.with_name(f"{folder.name}-{peer}.json")
    command = [python, str(HERE / "peer_readers.py"), peer, str(folder), str(rounds), str(out)]
    clean = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(command, capture_output=True, text=True, env=clean, check=False, timeout=600)
    if done.returncode:
        print(f"{peer} was not measured: {done.stderr.strip()[-300:]}", file=sys.stderr)
        return None
    return {name: Reading(**each) for name, each in json.loads(out.read_text(encoding="utf-8")).items()}


def _imports(python: str, package: str) -> bool:
    return not subprocess.run(
        [python, "-c", f"import {package}"], capture_output=True, check=False
    ).returncode


def _name(form: str, element: str) -> str:
    return f"{element.replace(' ', '-')}.{form}"


def _kept(path: Path) -> bool:
    document = read(path)
    return any(MARKER in block.text for block in (*document.blocks, *document.asides))


def _tell(who: str, what: str, keys: list[tuple[str, str]]) -> None:
    """Which elements, by format, on standard error."""
    by_format: defaultdict[str, list[str]] = defaultdict(list)
    for form, element in keys:
        by_format[form].append(element)
    for form, elements in by_format.items():
        print(f"{who} {what} {form}: {', '.join(elements)}", file=sys.stderr)


def _seconds(found: Mapping[str, Reading] | None, names: Mapping[str, int]) -> float | None:
    """A peer's seconds for these files; None unless it read every one."""
    if found is None or any(found[name].refused for name in names):
        return None
    return sum(found[name].seconds for name in names)


def _rate(found: Mapping[str, Reading] | None, names: Mapping[str, int], pages: int) -> float | None:
    seconds = _seconds(found, names)
    return None if seconds is None else pages / seconds


async def _through_the_child(data: bytes) -> None:
    await read_document(data, "long.docx", Limits())


if __name__ == "__main__":
    main()
