"""A score as a MIDI file: one track a part, the words on the tune's, the label at the beginning."""

from __future__ import annotations

import importlib.util
import io
from typing import Any

from ...errors import MissingPart
from .score import QUARTER, Note, Part, Score

TICKS = 480
"""Of a quarter note."""
_STEP = TICKS // QUARTER
_DRUM_CHANNEL = 9


def midi_of(score: Score, sentence: str) -> bytes:
    """The file. `sentence`: the visible label, which is its copyright notice. Raises MissingPart."""
    if importlib.util.find_spec("mido") is None:
        raise MissingPart(
            "MIDI files need the package mido, which is not installed.",
            hint="Run `pip install 'bauhinia[media]'`.",
        )
    from mido import MidiFile

    file = MidiFile(type=1, ticks_per_beat=TICKS, charset="utf-8")
    file.tracks.append(_head(score, sentence))
    for number, part in enumerate(score.parts):
        channel = _DRUM_CHANNEL if part.name == "drums" else number
        file.tracks.append(_track(part, channel, score))
    out = io.BytesIO()
    file.save(file=out)
    return out.getvalue()


def _head(score: Score, sentence: str) -> Any:
    from mido import MetaMessage, MidiTrack, bpm2tempo

    top, bottom = map(int, score.metre.name.split("/"))
    track = MidiTrack()
    track.append(MetaMessage("track_name", name=score.title))
    track.append(MetaMessage("copyright", text=sentence))
    track.append(MetaMessage("set_tempo", tempo=bpm2tempo(score.tempo)))
    track.append(MetaMessage("time_signature", numerator=top, denominator=bottom))
    track.append(MetaMessage("key_signature", key=_signature(score)))
    passed = 0
    for section in score.sections:
        at = section.start * _STEP
        track.append(MetaMessage("marker", text=section.name, time=at - passed))
        passed = at
    track.append(MetaMessage("end_of_track", time=score.length * _STEP - passed))
    return track


def _signature(score: Score) -> str:
    from .theory import Key

    name = Key(tonic=score.tonic, mode=score.mode).spelled(score.tonic)
    return f"{name}m" if score.mode == "minor" else name


def _track(part: Part, channel: int, score: Score) -> Any:
    """Events by time; at the same time notes end before others begin, and words come before their note."""
    from mido import Message, MetaMessage, MidiTrack

    track = MidiTrack()
    track.append(MetaMessage("track_name", name=part.name))
    track.append(Message("program_change", channel=channel, program=part.program))
    for control, value in ((7, part.volume), (10, part.pan), (91, 60)):
        track.append(Message("control_change", channel=channel, control=control, value=value))
    events: list[tuple[int, int, Any]] = []
    for note in part.notes:
        if note.syllable:
            text = note.syllable + ("-" if note.syllable.isascii() and not note.ends_word else "")
            events.append((note.start * _STEP, 1, MetaMessage("lyrics", text=text)))
        loud = _loudness(note)
        events.append(
            (note.start * _STEP, 2, Message("note_on", channel=channel, note=note.pitch, velocity=loud))
        )
        off = Message("note_off", channel=channel, note=note.pitch, velocity=0)
        events.append(((note.start + note.length) * _STEP - _gap(note), 0, off))
    passed = 0
    for at, _, event in sorted(events, key=lambda each: each[:2]):
        track.append(event.copy(time=at - passed))
        passed = at
    track.append(MetaMessage("end_of_track", time=max(score.length * _STEP - passed, 0)))
    return track


def _loudness(note: Note) -> int:
    """A little uneven, as players are: by its place and pitch, so that the same song stays the same file."""
    return max(1, min(127, note.loud + (note.start * 7 + note.pitch * 3) % 7 - 3))


def _gap(note: Note) -> int:
    """A breath after a sung note; others are let go just before the next."""
    return 24 if note.syllable else 8
