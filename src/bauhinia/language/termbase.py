"""The termbase: how Hong Kong's government names things, in English and in Chinese.

`termbase.csv` is the default; a department adds its own file of the same columns, whose rows replace those of
the same id. In `en`, `zh` and the two columns of forbidden variants, `|` parts alternatives; of `en` and `zh`
the first is preferred and the rest are right too.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, TextIO

from ..errors import InputError
from .convert import kept_words
from .variety import Variety

DEFAULT = Path(__file__).parent / "termbase.csv"
COLUMNS = ("id", "en", "zh", "forbidden_en", "forbidden_zh", "domain", "source", "note")
_PROPER = frozenset({"place", "organisation", "court", "post", "legislature", "statute", "scheme"})
"""Domains whose English terms are names, so that their capitals matter."""

_WORD = re.compile(r"[A-Za-z0-9]+(?:[&'’][A-Za-z0-9]+)*|[()（）]")
_IRREGULAR = {"children": "child", "criteria": "criterion", "analyses": "analysis", "indices": "index"}
_BRACKETS = str.maketrans("()", "（）")
"""Chinese text has either; the forms of a term are found with both."""


class BadTermbase(InputError):
    """A termbase file with a row that cannot be used."""

    status = 422


@dataclass(frozen=True, slots=True)
class Term:
    """One thing and its names."""

    id: str
    en: str
    """The preferred English."""
    zh: str
    """The preferred Chinese, in Traditional script."""
    also_en: tuple[str, ...] = ()
    """Other right forms: abbreviations, short names."""
    also_zh: tuple[str, ...] = ()
    forbidden_en: tuple[str, ...] = ()
    forbidden_zh: tuple[str, ...] = ()
    domain: str = ""
    source: str = ""
    """The public document that the names are from."""
    note: str = ""

    def forms(self, variety: Variety) -> tuple[str, ...]:
        """The right forms in a language, the preferred one first."""
        return (self.zh, *self.also_zh) if variety.is_chinese else (self.en, *self.also_en)

    def forbidden(self, variety: Variety) -> tuple[str, ...]:
        """The wrong forms in a language."""
        return self.forbidden_zh if variety.is_chinese else self.forbidden_en


@dataclass(frozen=True, slots=True)
class TermHit:
    """A term where it stands in a text."""

    term: Term
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class TermIssue:
    """A term that a translation does not give rightly."""

    term: Term
    kind: Literal["missing", "forbidden"]
    found: str
    """The forbidden variant as it stands; empty for a missing term."""
    start: int = 0
    """Where it stands."""
    better: str = ""
    """What to write there instead, with its capital and its plural."""


@dataclass(frozen=True, slots=True)
class TermChange:
    """A repair: what stood there and what was written instead."""

    term: Term
    found: str
    written: str


class Termbase:
    """The terms, ready to be found in texts. Safe to share between threads."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self.terms: tuple[Term, ...] = tuple(terms)
        self._english = _EnglishIndex(self.terms)
        self._chinese = _ChineseIndex(self.terms)

    @classmethod
    def load(cls, path: Path | None = None) -> Termbase:
        """The default termbase, with a department's own file merged over it.

        Raises `BadTermbase`, naming the line, for a row that cannot be used.
        """
        if path is None:
            return _default()
        terms = {term.id: term for term in (*_default().terms, *_read(path))}
        return cls(terms.values())

    def find(self, text: str, variety: Variety) -> list[TermHit]:
        """The terms in a text, in order, none overlapping; of two at one place the longer."""
        return [TermHit(term, *place) for term, place, wrong in self._scan(text, variety) if not wrong]

    def relevant(self, text: str, source: Variety, target: Variety) -> list[Term]:
        """The terms of a text that a writer in `target` should know, once each, in order."""
        if source.is_chinese == target.is_chinese:
            return []
        return list({hit.term.id: hit.term for hit in self.find(text, source)}.values())

    def check(self, source_text: str, target_text: str, target: Variety) -> list[TermIssue]:
        """Terms of the source without their form in the target, and forbidden forms in the target.

        `source_text` is in the other language; where it is in the target's own, only forbidden forms count.
        """
        found = list(self._scan(target_text, target))
        wrong = [
            TermIssue(term, "forbidden", words, start, _repaired(term, words, target, wrong=True))
            for term, (start, _, words), bad in found
            if bad
        ]
        told = {issue.term.id for issue in wrong} | {term.id for term, _, bad in found if not bad}
        source = Variety.ENGLISH if target.is_chinese else Variety.TRADITIONAL
        missing = [
            TermIssue(term, "missing", "")
            for term in self.relevant(source_text, source, target)
            if term.id not in told and not _holds(target_text, term, target)
        ]
        return [*wrong, *missing]

    @property
    def proper(self) -> tuple[Term, ...]:
        """The terms that are names of bodies, posts, laws, schemes and places."""
        return tuple(term for term in self.terms if term.domain in _PROPER)

    def repair(self, target_text: str, target: Variety) -> tuple[str, list[TermChange]]:
        """The text with preferred forms in place of forbidden ones and of names in the wrong capitals."""
        changes: list[TermChange] = []
        pieces: list[str] = []
        end = 0
        for term, (start, stop, found), wrong in self._scan(target_text, target):
            written = _repaired(term, found, target, wrong)
            if written != found:
                changes.append(TermChange(term, found, written))
                pieces += [target_text[end:start], written]
                end = stop
        return "".join([*pieces, target_text[end:]]), changes

    def _scan(self, text: str, variety: Variety) -> Iterator[_Scanned]:
        return self._chinese.scan(text) if variety.is_chinese else self._english.scan(text)


_Place = tuple[int, int, str]
_Scanned = tuple[Term, _Place, bool]
"""A term, where and how it stands, and whether that form is forbidden."""


class _ChineseIndex:
    """Forms by their first two characters, the longest first."""

    def __init__(self, terms: Sequence[Term]) -> None:
        self._by_start: dict[str, list[tuple[str, Term | None, bool]]] = defaultdict(list)
        for term in terms:
            for form in term.forms(Variety.TRADITIONAL):
                self._add(form, term, wrong=False)
            for form in term.forbidden(Variety.TRADITIONAL):
                self._add(form, term, wrong=True)
        for word in kept_words():
            self._by_start[word[:2]].append((word, None, False))
        for forms in self._by_start.values():
            forms.sort(key=lambda entry: (-len(entry[0]), entry[2]))

    def _add(self, form: str, term: Term, *, wrong: bool) -> None:
        form = form.translate(_BRACKETS)
        self._by_start[form[:2]].append((form, term, wrong))

    def scan(self, text: str) -> Iterator[_Scanned]:
        at = 0
        folded = text.translate(_BRACKETS)
        while at < len(text) - 1:
            for form, term, wrong in self._by_start.get(folded[at : at + 2], ()):
                if folded.startswith(form, at):
                    if term is not None:
                        yield term, (at, at + len(form), text[at : at + len(form)]), wrong
                    at += len(form) - 1
                    break
            at += 1


class _EnglishIndex:
    """Forms as words, by their first word, the longest first. Plurals count, and a hyphen is as good as a
    space; but a part of a hyphenated word is not that part: no bus in a mini-bus."""

    def __init__(self, terms: Sequence[Term]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], Term, bool, bool]]] = defaultdict(list)
        for term in terms:
            for form in term.forms(Variety.ENGLISH):
                self._add(form, term, wrong=False)
            for form in term.forbidden(Variety.ENGLISH):
                self._add(form, term, wrong=True)
        for forms in self._by_first.values():
            forms.sort(key=lambda entry: -len(entry[0]))

    def _add(self, form: str, term: Term, *, wrong: bool) -> None:
        words = tuple(_folded(word) for word in _WORD.findall(form))
        self._by_first[_stem(words[0])].append((words, term, wrong, _is_abbreviation(form)))

    def scan(self, text: str) -> Iterator[_Scanned]:
        found = list(_WORD.finditer(text))
        folded = [_folded(match.group()) for match in found]
        at = 0
        while at < len(found):
            hit = self._longest(text, found, folded, at)
            if hit is None:
                at += 1
                continue
            term, length, wrong = hit
            last = found[at + length - 1]
            start, end = found[at].start(), last.end() - (2 if last.group().endswith(("'s", "’s")) else 0)
            yield term, (start, end, text[start:end]), wrong
            at += length

    def _longest(
        self, text: str, found: list[re.Match[str]], folded: list[str], at: int
    ) -> tuple[Term, int, bool] | None:
        for words, term, wrong, exact in self._by_first.get(_stem(folded[at]), ()):
            here = folded[at : at + len(words)]
            if not _same_words(here, words) or not _adjacent(text, found, at, len(words)):
                continue
            if exact and not found[at].group().isupper():
                continue
            if _in_compound(text, found[at].start(), found[at + len(words) - 1].end()):
                continue
            return term, len(words), wrong
        return None


def _folded(word: str) -> str:
    return word.lower().replace("’", "'").removesuffix("'s")


def _stem(word: str) -> str:
    """A word without what a plural changes; good enough to compare two words by."""
    word = _IRREGULAR.get(word, f"{word[:-2]}an" if word.endswith("men") and len(word) > 3 else word)
    if word.endswith("s") and len(word) > 3 and not word.endswith(("ss", "us", "sis", "this")):
        word = word[:-1]
    if word.endswith("e"):
        word = word[:-1]
    return f"{word[:-1]}i" if word.endswith("y") else word


def _same_words(here: Sequence[str], words: Sequence[str]) -> bool:
    """Whether the words are the same but for plurals, inside too: codes of practice."""
    return len(here) == len(words) and all(
        one == other or _stem(one) == _stem(other) for one, other in zip(here, words, strict=True)
    )


def _adjacent(text: str, found: list[re.Match[str]], at: int, count: int) -> bool:
    """Whether the words stand in one phrase: nothing but spaces, a hyphen or a comma between them."""
    return all(
        text[found[k].end() : found[k + 1].start()].strip(" \u00a0\n,-–\u2010\u2011'’") == ""
        for k in range(at, at + count - 1)
    )


def _in_compound(text: str, start: int, end: int) -> bool:
    """Whether a hyphen ties what stands there to a word before or after it."""
    return re.search(r"[A-Za-z0-9][-\u2010\u2011]$", text[max(0, start - 2) : start]) is not None or (
        re.match(r"[-\u2010\u2011][A-Za-z0-9]", text[end : end + 2]) is not None
    )


def _is_abbreviation(form: str) -> bool:
    return " " not in form and form.isupper()


def _holds(text: str, term: Term, variety: Variety) -> bool:
    """Whether a text holds a right form that a longer term hides (署長 in 衞生署署長)."""
    folded = text.lower()
    return any(form.lower() in folded for form in term.forms(variety))


def _repaired(term: Term, found: str, variety: Variety, wrong: bool) -> str:
    if variety.is_chinese:
        return term.zh if wrong else found
    if wrong:
        return _like(found, term.en)
    is_name = term.domain in _PROPER - {"post", "scheme"} and " " in term.en
    return term.en if is_name and found.lower() == term.en.lower() and found == found.lower() else found


def _like(found: str, written: str) -> str:
    """The preferred form with the capital and the plural of what it replaces."""
    plural = found.endswith("s") and not written.endswith("s")
    capital = found[:1].isupper() and written[:1].islower()
    written = written[:1].upper() + written[1:] if capital else written
    return f"{written}s" if plural else written


@cache
def _default() -> Termbase:
    return Termbase(_read(DEFAULT))


def _read(path: Path) -> list[Term]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _read_rows(file, path.name)
    except OSError as error:
        raise BadTermbase(
            f"The termbase {path.name} cannot be read.", hint="Check its path and permissions."
        ) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadTermbase(f"{path.name} is not a CSV file in UTF-8.", hint="Save it as CSV UTF-8.") from error


def _read_rows(file: TextIO, name: str) -> list[Term]:
    reader = csv.DictReader(file)
    lacking = [column for column in ("id", "en", "zh") if column not in (reader.fieldnames or ())]
    if lacking:
        raise BadTermbase(
            f"{name} has no column {', '.join(lacking)}.", hint=f"Its first line must be {','.join(COLUMNS)}."
        )
    terms: dict[str, Term] = {}
    for row in reader:
        term = _term(row, name, reader.line_num)
        if term.id in terms:
            raise _bad_row(name, reader.line_num, f"the id {term.id} stands there twice")
        terms[term.id] = term
    return list(terms.values())


def _term(row: dict[str, str], name: str, line: int) -> Term:
    if None in row or None in row.values():
        raise _bad_row(name, line, "it has more or fewer cells than there are columns")
    try:
        return term_of(row)
    except ValueError as error:
        raise _bad_row(name, line, str(error)) from error


def term_of(row: Mapping[str, str | None]) -> Term:
    """The term of a row, by the names of `COLUMNS`; others are passed over.

    Raises ValueError, whose words say in half a sentence why the row cannot be used.
    """
    cells = {column: (row.get(column) or "").strip() for column in COLUMNS}
    english, chinese = _split(cells["en"]), _split(cells["zh"])
    if not (cells["id"] and english and chinese):
        raise ValueError("id, en and zh must all be given")
    term = Term(
        cells["id"], english[0], chinese[0], english[1:], chinese[1:],
        _split(cells["forbidden_en"]), _split(cells["forbidden_zh"]),
        cells["domain"], cells["source"], cells["note"],
    )  # fmt: skip
    return checked(term)


_NO_TEXT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot hold (XML 1.0, 2.2), and so no file of terms."""


def checked(term: Term) -> Term:
    """The same term. Raises ValueError, as `term_of` does, for forms that could not be found or clash."""
    if any(_NO_TEXT.search(words) for words in row_of(term).values()):
        raise ValueError("it holds a character that is no text")
    for variety in (Variety.ENGLISH, Variety.TRADITIONAL):
        right, wrong = term.forms(variety), term.forbidden(variety)
        if clash := [form for form in wrong if any(form.lower() in good.lower() for good in right)]:
            raise ValueError(f"the forbidden form {clash[0]} is part of a right one")
        if any("|" in form for form in (*right, *wrong)):
            raise ValueError("a form holds the sign | which parts forms")
    if any(len(form) < 2 for form in (*term.forms(Variety.TRADITIONAL), *term.forbidden_zh)) or not _words_in(
        *term.forms(Variety.ENGLISH), *term.forbidden_en
    ):
        raise ValueError("a form is too short to be found")
    return term


def row_of(term: Term) -> dict[str, str]:
    """The term as the cells of a row: the inverse of `term_of`."""
    return {
        "id": term.id,
        "en": "|".join(term.forms(Variety.ENGLISH)),
        "zh": "|".join(term.forms(Variety.TRADITIONAL)),
        "forbidden_en": "|".join(term.forbidden_en),
        "forbidden_zh": "|".join(term.forbidden_zh),
        "domain": term.domain,
        "source": term.source,
        "note": term.note,
    }


def _words_in(*forms: str) -> bool:
    return all(_WORD.search(form) for form in forms)


def _split(cell: str) -> tuple[str, ...]:
    return tuple(form.strip() for form in cell.split("|") if form.strip())


def _bad_row(name: str, line: int, why: str) -> BadTermbase:
    return BadTermbase(
        f"Line {line} of {name} cannot be used: {why}.", hint="Correct the line and try again."
    )
