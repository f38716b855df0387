"""The table of permissions: every role, every deed, on the own department, another one, and oneself."""

from __future__ import annotations

import pytest

from bauhinia.errors import NotPermitted
from bauhinia.people import Officer
from bauhinia.people.permissions import DEEDS, ROLES, Deed, Subject, check, gives, may

ADMINISTRATION = {"see", "add", "invite", "edit", "close", "reopen", "roles", "quotas", "bill"}
GOVERNANCE = {"govern", "review", "stop", "cases", "audit"}
SUBJECTS = {
    "own": Subject(id="colleague", department="hyd"),
    "other": Subject(id="stranger", department="td"),
    "self": Subject(id="me", department="hyd"),
}
TO_ONESELF = {
    "see",
    "add",
    "edit",
    "departments",
    "provision",
    "share",
    "quotas",
    "bill",
    "govern",
    "stop",
    "cases",
    "audit",
}
EXPECTED: dict[str, dict[str, set[str]]] = {
    "": {"own": set(), "other": set(), "self": set()},
    "auditor": {key: {"see", "bill", "audit"} for key in SUBJECTS},
    "programme_owner": {
        key: {"share", "quotas", "bill"} | GOVERNANCE - ({"review"} if key == "self" else set())
        for key in SUBJECTS
    },
    "department_administrator": {
        "own": ADMINISTRATION | {"govern", "review", "cases"},
        "other": set(),
        "self": ADMINISTRATION & TO_ONESELF | {"govern", "cases"},
    },
    "service_operator": {
        "own": ADMINISTRATION | GOVERNANCE | {"move", "remove", "departments", "provision"},
        "other": ADMINISTRATION | GOVERNANCE | {"move", "remove", "departments", "provision"},
        "self": (ADMINISTRATION | GOVERNANCE | {"departments", "provision"}) & TO_ONESELF,
    },
}


def officer(*roles: str) -> Officer:
    return Officer(id="me", department="hyd", name="Me", roles=frozenset(roles))


@pytest.mark.parametrize("role", ["", *ROLES])
@pytest.mark.parametrize("whose", SUBJECTS)
def test_each_role_may_do_just_this(role: str, whose: str) -> None:
    by = officer(role) if role else officer()
    assert {deed for deed in DEEDS if may(by, deed, SUBJECTS[whose]) == "ok"} == EXPECTED[role][whose]


def test_a_role_nobody_knows_gives_nothing() -> None:
    by = officer("emperor")
    assert not [deed for deed in DEEDS if may(by, deed, SUBJECTS["own"]) == "ok"]
    assert not gives(by)


@pytest.mark.parametrize("deed", ["add", "invite", "edit", "close", "reopen", "roles"])
@pytest.mark.parametrize("role", ["service_operator", "auditor", "programme_owner"])
def test_nobody_touches_whoever_has_a_role_they_may_not_give(deed: Deed, role: str) -> None:
    subject = Subject(id="colleague", department="hyd", roles=frozenset({role}))
    assert may(officer("department_administrator"), deed, subject) == "higher_role"
    with pytest.raises(NotPermitted) as raised:
        check(officer("department_administrator"), deed, subject)
    assert raised.value.why == "higher_role"
    assert may(officer("service_operator"), deed, subject) == "ok"


def test_two_roles_reach_as_far_as_the_farther_one() -> None:
    by = officer("department_administrator", "auditor")
    assert may(by, "see", SUBJECTS["other"]) == "ok"
    assert may(by, "close", SUBJECTS["other"]) == "other_department"
