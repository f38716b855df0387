"""PDFs that others made: the test files of pypdf, taken from its source package, are written or refused."""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
from dataclasses import fields

import pikepdf
import pypdfium2 as pdfium
import pytest
from pdf_makers import accented

from bauhinia.documents.child import damage_told, layout
from bauhinia.documents.collecting import Bounds
from bauhinia.errors import DocumentError
from bauhinia.language import Variety
from bauhinia.settings import Limits

_LARGEST = 3_000_000
_BOUNDS = Bounds(**{each.name: getattr(Limits(), each.name) for each in fields(Bounds)})


@pytest.fixture(scope="session")
def foreign(request: pytest.FixtureRequest) -> dict[str, bytes]:
    """Every PDF of the package, by name; fetched once and kept in pytest's cache."""
    folder = request.config.cache.mkdir("pypdf")  # type: ignore[union-attr]
    if not list(folder.glob("pypdf-*.tar.gz")):
        fetched = subprocess.run(
            [sys.executable, "-m", "pip", "download", "-q", "--no-binary", ":all:", "--no-deps", "-d", str(folder), "pypdf"],
            capture_output=True, text=True, timeout=180, check=False,
        )  # fmt: skip
        if fetched.returncode:
            pytest.skip("pypdf's source package cannot be fetched: no package registry answers")
    found: dict[str, bytes] = {}
    with tarfile.open(next(folder.glob("pypdf-*.tar.gz"))) as archive:
        for member in archive:
            if member.isfile() and member.name.endswith(".pdf") and member.size < _LARGEST:
                held = archive.extractfile(member)
                assert held is not None
                found[member.name] = held.read()
    return found


@pytest.mark.filterwarnings("ignore:pikepdf is missing some specialized decoders")
@pytest.mark.parametrize("part", range(8))
def test_each_is_written_or_refused(foreign: dict[str, bytes], part: int) -> None:
    names = sorted(foreign)[part::8]
    assert len(names) > 5
    written = 0
    for name in names:
        try:
            opened = layout(foreign[name], "a.pdf", _BOUNDS)
            targets = {unit.id: accented(unit.source) for unit in opened.units}
            with damage_told(_BOUNDS):
                result = opened.write(targets, Variety.ENGLISH)
        except DocumentError:
            continue
        assert _size(result.data) == _size(foreign[name]), name
        if result.data != foreign[name]:
            _sound(result.data, name)
            written += 1
    assert written


def _size(data: bytes) -> list[tuple[float, float]]:
    document = pdfium.PdfDocument(data)
    sizes = [document.get_page_size(index) for index in range(len(document))]
    document.close()
    return sizes


def _sound(data: bytes, name: str) -> None:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        problems = [each for each in pdf.check_pdf_syntax() if "error" in each.lower()]
    assert problems == [], name
