"""Pages and forms: consents and opt-outs, one's own data, and the switch."""

from __future__ import annotations

import tempfile
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.background import BackgroundTask
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

from ..errors import BauhiniaError, InputError, Refused
from ..guideline.consent import Purpose, consent_texts
from ..guideline.department_consent import department_text
from ..guideline.stopping import Scope
from ..guideline.uses import Use
from ..guideline.without_ai import EVERY_USE, paths_without_ai, without_ai
from ..people.permissions import reach
from ..pilot.own_data import PARTS, OwnData
from .api import attachment
from .consents_api import opt_outs_of, stopping_of
from .pages import SEE_OTHER, page
from .state import office_of
from .words import words_for

care_pages_router = APIRouter(include_in_schema=False)
_CHUNK = 256_000


@care_pages_router.get("/consents")
async def consents(request: Request) -> HTMLResponse:
    return await _consents(request)


async def _consents(request: Request, error: BauhiniaError | None = None) -> HTMLResponse:
    office = office_of(request)
    return page(
        request,
        "consents.html",
        status=error.status if error else 200,
        texts=consent_texts().purposes,
        standing=await office.consents.standing(office.officer),
        history=await office.consents.history(office.officer),
        department=await office.department_consents.standing(office.officer),
        department_text=department_text(),
        may_decide=reach(office.officer, "govern") is not None,
        opted_out=await opt_outs_of(request).of(office.officer),
        uses=await _uses_for_me(request),
        path=without_ai,
        every=EVERY_USE,
        error=error,
    )


async def _uses_for_me(request: Request) -> list[Use]:
    """What the officer may opt out of: the product's uses for officers, and those of their department."""
    office = office_of(request)
    own = ("", office.officer.department)
    listed = await office.gateway.register.listed(office.officer)
    return [
        use
        for use in listed
        if use.id in paths_without_ai() or (not use.shipped and use.retired is None and use.department in own)
    ]


@care_pages_router.post("/consents/{purpose}")
async def consent(
    request: Request,
    purpose: Purpose,
    given: Annotated[bool, Form()],
    version: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    office, language = office_of(request), words_for(request).language
    try:
        if given:
            await office.consents.give(office.officer, purpose, version, language)
        else:
            await office.consents.withdraw(office.officer, purpose, language)
    except InputError as error:
        return await _consents(request, error)
    return RedirectResponse(f"/consents#{purpose}", SEE_OTHER)


@care_pages_router.post("/department-consent")
async def consent_for_department(
    request: Request,
    given: Annotated[bool, Form()],
    version: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    office, language = office_of(request), words_for(request).language
    try:
        if given:
            await office.department_consents.give(office.officer, version, language)
        else:
            await office.department_consents.withdraw(office.officer, language)
    except (InputError, Refused) as error:
        return await _consents(request, error)
    return RedirectResponse("/consents#department", SEE_OTHER)


@care_pages_router.post("/opt-outs")
async def opt_out(
    request: Request,
    use: Annotated[list[str], Form()] = [],  # noqa: B006  # FastAPI copies it
) -> Response:
    await opt_outs_of(request).choose(office_of(request).officer, frozenset(use))
    return RedirectResponse("/consents#opt-out", SEE_OTHER)


@care_pages_router.get("/my-data")
async def my_data(request: Request) -> HTMLResponse:
    return await _my_data(request)


async def _my_data(request: Request, error: BauhiniaError | None = None) -> HTMLResponse:
    own = OwnData(office_of(request))
    holdings = await own.holdings()
    await own.reviewed()
    return page(
        request,
        "my_data.html",
        status=error.status if error else 200,
        holdings=holdings,
        parts=PARTS,
        error=error,
    )


@care_pages_router.get("/my-data/download")
async def download(request: Request) -> Response:
    file = tempfile.TemporaryFile(prefix="bauhinia-own-")  # noqa: SIM115  # closed when it has been sent
    try:
        await OwnData(office_of(request)).write(file)
    except BaseException:
        file.close()
        raise
    headers = {
        "content-disposition": attachment("bauhinia-my-data.zip"),
        "content-length": str(file.tell()),
    }
    file.seek(0)
    chunks = iter(lambda: file.read(_CHUNK), b"")
    return StreamingResponse(
        chunks, media_type="application/zip", headers=headers, background=BackgroundTask(file.close)
    )


@care_pages_router.post("/my-data/delete")
async def delete(
    request: Request,
    part: Annotated[list[str], Form()] = [],  # noqa: B006  # FastAPI copies it
) -> Response:
    chosen = [each for each in PARTS if each in part]
    try:
        await OwnData(office_of(request)).delete(frozenset(chosen))
    except InputError as error:
        return await _my_data(request, error)
    return RedirectResponse("/my-data", SEE_OTHER)


@care_pages_router.get("/switch")
async def switch(request: Request) -> HTMLResponse:
    return await _switch(request)


async def _switch(request: Request, error: BauhiniaError | None = None) -> HTMLResponse:
    office = office_of(request)
    door = office.gateway
    return page(
        request,
        "switch.html",
        status=error.status if error else 200,
        stops=await stopping_of(request).listed(),
        uses=await door.register.listed(office.officer),
        models=[name for name in dict.fromkeys((door.model, door.embedder, door.reranker)) if name],
        may_stop=reach(office.officer, "stop") is not None,
        error=error,
    )


@care_pages_router.post("/switch")
async def press(
    request: Request,
    scope: Annotated[Scope, Form()],
    why: Annotated[str, Form(max_length=500)] = "",
    use: Annotated[str, Form(max_length=200)] = "",
    model: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    subject = {"all": "", "use": use, "model": model}[scope]
    try:
        await stopping_of(request).stop(office_of(request).officer, scope, subject, why)
    except (InputError, Refused) as error:
        return await _switch(request, error)
    return RedirectResponse("/switch", SEE_OTHER)


@care_pages_router.post("/switch/{stopped}/resume")
async def resume(request: Request, stopped: str) -> Response:
    try:
        await stopping_of(request).resume(office_of(request).officer, stopped)
    except (InputError, Refused) as error:
        return await _switch(request, error)
    return RedirectResponse("/switch", SEE_OTHER)
