"""A song from a request: brief -> words -> score -> MusicXML, MIDI, WAV and MP3, checked and labelled."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from ...errors import InputError
from ..work import Check, Label, Progress, Work, work_folder
from .audio import Levels, as_mp3, levels_of, played
from .brief import MusicBrief, from_bank
from .checks import check_score, check_sound, tone_fit
from .composing import compose
from .midi import midi_of
from .musicxml import musicxml_of
from .score import Score
from .tones import ToneFit
from .words import Lyrics

LONGEST_SECONDS = 240.0
WriteLyrics = Callable[[MusicBrief], Awaitable[Lyrics]]
"""Gives words that a model wrote through the gateway."""
MAX_COMPOSED = 6
"""Seeds that are tried for a score that passes every check."""
MAX_TRIES = 3
"""How often a model is asked for words that can be sung."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Song:
    """A song as it may leave: every file carries its label."""

    brief: MusicBrief
    lyrics: Lyrics
    score: Score
    musicxml: bytes
    midi: bytes
    wav: bytes
    mp3: bytes
    levels: Levels
    checks: tuple[Check, ...]
    tones: ToneFit | None
    """None in a language that is not sung by its tones."""
    sound_font: str
    """Which instruments, from which package, under which licence."""

    @property
    def passed(self) -> bool:
        """Whether every check did."""
        return all(check.passed for check in self.checks)


async def make_song(
    brief: MusicBrief,
    *,
    label: Label,
    made: date,
    write_lyrics: WriteLyrics | None = None,
    progress: Progress | None = None,
) -> Song:
    """The song. Without `write_lyrics` the words are the phrase bank's, and `lyrics.written_by` says so.

    Cancelling the task ends it and leaves nothing behind. Raises InputError, MissingPart, and what
    `write_lyrics` and `label.sign` raise.
    """
    work = Work(progress)
    work.tell("words", 0.0)
    lyrics, score = await _composed(brief, write_lyrics, work)
    if score.seconds > LONGEST_SECONDS:
        raise InputError(
            f"The song would last {score.seconds:.0f} seconds.",
            hint=f"Ask for a faster tempo: songs of up to {LONGEST_SECONDS:.0f} seconds are made.",
        )
    work.tell("score", 0.25)
    midi = midi_of(score, label.sentence)
    musicxml = musicxml_of(score, label.sentence, made, lyrics.written_by)
    async with work_folder("song") as folder:
        work.tell("sound", 0.3)
        wav, font = await played(midi, folder, score.seconds, work)
        work.tell("mp3", 0.75)
        mp3 = await as_mp3(wav, folder, score.title, work)
    levels = await work.in_thread(lambda: levels_of(wav))
    work.tell("label", 0.9)
    song = Song(
        brief=brief,
        lyrics=lyrics,
        score=score,
        musicxml=musicxml,
        midi=midi,
        wav=await label.sign(wav, "audio/wav"),
        mp3=await label.sign(mp3, "audio/mpeg"),
        levels=levels,
        checks=(*check_score(score, brief), *check_sound(levels, score)),
        tones=tone_fit(score),
        sound_font=f"{font.name} ({font.package}, {font.licence})",
    )
    work.tell("done", 1.0)
    return song


def composed(brief: MusicBrief, lyrics: Lyrics, going_on: Callable[[], None] = lambda: None) -> Score:
    """The first of some scores that passes every check; where none does, the first, whose checks say so.

    Some seeds lead to a tune that is heard in a related key. Raises InputError for words that cannot be
    sung, MissingPart.
    """
    scores = (compose(replace(brief, seed=brief.seed + at), lyrics, going_on) for at in range(MAX_COMPOSED))
    first: Score | None = None
    for score in scores:
        if all(check.passed for check in check_score(score, brief)):
            return score
        first = first or score
    assert first is not None, "something was composed"
    return first


async def _composed(brief: MusicBrief, write_lyrics: WriteLyrics | None, work: Work) -> tuple[Lyrics, Score]:
    """Words and score. Words that cannot be sung are asked for anew; the last refusal is shown."""
    if write_lyrics is None:
        lyrics = from_bank(brief)
        return lyrics, await work.in_thread(partial(composed, brief, lyrics, work.going_on))
    for left in reversed(range(MAX_TRIES)):
        written = await write_lyrics(brief)
        try:
            score = await work.in_thread(partial(composed, brief, written, work.going_on))
        except InputError:
            if not left:
                raise
        else:
            return written, score
    raise AssertionError("the last try returns or raises")
