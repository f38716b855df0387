"""What the pages show of a draft's release: where it stands, what is open, its sources, how it came about."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request

from ..jobs import Task
from ..pilot.claims import is_without_sources, unverified
from ..pilot.draft import Draft
from ..pilot.explaining import Account, account_of
from ..pilot.release import Standing
from ..pilot.release_checks import ReleaseChecks, checks_of, digest_of, kept_checks
from ..pilot.source_dates import SourceDate, source_dates
from .state import office_of, settings_of
from .view import FindingView, finding_view
from .words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseView:
    """A finished draft's release as its page shows it."""

    standing: Standing
    state: str
    """The key of its words: the standing's, or `changed`."""
    checks: ReleaseChecks | None
    """None where they were not made, for somebody who reads what is another's."""
    found: tuple[FindingView, ...]
    blocked: tuple[str, ...]
    """Checks whose findings keep it in."""
    unverified: int
    without_sources: bool
    human_led: bool
    sources: tuple[SourceDate, ...]
    account: Account | None
    copyright: str


async def release_view(request: Request, task: Task, draft: Draft, words: Words) -> ReleaseView:
    """The release of a finished draft. Raises what the check before export does."""
    office, settings = office_of(request), settings_of(request)
    standing = await office.release.standing(task.id, draft)
    checks = await kept_checks(office, task.id, digest_of(draft))
    if checks is None and task.own:
        checks = await checks_of(office, task, draft)
    return ReleaseView(
        standing=standing,
        state="changed" if standing.changed else standing.state,
        checks=checks,
        found=tuple(finding_view(finding, words) for finding in (checks.findings if checks else ())),
        blocked=tuple(checks.blocked_by(settings.release_blocks)) if checks else (),
        unverified=len(unverified(draft)),
        without_sources=is_without_sources(draft),
        human_led=await office.is_led_by_people(f"pilot.{task.kind}"),
        sources=tuple(await source_dates(office, draft, task.order)),
        account=await account_of(office.database, task.id),
        copyright=settings.copyright if words.language == "en" else settings.copyright_zh,
    )
