"""Names of people in Latin letters: CHAN Tai-man, Peter Chan, Chan Tai Man, Peter, Ms Wong, Zhang Wei."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from .found import Guess
from .latin_words import (
    Word,
    are_syllables,
    begins_place,
    is_foreign_surname,
    is_given_name,
    is_initials,
    is_surname,
    runs,
    telling,
)
from .lists import phrases, words

_SURE_TITLES = words("latin_names", "sure_titles")
_INITIAL = "(?:[ZCS]h|[BPMFDTNLGKHJQXZCSRYW])?"
_LONG_FINALS = "iang|iong|uang|ang|eng|ing|ong|uai|uan|iao|ian"
_FINAL = f"(?:{_LONG_FINALS}|ai|an|ao|ei|en|er|ia|ie|in|iu|ou|ua|ue|ui|un|uo|[aeiou])"
_PINYIN = re.compile(f"(?:{_INITIAL}{_FINAL}){{1,2}}", re.IGNORECASE)
_IDENTITY = re.compile(
    r"[ ]?[(,][ ]?"
    r"((?:HKID|Passport|passport|holder of|bearer of|aged|age)\b|[MF]/[0-9]{1,3}\b|[Ii]dentity [Cc]ard)"
)
_SIGNED = re.compile(
    r"(?:hanks|egards|heers|incerely|aithfully|hank you)[,.!]?[ ]{0,3}\r?\n\s{0,4}\(?"
    r"([A-Z][a-z]{1,20})(?![^\n)]{2})"
)
_NEXT = re.compile(r"[ ]{1,2}([A-Z][a-z]{1,20})")
_TWO_WORDS = frozenset({("Au", "Yeung"), ("Ou", "Yang"), ("Sze", "To"), ("Sheung", "Kwun")})
"""Surnames of two characters, where they are written apart."""
_BUSINESS = re.compile(r"[ ]?(?:&|and Co|and Partners|and Sons|['’]s (?:Road|Street))")


class _Name(NamedTuple):
    """A name that ends with the run's word `last`."""

    last: int
    score: float
    why: str


def latin_name_guesses(plain: str) -> Iterator[Guess]:
    """Names among words with capitals; those of a place, a road, a body or a firm are left out."""
    for run in runs(plain):
        labelled = _label_before(plain, run[0].start) or _identified(plain, run[-1].end)
        if not labelled and telling().isdisjoint(word.plain for word in run):
            continue
        at = 0
        while at < len(run):
            name = _name(run, at, labelled if at == 0 else "")
            if name is None or _is_something_else(plain, run, name.last):
                at += max(1, begins_place(run, at))
                continue
            first = at + 1 if _keeps_its_title_out(run, at, name) else at
            yield Guess("person", run[first].start, run[name.last].end, name.score, name.why)
            at = name.last + 1


def signature_guesses(plain: str) -> Iterator[Guess]:
    """A given name alone that ends a letter: `Thanks,` and, below it, `Carmen`."""
    for match in _SIGNED.finditer(plain) if "\n" in plain else ():
        if match[1] in words("latin_names", "given_names"):
            yield Guess("person", match.start(1), match.end(1), 0.6, "ends a letter")


def _keeps_its_title_out(run: list[Word], at: int, name: _Name) -> bool:
    """A title belongs to the name only where a surname alone follows, Ms Wong; a greeting never does."""
    if run[at].plain in words("latin_names", "greetings"):
        return True
    return run[at].plain in words("latin_names", "titles") and name.last > at + 1


def _name(run: list[Word], at: int, labelled: str) -> _Name | None:
    """The best reading of the words from `at` on as a name."""
    if run[at].plain in words("latin_names", "titles"):
        return _titled(run, at)
    if run[at].plain in words("latin_names", "greetings"):
        return _greeted(run, at)
    place = begins_place(run, at)
    name = _by_lists(run, at)
    if labelled:
        if name is not None and (not place or name.last - at >= place):
            return name._replace(score=min(0.95, name.score + 0.3), why=f"beside {labelled}")
        return name or _labelled(run, at, labelled)
    if place and name is not None:
        return name._replace(score=0.35) if name.last - at >= place else None
    return name


def _by_lists(run: list[Word], at: int) -> _Name | None:
    """The first reading that the lists of names allow."""
    readings = (_western, _chinese, _pinyin, _given_first, _distinct)
    return next((name for reading in readings if (name := reading(run, at))), None)


def _greeted(run: list[Word], at: int) -> _Name | None:
    """`Hi Winnie`, `Thanks, Carmen`: a given name that stands alone."""
    first = at + 1
    if first >= len(run) or not is_given_name(run[first]) or not _ends(run, first):
        return None
    return _Name(first, 0.6, f"after {run[at].plain}")


def _titled(run: list[Word], at: int) -> _Name | None:
    """A title and what follows: `Mr CHAN Tai-man`, `Ms Wong`, `Dr Smithers`."""
    first = at + 1
    if first >= len(run) or run[first].follows_comma or run[first].plain in words("latin_names", "posts"):
        return None
    if begins_place(run, first) or (len(run[first].plain) == 1 and _ends(run, first)):
        return None
    title = run[at].plain
    name = _by_lists(run, first)
    if name is not None:
        last = name.last
        while (
            last + 1 < len(run)
            and last - first < 3
            and _is_syllable(run[last + 1])
            and _may_go_on(run[last + 1])
        ):
            last += 1
        return _Name(last, max(0.9, name.score), f"title {title}")
    known = is_surname(run[first]) or is_foreign_surname(run[first]) or is_given_name(run[first])
    if not known and title not in _SURE_TITLES:
        return None
    last = first
    while last + 1 < len(run) and last - first < 2 and _may_go_on(run[last + 1]):
        last += 1
    return _Name(last, 0.9 if known else 0.75, f"title {title}")


def _ends(run: list[Word], at: int) -> bool:
    return at + 1 >= len(run) or run[at + 1].follows_comma


def _may_go_on(word: Word) -> bool:
    lists = ("ordinary", "not_people", "posts", "titles")
    return not word.follows_comma and not any(word.plain in words("latin_names", entry) for entry in lists)


def _western(run: list[Word], at: int) -> _Name | None:
    """`Peter Chan`, `Peter CHAN Tai-man`, `John F. Smith`, `C.Y. Leung`."""
    given = at
    while given < len(run) and given - at < 3 and _opens(run, given, at):
        given += 1
    if given == at or given >= len(run) or run[given].follows_comma:
        return None
    initials = all(is_initials(word) for word in run[at:given])
    if initials and given - at == 1 and len(run[at].plain) == 1:
        return None
    whole = _chinese(run, given) if not initials else None
    if whole is not None and not begins_place(run, given):
        return _Name(whole.last, max(0.75, whole.score), "listed given name and surname")
    if is_surname(run[given]) or is_foreign_surname(run[given]):
        return _Name(given, 0.6 if initials else 0.7, "listed given name and surname")
    return None


def _distinct(run: list[Word], at: int) -> _Name | None:
    """`Sunita Gurung`: an unlisted given name before a surname that is nothing else."""
    if at + 1 >= len(run) or run[at + 1].follows_comma or len(run[at].plain) < 3:
        return None
    if run[at + 1].plain not in words("latin_names", "distinct_surnames"):
        return None
    return (
        _Name(at + 1, 0.55, "listed surname") if _may_go_on(run[at]._replace(follows_comma=False)) else None
    )


def _opens(run: list[Word], place: int, at: int) -> bool:
    word = run[place]
    return (is_given_name(word) or is_initials(word)) and not (word.follows_comma and place > at)


def _chinese(run: list[Word], at: int) -> _Name | None:
    """`CHAN Tai-man`, `Chan Tai Man`, `Chan, Tai Man`, `Chan Tai Man, Peter`, `CHAN T M`."""
    if not is_surname(run[at]) or _is_preposition(run, at):
        return None
    given = at + 1
    if _has_two_words(run, at):
        given += 1
    count, score = _given(run, given)
    if not count:
        return None
    stands_out = run[at].written.isupper() and not run[given].written.isupper()
    score += 0.15 if stands_out else 0.0
    if (
        run[at].plain in words("latin_names", "doubtful_surnames")
        and not stands_out
        and "-" not in run[given].written
    ):
        score -= 0.15
    last = given + count - 1
    if last + 1 < len(run) and is_given_name(run[last + 1]) and not are_syllables(run[last + 1]):
        last, score = last + 1, score + 0.15
    return _Name(last, min(score, 0.95), "listed surname")


def _is_preposition(run: list[Word], at: int) -> bool:
    """`To Sze To Wing Yan`: a letter's first word, which is a surname too."""
    return run[at].written in ("To", "So", "Or") and not (at + 1 < len(run) and "-" in run[at + 1].written)


def _has_two_words(run: list[Word], at: int) -> bool:
    """`Au Yeung Siu Ling`; `CHAN LEE Siu-ming`, a husband's surname before one's own."""
    if at + 2 >= len(run):
        return False
    second, third = run[at + 1], run[at + 2]
    if (run[at].plain, second.plain) in _TWO_WORDS:
        return True
    return is_surname(second) and "-" in third.written and are_syllables(third)


def _given(run: list[Word], at: int) -> tuple[int, float]:
    """How many words from `at` on are a Chinese given name, and how sure that is."""
    if at >= len(run):
        return 0, 0.0
    first = run[at]
    if "-" in first.written:
        return (1, 0.8) if are_syllables(first) else (1, 0.5 if first.plain.count("-") == 1 else 0.0)
    if is_initials(first):
        more = at + 1 < len(run) and is_initials(run[at + 1]) and not run[at + 1].follows_comma
        return (2, 0.55) if more else (int("." in first.plain), 0.55)
    if not are_syllables(first):
        return (1, 0.45) if _is_long_given(run, at) else (0, 0.0)
    if at + 1 < len(run) and not run[at + 1].follows_comma and _is_syllable(run[at + 1]):
        return 2, 0.7
    return 1, 0.4


def _is_syllable(word: Word) -> bool:
    return "-" not in word.written and are_syllables(word)


def _is_long_given(run: list[Word], at: int) -> bool:
    """`LEE Kayan`: an unlisted given name after a surname in capitals."""
    before, word = run[at - 1], run[at]
    return (
        len(before.written) > 1
        and before.written.isupper()
        and word.written[1:].islower()
        and (is_given_name(word) or _may_go_on(word))
        and not word.follows_comma
    )


def _pinyin(run: list[Word], at: int) -> _Name | None:
    """`Zhang Xiaoming`; shorter ones, as `Wang Wei`, need a title or a label."""
    if at + 1 >= len(run) or run[at].plain not in words("latin_names", "pinyin_surnames"):
        return None
    given = run[at + 1]
    if given.follows_comma or not _PINYIN.fullmatch(given.plain.replace("-", "")) or not _may_go_on(given):
        return None
    return _Name(at + 1, 0.6 if len(given.plain) > 5 else 0.4, "listed surname")


def _given_first(run: list[Word], at: int) -> _Name | None:
    """`Tai-man Chan`."""
    if at + 1 >= len(run) or "-" not in run[at].written or not are_syllables(run[at]):
        return None
    surname = run[at + 1]
    return (
        _Name(at + 1, 0.65, "listed surname") if is_surname(surname) and not surname.follows_comma else None
    )


_LABEL = re.compile(r"[A-Za-z][A-Za-z' .]{0,40}$")
_ASIDE = re.compile(r"\([^()]{0,20}\)$")


def _label_before(plain: str, start: int) -> str:
    """The label that stands before a place: `applicant` for `Name of applicant: `; empty for none."""
    before = plain[max(0, start - 60) : start].rstrip(" ")
    label = before.rstrip(" :|=")
    if label == before or "\n" in before[len(label) :]:
        return ""
    label = _ASIDE.sub("", label).rstrip(" ")
    since = max(map(label.rfind, "\n:|,;()/")) + 1
    match = _LABEL.match(label[since:].lstrip(" *-#.0123456789"))
    parts = match[0].lower().rstrip(".").split() if match else []
    endings = (" ".join(parts[place:]) for place in range(len(parts)))
    known = phrases("latin_names", "labels")
    return next((end for end in endings if end in known), "name" if "name" in parts else "")


def _identified(plain: str, end: int) -> str:
    """What follows a name whose bearer is identified: `(passport C7654321`, `(M/28)`, `, aged 67`."""
    match = _IDENTITY.match(plain, end)
    return f"it, {match[1]}" if match else ""


def _labelled(run: list[Word], at: int, label: str) -> _Name | None:
    """Two to four words after a label, if none is an ordinary one."""
    last = at
    while last + 1 < len(run) and last - at < 3 and _may_go_on(run[last + 1]):
        last += 1
    if last == at or not _may_go_on(run[at]._replace(follows_comma=False)):
        return None
    return _Name(last, 0.6, f"beside {label}")


def _is_something_else(plain: str, run: list[Word], last: int) -> bool:
    """Whether a road, a building, a body or a firm is named so."""
    for word in run[last + 1 : last + 5]:
        if word.follows_comma:
            return False
        if word.plain in words("latin_names", "not_people"):
            return True
    following = _NEXT.match(plain, run[-1].end)
    if following is not None and len(run) - last < 5 and following[1] in words("latin_names", "not_people"):
        return True
    return _BUSINESS.match(plain, run[last].end) is not None
