"""What differs between OpenID Connect providers, as data. Every field can be replaced by a setting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """Which claim says what; `.` parts nested names."""

    scopes: str
    account: str
    name: str
    department: str
    roles: str


PRESETS: Mapping[str, Claims] = {
    # OpenID Connect Core 1.0, section 5.1.
    "other": Claims(
        scopes="openid profile email",
        account="email",
        name="name",
        department="department",
        roles="groups",
    ),
    # Microsoft's "ID token claims reference": `oid` never changes but is not what officers are added by;
    # `preferred_username` is, and `sub` is kept from the first sign-in on. `department` is an optional claim
    # that the application's manifest must ask for. The issuer is https://login.microsoftonline.com/TENANT/v2.0.
    "entra": Claims(
        scopes="openid profile email",
        account="preferred_username",
        name="name",
        department="department",
        roles="roles",
    ),
    # Microsoft's "AD FS OpenID Connect/OAuth concepts": `upn` and `unique_name` in the token; `allatclaims`
    # puts further claims into it; groups come by a rule of the application group.
    "adfs": Claims(
        scopes="openid allatclaims",
        account="upn",
        name="unique_name",
        department="department",
        roles="group",
    ),
    # Keycloak's default client scopes: `preferred_username` by `profile`, `realm_access.roles` by `roles`
    # (switch "Add to ID token" on for it). `department` is a user attribute with a mapper.
    "keycloak": Claims(
        scopes="openid profile email",
        account="preferred_username",
        name="name",
        department="department",
        roles="realm_access.roles",
    ),
    # iAM Smart publishes an API after OAuth 2.0 with a tokenised id for each online service, and no discovery
    # document or ID token (iamsmart.gov.hk, "Technical Details"). It is reached through a broker that speaks
    # OpenID Connect, which asks it for `eidapi_auth` and gives the tokenised id as `sub`. That says nothing
    # of a department or a role: officers are added here under that id first.
    "iamsmart": Claims(scopes="openid", account="sub", name="", department="", roles=""),
}


def claims_for(settings: Settings) -> Claims:
    """The preset's, with what the settings replace."""
    preset = PRESETS[settings.openid_preset]
    return Claims(
        scopes=settings.openid_scopes or preset.scopes,
        account=settings.openid_account_claim or preset.account,
        name=settings.openid_name_claim or preset.name,
        department=settings.openid_department_claim or preset.department,
        roles=settings.openid_roles_claim or preset.roles,
    )
