"""Language, script and Hong Kong's usage."""

# ruff: noqa: ARG001  # all checks have the same signature, whatever they use
from __future__ import annotations

import re
from difflib import SequenceMatcher

from ...language import Variety, fits, simplified_characters, to_traditional
from .fault import Context, Fault


def check_script(source: str, target: str, to: Variety, context: Context) -> list[Fault]:
    """Simplified characters in a Chinese translation, each with its Traditional form."""
    if not to.is_chinese or not (found := set(simplified_characters(target))):
        return []
    written = to_traditional(target)
    return [
        Fault(
            check="script", kind="wrong", severity="error", message="Simplified characters remain.",
            found=char, start=place, end=place + 1,
            suggestion=written[place] if len(written) == len(target) else "",
        )
        for place, char in enumerate(target)
        if char in found
    ]  # fmt: skip


def check_language(source: str, target: str, to: Variety, context: Context) -> list[Fault]:
    """A translation that is not in the language asked for."""
    if to.is_chinese and simplified_characters(target):
        return []  # told by `check_script`
    if fits(target, to).ok:
        return []
    message = "The translation is not in the language asked for."
    return [
        Fault(
            check="language", kind="wrong", severity="error", message=message, found=target, end=len(target)
        )
    ]


def check_usage(source: str, target: str, to: Variety, context: Context) -> list[Fault]:
    """Chinese characters and words that Hong Kong's government writes otherwise."""
    if not to.is_chinese or simplified_characters(target) or (written := to_traditional(target)) == target:
        return []
    changes = SequenceMatcher(None, target, written, autojunk=False).get_opcodes()
    return [
        Fault(
            check="usage", kind="wrong", start=start, end=end, found=target[start:end],
            message=f"“{target[start:end]}” is “{written[left:right]}” in Hong Kong.",
            suggestion=written[left:right],
        )
        for change, start, end, left, right in changes
        if change == "replace"
    ]  # fmt: skip


_LOWER_CASE = re.compile(r"(?<![A-Za-z@./_-])[a-z]{3,}(?![A-Za-z@/_-]|\.[a-z])")
_HAN = re.compile(r"[\u3400-\u9fff]+")
_ADDRESS = re.compile(r"\S{1,64}@\S+|https?://\S+|www\.\S+")
_TWICE = re.compile(r"\b([A-Za-z]{2,}(?: [A-Za-z]+){0,3}) \1\b|([\u3400-\u9fff]{2,8})\2", re.IGNORECASE)


def check_untranslated(source: str, target: str, to: Variety, context: Context) -> list[Fault]:
    """Words that stayed in the source's language. Capitals are names, codes and abbreviations."""
    masked = _ADDRESS.sub(lambda match: " " * len(match[0]), target)
    return [
        Fault(
            check="untranslated", kind="wrong", message=f"Left untranslated: {match[0]}.",
            found=match[0], start=match.start(), end=match.end(),
        )
        for match in (_LOWER_CASE if to.is_chinese else _HAN).finditer(masked)
    ]  # fmt: skip


def check_repeated(source: str, target: str, to: Variety, context: Context) -> list[Fault]:
    """Words written twice over, where nothing in the source is."""
    if _TWICE.search(source):
        return []
    return [
        Fault(
            check="repeated", kind="added", message=f"Written twice: {match[1] or match[2]}.",
            found=match[0], start=match.start(), end=match.end(), suggestion=match[1] or match[2],
        )
        for match in _TWICE.finditer(target)
    ]  # fmt: skip
