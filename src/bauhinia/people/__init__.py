"""Departments, officers, their accounts, and who is asking."""

from .accounts import SCOPES, Accounts, Invitation, Scope
from .checking import check_settings
from .first import FirstAdministrator
from .officer import ROLES, Officer, Role, acting, acting_as, local_officer, signed_in
from .openid import OpenId
from .passkeys import Passkey, Passkeys
from .quota_setting import QuotaSetting
from .quotas import Amount, Limit, Quotas, Reservation, Standing
from .sessions import SIGNED_IN, Origin, Session, Sessions

__all__ = [
    "ROLES",
    "SCOPES",
    "SIGNED_IN",
    "Accounts",
    "Amount",
    "FirstAdministrator",
    "Invitation",
    "Limit",
    "Officer",
    "OpenId",
    "Origin",
    "Passkey",
    "Passkeys",
    "QuotaSetting",
    "Quotas",
    "Reservation",
    "Role",
    "Scope",
    "Session",
    "Sessions",
    "Standing",
    "acting",
    "acting_as",
    "check_settings",
    "local_officer",
    "signed_in",
]
