"""What an officer can do to a translation on its page: confirm a passage, put a term right by one click."""

from __future__ import annotations

from dataclasses import dataclass

from ..language import Termbase, Variety
from ..pilot.draft import Finding, Passage


@dataclass(frozen=True, slots=True)
class Fix:
    """Words to write in the place of others, which counts characters as Python does."""

    start: int
    end: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """Where the work on a translation stands."""

    to: Variety
    confirmed: frozenset[str]
    """Ids of passages."""
    termbase: Termbase | None = None
    """None where no finding is of a forbidden term."""

    def fixes(self, passage: Passage) -> list[tuple[Finding, Fix | None]]:
        """The passage's findings, those of forbidden terms with what to write instead, as it stands now."""
        left = self._places(passage)
        paired: list[tuple[Finding, Fix | None]] = []
        for finding in passage.findings:
            places = left.get(finding.values.get("found", ""), []) if is_forbidden_term(finding) else []
            paired.append((finding, places.pop(0) if places else None))
        return paired

    def _places(self, passage: Passage) -> dict[str, list[Fix]]:
        """Forbidden terms of the text with their places, first to last."""
        found: dict[str, list[Fix]] = {}
        if self.termbase is None or not any(map(is_forbidden_term, passage.findings)):
            return found
        for issue in self.termbase.check(passage.source_text, passage.text, self.to):
            if issue.found:
                fix = Fix(issue.start, issue.start + len(issue.found), issue.better)
                found.setdefault(issue.found, []).append(fix)
        return found


def is_forbidden_term(finding: Finding) -> bool:
    """Whether a word of the text is to be replaced by one of the termbase."""
    return finding.check == "terms" and bool(finding.values.get("found"))
