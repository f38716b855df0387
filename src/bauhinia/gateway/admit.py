"""Stage 1, admit: who asks, for which AI use, is there room, and is there quota left."""

from __future__ import annotations

from ..guideline import Standing, Use
from ..people import Limit, Officer, Reservation
from ..people import Standing as QuotaStanding
from .classification import classifications
from .exchange import Decision

_AT_ONCE = 256
"""Exchanges under way at once. The backend queues what its slots cannot take yet."""


class Admission:
    """Counts the exchanges under way: as a block, it is held by one of them."""

    def __init__(self, at_once: int = _AT_ONCE) -> None:
        self._at_once = at_once
        self.under_way = 0

    def admit(self, officer: Officer) -> Decision:
        """`ok`, `unknown_officer` or `busy`."""
        if not officer.id or not officer.department:
            return Decision("admit", False, "unknown_officer", "Nobody is signed in.")
        if self.under_way >= self._at_once:
            return Decision("admit", False, "busy", f"{self.under_way} requests are under way already.")
        return Decision("admit", True, "ok")

    def __enter__(self) -> None:
        self.under_way += 1

    def __exit__(self, *_: object) -> None:
        self.under_way -= 1


def as_registered(standing: Standing) -> Decision:
    """`ok`, or why the register does not let the use be used now."""
    return Decision("admit", standing.allowed, standing.reason, standing.sentence, standing.hint)


def within_use(use: Use | None, classification: str) -> Decision:
    """`ok`, or `use_classification` for a text above what the use was assessed for (D-3.2.2-09). Those that
    the product ships go as far as the boundary lets any."""
    known = classification in classifications().ids
    if (
        use is None
        or use.shipped
        or not known
        or classifications().within(classification, use.classification)
    ):
        return Decision("admit", True, "ok")
    sentence = f"This AI use was assessed for {use.classification!r} at the most, not for {classification!r}."
    return Decision("admit", False, "use_classification", sentence, f"Change it on /register/{use.id}.")


def within_quota(held: Reservation) -> Decision:
    """`ok`, `quota_soft` with what to tell the officer, or `quota_day` or `quota_month`, which refuse."""
    if held.refused is not None:
        limit = held.refused.limit
        sentence = f"{_whose(limit)} is used up: {_so_far(held.refused)}."
        return Decision("admit", False, f"quota_{limit.period}", sentence)
    if (near := held.warned) is not None:
        return Decision(
            "admit", True, "quota_soft", f"{_whose(near.limit)} is nearly used up: {_so_far(near)}."
        )
    return Decision("admit", True, "ok")


def _whose(limit: Limit) -> str:
    period = "day's" if limit.period == "day" else "month's"
    if limit.scope in ("officer", "each officer"):
        return f"Your {period} quota"
    if limit.scope == "department":
        return f"Your department's quota for this {limit.period}"
    return f"The {period} quota of the AI use {limit.subject}"


def _so_far(standing: QuotaStanding) -> str:
    limit = standing.limit
    if limit.measure == "cost":
        return f"HK${standing.used / 1_000_000:,.2f} of HK${limit.most / 1_000_000:,.2f}"
    return f"{standing.used:,} of {limit.most:,} {limit.measure}"
