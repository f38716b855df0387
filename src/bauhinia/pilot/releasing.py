"""What an officer does with a finished draft: look at what is open, accept it, have it reviewed, share it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import InputError, Refused
from ..guideline.checklists import Audience
from ..jobs import Task
from ..people import Officer
from .claims import Claim, claims
from .codec import draft_of
from .draft import Draft, Finding, Passage
from .orders import ORDERS
from .release import Acceptation
from .release_checks import ReleaseChecks, check_policy, checks_of, digest_of

if TYPE_CHECKING:
    from .office import Office

REVIEW_DAYS = 14
"""How long the second officer may read a text that waits for approval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPoints:
    """What a person has to look at before a draft is accepted."""

    digest: str
    """Of the words that were looked at."""
    claims: tuple[Claim, ...]
    """Every statement with what it stands on, those that stand on nothing first."""
    findings: tuple[tuple[int, Passage | None, Finding], ...]
    """Of a passage, with its section, or of the whole draft."""
    checks: ReleaseChecks

    @property
    def unverified(self) -> int:
        """Statements without a supporting passage."""
        return sum(claim.support == "unverified" for claim in self.claims)

    @property
    def count(self) -> int:
        """Findings of the draft and of the check before export."""
        return len(self.findings) + len(self.checks.findings)


async def open_points(office: Office, task: Task, draft: Draft) -> OpenPoints:
    """What is open in the draft as it is now; the check before export is made where it was not."""
    order = {"unverified": 0, "reworded": 1, "supported": 2}
    of_passages = [
        (number, passage, finding)
        for number, section in enumerate(draft.sections)
        for passage in section.passages
        for finding in passage.findings
    ]
    return OpenPoints(
        digest=digest_of(draft),
        claims=tuple(sorted(claims(draft), key=lambda claim: order[claim.support])),
        findings=(*((0, None, finding) for finding in draft.findings), *of_passages),
        checks=await checks_of(office, task, draft),
    )


async def accept_draft(
    office: Office,
    task: Task,
    *,
    audience: Audience,
    ticked: Collection[str],
    digest: str,
    language: str = "en",
    reviewer: str = "",
) -> None:
    """Accept the acting officer's own draft. One for the public is shown to the reviewer, an account or, left
    empty, every officer of the department.

    Raises InputError, Conflict, and Refused where policy keeps it in or people lead the use.
    """
    draft, by = finished(task), office.officer
    await check_led_by_model(office, task)
    points = await open_points(office, task, draft)
    check_policy(points.checks, office.settings.release_blocks)
    if audience == "public":
        await _check_colleague(office, by, reviewer)
    given = Acceptation(
        audience=audience,
        ticked=frozenset(ticked),
        digest=digest,
        findings=points.count,
        unverified=points.unverified,
        language=language,
    )
    await office.release.accept(by, task.id, draft, given)
    if audience == "public":
        await office.sharing.share(by, "task", task.id, reviewer.strip() or by.department, REVIEW_DAYS)


async def review_draft(office: Office, task: Task, *, approve: bool, why: str) -> None:
    """Approve or give back what another officer accepted for the public."""
    await office.release.review(office.officer, task.id, finished(task), approve=approve, why=why)


async def share_draft(
    office: Office, by: Officer, key: str, receiver: str, days: int, *, unverified: bool
) -> str:
    """Share an own draft; gives the share's id. One that nobody has accepted is shared only by who says that
    they know it (D-2.3.1-05). Raises Refused, and what `Sharing.share` does."""
    task = await office.task(key)
    await check_led_by_model(office, task)
    shareable = task.own and task.status == "done" and task.kind in ORDERS
    if shareable and not unverified and not (await office.release.standing(key, draft_of(task))).is_final:
        raise Refused(
            "This is still a draft, and whoever reads it may take it for checked.",
            stage="release",
            hint="Check and accept it first, or confirm that you share it unchecked.",
        )
    return await office.sharing.share(by, "task", key, receiver, days)


async def check_led_by_model(office: Office, task: Task) -> None:
    """Raises Refused where people lead the task's use: the product only helps there, with sources and checks,
    and gives nothing out (D-2.1.3.5-03)."""
    if await office.is_led_by_people(f"pilot.{task.kind}"):
        raise Refused(
            "In this use people write and decide; the draft stays on its page as help.",
            stage="release",
            hint="Read the sources and the checks, and write your own text.",
        )


async def _check_colleague(office: Office, by: Officer, reviewer: str) -> None:
    """Raises InputError for a reviewer of another department, NotFound for one who does not exist."""
    if not reviewer.strip():
        return
    receiver = await office.sharing.receiver(reviewer)
    if receiver.department != by.department or receiver.officer == by.id:
        raise InputError(
            "The second officer is another one of your own department.",
            hint="Give a colleague's account, or leave it empty for any of them.",
        )


def finished(task: Task) -> Draft:
    """The task's draft, which a person may accept. Raises InputError where there is none."""
    if task.status != "done" or task.kind not in ORDERS:
        raise InputError(
            "Only a finished draft can be accepted.", hint="Wait until it is done, or resume it."
        )
    return draft_of(task)
