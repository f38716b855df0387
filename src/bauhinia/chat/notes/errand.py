"""Something to be done, as one sentence gives it, before it is put together with the sentences around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .sentences import Sentence

Way = Literal["named", "you", "me"]


@dataclass(frozen=True, slots=True)
class Errand:
    """One party's, from one sentence."""

    said: Sentence
    owner: str
    """As the meeting calls them; empty for `you` until it is known who that is."""
    way: Way
    """Named, spoken to, or speaking."""
    start: int
    """Where in the folded sentence it begins."""
    handover: bool = False
    """It says only when or to whom what was spoken of is given: “You'll have it on Thursday.”"""
    weak: bool = False
    """It offers (“I can …”) and does not yet undertake."""
