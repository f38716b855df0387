"""Officers and departments over HTTP, for whoever administers them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from ..people import Administration, Change, Department, NewOfficer, Person, State, Wanted
from ..people.roll import Fate, read_roll
from .state import office_of

people_router = APIRouter()
Text = Annotated[str, Field(max_length=200)]
OfficerId = Annotated[str, Path(max_length=100)]
DepartmentKey = Annotated[str, Path(min_length=1, max_length=50, pattern=r"^[A-Za-z0-9_.-]+$")]


class OfficerAdded(BaseModel):
    """An officer to add."""

    model_config = ConfigDict(extra="forbid")

    account: Text
    name: Text
    department: Text
    grade: Text = ""
    post: Text = ""
    roles: list[Text] = Field(default=[], max_length=20)


class OfficerChanged(BaseModel):
    """What is to become of an officer; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    name: Text | None = None
    grade: Text | None = None
    post: Text | None = None
    department: Text | None = None
    roles: list[Text] | None = Field(default=None, max_length=20)
    active: bool | None = None
    version: int | None = Field(default=None, ge=1, lt=2**63)
    """The version that the change was made of: refused with 409 where it is not the present one."""


class DepartmentNamed(BaseModel):
    """A department's names."""

    model_config = ConfigDict(extra="forbid")

    name_en: Text
    name_zh: Text = ""


class PersonSent(BaseModel):
    """An officer, as the API gives them."""

    id: str
    department: str
    account: str
    name: str
    grade: str
    post: str
    roles: list[str]
    state: State
    created: datetime
    changed: datetime
    version: int


def administration_of(request: Request) -> Administration:
    """What the signed-in officer does to officers and departments, recorded."""
    office = office_of(request)
    return Administration(office.database, office.officer, office.gateway.ledger.record)


@people_router.get("/api/people", summary="Officers that you may administer or audit, by account")
async def people(
    request: Request,
    words: Annotated[str, Query(max_length=200)] = "",
    department: Annotated[str, Query(max_length=200)] = "",
    role: Annotated[str, Query(max_length=200)] = "",
    state: State = "",
    skip: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    most: Annotated[int, Query(ge=1, le=500)] = 50,
) -> dict[str, Any]:
    wanted = Wanted(words=words, department=department, role=role, state=state, skip=skip, most=most)
    found = await administration_of(request).people(wanted)
    return {"count": found.count, "people": [sent(person) for person in found.people]}


@people_router.post("/api/people", status_code=201, summary="Add an officer; gives a link that works once")
async def add(request: Request, officer: OfficerAdded) -> dict[str, Any]:
    new = NewOfficer(**{**officer.model_dump(), "roles": frozenset(officer.roles)})
    added = await administration_of(request).add_and_invite(new)
    return {"person": sent(added.person), "link": link(request, added.secret)}


@people_router.post(
    "/api/people/import",
    summary="Add all officers of a CSV file, or none where one line is faulty",
    openapi_extra={
        "requestBody": {"content": {"text/csv": {"schema": {"type": "string"}}}, "required": True}
    },
)
async def take_in(request: Request) -> dict[str, Any]:
    fates = await administration_of(request).add_all(read_roll(await request.body()))
    done = not any(fate.problem for fate in fates)
    return {"done": done, "lines": [_fate(request, fate) for fate in fates]}


def _fate(request: Request, fate: Fate) -> dict[str, Any]:
    given = {"line": fate.line, "account": fate.account, "problem": fate.problem}
    return {**given, "link": link(request, fate.secret)} if fate.secret else given


@people_router.get("/api/people/{officer}", summary="An officer")
async def person(request: Request, officer: OfficerId) -> PersonSent:
    return sent(await administration_of(request).person(officer))


@people_router.patch("/api/people/{officer}", summary="Change an officer, all of it or nothing")
async def change(request: Request, officer: OfficerId, changed: OfficerChanged) -> PersonSent:
    given = changed.model_dump(exclude={"version"})
    roles = None if changed.roles is None else frozenset(changed.roles)
    wanted = Change(**{**given, "roles": roles})
    return sent(await administration_of(request).change(officer, wanted, version=changed.version))


@people_router.post("/api/people/{officer}/invitation", summary="A new one-time link; what was before ends")
async def invite(request: Request, officer: OfficerId) -> dict[str, str]:
    return {"link": link(request, await administration_of(request).invite(officer))}


@people_router.get("/api/departments", summary="Departments whose officers you may see")
async def departments(request: Request) -> list[Department]:
    return await administration_of(request).departments()


@people_router.put("/api/departments/{key}", summary="Add a department, or rename it")
async def put_department(request: Request, key: DepartmentKey, names: DepartmentNamed) -> dict[str, str]:
    await administration_of(request).put_department(key, names.name_en, names.name_zh)
    return {"id": key}


@people_router.delete("/api/departments/{key}", summary="Remove a department without officers")
async def remove_department(request: Request, key: DepartmentKey) -> dict[str, str]:
    await administration_of(request).remove_department(key)
    return {"id": key}


def sent(person: Person) -> PersonSent:
    """An officer, as the API gives them."""
    given = {key: value for key, value in asdict(person).items() if key in PersonSent.model_fields}
    return PersonSent(**given, state=person.state)


def link(request: Request, secret: str) -> str:
    """The address of a one-time link, as the administrator's browser reaches this server."""
    return f"{str(request.base_url).rstrip('/')}/welcome/{secret}"
