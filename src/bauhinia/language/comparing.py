"""Which figures of one text another does not hold, whichever language each is in."""

from __future__ import annotations

import re
from typing import NamedTuple

from .dates import holds_date
from .figure import Figure, figures
from .numbers import compiled


class FigureDifference(NamedTuple):
    """What two texts do not share."""

    missing: list[Figure]
    """Figures of the source that the target does not hold."""
    added: list[Figure]
    """Figures of the target that the source does not hold."""


_SMALL_WORDS = {
    "1": compiled(r"\b(?:an?|one|once|single|sole|each|every|per|another)\b|[一每單首獨某]", re.IGNORECASE),
    "2": compiled(
        r"\b(?:two|both|twice|double|dual|pair|couple|either|second|bi\w+)\b|[兩雙二两]", re.IGNORECASE
    ),
    "3": compiled(r"\b(?:three|third|tri\w+)\b|(?<![期第])三", re.IGNORECASE),
    "12": compiled(r"\b(?:dozen)\b|一打", re.IGNORECASE),
    "10": compiled(r"\b(?:decade)s?\b|(?<!第)十(?!分)", re.IGNORECASE),
    "7": compiled(r"\b(?:weeks?)\b|[週周]", re.IGNORECASE),
    "0": compiled(r"\b(?:no|none|nil|zero|without)\b|[無零沒]", re.IGNORECASE),
    "0.5": compiled(r"\b(?:half|halves|halved)\b|半", re.IGNORECASE),
    "0.25": compiled(r"\bquarters?\b|刻|四分一", re.IGNORECASE),
}
"""Words that stand for a small number in either language, where `figures` sees none."""


def compare_figures(source: str, target: str) -> FigureDifference:
    """Figures of each text that the other does not hold.

    A figure once in the one text covers its repetitions in the other, a date one that says less. A number is
    covered by the same number of another kind where languages differ in it: a year, an ordinal (Phase 2,
    第二期), an amount whose currency stands elsewhere; `a` and `both` cover 1 and 2.
    """
    of_source, of_target = figures(source), figures(target)
    held_by_source, held_by_target = _Held(of_source, source), _Held(of_target, target)
    return FigureDifference(
        missing=[figure for figure in of_source if not held_by_target.covers(figure)],
        added=[figure for figure in of_target if not held_by_source.covers(figure)],
    )


class _Held:
    """The figures of one text, to look those of the other up in."""

    def __init__(self, held: list[Figure], text: str) -> None:
        self._text = text
        self._same = {(figure.kind, figure.value) for figure in held}
        self._dates = [figure.value for figure in held if figure.kind == "date" or _is_year(figure)]
        self._times = {figure.value for figure in held if figure.kind == "time"}
        self._numbers = {number for figure in held for number in _numbers_of(figure)}
        self._ordinals = self._numbers | {number for figure in held for number in _places_of(figure)}

    def covers(self, figure: Figure) -> bool:
        """Whether the text says this figure, in its own way."""
        if (figure.kind, figure.value) in self._same:
            return True
        match figure.kind:
            case "date":
                return holds_date(figure.value, self._dates)
            case "time":
                return self._covers_time(figure.value)
            case "number":
                return figure.value in self._numbers or self._says_in_a_word(figure)
            case "ordinal":
                return figure.value in self._ordinals or self._says_in_a_word(figure)
            case "money":
                return any(("number", number) in self._same for number in _numbers_of(figure))
            case "reference":
                kind = "number" if figure.value.startswith("tel:") else "ordinal"
                return any((kind, number) in self._same for number in _places_of(figure))
            case _:
                return False

    def _says_in_a_word(self, figure: Figure) -> bool:
        """Small numbers may be words here; from 3 up only those that are words there too."""
        word = _SMALL_WORDS.get(figure.value)
        may = figure.value in ("0", "1", "2", "0.5", "0.25") or not figure.text[:1].isdigit()
        return may and word is not None and word.search(self._text) is not None

    def _covers_time(self, value: str) -> bool:
        """A time without its half of the day is either."""
        if f"{value}?" in self._times or value.rstrip("?") in self._times:
            return True
        hour, _, minute = value.rstrip("?").partition(":")
        twin = f"{(int(hour) + 12) % 24:02d}:{minute}"
        return (value.endswith("?") and twin in self._times) or f"{twin}?" in self._times


def _is_year(figure: Figure) -> bool:
    return (
        figure.kind == "number"
        and figure.value == figure.text
        and re.fullmatch("(?:19|20)[0-9]{2}", figure.value) is not None
    )


def _numbers_of(figure: Figure) -> tuple[str, ...]:
    """The plain numbers that a figure may be taken for."""
    match figure.kind:
        case "number" | "ordinal":
            return (figure.value,)
        case "money":
            currency, _, amount = figure.value.partition(" ")
            return (amount,) if currency == "HKD" else ()
        case "date":
            return tuple(re.findall("[0-9]{4}", figure.value))
        case "reference" if figure.value.startswith("tel:"):
            return (figure.value[4:],)
        case _:
            return ()


def _places_of(figure: Figure) -> tuple[str, ...]:
    """The numbers that a figure may be an ordinal for: the day of a date, the number of a part."""
    if figure.kind == "date" and figure.value.count("-") >= 2 and figure.value[-3:-2] == "-":
        return (str(int(figure.value[-2:])),)
    number = figure.value.partition(":")[2] if figure.kind == "reference" else ""
    return (number,) if number.isdigit() else ()
