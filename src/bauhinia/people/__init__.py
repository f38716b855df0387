"""Departments, officers, their accounts, and who is asking."""

from .accounts import SCOPES, SIGNED_IN, Accounts, Invitation, Scope
from .officer import ROLES, Officer, Role, acting, acting_as, local_officer, signed_in

__all__ = [
    "ROLES",
    "SCOPES",
    "SIGNED_IN",
    "Accounts",
    "Invitation",
    "Officer",
    "Role",
    "Scope",
    "acting",
    "acting_as",
    "local_officer",
    "signed_in",
]
