"""Whether a translated file still looks right: LibreOffice makes PDFs of it and of the untouched file, and what
went wrong between the two is counted.

A line of text is at fault when its ink lies on another line's, when it stands outside of the page or of the
shape that is drawn round it, or when characters of it have no ink since something cut them off. Candidates are
found by the boxes of the characters and confirmed on the page image. Faults that the untouched file has are
not the translation's.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import unicodedata
from bisect import bisect
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Literal

from pypdfium2 import PdfPage
from rendered_pages import Box, Line, inkless, lines_of, mixed, opened_pdf, shapes_of
from round_trip import PSEUDO, opened, translated

from bauhinia.documents.layout import Unit, plain
from bauhinia.documents.libreoffice import program

FaultKind = Literal["not opened", "pages", "missing", "overlap", "outside", "cut off"]
FORMS = frozenset({"docx", "pptx", "xlsx", "odt", "ods", "odp"})
"""Formats whose renderings are compared."""
NOT_SHOWN = frozenset({"comment", "speaker_note", "alt_text", "title", "hidden", "sheet_name"})
"""Stories that a printed page does not show."""
_SHEETS = frozenset({"xlsx", "ods"})
"""Words with no cell beside them run on, also over the page's edge: that is how sheets are printed."""
_SECONDS = 60, 10
"""For LibreOffice to start, and for each file: on a busy machine."""
_FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><include>/etc/fonts/fonts.conf</include>
<alias binding="same"><family>Calibri</family><accept><family>Liberation Sans</family></accept></alias>
<alias binding="same"><family>Cambria</family><accept><family>Liberation Serif</family></accept></alias>
</fontconfig>"""
"""Calibri is not free. What stands for it without this, DejaVu Sans, is a quarter wider and no office has it so."""
_MOST_PAGES = 3
"""A translation may take as many times the pages, and two more: text is 40 per cent longer, tables break."""
_EXAMINED = 20
"""Pages of a file whose images are looked at; the words of the rest are only read."""
_TOLERANCE = 1.5
"""Points that ink may stand over an edge: anti-aliasing, overhang of slanted letters."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a rendering."""

    kind: FaultKind
    page: int
    words: str


@dataclass(slots=True)
class Rendering:
    """What a PDF shows: its words without white space, its pages, and what is wrong with them."""

    text: str = ""
    pages: int = 0
    faults: list[Fault] = field(default_factory=list)
    outside_shapes: list[Fault] = field(default_factory=list)
    """Lines that leave the shape drawn round them; labels in charts do so by design."""


@dataclass(slots=True)
class Outcome:
    """What a translation's rendering has that the untouched file's has not."""

    faults: list[Fault] = field(default_factory=list)
    reported: list[Fault] = field(default_factory=list)
    """Faults of units that the writer itself said may not fit."""


def converted(files: Mapping[str, bytes], folder: Path) -> dict[str, bytes]:
    """The PDFs of files (`name.docx` and its bytes), made by LibreOffice in one run. What is not among them
    does not open."""
    sources, made = folder / "in", folder / "out"
    for each in (sources, made):
        shutil.rmtree(each, ignore_errors=True)
        each.mkdir(parents=True)
    for name, data in files.items():
        (sources / name).write_bytes(data)
    found: dict[str, bytes] = {}
    waiting = list(files)
    while waiting:
        _convert([sources / name for name in waiting], made, folder)
        left = [name for name in waiting if not (made / name).with_suffix(".pdf").is_file()]
        # One file that brings the program down takes the rest of the run with it.
        waiting = left[1:] if len(left) == len(waiting) else left
    for name in files:
        if (pdf := (made / name).with_suffix(".pdf")).is_file():
            found[name] = pdf.read_bytes()
    return found


def _convert(sources: Sequence[Path], made: Path, folder: Path) -> None:
    soffice = program()
    assert soffice is not None
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    fonts = folder / "fonts.conf"
    fonts.write_text(_FONTS, encoding="utf-8")
    command = [soffice, profile, "--headless", "--norestore", "--convert-to", "pdf", "--outdir", str(made)]
    subprocess.run(
        [*command, *map(str, sources)],
        capture_output=True,
        timeout=_SECONDS[0] + _SECONDS[1] * len(sources),
        check=False,
        env={**os.environ, "FONTCONFIG_FILE": str(fonts)},
    )


def compared(files: Mapping[str, bytes], folder: Path) -> dict[str, Outcome]:
    """What is wrong with the renderings of each file (by its name, `x.docx`), translated both ways."""
    asked: dict[str, bytes] = {}
    wanted: dict[str, tuple[dict[str, str], frozenset[str]]] = {}
    for number, (name, data) in enumerate(files.items()):
        form = name.rpartition(".")[2]
        asked[f"{number}-before.{form}"] = data
        for kind, to in PSEUDO:
            words, written = translated(data, form, kind, to)
            asked[f"{number}-{kind}.{form}"] = written.data
            wanted[f"{number}-{kind}.{form}"] = words, fit_notes(written.notes)
    pdfs = converted(asked, folder)
    outcomes: dict[str, Outcome] = {}
    for number, (name, data) in enumerate(files.items()):
        form = name.rpartition(".")[2]
        before = rendered(pdfs.get(f"{number}-before.{form}"))
        units = opened(data, form).units
        outcomes[name] = outcome = Outcome()
        for kind, _ in PSEUDO:
            key = f"{number}-{kind}.{form}"
            words, noted = wanted[key]
            one = judged(before, rendered(pdfs.get(key)), units, words, noted)
            if form in _SHEETS:
                one.faults = [fault for fault in one.faults if fault.kind != "outside"]
            outcome.faults += one.faults
            outcome.reported += one.reported
    return outcomes


def fit_notes(notes: Iterable[object]) -> frozenset[str]:
    """The units that the writer says may not fit."""
    return frozenset(note.unit for note in notes if note.check == "fit")  # type: ignore[attr-defined]


def judged(
    before: Rendering,
    after: Rendering,
    units: Sequence[Unit],
    words: Mapping[str, str],
    noted: frozenset[str],
) -> Outcome:
    """What `after` has that `before` has not. `words` are the tagged targets; `noted` were reported not to fit."""
    if not before.pages:
        return Outcome()
    if not after.pages:
        return Outcome([Fault("not opened", 0, "")])
    outcome = Outcome()
    found = [*after.faults, *_of_units(after.outside_shapes, units, words)]
    old = [*before.faults, *_of_units(before.outside_shapes, units, {unit.id: unit.source for unit in units})]
    if after.pages > _MOST_PAGES * before.pages + 2:
        found.append(Fault("pages", after.pages, f"{before.pages} before"))
    found += _missing(before, after, units, words)
    there = Counter(fault.kind for fault in old)
    excused = "".join(closed(words[key]) for key in noted if key in words)
    was = _faulty(old, units, {unit.id: unit.source for unit in units})
    for fault in found:
        if closed(fault.words) and closed(fault.words) in excused:
            outcome.reported.append(fault)
        elif was & _faulty([fault], units, words):
            continue
        elif there[fault.kind] > 0:
            there[fault.kind] -= 1
        else:
            outcome.faults.append(fault)
    return outcome


def _faulty(faults: Sequence[Fault], units: Sequence[Unit], words: Mapping[str, str]) -> set[tuple[str, str]]:
    """The units that stand in faulty lines, each with the kind of its fault."""
    said = [(unit.id, closed(words[unit.id])) for unit in units if unit.id in words]
    return {
        (key, fault.kind)
        for fault in faults
        for key, word in said
        if word and (line := closed(fault.words)) and (word in line or line in word)
    }


def _of_units(found: Iterable[Fault], units: Sequence[Unit], words: Mapping[str, str]) -> Iterator[Fault]:
    """Those whose words are a unit's, and not a chart's."""
    said = "\0".join(closed(words[unit.id]) for unit in units if unit.story != "chart" and unit.id in words)
    return (fault for fault in found if closed(fault.words) in said)


def _missing(
    before: Rendering, after: Rendering, units: Sequence[Unit], words: Mapping[str, str]
) -> Iterator[Fault]:
    """Words of units that the untouched page shows and the translated one does not."""
    for unit in units:
        if (
            unit.story in NOT_SHOWN
            or _is_pictured(unit)
            or not all(_is_in(word, before.text) for word in _words(unit.source))
        ):
            continue
        for word in _words(words[unit.id]):
            if not _is_in(word, after.text):
                yield Fault("missing", 0, f"{word} of {unit.id}")


def _is_pictured(unit: Unit) -> bool:
    """Whether the page shows the unit in a picture that an object in an OpenDocument file has of itself, and
    that stays until the object is opened."""
    return unit.id.startswith("Object ")


def _words(tagged: str) -> list[str]:
    return [word for each in plain(tagged).split() if (word := closed(each))]


def _is_in(word: str, text: str) -> bool:
    """Whether a word is there, whole or over the end of a page or column."""
    if word in text:
        return True
    most = bisect(range(1, len(word)), False, key=lambda at: word[:at] not in text)
    return most > 0 and word[most:] in text


def closed(tagged: str) -> str:
    """Words as they can be compared: without white space and hyphens, in one case and form."""
    text = unicodedata.normalize("NFKC", plain(tagged)).casefold()
    return "".join(char for char in text if char.isalnum() or char == "·")


def rendered(pdf: bytes | None) -> Rendering:
    """What a PDF shows and what is wrong with it; without pages where there is none."""
    shown = Rendering()
    if pdf is None:
        return shown
    with opened_pdf(pdf) as document:
        shown.pages = len(document)
        for number, page in enumerate(document, 1):
            lines = lines_of(page)
            shown.text += _read(lines)
            if number <= _EXAMINED:
                _examine(shown, number, page, [line for line in lines if not line.turned])
    return shown


def _read(lines: Sequence[Line]) -> str:
    """The words in the order of the page's program, and once more as they stand on their baselines: letters of
    a second font are drawn after those of the first."""
    by_place = sorted(lines, key=lambda line: (-round(line.baseline), line.box[0]))
    chars = [
        char.text
        for _, row in groupby(by_place, key=lambda line: round(line.baseline))
        for char in sorted((char for line in row for char in line.chars), key=lambda char: char.box[0])
    ]
    return closed("".join(line.text for line in lines)) + closed("".join(chars))


def _examine(shown: Rendering, number: int, page: PdfPage, lines: Sequence[Line]) -> None:
    shown.faults += (Fault("overlap", number, words) for words in mixed(page, lines))
    shown.faults += (Fault("outside", number, line.text) for line in _off(page.get_size(), lines))
    shown.faults += (Fault("cut off", number, words) for words in inkless(page, lines))
    boxes = shapes_of(page)
    shown.outside_shapes += (
        Fault("outside", number, line.text) for line in lines if _leaves_its_shape(line, boxes)
    )


def _off(size: tuple[float, float], lines: Iterable[Line]) -> Iterator[Line]:
    """The lines that stand over an edge of the page."""
    for line in lines:
        left, bottom, right, top = line.box
        over = max(-left, -bottom, right - size[0], top - size[1])
        if over > _TOLERANCE:
            yield line


def _leaves_its_shape(line: Line, shapes: Sequence[Box]) -> bool:
    """Whether the line stands half in a drawn shape and half out, above or below: of those round its middle
    none holds it whole."""
    left, bottom, right, top = line.box
    x, y = (left + right) / 2, (bottom + top) / 2
    round_it = [each for each in shapes if each[0] <= x <= each[2] and each[1] <= y <= each[3]]
    return bool(round_it) and not any(
        each[1] - _TOLERANCE <= bottom and top <= each[3] + _TOLERANCE for each in round_it
    )
