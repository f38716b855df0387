"""Departments, officers, their accounts, and who is asking.

What speaks OpenID Connect and WebAuthn is loaded where somebody signs in by it.
"""

from typing import TYPE_CHECKING

from ..first_use import on_first_use
from .accounts import SCOPES, Accounts, Invitation, Scope
from .administration import Added, Administration, Change, NewOfficer
from .approvals import APPROVERS, Approval, Approvals
from .checking import check_settings
from .directory import STATES, UNASSIGNED, Department, Found, Person, State, Wanted
from .first import FirstAdministrator
from .officer import ROLES, Officer, Role, acting, acting_as, local_officer, signed_in
from .quota_setting import QuotaSetting
from .quotas import Amount, Limit, Quotas, Reservation, Standing
from .sessions import SIGNED_IN, Origin, Session, Sessions

if TYPE_CHECKING:
    from .openid import OpenId
    from .passkeys import Passkey, Passkeys

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
    "FirstAdministrator",
    "Found",
    "Invitation",
    "Limit",
    "NewOfficer",
    "Officer",
    "OpenId",
    "Origin",
    "Passkey",
    "Passkeys",
    "Person",
    "QuotaSetting",
    "Quotas",
    "Reservation",
    "Role",
    "Scope",
    "Session",
    "Sessions",
    "Standing",
    "State",
    "Wanted",
    "acting",
    "acting_as",
    "check_settings",
    "local_officer",
    "signed_in",
]

__getattr__ = on_first_use(__name__, {"OpenId": "openid", "Passkey": "passkeys", "Passkeys": "passkeys"})
