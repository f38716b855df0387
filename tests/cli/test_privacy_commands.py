"""`bauhinia privacy`: real files, scanned and written again without their personal data."""

from __future__ import annotations

import json
from pathlib import Path

import docx
import pytest
from typer.testing import CliRunner

from bauhinia.cli import app

LINES = ["HKID A123456(3), telephone 2345 6789.", "The route 1A runs on.", "Again A123456(3)."]


def run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["privacy", *map(str, arguments)])
    return result.exit_code, result.stdout


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    """A Word file with an HKID across two runs of different looks, one in its header, one in a table."""
    made = docx.Document()
    first = made.add_paragraph("HKID A123")
    first.add_run("456(3)").bold = True
    first.add_run(", telephone 2345 6789.")
    made.add_paragraph(LINES[1])
    made.add_table(1, 2).cell(0, 1).text = LINES[2]
    made.sections[0].header.paragraphs[0].text = "File of A123456(3)"
    path = tmp_path / "letter.docx"
    made.save(str(path))
    return path


def test_a_scan_tells_kind_and_place_and_shows_no_value(letter: Path, tmp_path: Path) -> None:
    text = tmp_path / "note.txt"
    text.write_text("\n\n".join(LINES), encoding="utf-8")
    code, said = run("scan", letter, text, "--json")
    found = json.loads(said)
    assert code == 1
    assert [(each["file"], each["kind"]) for each in found].count(("letter.docx", "hkid")) == 3
    assert [each["kind"] for each in found if each["file"] == "note.txt"] == ["hkid", "phone", "hkid"]
    assert {each["masked"] for each in found if each["kind"] == "hkid"} == {"A******(*)"}
    code, said = run("scan", text)
    assert code == 1 and "note.txt\thkid\tb0:5\tA******(*)" in said and "A123456" not in said


def test_a_clean_file_is_said_to_be_clean(tmp_path: Path) -> None:
    path = tmp_path / "clean.txt"
    path.write_text(LINES[1], encoding="utf-8")
    assert run("scan", path) == (0, "")


@pytest.mark.parametrize("how", ["redact", "pseudonymise"])
def test_a_masked_word_file_keeps_its_looks_and_holds_no_value(
    letter: Path, tmp_path: Path, how: str
) -> None:
    out = tmp_path / "out.docx"
    assert run("mask", letter, "-o", out, "--how", how)[0] == 0
    made = docx.Document(str(out))
    assert made.paragraphs[1].text == LINES[1]
    words = {"redact": "[identity card number left out]", "pseudonymise": "HKID-H1"}[how]
    assert words in made.paragraphs[0].text and made.tables[0].cell(0, 1).text == f"Again {words}."
    assert made.sections[0].header.paragraphs[0].text == f"File of {words}"
    assert b"2345" not in out.read_bytes() and run("scan", out) == (0, "")


def test_a_text_file_is_written_back(tmp_path: Path) -> None:
    path, out = tmp_path / "note.txt", tmp_path / "out.txt"
    path.write_text("\n\n".join(LINES), encoding="utf-8")
    assert run("mask", path, "-o", out)[0] == 0
    text = out.read_text(encoding="utf-8")
    assert text.count("[identity card number left out]") == 2 and LINES[1] in text


def test_what_cannot_be_written_back_is_told(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("a,b\nA123456(3),c\n", encoding="utf-8")
    result = CliRunner().invoke(app, ["privacy", "mask", str(path), "-o", str(tmp_path / "o.csv")])
    assert result.exit_code == 1 and not (tmp_path / "o.csv").exists()
    assert "cannot be written back" in result.stderr and "docx" in result.stderr
    result = CliRunner().invoke(app, ["privacy", "mask", str(path), "-o", str(tmp_path / "o.txt")])
    assert result.exit_code == 1 and "its own format" in result.stderr
