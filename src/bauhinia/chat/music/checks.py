"""Whether a song is one: key, metre, cadences, range, harmony, words and tones, and the sound's levels.

Each check looks at the finished score or file and not at how it was made, and says what it found.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from ..work import Check
from .audio import TAIL_SECONDS, Levels
from .brief import MusicBrief
from .melody import HIGH, LOW
from .score import QUARTER, Note, Score
from .theory import FOLLOWS, FUNCTIONS, key_heard
from .tones import ToneFit, fit_of_line
from .words import Line, cut

TONE_FIT = 0.9
"""What a song of Cantonese has to reach; published songs keep the direction in about 80 % (`tones.py`)."""
WIDEST = 17
"""Semitones from the lowest to the highest note."""
STEPWISE = 0.6
"""Share of moves that are steps or repeats."""
LARGEST_LEAP = 12


def tone_fit(score: Score) -> ToneFit | None:
    """How the tune fits the tones of the words; None in a language that is not sung by them."""
    if score.language != "yue":
        return None
    steps = [
        step
        for number, notes in score.by_line()
        for step in fit_of_line(
            number,
            [note.syllable for note in notes],
            cut(score.lines[number], "yue").tones,
            [note.pitch for note in notes],
        )
    ]
    return ToneFit(steps=tuple(steps))


def check_score(score: Score, brief: MusicBrief) -> tuple[Check, ...]:
    """All that can be told from the score; of tones, where the language is sung by them."""
    looks: tuple[Callable[[Score, MusicBrief], Check], ...] = (
        _key, _metre, _form, _cadences, _harmony, _strong_beats, _range, _motion, _syllables,
    )  # fmt: skip
    found = [look(score, brief) for look in looks]
    if (fit := tone_fit(score)) is not None:
        found.append(_tones(fit))
    return tuple(found)


def check_sound(levels: Levels, score: Score) -> tuple[Check, ...]:
    """All that can be told from the sound."""
    expected = score.seconds + TAIL_SECONDS
    return (
        Check(
            name="duration",
            passed=abs(levels.seconds - expected) < 3.5,
            detail=f"{levels.seconds:.1f} s; the score with its tail is {expected:.1f} s",
        ),
        Check(
            name="levels",
            passed=-24 < levels.mean_db < -12 and levels.peak_db < -0.5,
            detail=f"mean {levels.mean_db:.1f} dB, peak {levels.peak_db:.1f} dB",
        ),
        Check(name="clipping", passed=levels.clipped == 0, detail=f"{levels.clipped} samples cut off"),
        Check(
            name="silence",
            passed=levels.longest_silence < 2 and levels.ends_quietly,
            detail=f"longest silence {levels.longest_silence:.1f} s; "
            f"{'fades out' if levels.ends_quietly else 'breaks off'}",
        ),
    )


def _key(score: Score, brief: MusicBrief) -> Check:
    """The key that is heard, by how long each note sounds in all parts but the drums."""
    weights = [0.0] * 12
    for part in score.parts:
        if part.name != "drums":
            for note in part.notes:
                weights[note.pitch % 12] += note.length
    heard = key_heard(weights)
    return Check(name="key", passed=heard == brief.key, detail=f"asked {brief.key.name}, heard {heard.name}")


def _metre(score: Score, brief: MusicBrief) -> Check:
    """Whole bars everywhere, and the accompaniment weighs on the first beat."""
    bar = score.metre.bar
    whole = all(section.start % bar == 0 and section.length % bar == 0 for section in score.sections)
    weight = [0] * bar
    for note in score.part("bass").notes:
        weight[note.start % bar] += note.loud
    return Check(
        name="metre",
        passed=whole and score.metre.name == brief.metre and max(range(bar), key=lambda at: weight[at]) == 0,
        detail=f"{score.metre.name}, {score.length // bar} whole bars; the bass weighs on the first beat",
    )


def _form(score: Score, _: MusicBrief) -> Check:
    """Verses and choruses, and the chorus the same both times."""
    names = [section.name for section in score.sections]
    tunes = [_tune(score, at) for at, name in enumerate(names) if name == "chorus"]
    return Check(
        name="form",
        passed=len(tunes) == 2 and tunes[0] == tunes[1] and names[0] == "intro" and names[-1] == "outro",
        detail=" - ".join(names),
    )


def _tune(score: Score, section: int) -> list[tuple[int, int, int]]:
    there = score.sections[section]
    return [
        (note.start - there.start, note.length, note.pitch)
        for note in score.melody
        if note.line in there.lines
    ]


def _cadences(score: Score, _: MusicBrief) -> Check:
    """Each verse and chorus stops on the dominant half way, and ends dominant - tonic with the tune on the
    tonic."""
    wrong: list[str] = []
    for section in score.sections:
        if not section.lines:
            continue
        half, last = (_last_of(score, section.lines[at]) for at in (1, 3))
        under = [chord for chord in score.chords if chord.start <= last.start]
        if score.chord_at(half.start).degree != 4:
            wrong.append(f"{section.name}: no half cadence")
        if [chord.degree for chord in under[-2:]] != [4, 0] or last.pitch % 12 != score.tonic:
            wrong.append(f"{section.name}: does not come home")
    return Check(
        name="cadence", passed=not wrong, detail="; ".join(wrong) or "half cadences, and each part comes home"
    )


def _last_of(score: Score, line: int) -> Note:
    return [note for note in score.melody if note.line == line][-1]


def _harmony(score: Score, _: MusicBrief) -> Check:
    """No chord follows another that it may not; phrases begin anew."""
    begins = {section.start for section in score.sections} | {
        section.start + section.length // 2 for section in score.sections if section.lines
    }
    wrong = [
        f"{before.name} - {after.name}"
        for before, after in pairwise(score.chords)
        if after.start not in begins and after.degree not in FOLLOWS[score.mode][before.degree]
    ]
    used = {FUNCTIONS[score.mode][chord.degree] for chord in score.chords}
    return Check(
        name="harmony",
        passed=not wrong and used == {"T", "S", "D"},
        detail=", ".join(wrong) or f"{len(score.chords)} chords, tonic, subdominant and dominant",
    )


def _strong_beats(score: Score, _: MusicBrief) -> Check:
    strong = [note for note in score.melody if note.start % score.metre.bar in score.metre.strong]
    outside = [note for note in strong if note.pitch % 12 not in score.chord_at(note.start).classes]
    return Check(
        name="strong beats",
        passed=bool(strong) and not outside,
        detail=f"{len(strong) - len(outside)} of {len(strong)} notes on strong beats belong to their chord",
    )


def _range(score: Score, _: MusicBrief) -> Check:
    pitches = [note.pitch for note in score.melody]
    low, high = min(pitches), max(pitches)
    return Check(
        name="range",
        passed=low >= LOW and high <= HIGH and high - low <= WIDEST,
        detail=f"{high - low} semitones, MIDI {low} to {high}",
    )


def _motion(score: Score, _: MusicBrief) -> Check:
    moves = [
        abs(after.pitch - before.pitch) for _, notes in score.by_line() for before, after in pairwise(notes)
    ]
    # In a scale of five notes the next note may be a minor third away.
    step = 3 if len({note.pitch % 12 for note in score.melody}) <= 5 else 2
    steps = sum(move <= step for move in moves) / len(moves)
    return Check(
        name="motion",
        passed=steps >= STEPWISE and max(moves) <= LARGEST_LEAP,
        detail=f"{steps:.0%} steps and repeats, largest leap {max(moves)} semitones",
    )


def _syllables(score: Score, brief: MusicBrief) -> Check:
    """One note a syllable, none over another, each line ending long on a strong beat."""
    wrong: list[str] = []
    for number, notes in score.by_line():
        syllables = [each.text for each in _line(score, number, brief).syllables]
        sung = [note.syllable for note in notes]
        if "".join(sung) != "".join(syllables) or (brief.language != "en" and len(sung) != len(syllables)):
            wrong.append(f"line {number + 1}: {len(syllables)} syllables, {len(notes)} notes")
        if any(a.start + a.length > b.start for a, b in pairwise(notes)):
            wrong.append(f"line {number + 1}: notes overlap")
        last = notes[-1]
        if last.start % score.metre.bar not in score.metre.beats or last.length < QUARTER:
            wrong.append(f"line {number + 1}: its end is not held on a beat")
    detail = "; ".join(wrong) or f"{len(score.melody)} syllables, a note each, in {len(score.lines)} lines"
    return Check(name="syllables", passed=not wrong, detail=detail)


def _line(score: Score, number: int, brief: MusicBrief) -> Line:
    return cut(score.lines[number], brief.language)


def _tones(fit: ToneFit) -> Check:
    where = "; ".join(
        f"line {step.line + 1} {step.syllables[0]}{step.tones[0]} {step.syllables[1]}{step.tones[1]}: "
        f"{step.interval:+d} semitones, {step.motion}"
        for step in fit.misfits[:5]
    )
    return Check(
        name="tones",
        passed=fit.score >= TONE_FIT and not fit.against,
        detail=f"fit {fit.score:.3f} over {len(fit.steps)} steps, {len(fit.against)} against the tones"
        + (f": {where}" if where else ""),
    )
