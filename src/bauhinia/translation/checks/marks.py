"""Brackets, quotation marks and punctuation."""

# ruff: noqa: ARG001  # all checks have the same signature, whatever they use
from __future__ import annotations

import re

from ...language import Variety
from .fault import Context, Fault

_PAIRS = {
    "(": ")",
    "（": "）",
    "[": "]",
    "「": "」",
    "『": "』",
    "《": "》",
    "〈": "〉",
    "【": "】",
    "“": "”",
}
_CLOSING = {closing: opening for opening, closing in _PAIRS.items()}
_WIDE = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！", ".": "。"}
_NARROW = {wide: narrow for narrow, wide in _WIDE.items()} | {"、": ","}
_HALF_IN_CHINESE = re.compile(
    r"(?<=[\u3400-\u9fff」》）])[,;:?!](?=[\u3400-\u9fff「《（]|\s*$)|(?<=[\u3400-\u9fff])\.(?=\s*$)"
)
_WIDE_IN_ENGLISH = re.compile("[，；：？！。、]")
_DOUBLED = re.compile(r"([,;:，；：、。])\1|(?<!\.)\.\.(?!\.)")
_ENDS = re.compile(r"([.。?？!！;；:：])[”」』\"'’)）]*\s*$")


def check_brackets(source: str, target: str, to: Variety, context: Context) -> list[Fault]:
    """Brackets and quotation marks that are not closed, or not opened."""
    opened: list[int] = []
    alone: list[int] = []
    for place, char in enumerate(target):
        if char in _PAIRS:
            opened.append(place)
        elif char in _CLOSING and not _is_item(target, place):
            if opened and target[opened[-1]] == _CLOSING[char]:
                opened.pop()
            else:
                alone.append(place)
    return [
        Fault(
            check="brackets", kind="wrong", message=f"“{target[place]}” has no counterpart.",
            found=target[place], start=place, end=place + 1,
        )
        for place in sorted([*opened, *alone])
    ]  # fmt: skip


def _is_item(text: str, place: int) -> bool:
    """Whether a closing bracket only ends the number of a list item: a) or 1)."""
    return re.fullmatch(r"\s*[0-9A-Za-z]{1,3}", text[:place]) is not None


def check_punctuation(source: str, target: str, to: Variety, context: Context) -> list[Fault]:
    """Marks of the other script, marks written twice."""
    strange, right = (_HALF_IN_CHINESE, _WIDE) if to.is_chinese else (_WIDE_IN_ENGLISH, _NARROW)
    found = [(match, right[match[0]]) for match in strange.finditer(target)]
    found += [(match, match[0][0]) for match in _DOUBLED.finditer(target)]
    return [
        Fault(
            check="punctuation", kind="wrong", message=f"“{match[0]}” should be “{better}”.",
            found=match[0], start=match.start(), end=match.end(), suggestion=better,
        )
        for match, better in sorted(found, key=lambda one: one[0].start())
    ]  # fmt: skip


def check_ending(source: str, target: str, to: Variety, context: Context) -> list[Fault]:
    """The mark at the end of the one and not of the other."""
    there, here = _ENDS.search(source), _ENDS.search(target)
    if bool(there) == bool(here) or not target.strip():
        return []
    if here:
        return [
            Fault(
                check="punctuation", kind="added", severity="note", found=here[1],
                message="The source does not end in a mark.", start=here.start(1), end=here.end(1),
            )
        ]  # fmt: skip
    assert there is not None
    mark = (_WIDE if to.is_chinese else _NARROW).get(there[1], there[1])
    end = len(target.rstrip())
    return [
        Fault(
            check="punctuation", kind="missing", severity="note", wanted=there[1], start=end, end=end,
            message=f"The source ends in “{there[1]}”.", suggestion=mark,
        )
    ]  # fmt: skip
