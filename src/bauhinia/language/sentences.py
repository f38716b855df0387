"""Sentences and clauses of English and Chinese text, as spans that cover the text."""

from __future__ import annotations

import re

from .word_lists import word_list

Span = tuple[int, int]

_CLOSERS = "」』》〉】）”’\"')\\]"
_END = re.compile(
    rf"[。！？!?｡]+[{_CLOSERS}]*"
    rf"|……+[{_CLOSERS}]*(?=\s|$)"
    rf"|\.+[{_CLOSERS}]*(?=\s|$|[\u4e00-\u9fff「『（《])"
    r"|\n"
)
_SPACE = re.compile(r"\s*")
_CLAUSE_END = re.compile(rf"[，,；;：:、](?![0-9])[{_CLOSERS}]*\s*")

_ABBREVIATIONS = word_list("abbreviations")
_MAY_END = word_list("abbreviations_that_may_end")
"""Abbreviations that also stand last in a sentence: they end one when a capital follows."""
_SPEAKER = re.compile("[\u4e00-\u9fff]{1,6}[問說道答稱][。，：]")
"""Who spoke, after what was said: 「為甚麼？」他問。"""
_FIRM = re.compile(r"\s*(?:Ltd|Inc|Corp|LLC|Limited)\b")
_BEFORE = re.compile(r"([A-Za-z][A-Za-z.]*|[0-9]+)$")
_LIST_MARK = re.compile(r"^\s*(?:[(（]?(?:[0-9]{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[)）.]?|[-*•])$")


def split_sentences(text: str) -> list[Span]:
    """Spans of the sentences, in order, touching one another and covering the whole text.

    White space after a sentence belongs to it, and a closing quotation mark or bracket stays with its
    sentence. `;`, `:` and their Chinese forms do not end one. A new line does, unless it only wraps an
    English sentence. An empty text has none.
    """
    spans: list[Span] = []
    start = 0
    for match in _END.finditer(text):
        if match.start() < start or not _ends(text, start, match):
            continue
        end = _SPACE.match(text, match.end()).end()  # type: ignore[union-attr]
        if text[start:end].strip():
            spans.append((start, end))
            start = end
    if start < len(text):
        spans.append((start, len(text)))
    return spans


def clauses(text: str) -> list[Span]:
    """Spans of the clauses: sentences cut again after commas, semicolons and colons; they cover the text."""
    spans: list[Span] = []
    for start, end in split_sentences(text):
        at = start
        for match in _CLAUSE_END.finditer(text, start, end):
            if match.end() < end:
                spans.append((at, match.end()))
                at = match.end()
        spans.append((at, end))
    return spans


def _ends(text: str, start: int, match: re.Match[str]) -> bool:
    mark = match.group()
    if mark == "\n":
        return not _wraps(text, match.start())
    if mark[0] == ".":
        return _full_stop(text, start, match)
    if mark[0] in "!?！？。｡":
        return not _goes_on(text, match)
    return True


def _wraps(text: str, at: int) -> bool:
    """Whether the new line at `at` only wraps a line of English prose."""
    after = text[at + 1 : at + 2]
    before = text[at - 1 : at]
    return (before.isascii() and (before.islower() or before == ",")) and after.isascii() and after.islower()


def _goes_on(text: str, match: re.Match[str]) -> bool:
    """Whether a quotation that ends here is inside a longer sentence: 「…？」他問。"""
    closed = len(match.group()) > 1 and match.group()[-1] in "」』”’\"'）)"
    rest = text[match.end() : match.end() + 2]
    following = rest.lstrip(" ")[:1]
    if closed and _SPEAKER.match(text, match.end()):
        return True
    return closed and (following in tuple("，、；：,;:。") or (following.islower() and following.isascii()))


def _full_stop(text: str, start: int, match: re.Match[str]) -> bool:
    """Whether a full stop ends the sentence, or only an abbreviation, an initial or a list number."""
    before = text[start : match.start()]
    rest = text[match.end() : match.end() + 40]
    following = rest.lstrip()[:1]
    if following and following.islower() and following.isascii():
        return False
    if _LIST_MARK.match(before):
        return False
    word = _BEFORE.search(before)
    if word is None or len(match.group()) > 1:
        return True
    if _FIRM.match(rest):
        return False
    return _word_ends(word.group().lower(), word.group(), following)


def _word_ends(word: str, written: str, following: str) -> bool:
    if word in _MAY_END:
        return following == "" or following.isupper() or not following.isascii()
    if word in _ABBREVIATIONS:
        return following == "" and word not in {"mr", "mrs", "ms", "dr", "no", "cap", "hon"}
    is_initial = len(written) == 1 and written.isupper()
    return not (is_initial and following.isupper())
