"""What a directory wishes by SCIM, done to officers, departments and roles through their administration."""

from __future__ import annotations

import re
import secrets
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from scim2_models import (
    InvalidValueException,
    MutabilityException,
    NotFoundException,
    PatchOp,
    PreconditionFailedException,
    SearchRequest,
    UniquenessException,
)

from ..errors import Conflict
from ..people import UNASSIGNED, Administration, Change, Department, Person, Wanted
from ..people.permissions import ROLES
from . import scim_resources as resources
from .scim_filters import condition_of
from .scim_resources import DEPARTMENT, MOST, POLICY, ROLE, EnterpriseUser, Group

_EVERYBODY = 1_000_000
_TRIES = 3
"""Times that a change is made anew of what somebody else changed meanwhile."""
Page = tuple[list[Any], int]
"""Resources, and how many there are on all pages."""


class Provisioning:
    """A directory's deeds. `base` is the service's address; `match` is the version that If-Match names."""

    def __init__(self, administration: Administration, base: str, match: str = "") -> None:
        self._administration = administration
        self._base = base
        self._match = match

    async def users(self, asked: SearchRequest[Any]) -> Page:
        """A page of officers. Raises InvalidFilterException."""
        wanted = Wanted(
            condition=None if asked.filter is None else condition_of(asked.filter.ast),
            skip=(asked.start_index or 1) - 1,
            most=MOST if asked.count is None else min(asked.count, MOST),
        )
        found = await self._administration.people(wanted)
        return [resources.user_of(person, self._base) for person in found.people], found.count

    async def user(self, key: str) -> Any:
        """An officer. Raises NotFound."""
        return resources.user_of(await self._administration.person(key), self._base)

    async def add_user(self, user: Any) -> Any:
        """Add an officer, to the department of the enterprise extension."""
        department = await self._department_named(_department_in(user) or UNASSIGNED)
        person = await self._administration.add(resources.new_officer(user, department))
        return resources.user_of(person, self._base)

    async def replace_user(self, key: str, user: Any) -> Any:
        """Make an officer as that User is. A department that is left out stays: Okta leaves it out."""
        person = await self._administration.person(key)
        self._check_match(f'W/"{person.version}"')
        named = _department_in(user)
        department = await self._department_named(named) if named else None
        changed = await self._administration.change(key, resources.change_to(user, department))
        return resources.user_of(changed, self._base)

    async def patch_user(self, key: str, patch: PatchOp[Any]) -> Any:
        """Change an officer. What was changed meanwhile is changed anew."""
        for tries in range(_TRIES):
            person = await self._administration.person(key)
            self._check_match(f'W/"{person.version}"')
            user = resources.user_of(person, self._base)
            before = _department_in(user)
            patch.patch(user, scim_policy=POLICY)
            after = _department_in(user)
            department = None if after == before else await self._department_named(after or UNASSIGNED)
            change = resources.change_to(user, department)
            try:
                changed = await self._administration.change(key, change, version=person.version)
            except Conflict:
                if tries == _TRIES - 1 or (await self._administration.person(key)).version == person.version:
                    raise
            else:
                return resources.user_of(changed, self._base)
        raise AssertionError(key)

    async def remove_user(self, key: str) -> None:
        """Take an officer out of the directory."""
        person = await self._administration.person(key)
        self._check_match(f'W/"{person.version}"')
        await self._administration.remove(key)

    async def groups(self, asked: SearchRequest[Group]) -> Page:
        """The page of groups that the filter matches; members are read only where they are wanted."""
        excluded = {str(path).casefold() for path in asked.excluded_attributes or ()}
        mentioned = "members" in str(asked.filter or "").casefold()
        members = await self._members() if mentioned or "members" not in excluded else None
        found = [
            group
            for group in await self._all_groups(lambda key: members[key] if members else [])
            if asked.filter is None or asked.filter.match(group)
        ]
        first = (asked.start_index or 1) - 1
        most = MOST if asked.count is None else min(asked.count, MOST)
        return found[first : first + most], len(found)

    async def group(self, key: str) -> Group:
        """A group with its members. Raises NotFoundException."""
        return self._as_group(await self._found(key), await self._members_of(key))

    async def add_group(self, group: Group) -> Group:
        """Add a department, with a key made of its name."""
        name = group.display_name or ""
        known = await self._administration.departments()
        if name.casefold() in ROLES or resources.named_department(name, known):
            raise UniquenessException(detail="There is a group of that name.")
        key = _key_for(name, {each.id for each in known})
        await self._administration.put_department(key, name, "", group.external_id)
        await self._set_members(DEPARTMENT + key, set(), _ids(group))
        return await self.group(DEPARTMENT + key)

    async def replace_group(self, key: str, group: Group) -> Group:
        """Make a group as that one is; where members are left out, none stay."""
        return await self._become(key, await self.group(key), group)

    async def patch_group(self, key: str, patch: PatchOp[Group]) -> Group:
        """Change a group."""
        before = await self.group(key)
        after = before.model_copy(deep=True)
        patch.patch(after, scim_policy=POLICY)
        return await self._become(key, before, after)

    async def remove_group(self, key: str) -> None:
        """Remove a department without officers. A role stays, and only loses its members."""
        group = await self.group(key)
        self._check_match(str(group.meta and group.meta.version))
        if key.startswith(ROLE):
            raise MutabilityException(detail="A role cannot be deleted; remove its members.")
        await self._administration.remove_department(key.removeprefix(DEPARTMENT))

    async def _become(self, key: str, before: Group, after: Group) -> Group:
        self._check_match(str(before.meta and before.meta.version))
        named = await self._found(key)
        renamed = after.display_name not in (None, before.display_name)
        told = after.external_id != before.external_id
        if isinstance(named, str):
            if renamed:
                raise MutabilityException(detail="A role keeps its name.")
        elif renamed or told:
            name = after.display_name or named.name_en
            await self._administration.put_department(named.id, name, named.name_zh, after.external_id or "")
        await self._set_members(key, _ids(before), _ids(after))
        return await self.group(key)

    async def _set_members(self, key: str, before: set[str], after: set[str]) -> None:
        kind, _, name = key.partition(":")
        gone, come = before - after, after - before
        if gone and kind == "department":
            await self._department_named(UNASSIGNED)
        for officer in sorted(come):
            await self._change(officer, _joining(kind, name, await self._person(officer)))
        for officer in sorted(gone):
            await self._change(officer, _leaving(kind, name, await self._person(officer)))

    async def _person(self, officer: str) -> Person:
        found = await self._administration.people(Wanted(condition=resources.by_id(officer)))
        if not found.people:
            raise InvalidValueException(detail="A member is no officer.")
        return found.people[0]

    async def _change(self, officer: str, change: Change) -> None:
        await self._administration.change(officer, change)

    async def _found(self, key: str) -> Department | str:
        """The department, or the role, that a group is."""
        if key.startswith(ROLE) and key.removeprefix(ROLE) in ROLES:
            return key.removeprefix(ROLE)
        for each in await self._administration.departments():
            if key == DEPARTMENT + each.id:
                return each
        raise NotFoundException(detail="There is no such group.")

    def _as_group(self, named: Department | str, members: list[Person]) -> Group:
        if isinstance(named, str):
            return resources.role_group(named, members, self._base)
        return resources.department_group(named, members, self._base)

    async def _all_groups(self, members_of: Callable[[str], list[Person]]) -> list[Group]:
        departments = await self._administration.departments()
        return [
            *(self._as_group(each, members_of(DEPARTMENT + each.id)) for each in departments),
            *(self._as_group(role, members_of(ROLE + role)) for role in ROLES),
        ]

    async def _members(self) -> dict[str, list[Person]]:
        """The members of every group, read at once."""
        found = defaultdict(list)
        for person in (await self._administration.people(Wanted(most=_EVERYBODY))).people:
            for key in resources.groups_of(person):
                found[key].append(person)
        return found

    async def _members_of(self, key: str) -> list[Person]:
        kind, _, name = key.partition(":")
        wanted = (
            Wanted(role=name, most=_EVERYBODY) if kind == "role" else Wanted(department=name, most=_EVERYBODY)
        )
        return (await self._administration.people(wanted)).people

    async def _department_named(self, name: str) -> str:
        """The key of the department of that name. Raises InvalidValueException."""
        found = resources.named_department(name, await self._administration.departments())
        if found is None and name == UNASSIGNED:
            await self._administration.put_department(UNASSIGNED, "Not in a department", "未編配部門")
            return UNASSIGNED
        if found is None:
            raise InvalidValueException(detail="There is no department of that key or name.")
        return found.id

    def _check_match(self, version: str) -> None:
        """Raises PreconditionFailedException where If-Match names another version."""
        if self._match and self._match != "*" and version not in re.findall(r'W/"[^"]*"', self._match):
            raise PreconditionFailedException(detail="It was changed meanwhile; get it again.")


def _department_in(user: Any) -> str | None:
    extension = user[EnterpriseUser]
    return extension.department if extension else None


def _ids(group: Group) -> set[str]:
    return {member.value for member in group.members or () if member.value}


def _joining(kind: str, name: str, person: Person) -> Change:
    if kind == "department":
        return Change(department=name)
    return Change(roles=frozenset({*person.roles, name}))


def _leaving(kind: str, name: str, person: Person) -> Change:
    """Who has moved to another department meanwhile stays there."""
    if kind == "department":
        return Change(department=UNASSIGNED if person.department == name else None)
    return Change(roles=frozenset(person.roles) - {name})


def _key_for(name: str, taken: set[str]) -> str:
    """A short key made of a department's name, that no other one has."""
    key = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:40]
    return key if key and key not in taken else f"{key or 'department'}-{secrets.token_hex(3)}"
