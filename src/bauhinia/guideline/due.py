"""The calendar of the register: what is due of which use, and who is reminded (D-3.1-22, D-3.2.1-23)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from ..people import Officer
from ..people.permissions import reach
from ..people.quotas import HONG_KONG
from .assessment import questionnaire
from .assessments import Assessment
from .months import months_on
from .records import Record, RecordKind
from .uses import Use

DueKind = Literal["review", "reassessment", "annual_audit"]
Status = Literal["retired", "forbidden", "new", "draft", "waiting", "overdue", "reopened", "approved"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Something that is to be done by a day."""

    use: Use
    kind: DueKind
    day: date
    today: date

    @property
    def overdue(self) -> bool:
        """Whether the day has passed."""
        return self.day < self.today

    @property
    def soon(self) -> bool:
        """Whether the owner is reminded of it by now."""
        return self.day <= self.today + timedelta(days=questionnaire().remind_days)


def dues(uses: Iterable[Use], last: Mapping[tuple[str, RecordKind], Record], today: date) -> list[Due]:
    """All that is due of uses that go on, the earliest first."""
    found = [due for use in uses for due in _dues_of(use, last, today)]
    return sorted(found, key=lambda due: (due.day, due.use.id, due.kind))


def reminders(by: Officer, calendar: Iterable[Due]) -> list[Due]:
    """What that officer is reminded of: what is due soon, or overdue, of the uses that they own.

    Whoever governs the register for all departments is reminded of the uses that the product ships.
    """
    for_all = reach(by, "govern") == "all"
    return [due for due in calendar if due.soon and ((due.use.shipped and for_all) or due.use.owner == by.id)]


def status(use: Use, assessment: Assessment | None, today: date) -> Status:
    """Where a use stands, in one word of which the pages have a sentence."""
    if use.retired is not None:
        return "retired"
    if use.tier == "unacceptable":
        return "forbidden"
    if use.approval is None:
        if assessment is None or assessment.state == "approved":
            return "new"
        return "waiting" if assessment.state == "submitted" else "draft"
    if use.due is not None and use.due < today:
        return "overdue"
    return "reopened" if use.is_reopened else "approved"


def _dues_of(use: Use, last: Mapping[tuple[str, RecordKind], Record], today: date) -> list[Due]:
    if use.retired is not None or use.approval is None or use.due is None or use.tier == "unacceptable":
        return []
    kind: DueKind = "reassessment" if use.is_reopened else "review"
    found = [Due(use=use, kind=kind, day=use.due, today=today)]
    if use.tier == "limited":
        found.append(Due(use=use, kind="annual_audit", day=_audit_day(use, last), today=today))
    return found


def _audit_day(use: Use, last: Mapping[tuple[str, RecordKind], Record]) -> date:
    """A year after the last audit, or after the approval where there was none."""
    assert use.approval is not None
    audit = last.get((use.id, "annual_audit"))
    since = audit.held if audit else use.approval.approved.astimezone(HONG_KONG).date()
    return months_on(since, questionnaire().audit_months)
