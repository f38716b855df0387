"""Chinese names in both scripts: 陳大文先生, 李小姐, 姓名：歐陽小玲, and names that stand alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

from ..language.segmentation import segments
from .found import THRESHOLD, Guess
from .lists import characters, words
from .tables import Headings
from .trie import one_of

_COLON_LABEL = "after a label"
_LABEL = "after a word for a person"
_OPEN = "stands alone"
_FREE = "in a sentence"
_JOINED = "within other words"
"""What may stand before a name; each is a reason too."""
_CELL = ("\n", "|", "\t", ",", " ")
"""What may stand before a cell of a table."""
_LONGEST_LABEL = 8
_SHORT_TITLES = frozenset("生太伯叔嬸")
"""Titles of one character, which end many words too: they count only at the end of one."""


class _Lists(NamedTuple):
    """What each place of a text is compared with."""

    surname: re.Pattern[str]
    doubtful: frozenset[str]
    given: frozenset[str]
    title: re.Pattern[str]
    posts: frozenset[str]
    label: re.Pattern[str]
    """Written backwards, for it is read so."""
    colon_label: re.Pattern[str]
    before: frozenset[str]
    after: frozenset[str]
    not_after: re.Pattern[str]
    speech: re.Pattern[str]
    """What only a person does."""
    ordinary: frozenset[str]


@cache
def _lists() -> _Lists:
    double = "|".join(sorted(words("chinese_names", "double")))
    single = "".join(
        sorted(characters("chinese_names", "surnames") | characters("chinese_names", "doubtful"))
    )
    labels = words("chinese_names", "labels")
    colon_labels = labels | words("chinese_names", "colon_labels")
    return _Lists(
        surname=re.compile(f"{double}|[{single}]"),
        doubtful=characters("chinese_names", "doubtful"),
        given=characters("chinese_names", "given"),
        title=re.compile(one_of(words("chinese_names", "titles"))),
        posts=words("chinese_names", "posts"),
        label=re.compile(one_of(label[::-1] for label in labels)),
        colon_label=re.compile(one_of(label[::-1] for label in colon_labels)),
        before=characters("chinese_names", "before"),
        after=characters("chinese_names", "after"),
        not_after=re.compile(one_of(words("chinese_names", "not_after"))),
        speech=re.compile(one_of(words("chinese_names", "speech"))),
        ordinary=words("chinese_names", "words"),
    )


class _Page(NamedTuple):
    """A text and what it is read with."""

    plain: str
    lists: _Lists
    headings: Headings


def chinese_name_guesses(plain: str) -> Iterator[Guess]:
    """Names by their surname, their given name's characters and what stands before and after them.

    Those that little speaks for are given with a low score, for the same name may be sure elsewhere.
    """
    page, done = _Page(plain, _lists(), Headings(plain)), 0
    for match in page.lists.surname.finditer(plain):
        at, given = match.span()
        if at < done or _opens_word(page, at):
            continue
        readings = [_full_name(page, at, given), _surname_and_title(page, at, given)]
        guess = max(filter(None, readings), key=lambda reading: reading.score, default=None)
        if guess is not None:
            yield guess
            done = guess.end if guess.score >= THRESHOLD else done


def _opens_word(page: _Page, at: int) -> bool:
    """Whether a place is in an ordinary word: 高級, 任何 (at 何), 黃大仙."""
    plain, ordinary = page.plain, page.lists.ordinary
    if plain[at : at + 2] in ordinary or plain[at : at + 3] in ordinary:
        return True
    return plain[max(0, at - 1) : at + 1] in ordinary and _before(page, at) != _LABEL


def _full_name(page: _Page, at: int, given: int) -> Guess | None:
    """The best of two given characters and one."""
    plain, place = page.plain, ""
    best: Guess | None = None
    for count in (2, 1):
        end = given + count
        name = plain[given:end]
        if len(name) < count or not all(map(_is_han, name)) or plain[end - 2 : end] in page.lists.ordinary:
            continue
        place = place or _before(page, at)
        score, why = _scored(page, at, given, end, place)
        if score and (best is None or score > best.score):
            best = Guess("person", at, end, score, why)
    return best


def _scored(page: _Page, at: int, given: int, end: int, place: str) -> tuple[float, str]:
    """How sure a name of these places is; 0 where nothing speaks for it."""
    plain, lists = page.plain, page.lists
    name = plain[given:end]
    likely = all(character in lists.given for character in name) and not _is_word(name)
    two = end - given == 2 or given - at == 2
    title = lists.title.match(plain, end)
    if title is not None and _suits(title, likely, two, place, lists):
        sure = (0.9 if likely else 0.7) if two else (0.85 if place != _JOINED else 0.6)
        return sure, f"title {title[0]}"
    bounded = end == len(plain) or not _is_han(plain[end])
    if not bounded and lists.not_after.match(plain, end):
        return 0.0, ""
    ends = bounded or plain[end] in lists.after
    if place == _COLON_LABEL and ends:
        return (0.9 if likely else 0.75), place
    if not likely:
        return 0.0, ""
    doubtful = (0.1 if bounded else 0.2) if plain[at] in lists.doubtful else 0.0
    if not ends or place == _JOINED:
        return (0.55 if two and place == _LABEL and not doubtful else 0.2), place
    base = {_LABEL: 0.75, _OPEN: 0.65 if bounded else 0.6, _FREE: 0.6}[place]
    short = 0.0 if two else (0.05 if lists.speech.match(plain, end) else 0.25)
    return base - doubtful - short, place


@lru_cache(maxsize=4096)
def _is_word(name: str) -> bool:
    """Whether a given name's two characters are a word that we know: 國家."""
    return len(name) == 2 and segments(name) == [name]


def _suits(title: re.Match[str], likely: bool, two: bool, place: str, lists: _Lists) -> bool:
    """Whether a title makes a name of what stands before it; a post (委員, but not 委員會) less easily."""
    if title[0] in lists.posts:
        return (
            likely
            and two
            and place != _JOINED
            and title.string[title.end() : title.end() + 1] not in ("會", "会")
        )
    return title[0] not in _SHORT_TITLES and (likely or two)


def _before(page: _Page, at: int) -> str:
    """What stands before a place."""
    window = page.plain[max(0, at - _LONGEST_LABEL - 3) : at]
    label = window.rstrip(" :|(\t\u3000")
    between = window[len(label) :]
    if ":" in between and page.lists.colon_label.match(label[::-1]):
        return _COLON_LABEL
    if not between.strip("( ") and page.lists.label.match(label[::-1]):
        return _LABEL
    if not window or not _is_han(window[-1]):
        head = page.headings.over(at) if window[-1:] in _CELL else ""
        return _COLON_LABEL if head and page.lists.colon_label.match(head[::-1]) else _OPEN
    return _FREE if window[-1] in page.lists.before else _JOINED


def _surname_and_title(page: _Page, at: int, given: int) -> Guess | None:
    """`李小姐`, `陳主任`, `何太`."""
    plain, lists = page.plain, page.lists
    title = lists.title.match(plain, given)
    if title is None:
        return None
    place = _before(page, at)
    doubtful = plain[at] in lists.doubtful
    ends = title.end() == len(plain) or not _is_han(plain[title.end()]) or plain[title.end()] in lists.after
    if title[0] in _SHORT_TITLES:
        word = plain[given : given + 2] in lists.ordinary
        sure = not word and place != _JOINED and (ends or not doubtful)
    elif title[0] in lists.posts:
        sure = place != _JOINED and not doubtful
    else:
        sure = not doubtful or place != _JOINED
    return Guess("person", at, title.end(), 0.8 if sure else 0.3, f"title {title[0]}")


def _is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff" or "\u3400" <= character <= "\u4dbf"
