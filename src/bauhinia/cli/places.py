"""Where an order is carried out: an office opened here, or the server that holds the data folder."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from ..errors import (
    BauhiniaError,
    DataFolderInUse,
    InputError,
    ModelUnavailable,
    PasswordNeeded,
    StoreError,
    WrongPassword,
)
from ..jobs import TaskEvent, from_json

if TYPE_CHECKING:
    import aiohttp

    from ..knowledge import Statement
    from ..pilot.office import Office
    from ..pilot.orders import AnyOrder
    from ..settings import Settings

_TOLD_APART: Mapping[str, type[BauhiniaError]] = {
    kind.__name__: kind for kind in (PasswordNeeded, WrongPassword)
}
"""Errors of the server that a command answers to."""
MODEL_POLL_SECONDS = 0.5
CONNECT_SECONDS = 5


class Place(Protocol):
    """What a command needs of an office."""

    where: str
    """A sentence for the person who waits."""

    async def add(
        self, name: str, data: bytes, password: str = "", classification: str = ""
    ) -> tuple[str, str]:
        """Put a file on the shelf; gives its id and that of the task that reads its scanned pages, if any.

        Raises DocumentError; of a protected file PasswordNeeded, or WrongPassword.
        """

    async def ready(self) -> None:
        """Wait until the model can answer. Raises ModelError, WeightsError."""

    async def forecast(self, order: AnyOrder) -> str:
        """A sentence on what the order will ask of the model."""

    async def start(self, order: AnyOrder) -> str:
        """Begin a task; gives its id."""

    def events(self, task: str) -> AsyncGenerator[TaskEvent, None]:
        """What it does, up to `Ended`."""

    async def cancel(self, task: str) -> None:
        """Stop it and wait until it has stopped."""

    async def task(self, task: str) -> dict[str, Any]:
        """The record of `GET /api/tasks/{id}`."""

    async def export(self, task: str, form: str) -> bytes:
        """Its draft as a file."""

    async def take_back(self, task: str, name: str, data: bytes) -> dict[str, Any]:
        """The answer of `POST /api/tasks/{id}/import`."""

    async def collections(self) -> list[dict[str, Any]]:
        """The answer of `GET /api/knowledge/collections`."""

    async def put_in(self, collection: str, files: Sequence[Path], sheet: Mapping[str, str]) -> str:
        """Begin to add files to a collection, by name, made with that sheet where there is none; gives the
        task's id. Raises InputError for a sheet that lacks something, where one is needed."""

    async def audit(self, collection: str) -> dict[str, Any]:
        """The answer of `POST /api/knowledge/collections/{id}/audits`."""

    async def fates(self, task: str) -> list[dict[str, Any]]:
        """What became of each file."""

    async def kept_name(self, document: str) -> str:
        """The name of a document of the library."""


@asynccontextmanager
async def open_place(settings: Settings) -> AsyncIterator[Place]:
    """The server that runs on the data folder, so that the model is loaded once; else an office of our own.

    Raises StoreError.
    """
    async with AsyncExitStack() as stack:
        if (server := await _server_of(settings, stack)) is not None:
            yield server
            return
        from ..pilot.office import open_office
        from .operator import operating

        office = await stack.enter_async_context(open_office(settings))
        stack.enter_context(operating(settings))
        yield Here(office)


class Here:
    """An office of this process."""

    where = "Opening an office of its own"

    def __init__(self, office: Office) -> None:
        self._office = office

    async def add(
        self, name: str, data: bytes, password: str = "", classification: str = ""
    ) -> tuple[str, str]:
        card = await self._office.add(data, name, password, classification=classification)
        return card.id, card.reading

    async def ready(self) -> None:
        await asyncio.shield(self._office.model)

    async def forecast(self, order: AnyOrder) -> str:
        return (await self._office.forecast(order)).sentence

    async def start(self, order: AnyOrder) -> str:
        return await self._office.start(order)

    async def events(self, task: str) -> AsyncGenerator[TaskEvent, None]:
        async for _, event in self._office.events(task):
            yield event

    async def cancel(self, task: str) -> None:
        await self._office.tasks.cancel(task)

    async def task(self, task: str) -> dict[str, Any]:
        return asdict(await self._office.task(task))

    async def export(self, task: str, form: str) -> bytes:
        from ..pilot.issuing import issued

        return (await issued(self._office, task, form)).data

    async def take_back(self, task: str, name: str, data: bytes) -> dict[str, Any]:
        from ..pilot.returning import read_back, take_back

        row = await self._office.tasks.get(task)
        rows = await read_back(row, data, name)
        return asdict(await take_back(self._office, row, rows))

    async def collections(self) -> list[dict[str, Any]]:
        return [asdict(each) for each in await self._office.library.collections()]

    async def put_in(self, collection: str, files: Sequence[Path], sheet: Mapping[str, str]) -> str:
        office = self._office
        key = await _named(self, collection) or await office.library.create(collection, sheet=_stated(sheet))
        return await office.arrivals.receive(
            office.tasks, key, _contents(files), classification=office.settings.classification
        )

    async def audit(self, collection: str) -> dict[str, Any]:
        found = await self._office.library.collection(collection)
        broken = await self._office.integrity.audit(found.id)
        return {"checked": found.documents, "broken": [asdict(each) for each in broken]}

    async def fates(self, task: str) -> list[dict[str, Any]]:
        row = await self._office.tasks.get(task)
        return [asdict(each) for each in await self._office.arrivals.of(row.order["batch"])]

    async def kept_name(self, document: str) -> str:
        return (await self._office.library.kept(document)).name


class There:
    """A server that runs on this machine, asked through its API."""

    def __init__(self, session: aiohttp.ClientSession, address: str) -> None:
        self._session = session
        self.where = f"Asking the server at {address}"

    async def add(
        self, name: str, data: bytes, password: str = "", classification: str = ""
    ) -> tuple[str, str]:
        card = await self._send(
            "/api/documents", name, data, password=password, classification=classification
        )
        return card["id"], card["reading"]

    async def ready(self) -> None:
        while (model := (await self.health())["model"])["state"] == "loading":  # noqa: ASYNC110  # a server of another process
            await asyncio.sleep(MODEL_POLL_SECONDS)
        if model["state"] != "ready":
            raise ModelUnavailable(model["message"], hint=model["hint"])

    async def health(self) -> dict[str, Any]:
        """Whether it and its model are ready."""
        return await self._json("GET", "/health")

    async def forecast(self, order: AnyOrder) -> str:
        from ..pilot.orders import kind_of

        asked = {"kind": kind_of(order), "order": order.model_dump(mode="json")}
        return str((await self._json("POST", "/api/estimate", json=asked))["sentence"])

    async def start(self, order: AnyOrder) -> str:
        from ..pilot.orders import kind_of

        asked = order.model_dump(mode="json")
        return str((await self._json("POST", f"/api/{kind_of(order)}", json=asked))["id"])

    async def events(self, task: str) -> AsyncGenerator[TaskEvent, None]:
        async with self._session.get(f"/api/tasks/{task}/events") as response:
            await _check(response)
            name = ""
            async for line in response.content:
                field, _, value = line.decode().rstrip("\n").partition(": ")
                if field == "event":
                    name = value
                elif field == "data":
                    yield from_json(name, json.loads(value))

    async def cancel(self, task: str) -> None:
        await self._json("POST", f"/api/tasks/{task}/cancel")

    async def task(self, task: str) -> dict[str, Any]:
        return await self._json("GET", f"/api/tasks/{task}")

    async def export(self, task: str, form: str) -> bytes:
        async with self._session.get(f"/api/tasks/{task}/export", params={"format": form}) as response:
            await _check(response)
            return await response.read()

    async def take_back(self, task: str, name: str, data: bytes) -> dict[str, Any]:
        return await self._send(f"/api/tasks/{task}/import", name, data)

    async def collections(self) -> list[dict[str, Any]]:
        async with self._session.get("/api/knowledge/collections") as response:
            await _check(response)
            found: list[dict[str, Any]] = await response.json()
            return found

    async def put_in(self, collection: str, files: Sequence[Path], sheet: Mapping[str, str]) -> str:
        import aiohttp

        key = await _named(self, collection)
        if key is None:
            made = {"name": collection, "sheet": _stated(sheet).model_dump(mode="json")}
            key = (await self._json("POST", "/api/knowledge/collections", json=made))["id"]
        form = aiohttp.FormData(quote_fields=False)
        with ExitStack() as opened:
            for file in files:
                form.add_field("file", opened.enter_context(file.open("rb")), filename=file.name)
            path = f"/api/knowledge/collections/{key}/documents"
            return str((await self._json("POST", path, data=form))["id"])

    async def audit(self, collection: str) -> dict[str, Any]:
        return await self._json("POST", f"/api/knowledge/collections/{collection}/audits")

    async def fates(self, task: str) -> list[dict[str, Any]]:
        told = await self._json("GET", f"/api/knowledge/arrivals/{task}")
        files: list[dict[str, Any]] = told["files"]
        return files

    async def kept_name(self, document: str) -> str:
        return str((await self._json("GET", f"/api/knowledge/documents/{document}"))["name"])

    async def _send(self, path: str, name: str, data: bytes, **fields: str) -> dict[str, Any]:
        import aiohttp

        form = aiohttp.FormData()
        form.add_field("file", data, filename=name, content_type="application/octet-stream")
        for field, value in fields.items():
            if value:
                form.add_field(field, value)
        return await self._json("POST", path, data=form)

    async def asked(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        """The JSON that a route answers. Raises BauhiniaError with what the server said."""
        return await self._json(method, path, **more)

    async def _json(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        async with self._session.request(method, path, **more) as response:
            await _check(response)
            found: dict[str, Any] = await response.json()
            return found


@asynccontextmanager
async def open_server(settings: Settings) -> AsyncIterator[There]:
    """The running server. Raises StoreError where there is none."""
    async with AsyncExitStack() as stack:
        if (server := await _server_of(settings, stack)) is None:
            raise StoreError(
                "No server runs on this machine's data folder.", hint="Start it: `bauhinia serve`."
            )
        yield server


def _stated(sheet: Mapping[str, str]) -> Statement:
    """Raises InputError where something is missing or wrong."""
    from pydantic import ValidationError

    from ..knowledge import Statement

    try:
        return Statement.model_validate({name: value for name, value in sheet.items() if value})
    except ValidationError as error:
        wrong = ", ".join(dict.fromkeys(str(each["loc"][0]) for each in error.errors() if each["loc"]))
        raise InputError(
            f"A new collection needs its data sheet; to be stated: {wrong or 'the licence'}.",
            hint="Give --source, --basis, --reference, --post and --grade (`bauhinia knowledge add --help`).",
        ) from error


async def _named(place: Place, collection: str) -> str | None:
    """The id of the collection of that name, if there is one."""
    return next((each["id"] for each in await place.collections() if each["name"] == collection), None)


async def _contents(files: Sequence[Path]) -> AsyncIterator[tuple[str, bytes]]:
    for file in files:
        yield file.name, await asyncio.to_thread(file.read_bytes)


async def _server_of(settings: Settings, stack: AsyncExitStack) -> There | None:
    """The server that holds the data folder, when it answers at the address of the settings."""
    from ..store import hold_data_folder

    try:
        with hold_data_folder(settings.data_folder):
            return None
    except DataFolderInUse:
        pass

    import aiohttp

    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    # No limit of time: a task may take minutes, and its events may be far apart.
    timeout = aiohttp.ClientTimeout(total=None, connect=CONNECT_SECONDS)
    address = f"http://{host}:{settings.port}"
    token = settings.token.get_secret_value()
    headers = {"authorization": f"Bearer {token}"} if token else {}
    session = aiohttp.ClientSession(address, timeout=timeout, read_bufsize=2**22, headers=headers)
    place = There(await stack.enter_async_context(session), address)
    try:
        await place.health()
    except (aiohttp.ClientError, BauhiniaError):
        return None
    stack.enter_context(_answering())
    return place


@contextmanager
def _answering() -> Iterator[None]:
    """A server that goes away in the middle is told in a sentence."""
    import aiohttp

    try:
        yield
    except aiohttp.ClientError as error:
        raise BauhiniaError(
            "The server stopped answering.", hint="Look at its terminal; the task can be resumed on its page."
        ) from error


async def _check(response: aiohttp.ClientResponse) -> None:
    """Raise the server's own error, as it words it."""
    if response.status < 400:
        return
    try:
        error = (await response.json())["error"]
        kind = _TOLD_APART.get(error["code"], BauhiniaError)
        raise kind(error["message"], hint=error["hint"])
    except (ValueError, KeyError, TypeError) as unclear:
        raise BauhiniaError(
            f"The server answered {response.status}.", hint="Look at its terminal."
        ) from unclear
