"""A score as MusicXML 4.0: tune with words and chord names, chords, pad, bass and drums."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from lxml import etree

from .score import QUARTER, Chord, Note, Part, Score
from .theory import Key

_TYPES = {16: ("whole", 0), 12: ("half", 1), 8: ("half", 0), 6: ("quarter", 1), 4: ("quarter", 0),
          3: ("eighth", 1), 2: ("eighth", 0), 1: ("16th", 0)}  # fmt: skip
"""Sixteenths as a note's type and its dots."""
_NAMES = {"melody": "Voice", "chords": "Chords", "pad": "Pad", "bass": "Bass", "drums": "Drums"}
_KINDS = {"major": "major", "minor": "minor", "diminished": "diminished", "dominant": "dominant"}
_DOCTYPE = (
    '<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN" '
    '"http://www.musicxml.org/dtds/partwise.dtd">'
)
_Placed = tuple[int, int, tuple[Note, ...], bool, bool]
"""Begin, length, notes struck together (none: a rest), tied from before, tied on."""


def musicxml_of(score: Score, sentence: str, made: date, words_by: str) -> bytes:
    """The file. `sentence`: the visible label, at the foot of the first page and among the rights."""
    root = etree.Element("score-partwise", version="4.0")
    _sub(_sub(root, "work"), "work-title", score.title)
    said = _sub(root, "identification")
    _sub(said, "creator", "Bauhinia", type="composer")
    _sub(said, "creator", words_by, type="lyricist")
    _sub(said, "rights", sentence)
    _sub(_sub(said, "encoding"), "encoding-date", made.isoformat())
    _sub(_sub(said, "miscellaneous"), "miscellaneous-field", sentence, name="AI-Label")
    credit = _sub(root, "credit", page="1")
    _sub(credit, "credit-type", "rights")
    _sub(credit, "credit-words", sentence)
    listed = _sub(root, "part-list")
    for number, part in enumerate(score.parts, 1):
        _listed(listed, number, part)
    for number, part in enumerate(score.parts, 1):
        _part(_sub(root, "part", id=f"P{number}"), part, score)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True, doctype=_DOCTYPE)


def _listed(listed: Any, number: int, part: Part) -> None:
    player = _sub(listed, "score-part", id=f"P{number}")
    _sub(player, "part-name", _NAMES[part.name])
    _sub(_sub(player, "score-instrument", id=f"P{number}-I1"), "instrument-name", _NAMES[part.name])
    midi = _sub(player, "midi-instrument", id=f"P{number}-I1")
    _sub(midi, "midi-channel", "10" if part.name == "drums" else str(number))
    _sub(midi, "midi-program", str(part.program + 1))


def _part(element: Any, part: Part, score: Score) -> None:
    bar = score.metre.bar
    by_bar = _by_bar(part.notes, bar, score.length // bar)
    for number, placed in enumerate(by_bar):
        measure = _sub(element, "measure", number=str(number + 1))
        start = number * bar
        if number == 0:
            _attributes(measure, part, score)
        if part.name == "melody":
            _section_mark(measure, score, start)
            _written_with_chords(measure, placed, score, start)
        else:
            for each in placed:
                _written(measure, each, score, part)
        if number == len(by_bar) - 1:
            _sub(_sub(measure, "barline", location="right"), "bar-style", "light-heavy")


def _attributes(measure: Any, part: Part, score: Score) -> None:
    attributes = _sub(measure, "attributes")
    _sub(attributes, "divisions", str(QUARTER))
    key = _sub(attributes, "key")
    _sub(key, "fifths", str(score.fifths))
    _sub(key, "mode", score.mode)
    top, bottom = score.metre.name.split("/")
    time = _sub(attributes, "time")
    _sub(time, "beats", top)
    _sub(time, "beat-type", bottom)
    clef = _sub(attributes, "clef")
    if part.name == "drums":
        _sub(clef, "sign", "percussion")
        return
    _sub(clef, "sign", "F" if part.name == "bass" else "G")
    _sub(clef, "line", "4" if part.name == "bass" else "2")


def _section_mark(measure: Any, score: Score, start: int) -> None:
    section = next((each for each in score.sections if each.start == start), None)
    if section is None:
        return
    direction = _sub(measure, "direction", placement="above")
    _sub(_sub(direction, "direction-type"), "rehearsal", section.name)
    if start == 0:
        kind = _sub(_sub(direction, "direction-type"), "metronome")
        _sub(kind, "beat-unit", "quarter")
        _sub(kind, "per-minute", f"{score.tempo:g}")
        _sub(direction, "sound", tempo=f"{score.tempo:g}")


def _written_with_chords(measure: Any, placed: Sequence[_Placed], score: Score, start: int) -> None:
    """A chord's name stands before the note under which it begins; one inside a note is given an offset."""
    chords = [chord for chord in score.chords if start <= chord.start < start + score.metre.bar]
    for each in placed:
        for chord in chords:
            if each[0] <= chord.start < each[0] + each[1]:
                _harmony(measure, chord, chord.start - each[0], score)
        _written(measure, each, score, score.part("melody"))


def _harmony(measure: Any, chord: Chord, offset: int, score: Score) -> None:
    harmony = _sub(measure, "harmony")
    root = _sub(harmony, "root")
    step, alter = _spelled(chord.root, score)
    _sub(root, "root-step", step)
    if alter:
        _sub(root, "root-alter", str(alter))
    _sub(harmony, "kind", _KINDS[chord.kind])
    if offset:
        _sub(harmony, "offset", str(offset))


def _by_bar(notes: Sequence[Note], bar: int, bars: int) -> list[list[_Placed]]:
    """What each bar holds: notes that begin together as chords, cut at bar lines and into lengths that can be
    written, rests between. Drums that overlap are cut at the next stroke."""
    found: list[list[_Placed]] = [[] for _ in range(bars)]
    starts = sorted({note.start for note in notes})
    at = 0
    for number, start in enumerate(starts):
        together = tuple(note for note in notes if note.start == start)
        until = starts[number + 1] if number + 1 < len(starts) else bars * bar
        end = min(start + max(note.length for note in together), until)
        _place(found, at, start, (), bar)
        _place(found, start, end, together, bar)
        at = end
    _place(found, at, bars * bar, (), bar)
    return found


def _place(found: list[list[_Placed]], begin: int, end: int, notes: tuple[Note, ...], bar: int) -> None:
    pieces = list(_pieces(begin, end, bar))
    for number, (at, length) in enumerate(pieces):
        found[at // bar].append(
            (at, length, notes, bool(notes) and number > 0, bool(notes) and number < len(pieces) - 1)
        )


def _pieces(begin: int, end: int, bar: int) -> Iterator[tuple[int, int]]:
    while begin < end:
        room = min(end, (begin // bar + 1) * bar) - begin
        length = next(length for length in _TYPES if length <= room)
        yield begin, length
        begin += length


def _written(measure: Any, placed: _Placed, score: Score, part: Part) -> None:
    _, length, notes, tied_from, tied_on = placed
    kind, dots = _TYPES[length]
    for number, struck in enumerate(notes or (None,)):
        note = _sub(measure, "note")
        if number:
            _sub(note, "chord")
        if struck is None:
            _sub(note, "rest")
        else:
            _pitch(note, struck, score, part)
        _sub(note, "duration", str(length))
        for tied, name in ((tied_from, "stop"), (tied_on, "start")):
            if tied:
                _sub(note, "tie", type=name)
        _sub(note, "voice", "1")
        _sub(note, "type", kind)
        for _ in range(dots):
            _sub(note, "dot")
        if tied_from or tied_on:
            notations = _sub(note, "notations")
            for tied, name in ((tied_from, "stop"), (tied_on, "start")):
                if tied:
                    _sub(notations, "tied", type=name)
        if struck is not None and struck.syllable and not tied_from:
            _lyric(note, struck, part)


def _pitch(note: Any, struck: Note, score: Score, part: Part) -> None:
    if part.name == "drums":
        place = _sub(note, "unpitched")
        _sub(place, "display-step", "BCDEFGA"[struck.pitch % 7])
        _sub(place, "display-octave", "4")
        return
    pitch = _sub(note, "pitch")
    step, alter = _spelled(struck.pitch, score)
    _sub(pitch, "step", step)
    if alter:
        _sub(pitch, "alter", str(alter))
    _sub(pitch, "octave", str(_octave(struck.pitch, alter)))


def _octave(pitch: int, alter: int) -> int:
    """The octave of the written letter: B sharp sounds in the next one."""
    return (pitch - alter) // 12 - 1


def _spelled(pitch: int, score: Score) -> tuple[str, int]:
    """Letter and sign; the raised seventh of a minor key is its letter sharpened and not another one flat."""
    key = Key(tonic=score.tonic, mode=score.mode)
    name = key.spelled(pitch)
    if score.mode == "minor" and pitch % 12 == (score.tonic + 11) % 12:
        seventh = key.spelled(score.tonic + 10)
        return seventh[0], (1 if len(seventh) == 1 else 0 if seventh[1] == "b" else 2)
    return name[0], {"#": 1, "b": -1}.get(name[1:], 0)


def _lyric(note: Any, struck: Note, part: Part) -> None:
    before = max(
        (each for each in part.notes if each.start < struck.start), key=lambda each: each.start, default=None
    )
    begins = before is None or before.ends_word or before.line != struck.line
    ways = {(True, True): "single", (True, False): "begin", (False, False): "middle", (False, True): "end"}
    # Each Chinese character stands by itself under its note.
    chinese = not struck.syllable.isascii()
    lyric = _sub(note, "lyric", number="1")
    _sub(lyric, "syllabic", "single" if chinese else ways[begins, struck.ends_word])
    _sub(lyric, "text", struck.syllable)


def _sub(parent: Any, tag: str, text: str = "", /, **attributes: str) -> Any:
    child = etree.SubElement(parent, tag, attributes)
    if text:
        child.text = text
    return child
