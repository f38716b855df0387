"""One pattern for a list of words, as quick for a hundred words as for ten."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any


def one_of(words: Iterable[str]) -> str:
    """A pattern for the longest of the words at a place; words that begin alike share their beginning.

    It has no repeats, so that a match takes no longer than the longest word.
    """
    tree: dict[str, Any] = {}
    for word in words:
        node = tree
        for character in word:
            node = node.setdefault(character, {})
        node[""] = {}
    return _written(tree)


def _written(node: dict[str, Any]) -> str:
    branches = [
        re.escape(character) + _written(below) for character, below in sorted(node.items()) if character
    ]
    if not branches:
        return ""
    single = branches[0] if len(branches) == 1 else "|".join(branches)
    if "" in node:
        return f"(?:{single})?"
    return branches[0] if len(branches) == 1 else f"(?:{single})"
