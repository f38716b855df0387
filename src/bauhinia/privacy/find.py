"""Finding personal data: every recogniser's guesses, weighed, and the best kept where they overlap."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator

from .addresses import address_guesses
from .birth_dates import birth_guesses
from .chinese_addresses import chinese_address_guesses
from .chinese_names import chinese_name_guesses
from .emails import email_guesses
from .found import KINDS, STRUCTURED, THRESHOLD, Found, FoundKind, Guess
from .latin_names import latin_name_guesses, signature_guesses
from .numbers import number_guesses, plate_guesses
from .plain import folded

SURE_ELSEWHERE = "sure elsewhere"
"""Why a name counts that only another place of the text makes sure."""
Recogniser = Callable[[str], Iterable[Guess]]
_OF_CHINESE = frozenset({chinese_name_guesses, chinese_address_guesses})
"""Not run on a text that has no character beyond ASCII."""

_NUMBERS = STRUCTURED - {"plate", "email", "birth_date"}
_RECOGNISERS: tuple[tuple[frozenset[FoundKind], Recogniser], ...] = (
    (_NUMBERS, number_guesses),
    (frozenset({"plate"}), plate_guesses),
    (frozenset({"email"}), email_guesses),
    (frozenset({"birth_date"}), birth_guesses),
    (frozenset({"person"}), latin_name_guesses),
    (frozenset({"person"}), signature_guesses),
    (frozenset({"person"}), chinese_name_guesses),
    (frozenset({"address"}), address_guesses),
    (frozenset({"address"}), chinese_address_guesses),
)
"""What each recogniser can find: one is not run where none of its kinds is asked for."""


def find_personal(
    text: str,
    *,
    kinds: Collection[FoundKind] = KINDS,
    threshold: float = THRESHOLD,
    known: Collection[str] = (),
) -> list[Found]:
    """All personal data of these kinds in the text, in order, none overlapping another.

    Each recogniser scores what it sees by its form (a check digit), by the words near it and by lists of
    names and places; what scores less than the threshold, from 0 to 1, is left out. A name that is sure in
    one place, or is among the `known` ones of the same exchange, counts wherever it stands.
    Duties D-3.2.1-10, D-3.3-13.
    """
    plain = folded(text)
    guesses = [guess for guess in _guesses(plain, kinds) if guess.kind in kinds]
    sure = [guess for guess in _agreed(plain, guesses, threshold, known) if guess.score >= threshold]
    return [
        Found(guess.kind, guess.start, guess.end, text[guess.start : guess.end], guess.score, guess.why)
        for guess in _chosen(sure)
    ]


def _guesses(plain: str, kinds: Collection[FoundKind]) -> Iterator[Guess]:
    latin = plain.isascii()
    for found, recogniser in _RECOGNISERS:
        if not found.isdisjoint(kinds) and not (latin and recogniser in _OF_CHINESE):
            yield from recogniser(plain)


def _agreed(plain: str, guesses: list[Guess], threshold: float, known: Collection[str]) -> Iterator[Guess]:
    """The guesses; a doubtful name that is sure elsewhere is as sure as it needs to be."""
    names = {
        plain[guess.start : guess.end]
        for guess in guesses
        if guess.kind == "person" and guess.score >= threshold
    }
    names.update(map(folded, known))
    for guess in guesses:
        doubtful = guess.kind == "person" and guess.score < threshold
        if doubtful and plain[guess.start : guess.end] in names:
            yield guess._replace(score=threshold, why=SURE_ELSEWHERE)
        else:
            yield guess


def _chosen(guesses: Iterable[Guess]) -> list[Guess]:
    """The guesses that no better one overlaps, by place."""
    chosen: list[Guess] = []
    for guess in sorted(guesses, key=lambda guess: guess.start):
        while chosen and guess.start < chosen[-1].end and _beats(guess, chosen[-1]):
            chosen.pop()
        if not chosen or guess.start >= chosen[-1].end:
            chosen.append(guess)
    return chosen


def _beats(one: Guess, other: Guess) -> bool:
    return (one.score, one.end - one.start) > (other.score, other.end - other.start)
