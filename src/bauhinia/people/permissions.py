"""What each role may do. Whatever is not in this table is denied.

Every check of administration and provisioning asks `may`, and nothing else decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from ..errors import NotPermitted
from ..store import LOCAL

if TYPE_CHECKING:
    from .officer import Officer

Role = Literal["department_administrator", "programme_owner", "auditor", "service_operator"]
ROLES: tuple[Role, ...] = get_args(Role)
"""What an officer may be besides an officer."""

Deed = Literal[
    "see", "add", "invite", "edit", "close", "reopen", "roles", "move", "remove", "departments", "provision",
    "share", "quotas", "bill", "govern", "review", "stop", "cases", "audit",
]  # fmt: skip
DEEDS: tuple[Deed, ...] = get_args(Deed)
"""`departments` adds, renames and removes them; `provision` is a directory's work by SCIM; `share` writes
what all departments share; `quotas` sets quotas; `bill` reads the bill of others; `govern` keeps the
register of AI uses and the records that the guideline asks for; `review` signs what another proposed; `stop`
stops a model or a use; `cases` handles complaints and incidents; `audit` reads all of that."""
Reach = Literal["own", "all"]
"""The own department, or every one."""
Why = Literal["ok", "no_role", "other_department", "oneself", "higher_role"]

_ADMINISTRATION: tuple[Deed, ...] = ("see", "add", "invite", "edit", "close", "reopen", "roles")
_GOVERNANCE: tuple[Deed, ...] = ("govern", "review", "stop", "cases", "audit")
PERMITTED: Mapping[Role, Mapping[Deed, Reach]] = {
    "service_operator": dict.fromkeys(
        (*_ADMINISTRATION, "move", "remove", "departments", "provision", "quotas", "bill", *_GOVERNANCE),
        "all",
    ),
    "department_administrator": dict.fromkeys(
        (*_ADMINISTRATION, "quotas", "bill", "govern", "review", "cases"), "own"
    ),
    "auditor": {"see": "all", "bill": "all", "audit": "all"},
    "programme_owner": dict.fromkeys(("share", "quotas", "bill", *_GOVERNANCE), "all"),
}
GIVES: Mapping[Role, frozenset[str]] = {
    "service_operator": frozenset(ROLES),
    "department_administrator": frozenset({"department_administrator"}),
}
"""The roles that a role gives and takes. Who may not give a role may not touch whoever has it: a one-time
link for an account is as good as the account."""
NOT_TO_ONESELF: frozenset[Deed] = frozenset(
    {"invite", "close", "reopen", "roles", "move", "remove", "review"}
)
"""Nobody lifts or locks out oneself, or signs as the reviewer of what is their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whom a deed is done to."""

    department: str
    id: str = ""
    roles: frozenset[str] = frozenset()
    """What the officer has already, and what the deed gives."""


def reach(by: Officer, deed: Deed) -> Reach | None:
    """How far that officer's roles let them do it; None where they do not."""
    found = {PERMITTED[role].get(deed) for role in _roles(by)}
    return "all" if "all" in found else "own" if "own" in found else None


def gives(by: Officer) -> frozenset[str]:
    """The roles that officer may give and take."""
    return frozenset().union(*(GIVES.get(role, frozenset()) for role in _roles(by)))


def may(by: Officer, deed: Deed, subject: Subject | None = None) -> Why:
    """`ok`, or why that officer may not do it to that subject."""
    how_far = reach(by, deed)
    if how_far is None:
        return "no_role"
    if subject is None:
        return "ok"
    if how_far == "own" and subject.department != by.department:
        return "other_department"
    if deed == "see":
        return "ok"
    if subject.id == by.id and deed in NOT_TO_ONESELF:
        return "oneself"
    return "ok" if subject.roles <= gives(by) else "higher_role"


def check(by: Officer, deed: Deed, subject: Subject | None = None) -> None:
    """Raises NotPermitted where that officer may not."""
    if (why := may(by, deed, subject)) != "ok":
        raise NotPermitted(_SENTENCES[why], why=why, hint=_HINTS[why])


def _roles(by: Officer) -> Sequence[Role]:
    """The one officer of a machine that nobody signs in to runs it."""
    held = {"service_operator"} if by.id == LOCAL else by.roles
    return [role for role in ROLES if role in held]


_SENTENCES: Mapping[Why, str] = {
    "no_role": "Your roles do not let you do this.",
    "other_department": "This is another department's.",
    "oneself": "Nobody does this to their own account.",
    "higher_role": "This takes a role that you may not give.",
}
_HINTS: Mapping[Why, str] = {
    "no_role": "Ask your department's administrator or a service operator.",
    "other_department": "Ask that department's administrator or a service operator.",
    "oneself": "Ask another administrator.",
    "higher_role": "Ask a service operator.",
}
