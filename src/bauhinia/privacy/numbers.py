"""Numbers that identify a person: one scan for digits, then only the shapes that may begin there."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cache

from .context import Hint, hints
from .found import THRESHOLD, Guess
from .shapes import SHAPES, Shape
from .tables import Headings

_RUN = re.compile(r"[0-9](?=(?:[ ()\-\r\n]{0,3}[0-9Xx*#•●○_]){4})[0-9]*")
"""Digits that begin a number of five or more, masks counted; the many short numbers of a text end here."""
_PLATE = re.compile(r"[A-HJ-NPR-Z]{2}[ ]?[0-9]{1,4}(?![0-9A-Za-z])")
"""A vehicle's two letters and up to four digits: too short for the scan above."""
_PLATES = tuple(shape for shape in SHAPES if shape.kind == "plate")
_LONGEST = 20
_PREFIX = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz*#•●○_")
_FURTHER = 0.002
"""Taken off for each character between a number and its word, so that of two kinds the nearer one wins."""
_CERTAIN = 0.95
"""A score that asks for no word beside the number: a right check digit in brackets."""


def number_guesses(plain: str) -> Iterator[Guess]:
    """All numbers that may be personal data, in order; where several kinds fit one, the best guess only."""
    done, headings = 0, Headings(plain)
    for run in _RUN.finditer(plain):
        start = run.start()
        if start < done:
            continue
        length = min(run.end() - start, _LONGEST)
        letters, marks = _letters(plain, start, done), _marks(plain, start, done)
        guesses = []
        if letters < start:
            guesses += _guesses(plain, letters, _candidates(length, True), headings)
        guesses += _guesses(plain, marks, _candidates(length, False), headings)
        if guesses:
            best = max(guesses, key=_by_score)
            yield best
            done = best.end if best.score >= THRESHOLD else start


def plate_guesses(plain: str) -> Iterator[Guess]:
    """Vehicles' registration marks."""
    headings = Headings(plain)
    for match in _PLATE.finditer(plain):
        yield from _guesses(plain, match.start(), _PLATES, headings)


def _by_score(guess: Guess) -> float:
    return guess.score


def _letters(plain: str, digits: int, least: int) -> int:
    """Where the letters or masks before the digits begin, one space, hyphen or line end allowed between."""
    least = max(least, digits - 9)
    at = digits
    if at - 1 > least and plain[at - 1] in " -\n" and plain[at - 2] in _PREFIX:
        at -= 1
    begin = at
    while begin > least and plain[begin - 1] in _PREFIX:
        begin -= 1
    return begin if begin < at and (at == digits or at - begin <= 2) else digits


def _marks(plain: str, digits: int, least: int) -> int:
    """Where the plus before the digits stands, or the bracket of `(852)`."""
    at = digits
    if at > least and plain[at - 1] == "+":
        at -= 1
    if at > least and plain[at - 1] == "(" and plain.startswith("852)", digits):
        at -= 1
    return at


@cache
def _candidates(length: int, lettered: bool) -> tuple[Shape, ...]:
    return tuple(
        shape
        for shape in SHAPES
        if length in shape.first and shape.lettered in (None, lettered) and shape.kind != "plate"
    )


def _guesses(plain: str, at: int, shapes: tuple[Shape, ...], headings: Headings) -> list[Guess]:
    """What each shape that fits a place makes of it; the words around are read only where one fits."""
    fits: list[tuple[Shape, tuple[int, int], float]] = []
    for shape in shapes:
        match = shape.pattern.match(plain, at)
        if match and (alone := shape.alone(match)):
            if alone >= _CERTAIN:
                return [Guess(shape.kind, *match.span(), alone, shape.why)]
            fits.append((shape, match.span(), alone))
    if not fits:
        return []
    heading = headings.over(at)
    near = {span: hints(plain, *span, heading) for _, span, _ in fits}
    rivals = {"reference", *(shape.kind for shape, _, _ in fits)}
    return [_judged(shape, span, alone, near[span], rivals) for shape, span, alone in fits]


def _judged(
    shape: Shape, span: tuple[int, int], alone: float, near: dict[str, Hint], rivals: Collection[str]
) -> Guess:
    """One shape's guess, raised by a word of its kind and lowered by one that names the number otherwise."""
    own = near.get(shape.kind)
    named = {kind: hint for kind, hint in near.items() if hint.adjacent and kind != shape.kind}
    if own is not None and (own.adjacent or not shape.near):
        nearer = [kind for kind in named if kind in rivals and named[kind].distance < own.distance]
        if own.adjacent or not nearer:
            score = max(alone, shape.known) - own.distance * _FURTHER
            return Guess(shape.kind, *span, score, f"context word {own.word}")
    if named:
        alone *= 0.5
    return Guess(shape.kind, *span, alone, shape.why)
