"""The second pass: names, numbers and dates of a sentence that stand in none of its sources."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..language import compare_figures, figures, names, same_name, to_traditional
from ..privacy import FoundKind, find_personal

_ADDRESS = re.compile(
    r"[a-z][a-z0-9+.-]{1,20}://[^\s<>\u3000-\u9fff]+"
    r"|[\w.+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+"
    r"|\b(?:[a-z0-9-]+\.)+[a-z]{2,}\b(?:[/?][^\s<>\u3000-\u9fff]*)?",
    re.IGNORECASE | re.ASCII,
)
_HAN = re.compile("[\u4e00-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]{4,}")
_CAPITALS = re.compile(r"\b[A-Z][A-Z0-9]{3,}\b", re.ASCII)
_PEOPLE: tuple[FoundKind, ...] = ("person",)


def invented(sentence: str, sources: Sequence[str]) -> list[str]:
    """What the sentence states that no source holds: figures, dates, addresses, names of bodies, posts and
    people.

    Both sides are read in Traditional script. Empty when everything was found, or there was nothing to find.
    """
    stated, held = to_traditional(sentence), to_traditional("\n".join(sources))
    return [
        *strange_addresses(sentence, sources),
        *_figures(stated, held),
        *_names(stated, held),
        *_people(stated, held),
    ]


def strange_addresses(sentence: str, sources: Sequence[str]) -> list[str]:
    """Addresses of the web and of mail in a sentence that stand in no source as they are."""
    held = "\n".join(sources).casefold()
    return [each for each in addresses(sentence) if each.casefold() not in held]


def strange_words(sentence: str, sources: Sequence[str]) -> list[str]:
    """Words that look like names or codes and stand in no source: in Latin letters in a Chinese sentence, in
    capitals in another. A sentence can be near to its source and carry such a word with it."""
    held = "\n".join(sources).casefold()
    pattern = _LATIN if _HAN.search(sentence) else _CAPITALS
    return [word for word in pattern.findall(sentence) if word.casefold() not in held]


def addresses(text: str) -> list[str]:
    """Every address of the web or of mail, with its scheme and path where it has them."""
    return [match[0].rstrip(".,;:!?)") for match in _ADDRESS.finditer(text)]


def _figures(stated: str, held: str) -> list[str]:
    if not figures(stated):
        return []
    return [figure.text for figure in compare_figures(held, stated).added]


def _names(stated: str, held: str) -> list[str]:
    there = names(held)
    return [
        name
        for name in names(stated)
        if name not in held and not any(same_name(name, other) for other in there)
    ]


def _people(stated: str, held: str) -> list[str]:
    found = find_personal(stated, kinds=_PEOPLE)
    return [stated[one.start : one.end] for one in found if stated[one.start : one.end] not in held]
