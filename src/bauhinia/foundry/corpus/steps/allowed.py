"""What must not be there: rows that could not be read, have no licence, were opted out or withdrawn."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Literal

from datatrove.data import Document
from datatrove.pipeline.filters.base_filter import BaseFilter
from datatrove.pipeline.writers.disk_base import DiskWriter

from ..withdrawal import Withdrawn

Kept = Literal[True] | tuple[Literal[False], str]
_PER_ROW = "per row"


class Readable(BaseFilter):
    """Turns away what a reader marked, with the reader's reason."""

    name = "Readable"

    def filter(self, doc: Document) -> Kept:
        """The reader's reason, if it had one."""
        reason = doc.metadata.get("refused")
        return (False, reason) if reason else True


class Allowed(BaseFilter):
    """Licence, consent, opt-outs and withdrawals, in that order. Duties D-3.2.1-16, D-2.3.1-02."""

    name = "Allowed"

    def __init__(
        self,
        licences: Collection[str],
        opt_outs: Collection[str],
        withdrawn: Withdrawn,
        exclusion_writer: DiskWriter,
    ) -> None:
        super().__init__(exclusion_writer)
        self._licences = frozenset(licences)
        self._opt_outs = frozenset(opt_outs)
        self._prefixes = tuple(sorted(each for each in opt_outs if "://" in each))
        self._withdrawn = withdrawn

    def filter(self, doc: Document) -> Kept:
        """`no_licence`, `licence_not_allowed`, `opted_out` or `withdrawn`."""
        about = doc.metadata
        if not is_stated(about["licence"]):
            return False, "no_licence"
        if not permits(about["licence"], self._licences):
            return False, "licence_not_allowed"
        if about.get("opted_out") or self._is_opted_out(doc):
            return False, "opted_out"
        if self._withdrawn.holds(doc.id, about):
            return False, "withdrawn"
        return True

    def _is_opted_out(self, doc: Document) -> bool:
        named = {doc.id, doc.metadata["document"], doc.metadata["place"]}
        return not named.isdisjoint(self._opt_outs) or (
            bool(self._prefixes) and str(doc.metadata.get("url", "")).startswith(self._prefixes)
        )


_UNSTATED = frozenset({"", "unknown", "none", "noassertion", "other", "proprietary", "n/a", "tbd", _PER_ROW})


def is_stated(licence: str) -> bool:
    """Whether somebody has said under what the text may be used."""
    return licence.strip().lower() not in _UNSTATED


def permits(expression: str, allowed: Collection[str]) -> bool:
    """Whether an SPDX expression can be met with these licences: any of those joined by OR, all of those
    joined by AND. An exception (WITH) only ever adds to what its licence gives."""
    flat = re.sub(r"\s+WITH\s+\S+", "", expression.replace("(", " ( ").replace(")", " ) "))
    while match := re.search(r"\(([^()]*)\)", flat):
        verdict = "+yes" if permits(match[1], allowed) else "+no"
        flat = flat[: match.start()] + verdict + flat[match.end() :]
    if " OR " in flat:
        return any(permits(part, allowed) for part in flat.split(" OR "))
    return all(part.strip() == "+yes" or part.strip() in allowed for part in flat.split(" AND "))
