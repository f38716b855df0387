"""Files of a program: on its officer's shelf, under the same limits and walls; and as parts of messages."""

from __future__ import annotations

import base64
import binascii
from typing import Any, cast

from fastapi import APIRouter, Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from ...documents import read_document
from ...errors import DocumentTooLarge, InputError
from ...gateway import data as material
from ...pilot.files import MOST, PURPOSES, File, Files, Purpose
from ...pilot.office import Office
from ...settings import Limits
from ..api import attachment
from ..security import too_large_message
from ..state import limits_of, office_of
from .described import FILE
from .faults import Misshapen, Unsupported, expect
from .routes import as_json, guarded

MARK = "file-"
"""What an id begins with; the rest is the document's."""
files_router = APIRouter()


def _files(request: Request) -> Files:
    return Files(office_of(request))


def _key(value: Any) -> str:
    """The document of a file's id. What is no id is an empty key, which no document has."""
    return value.removeprefix(MARK) if isinstance(value, str) and value.startswith(MARK) else ""


def _told(file: File) -> dict[str, Any]:
    return {
        "id": MARK + file.id,
        "object": "file",
        "bytes": file.bytes,
        "created_at": int(file.created.timestamp()),
        "filename": file.name,
        "purpose": file.purpose,
        "status": "processed" if file.whole else "uploaded",
    }


@files_router.post("/v1/files", summary="Send a file", openapi_extra=FILE)
async def add_file(request: Request) -> Response:
    return await guarded(_add(request))


async def _add(request: Request) -> Response:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise Misshapen("Send the file as a form with the fields 'file' and 'purpose'.", param="file")
    async with request.form(max_files=1, max_fields=8) as form:
        for name in form:
            if name not in ("file", "purpose"):
                raise Unsupported(f"{name!r} is not supported here.", param=name, hint="Leave it out.")
        purpose = form.get("purpose")
        expect(purpose in PURPOSES, "purpose", f"one of {', '.join(PURPOSES)}")
        data, name = await _sent(form, limits_of(request))
        return as_json(_told(await _files(request).add(data, name, cast(Purpose, purpose))))


async def _sent(form: FormData, limits: Limits) -> tuple[bytes, str]:
    file = form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        raise Misshapen("No file came with the request.", param="file")
    if file.size is not None and file.size > limits.file_bytes:
        raise DocumentTooLarge(too_large_message(limits.file_bytes), hint="Split it into smaller files.")
    return await file.read(), file.filename


@files_router.get("/v1/files", summary="The files, the newest first")
async def list_files(
    request: Request,
    limit: int = MOST,
    after: str | None = None,
    purpose: str | None = None,
    order: str = "desc",
) -> Response:
    return await guarded(_list(_files(request), min(limit, MOST), after, purpose, order))


async def _list(files: Files, limit: int, after: str | None, purpose: str | None, order: str) -> Response:
    expect(order in ("asc", "desc"), "order", "asc or desc")
    expect(purpose is None or purpose in PURPOSES, "purpose", f"one of {', '.join(PURPOSES)}")
    key = None if after is None else _key(after)
    found, more = await files.listed(limit=limit, after=key, purpose=purpose, oldest_first=order == "asc")
    data = [_told(file) for file in found]
    ends = {"first_id": data[0]["id"], "last_id": data[-1]["id"]} if data else {}
    return as_json({"object": "list", "data": data, "has_more": more, **ends})


@files_router.get("/v1/files/{file}", summary="One file")
async def get_file(request: Request, file: str) -> Response:
    return await guarded(_get(_files(request), _key(file)))


async def _get(files: Files, key: str) -> Response:
    return as_json(_told(await files.get(key)))


@files_router.get("/v1/files/{file}/content", summary="A file's bytes as they were sent")
async def file_content(request: Request, file: str) -> Response:
    return await guarded(_content(_files(request), _key(file)))


async def _content(files: Files, key: str) -> Response:
    file, data = await files.get(key), await files.content(key)
    headers = {"content-disposition": attachment(file.name)}
    return Response(data, media_type="application/octet-stream", headers=headers)


@files_router.delete("/v1/files/{file}", summary="Remove a file")
async def delete_file(request: Request, file: str) -> Response:
    return await guarded(_delete(_files(request), _key(file)))


async def _delete(files: Files, key: str) -> Response:
    await files.remove(key)
    return as_json({"id": MARK + key, "object": "file", "deleted": True})


class FileTexts:
    """Puts the text of a file in place of the `file` part that names or holds it."""

    def __init__(self, office: Office, limits: Limits) -> None:
        self._files = Files(office)
        self._limits = limits

    async def in_place(self, body: dict[str, Any]) -> None:
        """Change the body's messages. Raises InputError."""
        messages = body.get("messages")
        for message in messages if isinstance(messages, list) else ():
            parts = message.get("content") if isinstance(message, dict) else None
            for part in parts if isinstance(parts, list) else ():
                if isinstance(part, dict) and part.get("type") == "file":
                    text = await self._text(part.pop("file", None))
                    part.update(type="text", text=text)

    async def _text(self, file: Any) -> str:
        expect(isinstance(file, dict), "messages.content.file", "an object")
        if file.get("file_id") is not None:
            name, text = await self._files.text(_key(file["file_id"]))
        else:
            name, data = _inline(file)
            document = await read_document(data, name, self._limits)
            if document.scanned:
                raise InputError(
                    f"{document.name} is a scan.", hint="Send it to /v1/files, and name it once it is read."
                )
            name, text = document.name, document.text
        return material(f"<file name={name!r}>\n{text}\n</file>")


def _inline(file: dict[str, Any]) -> tuple[str, bytes]:
    name, data = file.get("filename"), file.get("file_data")
    where = "messages.content.file"
    expect(isinstance(name, str) and bool(name), f"{where}.filename", "the file's name")
    expect(isinstance(data, str), f"{where}.file_data", "a file in base64")
    coded = str(data)
    if coded.startswith("data:"):
        coded = coded.partition(",")[2]
    try:
        return str(name), base64.b64decode(coded, validate=True)
    except (binascii.Error, ValueError):
        raise Misshapen("The file is not in base64.", param=f"{where}.file_data") from None
