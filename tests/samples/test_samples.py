"""The samples: committed files are what their sources give, and no synthetic identifier is a wrong one."""

from __future__ import annotations

import importlib.util
import io
import re
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import docx
import pypdfium2
import pytest

SAMPLES = Path(__file__).resolve().parents[2] / "samples"


@pytest.fixture(scope="module")
def build() -> ModuleType:
    spec = importlib.util.spec_from_file_location("samples_build", SAMPLES / "build.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _parts(data: bytes) -> dict[str, bytes]:
    """A zip's parts: how they are compressed differs between builds of zlib."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_built_files_are_what_the_sources_give(build: ModuleType) -> None:
    for source in build.sources():
        for kind in source.head["formats"]:
            assert (SAMPLES / f"{source.name}.{kind}").is_file()
        if "docx" in source.head["formats"]:
            word = build.build_docx(source)
            assert build.build_docx(source) == word
            assert _parts((SAMPLES / f"{source.name}.docx").read_bytes()) == _parts(word), source.name
        if "md" in source.head["formats"]:
            assert (SAMPLES / f"{source.name}.md").read_text(encoding="utf-8") == source.body.rstrip() + "\n"


def test_the_pdf_holds_the_text_of_its_source(build: ModuleType) -> None:
    for path in SAMPLES.glob("*.pdf"):
        with pypdfium2.PdfDocument(path) as document:
            pages = [page.get_textpage().get_text_bounded() for page in document]
        squeezed = re.sub(r"\s+", "", "".join(pages))
        source = build.read_source(SAMPLES / "source" / f"{path.stem}.md")
        headings = [re.sub(r"\s+", "", part.text) for part in source.parts if part.kind == "heading"]
        assert headings and all(heading in squeezed for heading in headings), path.name


def test_the_consultation_paper_is_a_long_document() -> None:
    with pypdfium2.PdfDocument(SAMPLES / "consultation-paper-en.pdf") as document:
        assert len(document) >= 20
    tables = docx.Document(io.BytesIO((SAMPLES / "consultation-paper-en.docx").read_bytes())).tables
    assert len(tables) >= 10


def test_the_samples_are_small() -> None:
    assert sum(path.stat().st_size for path in SAMPLES.rglob("*") if path.is_file()) < 3_000_000


def test_every_sample_is_described() -> None:
    readme = (SAMPLES / "README.md").read_text(encoding="utf-8")
    for source in (SAMPLES / "source").glob("*.md"):
        assert f"`{source.stem}`" in readme


def test_identity_card_numbers_have_their_check_digit() -> None:
    text = (SAMPLES / "complaint-letter-yue.md").read_text(encoding="utf-8")
    numbers = re.findall(r"(?<![A-Z])([A-Z]{1,2})(\d{6})\(([0-9A])\)", text)
    assert len(numbers) == 2
    for letters, digits, check in numbers:
        values = [36, *(ord(c) - 55 for c in letters)][-2:] + [int(c) for c in digits]
        total = sum(value * weight for value, weight in zip(values, range(9, 1, -1), strict=True))
        assert check == "0123456789A"[-total % 11]
