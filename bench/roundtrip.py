"""Files of other projects and our samples, taken apart and put together: how many come back changed
unasked, or lose something when they are translated by rule (accented and 40 % longer; Chinese); and, where
LibreOffice is installed, how many show words on one another, cut off, out of their place or not at all.

    python bench/roundtrip.py [--folder FOLDER]

The source packages are fetched once into the folder; their files are not kept in the repository.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

# The makers and the checks are the tests' own.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "documents"))

from file_makers import bounds
from rendering import FORMS as RENDERED
from rendering import compared
from round_trip import changed_unasked, lost
from source_packages import PACKAGES, fetched, files_in

from bauhinia.documents.layout import LAYOUTS
from bauhinia.documents.libreoffice import program
from bauhinia.documents.sniff import sniff
from bauhinia.errors import DocumentError
from report import record

ROOT = Path(__file__).resolve().parent.parent
FORMS = ("docx", "pptx", "xlsx", "odt", "ods", "odp", "pdf")
LEAST = 100
"""Files that make the figure worth something."""


def main() -> int:
    """Measure and record; the number of files that failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=ROOT / ".pytest_cache" / "d" / "source-packages")
    failed: list[str] = []
    counts: Counter[str] = Counter()
    shown: dict[str, bytes] = {}
    for name, form, data in files(parser.parse_args().folder):
        outcome, wrong = tried(data, form, name)
        if outcome == "tried" and form in RENDERED:
            shown[name] = data
        counts[outcome if outcome == "refused by the reader" else form] += 1
        failed += wrong[:1]
        for each in wrong[:3]:
            print(f"{name}: {each}", file=sys.stderr)
    tried_files = sum(counts.values()) - counts["refused by the reader"]
    if tried_files < LEAST:
        raise SystemExit(f"Only {tried_files} files; {LEAST} are wanted: is the package registry reachable?")
    record("documents.roundtrip_failures", len(failed), "files", beside=dict(counts), target="= 0")
    if program() is not None:
        measure_renderings(shown)
    return min(len(failed), 1)


def measure_renderings(shown: dict[str, bytes]) -> None:
    """Record how many files have lines on one another; beside it, what else their pages have wrong."""
    counts: Counter[str] = Counter()
    with TemporaryDirectory() as folder:
        for name, outcome in compared(shown, Path(folder)).items():
            form = name.rpartition(".")[2]
            kinds = {fault.kind for fault in outcome.faults}
            counts[form] += 1
            counts.update([f"with {kind}" for kind in kinds])
            counts[f"{form} at fault"] += bool(kinds)
            counts["told not to fit"] += bool(outcome.reported)
            counts["untouched not opened"] += not outcome.compared
            for said in () if outcome.compared else ("the untouched file does not open",):
                print(f"{name}: {said}", file=sys.stderr)
            for fault in outcome.faults[:3]:
                print(f"{name}: {fault.kind} on page {fault.page}: {fault.words}", file=sys.stderr)
    overlaps = counts.pop("with overlap", 0)
    record("documents.rendering_overlaps", overlaps, "files", beside=dict(counts), target="= 0")


def files(folder: Path) -> Iterator[tuple[str, str, bytes]]:
    """Name, format and bytes of every file whose format has a layout."""
    for path in sorted((ROOT / "samples").iterdir()):
        if path.is_file() and (form := path.suffix.lstrip(".")) in LAYOUTS:
            yield path.name, form, path.read_bytes()
    for package in PACKAGES:
        archive = fetched(package, folder)
        if archive is None:
            raise SystemExit(f"The source package of {package} cannot be fetched.")
        for form in FORMS:
            if form in LAYOUTS:
                for name, data in files_in(archive, f".{form}").items():
                    yield name, form, data


def tried(data: bytes, form: str, name: str) -> tuple[str, list[str]]:
    """What became of a file, and what is wrong with it."""
    try:
        if sniff(data, name) != form:
            return "refused by the reader", []
        LAYOUTS[form].open(data, bounds())
    except DocumentError:
        return "refused by the reader", []
    try:
        return "tried", [*changed_unasked(data, form), *lost(data, form)]
    except Exception as error:
        return "tried", [f"{type(error).__name__}: {error}"]


if __name__ == "__main__":
    sys.exit(main())
