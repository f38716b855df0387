"""Officers, departments and roles as SCIM has them (RFC 7643): what is kept, what a directory's wishes mean.

A group is a department (`department:hyd`) or a role (`role:auditor`). Every officer is in one department.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any

from pydantic import Field
from scim2_models import (
    URN,
    AnyExtension,
    AuthenticationScheme,
    Bulk,
    CaseExact,
    ChangePassword,
    ComplexAttribute,
    ETag,
    Extension,
    External,
    Filter,
    Meta,
    Mutability,
    Patch,
    Reference,
    Required,
    Resource,
    ResourceType,
    ScimPolicy,
    ScimProvider,
    ServiceProviderConfig,
    Sort,
    Uniqueness,
)
from scim2_models.resources.user import GroupMembership

from ..people import UNASSIGNED, Change, Department, NewOfficer, Person
from ..people.directory import Condition, Equals

BASE = "/scim/v2"
MOST = 500
"""Resources in one answer."""
DEPARTMENT, ROLE = "department:", "role:"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


class EnterpriseUser(Extension):
    """What an enterprise's directory says of an officer."""

    __schema__ = URN(ENTERPRISE)

    department: str | None = None
    """The key or a name of the department."""


class User(Resource[AnyExtension]):
    """An officer."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:User")

    user_name: Annotated[str | None, Uniqueness.server, Required.true] = None
    """What is typed to sign in, or what the identity provider calls the officer."""
    display_name: str | None = None
    """The name, as it is shown."""
    title: str | None = None
    """The post."""
    user_type: str | None = None
    """The grade."""
    active: bool | None = None
    """Whether the officer may sign in."""
    groups: Annotated[list[GroupMembership] | None, Mutability.read_only] = None
    """The department and the roles."""


class GroupMember(ComplexAttribute):
    """An officer in a department, or with a role."""

    value: Annotated[str | None, Mutability.immutable, CaseExact.true] = None
    """The officer's id."""
    ref: Annotated[Reference[User[Any]] | None, Mutability.immutable] = Field(
        None, serialization_alias="$ref", validation_alias="$ref"
    )
    type: Annotated[str | None, Mutability.immutable] = Field(None, examples=["User"])


class Group(Resource[Any]):
    """A department or a role."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:Group")

    display_name: Annotated[str | None, Required.true] = None
    members: list[GroupMember] | None = None


FullUser: Any = User[EnterpriseUser]
POLICY = ScimPolicy(
    unknown=ScimPolicy.Unknown.ignore,
    remove_value_as_filter=ScimPolicy.RemoveValue.apply,
    unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create,
)
"""Directories send attributes that nothing is made of here, such as telephone numbers; Entra ID names the
members to remove in the value."""
CONFIG = ServiceProviderConfig(
    documentation_uri=Reference[External]("https://www.rfc-editor.org/rfc/rfc7644"),
    patch=Patch(supported=True),
    bulk=Bulk(supported=False, max_operations=0, max_payload_size=0),
    filter=Filter(supported=True, max_results=MOST),
    change_password=ChangePassword(supported=False),
    sort=Sort(supported=False),
    etag=ETag(supported=True),
    authentication_schemes=[
        AuthenticationScheme(
            type=AuthenticationScheme.Type.oauthbearertoken,
            name="Bearer token",
            description="A token of a service operator with the scope scim, in the header Authorization.",
            primary=True,
        )
    ],
    meta=Meta(resource_type="ServiceProviderConfig", location=f"{BASE}/ServiceProviderConfig"),
)
PROVIDER = ScimProvider(
    models=[User, EnterpriseUser, Group],
    resource_types=[ResourceType.from_resource(FullUser), ResourceType.from_resource(Group)],
    config=CONFIG,
    policy=POLICY,
)


def user_of(person: Person, base: str) -> Any:
    """An officer as a User."""
    user = FullUser(
        id=person.id,
        external_id=person.external_id,
        user_name=person.account,
        display_name=person.name,
        title=person.post or None,
        user_type=person.grade or None,
        active=person.active,
        groups=[_membership(key, base) for key in groups_of(person)],
        meta=_meta("User", f"{base}/Users/{person.id}", person.created, person.changed, str(person.version)),
    )
    user[EnterpriseUser] = EnterpriseUser(department=person.department)
    return user


def groups_of(person: Person) -> list[str]:
    """The ids of the groups that an officer is in."""
    return [DEPARTMENT + person.department, *(ROLE + role for role in person.roles)]


def _membership(key: str, base: str) -> GroupMembership:
    return GroupMembership(
        value=key, ref=Reference(f"{base}/Groups/{key}"), display=key.partition(":")[2], type="direct"
    )


def department_group(department: Department, members: Iterable[Person], base: str) -> Group:
    """A department as a Group."""
    name = department.name_en
    return _group(DEPARTMENT + department.id, name, department.external_id, members, base)


def role_group(role: str, members: Iterable[Person], base: str) -> Group:
    """A role as a Group, named as the role."""
    return _group(ROLE + role, role, None, members, base)


def _group(key: str, name: str, external_id: str | None, members: Iterable[Person], base: str) -> Group:
    group = Group(
        id=key,
        external_id=external_id,
        display_name=name,
        members=[
            GroupMember(value=each.id, ref=Reference(f"{base}/Users/{each.id}"), type="User")
            for each in members
        ],
    )
    group.meta = _meta("Group", f"{base}/Groups/{key}", None, None, _digest(group))
    return group


def _member(person: Person, base: str) -> GroupMember:
    return GroupMember(value=person.id, ref=Reference(f"{base}/Users/{person.id}"), type="User")


def _digest(group: Group) -> str:
    """A group's version: it changes when its name or its members do."""
    return sha256(group.model_dump_json().encode()).hexdigest()[:16]


def _meta(kind: str, location: str, created: datetime | None, changed: datetime | None, version: str) -> Meta:
    return Meta(
        resource_type=kind,
        location=location,
        created=created,
        last_modified=changed,
        version=f'W/"{version}"',
    )


def by_id(officer: str) -> Condition:
    """That officer alone."""
    return Equals("id", officer)


def new_officer(user: Any, department: str | None) -> NewOfficer:
    """The officer that a directory adds."""
    return NewOfficer(
        account=user.user_name,
        name=_name_of(user),
        department=department or UNASSIGNED,
        grade=user.user_type or "",
        post=user.title or "",
        active=user.active is not False,
        external_id=user.external_id,
    )


def change_to(user: Any, department: str | None) -> Change:
    """What makes an officer like that User. Where no department is said, it stays."""
    return Change(
        account=user.user_name,
        name=_name_of(user),
        grade=user.user_type or "",
        post=user.title or "",
        external_id=user.external_id or "",
        active=user.active is not False,
        department=department,
    )


def _name_of(user: Any) -> str:
    """The display name; else the formatted one, else given and family name, else the account."""
    if user.display_name:
        return str(user.display_name)
    name = next(
        (value for key, value in (user.unknown_attributes or {}).items() if key.casefold() == "name"), None
    )
    if isinstance(name, dict):
        told = name.get("formatted") or f"{name.get('givenName', '')} {name.get('familyName', '')}".strip()
        if told:
            return str(told)
    return str(user.user_name)


def named_department(name: str, departments: Iterable[Department]) -> Department | None:
    """The department of that key or name, in any case."""
    wanted = name.strip().casefold()
    for each in departments:
        if wanted in (each.id.casefold(), each.name_en.casefold(), each.name_zh.casefold() or None):
            return each
    return None
