"""AI uses: those that the product ships, as data, and those that departments register."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from .data_files import data_file
from .tiers import TierId, tiers

Kind = Literal["pilot", "assistant", "client", "evaluation"]
Audience = Literal["officers", "public", "minors"]
Oversight = Literal["ai_collaborative", "human_led"]
"""Section 2.1.3.5: people review what AI helps to decide, or decide and act themselves."""
Reason = Literal[
    "ok", "unknown_use", "use_of_others", "use_retired", "use_unacceptable", "use_unassessed", "use_overdue"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What an officer says of a use."""

    title_en: str
    title_zh: str
    purpose: str
    kind: Kind = "client"
    data: tuple[str, ...] = ()
    """Kinds of data that it reads, in a few words each."""
    classification: str = "unclassified"
    model: str = ""
    """Empty: whichever answers."""
    audience: Audience = "officers"
    oversight: Oversight = "ai_collaborative"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """That a use may go on, in which tier and why, until when. Somebody else than its owner says so."""

    use: str
    assessment: str
    """Id of the assessment; of a use that the product ships, `shipped`."""
    tier: TierId
    argument: str
    review_by: date
    approved_by: str
    approved_name: str
    approved: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Use(Proposal):
    """An entry of the register."""

    id: str
    department: str = ""
    """Empty: every department's."""
    owner: str = ""
    owner_name: str = ""
    created: datetime | None = None
    reopened: datetime | None = None
    """When a change last asked for a new assessment."""
    reopened_why: str | None = None
    retired: datetime | None = None
    approval: Approval | None = None
    shipped: bool = False

    @property
    def tier(self) -> TierId | None:
        """The tier that was approved; None before."""
        return self.approval.tier if self.approval else None

    @property
    def is_reopened(self) -> bool:
        """Whether something changed since it was approved."""
        return bool(self.approval and self.reopened and self.reopened > self.approval.approved)

    @property
    def due(self) -> date | None:
        """The last day on which it may be used; None before it is approved."""
        if self.approval is None:
            return None
        if not self.is_reopened or self.reopened is None:
            return self.approval.review_by
        grace = timedelta(days=tiers().tiers[self.approval.tier].reassess_days)
        # A high-risk use stops on the day of the change itself.
        last = self.reopened.date() + grace - timedelta(days=0 if grace else 1)
        return min(self.approval.review_by, last)


class Standing(NamedTuple):
    """Whether a use may be used now, and if not why, and what to do."""

    reason: Reason
    sentence: str = ""
    hint: str = ""

    @property
    def allowed(self) -> bool:
        """Whether it may."""
        return self.reason == "ok"


class Shipped(NamedTuple):
    """The uses that the product ships."""

    version: int
    uses: Mapping[str, Mapping[str, Any]]


@lru_cache(maxsize=1)
def shipped() -> Shipped:
    """Read from `uses.yaml`."""
    read = data_file("uses.yaml", dict[str, Any])
    return Shipped(read["version"], read["uses"])


def new_id() -> str:
    """An id for a use that a department registers."""
    return f"use-{secrets.token_hex(6)}"


def is_an_id(name: str) -> bool:
    """Whether it is one that the product ships, or looks like one that a department registered."""
    return name in shipped().uses or re.fullmatch("use-[0-9a-f]{12}", name) is not None


def standing(use: Use | None, name: str, department: str, today: date) -> Standing:
    """Where that use stands for an officer of that department (D-2.1.2-01, D-2.1.2-03, D-3.2.1-21)."""
    if use is None:
        return Standing(
            "unknown_use",
            f"The register has no AI use called {name!r}.",
            "Register it on the page /register/new, or ask for one of the uses in the register.",
        )
    if use.department not in ("", department):
        return Standing("use_of_others", "This AI use is another department's.", "Register one of your own.")
    page = f"Open /register/{use.id}"
    if use.retired is not None:
        return Standing("use_retired", "This AI use was retired.", "Register a new one on /register/new.")
    if use.approval is None:
        return Standing(
            "use_unassessed",
            "This AI use has not been assessed.",
            f"{page}: its owner answers the assessment, and a second person approves it.",
        )
    if use.tier == "unacceptable":
        return Standing("use_unacceptable", "This AI use is of unacceptable risk.", "It may not be run.")
    if use.due is None or use.due < today:
        why = f": {use.reopened_why}" if use.is_reopened and use.reopened_why else ""
        return Standing(
            "use_overdue",
            f"This AI use was to be reviewed by {use.due:%d.%m.%Y}{why}.",
            f"{page}: its owner brings the assessment up to date, and a second person approves it.",
        )
    return Standing("ok")
