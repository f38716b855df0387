"""The words of a PDF's paragraph as tagged text, with the look of each character kept."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from ..normal import tidy
from ..pdf_layout import LEADERS, Joining
from ..pdf_lines import Line, Word
from ..pdf_objects import PageInk, TextInk
from .tags import Piece, tagged

_RAISED_SIZE = 0.8
"""Letters smaller than this part of their line's may be raised."""
SHIFTED = frozenset("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾₀₁₂₃₄₅₆₇₈₉₊₋₍₎")
"""Characters that the reader writes for raised and lowered figures."""
_TAGS_MOST = 24
"""A paragraph with more changes of look than this is set in one: no translation keeps so many tags."""


class Manner(NamedTuple):
    """How characters look, beside their font and size."""

    bold: bool = False
    italic: bool = False
    colour: str = "#000000"
    raised: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A paragraph's words."""

    source: str
    """Tagged text."""
    base: Manner
    """Of most characters."""
    manners: dict[int, Manner]
    """Of each tag number."""
    fonts: Counter[TextInk]
    """How many characters each text object draws."""
    tail: str = ""
    """After the dots that lead to it: the page of an entry in a table of contents."""


class _Letter(NamedTuple):
    character: str
    manner: Manner


def words_of(lines: Sequence[Line], inks: dict[int, PageInk], joining: Joining) -> Words:
    """The lines of one paragraph as tagged text. `inks` by page number."""
    letters: list[_Letter] = []
    used: Counter[TextInk] = Counter()
    hyphen = False
    for line in lines:
        fresh = _letters(line, inks[line.page], used)
        text = "".join(each.character for each in letters)
        seam = joining.seam(text, "".join(each.character for each in fresh), hyphen)
        del letters[len(letters) - seam.dropped :]
        before = letters[-1].manner if letters else Manner()
        letters += [_Letter(character, before) for character in seam.between] + fresh
        hyphen = line.hyphen
    letters, tail = _without_leaders(letters)
    letters = [each for each in letters if each.character == " " or tidy(each.character)]
    base = _usual(letters)
    source, manners = _tagged(letters, base)
    return Words(source=source, base=base, manners=manners, fonts=used, tail=tail)


def objects_of(lines: Sequence[Line]) -> dict[int, set[int]]:
    """Which text objects draw the lines, by page number."""
    found: dict[int, set[int]] = {}
    for line in lines:
        found.setdefault(line.page, set()).update(run.object for word in line.words for run in word.runs)
    return found


def _letters(line: Line, ink: PageInk, used: Counter[TextInk]) -> list[_Letter]:
    letters: list[_Letter] = []
    for word in line.words:
        if letters:
            letters.append(_Letter(" ", letters[-1].manner))
        for text, object_ in _pieces(word):
            drawn = ink.texts[object_] if object_ >= 0 else None
            if drawn is not None:
                used[drawn] += len(text)
            manner = _manner(drawn, line)
            letters += [_Letter(each, _of_letter(each, manner)) for each in text]
    return letters


def _pieces(word: Word) -> list[tuple[str, int]]:
    ends = [run.start for run in word.runs[1:]] + [len(word.text)]
    return [
        (word.text[run.start : end], run.object)
        for run, end in zip(word.runs, ends, strict=True)
        if end > run.start
    ]


def _manner(drawn: TextInk | None, line: Line) -> Manner:
    if drawn is None:
        return Manner(line.bold)
    small = 0 < drawn.size < _RAISED_SIZE * line.size
    return Manner(
        bold=drawn.font.bold,
        italic=drawn.font.italic,
        colour=drawn.colour,
        raised=small and drawn.box.bottom < line.base - 0.12 * line.size,
    )


def _of_letter(character: str, manner: Manner) -> Manner:
    """Raised figures have characters of their own, which a translation keeps more surely than a tag."""
    return manner._replace(raised=False) if character in SHIFTED else manner


def _without_leaders(letters: list[_Letter]) -> tuple[list[_Letter], str]:
    """The letters before the dots of a table of contents, and the page number after them."""
    text = "".join(each.character for each in letters)
    found = LEADERS.search(text)
    if found is None or found.start() == 0:
        return letters, ""
    return letters[: found.start()], text[found.end() :].strip() or " "


def _usual(letters: Sequence[_Letter]) -> Manner:
    counted = Counter(each.manner for each in letters if each.character.isalnum())
    return counted.most_common(1)[0][0] if counted else Manner()


def _tagged(letters: Sequence[_Letter], base: Manner) -> tuple[str, dict[int, Manner]]:
    runs = _runs(letters, base)
    if sum(manner != base for manner, _ in runs) > _TAGS_MOST:
        runs = [(base, "".join(text for _, text in runs))]
    parts: list[Piece] = []
    manners: dict[int, Manner] = {}
    for manner, text in runs:
        words = Piece("text", unicodedata.normalize("NFC", text))
        if manner == base:
            parts.append(words)
            continue
        number = len(manners) + 1
        manners[number] = manner
        parts += [Piece("open", "", number), words, Piece("close", "", number)]
    return tagged(parts), manners


def _runs(letters: Sequence[_Letter], base: Manner) -> list[tuple[Manner, str]]:
    """Letters of one look together; marks and spaces between words look as the words before them."""
    runs: list[tuple[Manner, str]] = []
    for manner, group in groupby(letters, key=lambda each: each.manner):
        text = "".join(each.character for each in group)
        marks = not re.search(r"\w", text) and not manner.raised
        if runs and (runs[-1][0] == manner or marks):
            runs[-1] = (runs[-1][0], runs[-1][1] + text)
        else:
            runs.append((base if marks else manner, text))
    return [piece for run in _united(runs) for piece in _bare_ends(*run, base)]


def _united(runs: Sequence[tuple[Manner, str]]) -> list[tuple[Manner, str]]:
    return [
        (manner, "".join(text for _, text in group))
        for manner, group in groupby(runs, key=lambda run: run[0])
    ]


def _bare_ends(manner: Manner, text: str, base: Manner) -> list[tuple[Manner, str]]:
    """A run without the spaces at its ends, which stay outside of tags."""
    if manner == base:
        return [(manner, text)]
    inner = text.strip()
    start = len(text) - len(text.lstrip())
    pieces = [(base, text[:start]), (manner, inner), (base, text[start + len(inner) :])]
    return [piece for piece in pieces if piece[1]]
