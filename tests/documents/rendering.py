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
import signal
import subprocess
import unicodedata
from bisect import bisect
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Literal

from pypdfium2 import PdfPage
from rendered_pages import Box, Line, inkless, lines_of, mixed, opened_pdf, shapes_of
from round_trip import PSEUDO, opened, translated

from bauhinia.documents.layout import LayoutNote, Unit, pieces, plain
from bauhinia.documents.libreoffice import program

FaultKind = Literal["not opened", "pages", "missing", "overlap", "outside", "cut off"]
FORMS = frozenset({"docx", "pptx", "xlsx", "odt", "ods", "odp"})
"""Formats whose renderings are compared."""
NOT_SHOWN = frozenset({"comment", "speaker_note", "alt_text", "title", "hidden", "sheet_name"})
"""Stories that a printed page does not show."""
_SHEETS = frozenset({"xlsx", "ods"})
"""Words with no cell beside them run on, also over the page's edge: that is how sheets are printed."""
_BATCH = 8
"""Files, three times each, in one run of LibreOffice: hundreds bring it down."""
_SECONDS = 60, 5
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
_PART = 12
"""Letters of a part of words that is not found by chance."""
_START = 4
"""Letters of a cell's beginning by which it is known at the end of a line that is cut off."""
_TOLERANCE = 1.5
"""Points that ink may stand over an edge: anti-aliasing, overhang of slanted letters."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a rendering."""

    kind: FaultKind
    page: int
    words: str
    unit: str = ""
    """Where it is known without a look at the words."""


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
    """Faults of units that the writer itself said do not fit."""
    compared: bool = True
    """Whether the untouched file opens."""


def converted(files: Mapping[str, bytes], folder: Path) -> dict[str, bytes]:
    """The PDFs of files (`name.docx` and its bytes), made by LibreOffice in one run with a profile of its own.
    What is not among them does not open."""
    found = _convert(files, folder)
    for name in files.keys() - found.keys():
        # One file that brings the program down takes the rest of the run with it.
        found |= _convert({name: files[name]}, folder)
    return found


def _convert(files: Mapping[str, bytes], folder: Path) -> dict[str, bytes]:
    shutil.rmtree(folder, ignore_errors=True)
    sources, made, fonts = folder / "in", folder / "out", folder / "fonts.conf"
    for each in (sources, made):
        each.mkdir(parents=True)
    for name, data in files.items():
        (sources / name).write_bytes(data)
    fonts.write_text(_FONTS, encoding="utf-8")
    soffice = program()
    assert soffice is not None
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [soffice, profile, "--headless", "--norestore", "--convert-to", "pdf", "--outdir", str(made)]
    _run([*command, *(str(sources / name) for name in files)], fonts, _SECONDS[0] + _SECONDS[1] * len(files))
    pdfs = {name: (made / name).with_suffix(".pdf") for name in files}
    return {name: pdf.read_bytes() for name, pdf in pdfs.items() if pdf.is_file()}


def _run(command: Sequence[str], fonts: Path, seconds: float) -> None:
    """Run the program until it ends, or its time does: the processes that it starts go with it."""
    process = subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "FONTCONFIG_FILE": str(fonts)},
        start_new_session=True,
    )
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def compared(files: Mapping[str, bytes], folder: Path) -> dict[str, Outcome]:
    """What is wrong with the renderings of each file (by its name, `x.docx`), translated both ways. While
    LibreOffice has one batch of them, the last one is looked at."""
    names = list(files)
    batches = [names[at : at + _BATCH] for at in range(0, len(names), _BATCH)]
    outcomes: dict[str, Outcome] = {}
    with ThreadPoolExecutor(1) as office:
        waiting = []
        for number, batch in enumerate(batches):
            tried = {name: _tried(files[name], name.rpartition(".")[2]) for name in batch}
            asked = {
                f"{at}-{kind}.{one.form}": data
                for at, one in enumerate(tried.values())
                for kind, data in one.files.items()
            }
            waiting.append((tried, office.submit(converted, asked, folder / str(number))))
        for tried, done in waiting:
            for at, (name, one) in enumerate(tried.items()):
                pdfs = {kind: done.result().get(f"{at}-{kind}.{one.form}") for kind in one.files}
                outcomes[name] = one.judged(pdfs)
    return outcomes


@dataclass(slots=True)
class _Tried:
    """A file, untouched and translated, with what is to be seen on its pages."""

    form: str
    units: Sequence[Unit]
    files: dict[str, bytes] = field(default_factory=dict)
    """By the kind of translation; `before` is the untouched one."""
    wanted: dict[str, tuple[dict[str, str], frozenset[str]]] = field(default_factory=dict)
    """The tagged targets, and the units that were reported not to fit."""

    def judged(self, pdfs: Mapping[str, bytes | None]) -> Outcome:
        """What both translations have that the untouched file has not."""
        before, outcome = rendered(pdfs["before"]), Outcome()
        outcome.compared = before.pages > 0
        for kind, (words, noted) in self.wanted.items() if outcome.compared else ():
            one = judged(before, rendered(pdfs[kind]), self.units, words, noted)
            outcome.reported += one.reported
            outcome.faults += (
                fault for fault in one.faults if self.form not in _SHEETS or fault.kind != "outside"
            )
        return outcome


def _tried(data: bytes, form: str) -> _Tried:
    one = _Tried(form, opened(data, form).units, {"before": data})
    for kind, to in PSEUDO:
        words, written = translated(data, form, kind, to)
        one.files[kind] = written.data
        one.wanted[kind] = words, fit_notes(written.notes)
    return one


def fit_notes(notes: Iterable[LayoutNote]) -> frozenset[str]:
    """The units that the writer says do not fit; what it only set smaller must fit."""
    return frozenset(note.unit for note in notes if note.too_long)


def judged(
    before: Rendering,
    after: Rendering,
    units: Sequence[Unit],
    words: Mapping[str, str],
    noted: frozenset[str],
) -> Outcome:
    """What `after` has that `before` has not. `words` are the tagged targets; `noted` were reported not to fit."""
    if not after.pages:
        return Outcome([Fault("not opened", 0, "")])
    outcome = Outcome()
    sources = {unit.id: unit.source for unit in units}
    found = [*after.faults, *_of_units(after.outside_shapes, units, words)]
    old = [*before.faults, *_of_units(before.outside_shapes, units, sources)]
    if after.pages > _MOST_PAGES * before.pages + 2:
        found.append(Fault("pages", after.pages, f"{before.pages} before"))
    found += _missing(before, after, units, words)
    there = Counter(fault.kind for fault in old)
    was = {(key, fault.kind) for fault in set(old) for key in _units_of(fault, sources)}
    was |= {(unit.id, "cut off") for unit in units if not _was_shown(unit, before)}
    where = {fault: _units_of(fault, words) for fault in set(found)}
    for fault in found:
        if where[fault] & noted:
            outcome.reported.append(fault)
        elif was & {(key, fault.kind) for key in where[fault]}:
            continue
        elif there[fault.kind] > 0:
            there[fault.kind] -= 1
        else:
            outcome.faults.append(fault)
    return outcome


def _units_of(fault: Fault, words: Mapping[str, str]) -> set[str]:
    """The units whose words stand in a faulty line."""
    if fault.unit:
        return {fault.unit}
    line = closed(fault.words)
    return {key for key, said in words.items() if line and _stands_in(closed(said), line)}


def _stands_in(words: str, line: str) -> bool:
    """Whether a line has all of the words, is a part of them, or ends with their beginning."""
    return line in words or (
        (len(words) >= _START and words in line)
        or any(line.endswith(words[:end]) for end in range(_START, min(len(words), len(line))))
    )


def _of_units(found: Iterable[Fault], units: Sequence[Unit], words: Mapping[str, str]) -> Iterator[Fault]:
    """Those whose words are a unit's, and not a chart's."""
    said = "\0".join(closed(words[unit.id]) for unit in units if unit.story != "chart" and unit.id in words)
    return (fault for fault in found if closed(fault.words) in said)


def _missing(
    before: Rendering, after: Rendering, units: Sequence[Unit], words: Mapping[str, str]
) -> Iterator[Fault]:
    """Words of units that the untouched page shows and the translated one does not."""
    for unit in units:
        if unit.story in NOT_SHOWN or _is_pictured(unit) or not _was_shown(unit, before):
            continue
        for word in _words(words[unit.id]):
            if not _is_in(word, after.text):
                yield Fault("missing", 0, f"{word} of {unit.id}", unit.id)


def _was_shown(unit: Unit, before: Rendering) -> bool:
    """Whether the untouched page shows a unit whole: of a cell whose words the next one covers LibreOffice
    leaves out the letters that are not seen."""
    said = (closed(piece.text) for piece in pieces(unit.source) if piece.kind == "text")
    return all(_is_in(words, before.text, _PART) for words in said)


def _is_pictured(unit: Unit) -> bool:
    """Whether the page shows the unit in a picture that an object in an OpenDocument file has of itself, and
    that stays until the object is opened."""
    return unit.id.startswith("Object ")


def _words(tagged: str) -> list[str]:
    return [word for each in plain(tagged).split() if (word := closed(each))]


def _is_in(word: str, text: str, least: int = 1) -> bool:
    """Whether a word is there, whole or over the end of a page or column, in parts of as many letters at least."""
    if word in text:
        return True
    most = bisect(range(1, len(word)), False, key=lambda at: word[:at] not in text)
    return most >= least and len(word) - most >= least and word[most:] in text


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
    """Whether the line stands half in a drawn shape and half out, above or below: where a shape is round its
    middle, none is round its upper or lower edge. Grounds of paragraphs that follow each other are many shapes."""
    left, bottom, right, top = line.box
    x = (left + right) / 2

    def is_held(y: float) -> bool:
        return any(each[0] <= x <= each[2] and each[1] <= y <= each[3] for each in shapes)

    edges = (bottom + _TOLERANCE, top - _TOLERANCE)
    return is_held((bottom + top) / 2) and not all(map(is_held, edges))
