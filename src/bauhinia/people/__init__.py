"""Departments, officers, their accounts, and who is asking."""

from .accounts import SCOPES, SIGNED_IN, Accounts, Invitation, Scope
from .approvals import APPROVERS, Approval, Approvals
from .officer import ROLES, Officer, Role, acting, acting_as, local_officer, signed_in
from .quota_setting import QuotaSetting
from .quotas import Amount, Limit, Quotas, Reservation, Standing

__all__ = [
    "APPROVERS",
    "ROLES",
    "SCOPES",
    "SIGNED_IN",
    "Accounts",
    "Amount",
    "Approval",
    "Approvals",
    "Invitation",
    "Limit",
    "Officer",
    "QuotaSetting",
    "Quotas",
    "Reservation",
    "Role",
    "Scope",
    "Standing",
    "acting",
    "acting_as",
    "local_officer",
    "signed_in",
]
