"""SCIM 2.0 (RFC 7643, RFC 7644): a directory such as Entra ID or Okta adds, changes and closes officers.

Shown to whoever has a service operator's token with the scope `scim`; a browser's session counts for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from fastapi import APIRouter, Request
from fastapi.routing import APIRoute
from pydantic import ValidationError
from scim2_models import (
    Context,
    Error,
    ListResponse,
    PatchOp,
    ResourceType,
    Schema,
    SCIMException,
    SearchRequest,
)
from starlette.responses import Response

from ..errors import BauhiniaError, Conflict, InputError, NotFound
from .people_api import administration_of
from .scim_provisioning import Provisioning
from .scim_resources import BASE, CONFIG, POLICY, PROVIDER, FullUser, Group

MEDIA_TYPE = "application/scim+json"


class _ScimRoute(APIRoute):
    """Answers every failure as RFC 7644 (3.12) has it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                await administration_of(request).check_provisions()
                return await handle(request)
            except SCIMException as error:
                return _answer(error.to_error(), error.status)
            except ValidationError as error:
                return _answer(Error.from_validation_errors(error)[0], 400)
            except BauhiniaError as error:
                return scim_fault(error)

        return answer


scim_router = APIRouter(prefix=BASE, route_class=_ScimRoute, include_in_schema=False)


def scim_fault(error: BauhiniaError) -> Response:
    """One of our failures as SCIM has it."""
    kind = None
    if isinstance(error, Conflict):
        kind = "uniqueness"
    elif isinstance(error, InputError) and not isinstance(error, NotFound) and error.status == 400:
        kind = "invalidValue"
    detail = f"{error.message} {error.hint}".strip()
    response = _answer(Error(status=error.status, scim_type=kind, detail=detail), error.status)
    if error.status == 401:
        response.headers["www-authenticate"] = "Bearer"
    return response


@scim_router.get("/ServiceProviderConfig")
async def service_provider_config() -> Response:
    return _answer(CONFIG)


@scim_router.get("/ResourceTypes")
async def resource_types() -> Response:
    return _listed(ResourceType, PROVIDER.resource_types)


@scim_router.get("/ResourceTypes/{key}")
async def resource_type(key: str) -> Response:
    return _answer(_one(PROVIDER.resource_types, key))


@scim_router.get("/Schemas")
async def schemas() -> Response:
    return _listed(Schema, PROVIDER.schemas)


@scim_router.get("/Schemas/{key}")
async def schema(key: str) -> Response:
    return _answer(_one(PROVIDER.schemas, key))


@scim_router.get("/Users")
async def users(request: Request) -> Response:
    asked = _search(request, FullUser)
    return _page(asked, FullUser, await _provisioning(request).users(asked))


@scim_router.post("/Users")
async def add_user(request: Request) -> Response:
    user = await _read(request, FullUser, Context.RESOURCE_CREATION_REQUEST)
    return _sent(request, await _provisioning(request).add_user(user), 201)


@scim_router.post("/Users/.search")
async def search_users(request: Request) -> Response:
    asked = await _read(request, SearchRequest[FullUser], Context.SEARCH_REQUEST)
    return _page(asked, FullUser, await _provisioning(request).users(asked))


@scim_router.get("/Users/{key}")
async def user(request: Request, key: str) -> Response:
    return _sent(request, await _provisioning(request).user(key))


@scim_router.put("/Users/{key}")
async def replace_user(request: Request, key: str) -> Response:
    user = await _read(request, FullUser, Context.RESOURCE_REPLACEMENT_REQUEST)
    return _sent(request, await _provisioning(request).replace_user(key, user))


@scim_router.patch("/Users/{key}")
async def patch_user(request: Request, key: str) -> Response:
    patch = await _read(request, PatchOp[FullUser], Context.RESOURCE_PATCH_REQUEST)
    return _sent(request, await _provisioning(request).patch_user(key, patch))


@scim_router.delete("/Users/{key}")
async def remove_user(request: Request, key: str) -> Response:
    await _provisioning(request).remove_user(key)
    return Response(status_code=204)


@scim_router.get("/Groups")
async def groups(request: Request) -> Response:
    asked = _search(request, Group)
    return _page(asked, Group, await _provisioning(request).groups(asked))


@scim_router.post("/Groups")
async def add_group(request: Request) -> Response:
    group = await _read(request, Group, Context.RESOURCE_CREATION_REQUEST)
    return _sent(request, await _provisioning(request).add_group(group), 201)


@scim_router.post("/Groups/.search")
async def search_groups(request: Request) -> Response:
    asked = await _read(request, SearchRequest[Group], Context.SEARCH_REQUEST)
    return _page(asked, Group, await _provisioning(request).groups(asked))


@scim_router.get("/Groups/{key}")
async def group(request: Request, key: str) -> Response:
    return _sent(request, await _provisioning(request).group(key))


@scim_router.put("/Groups/{key}")
async def replace_group(request: Request, key: str) -> Response:
    group = await _read(request, Group, Context.RESOURCE_REPLACEMENT_REQUEST)
    return _sent(request, await _provisioning(request).replace_group(key, group))


@scim_router.patch("/Groups/{key}")
async def patch_group(request: Request, key: str) -> Response:
    patch = await _read(request, PatchOp[Group], Context.RESOURCE_PATCH_REQUEST)
    return _sent(request, await _provisioning(request).patch_group(key, patch))


@scim_router.delete("/Groups/{key}")
async def remove_group(request: Request, key: str) -> Response:
    await _provisioning(request).remove_group(key)
    return Response(status_code=204)


def _provisioning(request: Request) -> Provisioning:
    match = request.headers.get("if-match", "")
    return Provisioning(administration_of(request), _base(request), match)


def _base(request: Request) -> str:
    return f"{str(request.base_url).rstrip('/')}{BASE}"


async def _read(request: Request, model: Any, context: Context) -> Any:
    return model.model_validate_json(await request.body(), scim_ctx=context, scim_policy=POLICY)


def _search(request: Request, model: Any) -> Any:
    names = ("filter", "startIndex", "count", "attributes", "excludedAttributes")
    asked = {name: request.query_params[name] for name in names if name in request.query_params}
    return SearchRequest[model].model_validate(asked)


def _sent(request: Request, resource: Any, status: int = 200) -> Response:
    """A resource with its version, or 304 for a reader who has that one."""
    headers = {"etag": resource.meta.version, "location": resource.meta.location}
    if request.method == "GET" and resource.meta.version in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    asked = _search(request, type(resource))
    body = resource.model_dump_json(scim_ctx=_CONTEXTS[request.method], response_parameters=asked)
    return Response(body, status, headers, media_type=MEDIA_TYPE)


def _page(asked: Any, model: Any, page: tuple[list[Any], int]) -> Response:
    found, count = page
    answer = ListResponse[model](
        total_results=count,
        start_index=asked.start_index or 1,
        items_per_page=len(found),
        resources=found,
    )
    body = answer.model_dump_json(scim_ctx=Context.RESOURCE_QUERY_RESPONSE, response_parameters=asked)
    return Response(body, media_type=MEDIA_TYPE)


def _listed(model: Any, found: Iterable[Any]) -> Response:
    listed = list(found)
    return _page(SearchRequest[model](), model, (listed, len(listed)))


def _one(found: Iterable[Any], key: str) -> Any:
    for each in found:
        if key in (each.id, each.name):
            return each
    raise NotFound("There is no such thing.", hint="See the whole list.")


def _answer(message: Any, status: int = 200) -> Response:
    return Response(message.model_dump_json(), status, media_type=MEDIA_TYPE)


_CONTEXTS = {
    "GET": Context.RESOURCE_QUERY_RESPONSE,
    "POST": Context.RESOURCE_CREATION_RESPONSE,
    "PUT": Context.RESOURCE_REPLACEMENT_RESPONSE,
    "PATCH": Context.RESOURCE_PATCH_RESPONSE,
}
