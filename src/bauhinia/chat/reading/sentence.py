"""A question made ready for the rules: folded once, with what it names found once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from ..tools.resolve import folded
from .when import Named, days_in

Arguments = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """What somebody asked."""

    text: str
    today: date

    @cached_property
    def plain(self) -> str:
        """Folded: small, Traditional, narrow."""
        return folded(self.text).strip()

    @cached_property
    def days(self) -> list[Named]:
        """The days that it names."""
        return days_in(self.plain, self.today)

    @property
    def day(self) -> date | None:
        """The first of them."""
        return self.days[0].day if self.days else None

    def has(self, pattern: str) -> bool:
        """Whether a pattern is in it."""
        return re.search(pattern, self.plain) is not None

    @cached_property
    def without_days(self) -> str:
        """The folded text with the days taken out."""
        text = self.plain
        for each in reversed(self.days):
            text = text[: each.start] + " " + text[each.end :]
        return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """What a rule makes of a question: a tool with its arguments, or what is missing."""

    tool: str
    arguments: Arguments
    confidence: float
    missing: str = ""
    """The argument without which the tool cannot be used."""
