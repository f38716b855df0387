"""A translation's words as the pieces that Typst sets: runs of one look, and where lines may break."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from ..normal import BULLET, NUMBER_LABEL
from .pdf_units import Place
from .pdf_words import Manner
from .tags import pieces
from .typography import has_han

_TOKEN = re.compile(
    "[「『（《〈【〔“‘(]*(?:[\u2e80-\u9fff\uf900-\ufaff\uff01-\uff60\U00020000-\U0003ffff]|[^\\s\u2e80-\u9fff]+)"
    "[、，。；：？！」』）》〉】〕”’…—)]*\\s*|\\s+"
)
_SHIFTED = re.compile("([⁰¹²³⁴-⁹⁺⁻⁽⁾]+)|([₀-₉₊₋₍₎]+)")
_PLAIN_FIGURES = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾₀₁₂₃₄₅₆₇₈₉₊₋₍₎", "0123456789+-()0123456789+-()")


def set_pieces(place: Place, target: str) -> tuple[list[Any] | None, list[list[Any]]]:
    """An item's number or bullet where it hangs out, else None; and the tokens of the tagged text.

    A token is a list: text, bold, italic, colour, shift (1 raised, -1 lowered).
    """
    label, runs = _labelled(_runs(place, target), place)
    parted = len(place.frames) > 1
    return label, [token for run in runs for token in _tokens(run, parted=parted)]


class _Run(NamedTuple):
    text: str
    manner: Manner
    shift: int = 0
    """1 for raised, -1 for lowered."""


def _runs(place: Place, target: str) -> list[_Run]:
    """The target's words with their looks."""
    words = place.words
    opened: list[int] = []
    runs: list[_Run] = []
    for piece in pieces(target):
        if piece.kind == "open":
            opened.append(piece.number)
        elif piece.kind == "close" and piece.number in opened:
            opened.remove(piece.number)
        elif piece.kind == "text":
            manner = next((words.manners[n] for n in reversed(opened) if n in words.manners), words.base)
            runs += _shifted(piece.text, manner)
    return runs


def _shifted(text: str, manner: Manner) -> list[_Run]:
    """Raised and lowered figures apart, as ordinary ones: few fonts have all of the special ones."""
    runs: list[_Run] = []
    place = 0
    base = 1 if manner.raised else 0
    for found in _SHIFTED.finditer(text):
        if found.start() > place:
            runs.append(_Run(text[place : found.start()], manner, base))
        runs.append(_Run(found[0].translate(_PLAIN_FIGURES), manner, 1 if found[1] else -1))
        place = found.end()
    if place < len(text):
        runs.append(_Run(text[place:], manner, base))
    return runs


def _labelled(runs: list[_Run], place: Place) -> tuple[list[Any] | None, list[_Run]]:
    """An item's number or bullet, set apart from its words where it hangs out, and the rest."""
    if place.bullet:
        sign = "•" if "\ue000" <= place.bullet[0] <= "\uf8ff" else place.bullet
        return _token(_Run(sign, place.words.base)), runs
    if place.first >= 0 or not runs or runs[0].shift:
        return None, runs
    head, *rest = runs
    found = NUMBER_LABEL.match(head.text) or BULLET.match(head.text)
    if found is None:
        return None, runs
    words = head.text[found.end() :].lstrip()
    kept = [head._replace(text=words)] if words else []
    return _token(head._replace(text=found[0].strip())), kept + rest


def _tokens(run: _Run, *, parted: bool) -> list[list[Any]]:
    """The run whole, or parted wherever a line may break."""
    texts = _TOKEN.findall(run.text) if parted and not run.shift else [run.text]
    return [_token(run._replace(text=text)) for text in texts]


def _token(run: _Run) -> list[Any]:
    italic = run.manner.italic and not has_han(run.text)
    return [run.text, run.manner.bold, italic, run.manner.colour, run.shift]


def widest(text: str) -> str:
    """The longest word that no line may break."""
    words: Mapping[str, int] = {word: len(word) for word in re.findall(r"[!-\u2e7f]+", text)}
    return max(words, key=lambda word: words[word], default="")
