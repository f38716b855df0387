"""The pages of officers and departments, for whoever administers or audits them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import HTMLResponse, RedirectResponse, Response

from ..errors import BauhiniaError, InputError
from ..people import STATES, Change, NewOfficer, Person, State, Wanted
from ..people.permissions import ROLES, Deed, gives, may, reach
from ..people.roll import COLUMNS, Fate, read_roll
from .api import attachment
from .pages import SEE_OTHER, page
from .people_api import administration_of, link

people_pages_router = APIRouter(include_in_schema=False)
MOST = 50
"""Officers on a page."""
MOST_LINKS = 200
"""One-time links on a page; the CSV has all."""
Short = Annotated[str, Query(max_length=200)]


@lru_cache(maxsize=1)
def grades() -> list[dict[str, str]]:
    """The grades that are proposed; any other may be written."""
    read: list[dict[str, str]] = json.loads(
        files("bauhinia.people").joinpath("grades.json").read_text("utf-8")
    )
    return read


@people_pages_router.get("/people")
async def people(
    request: Request,
    words: Short = "",
    department: Short = "",
    role: Short = "",
    state: State = "",
    number: Annotated[int, Query(ge=1, le=20_000, alias="page")] = 1,
) -> HTMLResponse:
    wanted = Wanted(
        words=words, department=department, role=role, state=state, skip=(number - 1) * MOST, most=MOST
    )
    return await _people(request, wanted)


async def _people(
    request: Request,
    wanted: Wanted | None = None,
    *,
    error: BauhiniaError | None = None,
    fates: Sequence[Fate] = (),
    status: int = 200,
) -> HTMLResponse:
    wanted = wanted or Wanted(most=MOST)
    administration = administration_of(request)
    found, by = await administration.people(wanted), administration.by
    return page(
        request,
        "people.html",
        status=error.status if error else status,
        people=found.people,
        count=found.count,
        wanted=wanted,
        number=wanted.skip // MOST + 1,
        pages=max(1, -(-found.count // MOST)),
        query={
            "words": wanted.words,
            "department": wanted.department,
            "role": wanted.role,
            "state": wanted.state,
        },
        departments=await administration.departments(),
        states=STATES,
        roles=ROLES,
        gives=[role for role in ROLES if role in gives(by)],
        adds=reach(by, "add") is not None,
        everywhere=reach(by, "see") == "all",
        own=by.department,
        grades=grades(),
        columns=COLUMNS,
        faults=[fate for fate in fates if fate.problem],
        error=error,
    )


@people_pages_router.post("/people")
async def add(request: Request) -> HTMLResponse:
    form = await request.form()
    texts: dict[str, Any] = {
        name: _text(form, name) for name in ("account", "name", "department", "grade", "post")
    }
    try:
        new = NewOfficer(**texts, roles=_roles(form))
        added = await administration_of(request).add_and_invite(new)
    except BauhiniaError as error:
        return await _people(request, error=error)
    return _links(request, [Fate(1, added.person.account, "", added.secret)], added.person)


@people_pages_router.post("/people/import")
async def take_in(request: Request) -> Response:
    administration = administration_of(request)
    try:
        async with request.form() as form:
            fates = await administration.add_all(read_roll(await _file(form)))
    except BauhiniaError as error:
        return await _people(request, error=error)
    if any(fate.problem for fate in fates):
        return await _people(request, fates=fates, status=422)
    return _csv(request, fates) if form.get("answer") == "csv" else _links(request, fates)


async def _file(form: FormData) -> bytes:
    sent = form.get("file")
    if not isinstance(sent, UploadFile) or not sent.size:
        raise InputError("No file was chosen.", hint="Choose a CSV file.")
    return await sent.read()


def _links(request: Request, fates: Sequence[Fate], person: Person | None = None) -> HTMLResponse:
    """One-time links, shown this once."""
    shown = [(fate.account, link(request, fate.secret)) for fate in fates[:MOST_LINKS]]
    return page(request, "people_links.html", links=shown, count=len(fates), person=person)


def _csv(request: Request, fates: Sequence[Fate]) -> Response:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("account", "link"))
    writer.writerows((_cell(fate.account), link(request, fate.secret)) for fate in fates)
    headers = {"content-disposition": attachment("one-time-links.csv")}
    # A byte order mark, without which Excel reads Chinese as gibberish.
    return Response("\ufeff" + text.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def _cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text


@people_pages_router.get("/people/{officer}")
async def person(request: Request, officer: str) -> HTMLResponse:
    return await _person(request, officer)


async def _person(request: Request, officer: str, error: BauhiniaError | None = None) -> HTMLResponse:
    administration = administration_of(request)
    found, by = await administration.person(officer), administration.by
    deeds: tuple[Deed, ...] = ("invite", "edit", "close", "reopen", "roles", "move")
    return page(
        request,
        "person.html",
        status=error.status if error else 200,
        person=found,
        may={deed for deed in deeds if may(by, deed, found.subject) == "ok"},
        myself=found.id == by.id,
        departments=await administration.departments(),
        roles=[role for role in ROLES if role in gives(by)],
        grades=grades(),
        error=error,
    )


@people_pages_router.post("/people/{officer}")
async def change(request: Request, officer: str) -> Response:
    """Each form of the page names what it changes."""
    form = await request.form()
    try:
        await administration_of(request).change(officer, _change(form), version=_version(form))
    except BauhiniaError as error:
        return await _person(request, officer, error)
    return RedirectResponse(f"/people/{officer}", SEE_OTHER)


def _change(form: FormData) -> Change:
    wanted: dict[str, Any] = {
        name: _text(form, name) for name in ("name", "grade", "post", "department") if name in form
    }
    if "roles" in form:
        wanted["roles"] = _roles(form)
    if "active" in form:
        wanted["active"] = form["active"] == "true"
    return Change(**wanted)


def _version(form: FormData) -> int | None:
    text = _text(form, "version")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else None


@people_pages_router.post("/people/{officer}/invitation")
async def invite(request: Request, officer: str) -> HTMLResponse:
    administration = administration_of(request)
    try:
        secret = await administration.invite(officer)
    except BauhiniaError as error:
        return await _person(request, officer, error)
    found = await administration.person(officer)
    return _links(request, [Fate(1, found.account, "", secret)], found)


@people_pages_router.get("/departments")
async def departments(request: Request) -> HTMLResponse:
    return await _departments(request)


async def _departments(request: Request, error: BauhiniaError | None = None) -> HTMLResponse:
    administration = administration_of(request)
    return page(
        request,
        "departments.html",
        status=error.status if error else 200,
        departments=await administration.departments(),
        may_put=reach(administration.by, "departments") is not None,
        error=error,
    )


@people_pages_router.post("/departments")
async def put_department(request: Request) -> Response:
    form = await request.form()
    key, name_en, name_zh = (_text(form, name) for name in ("key", "name_en", "name_zh"))
    try:
        if not key.replace("-", "").replace("_", "").isalnum() or not key.isascii():
            raise InputError("A short name has letters, figures and hyphens.", hint="Such as hyd.")
        await administration_of(request).put_department(key, name_en, name_zh)
    except BauhiniaError as error:
        return await _departments(request, error)
    return RedirectResponse("/departments", SEE_OTHER)


@people_pages_router.post("/departments/{key}/remove")
async def remove_department(request: Request, key: str) -> Response:
    try:
        await administration_of(request).remove_department(key)
    except BauhiniaError as error:
        return await _departments(request, error)
    return RedirectResponse("/departments", SEE_OTHER)


def _text(form: FormData, name: str) -> str:
    return str(form.get(name, "")).strip()


def _roles(form: FormData) -> frozenset[str]:
    """The boxes that are ticked; an empty one is always sent, so that none ticked differs from none shown."""
    return frozenset(str(role) for role in form.getlist("roles") if role)
