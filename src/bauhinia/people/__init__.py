"""Departments, officers, their accounts, and who is asking."""

from .accounts import SCOPES, SIGNED_IN, Accounts, Invitation, Scope
from .administration import Added, Administration, Change, NewOfficer
from .approvals import APPROVERS, Approval, Approvals
from .directory import STATES, UNASSIGNED, Department, Found, Person, State, Wanted
from .officer import ROLES, Officer, Role, acting, acting_as, local_officer, signed_in
from .quota_setting import QuotaSetting
from .quotas import Amount, Limit, Quotas, Reservation, Standing

__all__ = [
    "APPROVERS",
    "ROLES",
    "SCOPES",
    "SIGNED_IN",
    "STATES",
    "UNASSIGNED",
    "Accounts",
    "Added",
    "Administration",
    "Amount",
    "Approval",
    "Approvals",
    "Change",
    "Department",
    "Found",
    "Invitation",
    "Limit",
    "NewOfficer",
    "Officer",
    "Person",
    "QuotaSetting",
    "Quotas",
    "Reservation",
    "Role",
    "Scope",
    "Standing",
    "State",
    "Wanted",
    "acting",
    "acting_as",
    "local_officer",
    "signed_in",
]
