"""Read a file that someone sent: in a child process, within limits, with one clear sentence when it fails."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import os
import signal
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import orjson

from .. import errors
from ..errors import BrokenDocument, DocumentError, DocumentTooLarge, EmptyDocument
from .collecting import Bounds
from .document import Document
from .forks import ask_fork
from .formats import READERS
from .normal import inert
from .scanned import ScannedPage, block_of

if TYPE_CHECKING:  # The reading process imports this package and must not load pydantic.
    from ..language import Variety
    from ..settings import Limits
    from .layout import Rewritten, Unit

log = logging.getLogger(__name__)
_CHILD = "bauhinia.documents.child"
_TURNS: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()


async def read_document(data: bytes, name: str, limits: Limits) -> Document:
    """The document in the file `data`, whose name (folders are dropped) says what it should be.

    The pages that `scanned` names are left to `read_page`: each takes seconds. Raises a DocumentError
    subclass. Cancelling ends the reading process; nothing is left on the disk.
    """
    said, body = await _work("read", data, name, limits)
    if "wanted" in said and (converted := await _convert_enclosed(said["wanted"], body, limits)):
        order = {"converted": {key: len(made) for key, made in converted.items()}}
        said, _ = await _work("read", data, name, limits, order, tuple(converted.values()))
    if "through" in said:
        return await _read_converted(data, name, said["form"], said["through"], limits)
    document = await asyncio.to_thread(_document, said["document"])
    if not document.blocks and not document.scanned:
        raise EmptyDocument(
            "None of the files inside it could be read.",
            hint=" ".join(document.warnings[:1]) or "Check that this is the right file.",
        )
    return document


async def _convert_enclosed(
    wanted: Sequence[tuple[str, int]], body: bytes, limits: Limits
) -> dict[str, bytes]:
    """What LibreOffice makes of the files in `body`, by the SHA-256 of each; those that it cannot open are
    left out, and stay named in the document's warnings."""
    from .libreoffice import convert

    made: dict[str, bytes] = {}
    at = 0
    for form, size in wanted:
        data, at = body[at : at + size], at + size
        try:
            made[hashlib.sha256(data).hexdigest()] = await convert(data, form, READERS[form].through, limits)
        except DocumentError as error:
            log.info("a file inside a file was not converted: %s", error.code)
    return made


async def _read_converted(data: bytes, name: str, form: str, through: str, limits: Limits) -> Document:
    """A file that LibreOffice makes readable first; what comes of it is read in a child as any other."""
    from .libreoffice import convert

    made = await convert(data, form, through, limits)
    said, _ = await _work("read", made, f"{_name(name)}.{through}", limits)
    document = await asyncio.to_thread(_document, said["document"])
    return replace(document, name=_name(name), format=form)


async def unlock(data: bytes, name: str, password: str, limits: Limits) -> bytes:
    """The file without its protection; one that has none comes back as it is.

    The password goes to the reading process on its input, and nowhere else. Raises WrongPassword, and a
    DocumentError subclass as `read_document` does.
    """
    order = {"password": password.encode("utf-8", "replace").decode()}
    _, body = await _work("unlock", data, name, limits, order)
    return body


async def read_page(data: bytes, name: str, page: int, limits: Limits) -> ScannedPage:
    """One of the pages that a document's `scanned` names, read from its picture in a process of its own.

    Raises a DocumentError subclass. Cancelling ends the process.
    """
    said, _ = await _work("page", data, name, limits, {"page": page})
    return ScannedPage.of(said["page"])


async def read_units(data: bytes, name: str, limits: Limits) -> tuple[Unit, ...]:
    """The file's units, to be translated and given to `rewrite`. Raises a DocumentError subclass."""
    from .layout import Unit

    said, _ = await _work("units", data, name, limits)
    return tuple(Unit(**unit) for unit in said["units"])


async def rewrite(
    data: bytes, name: str, targets: Mapping[str, str], to: Variety, limits: Limits, label: str = ""
) -> Rewritten:
    """The same file with tagged text `targets[unit id]` in its units, and the AI label in its metadata. Of
    the targets only what is `inert` is written.

    Raises a DocumentError subclass.
    """
    from .layout import LayoutNote, Rewritten

    order = {
        "targets": {unit: inert(target) for unit, target in targets.items()},
        "to": to.value,
        "label": label,
    }
    said, body = await _work("rewrite", data, name, limits, order)
    return Rewritten(data=body, notes=tuple(LayoutNote(**note) for note in said["rewritten"]))


async def read_page_texts(data: bytes, limits: Limits) -> list[str]:
    """The text of each page of a PDF, as it comes. Raises a DocumentError subclass."""
    said, _ = await _work("page_texts", data, "pages.pdf", limits)
    return [str(text) for text in said["page_texts"]]


async def side_by_side(original: bytes, translated: bytes, name: str, limits: Limits) -> bytes:
    """A PDF with each page of a PDF on the left and the same page of its translation on the right.

    Links and form fields are not carried over. Raises a DocumentError subclass.
    """
    order = {"first_bytes": len(original)}
    _, body = await _work("pair", original + translated, name, limits, order)
    return body


async def work_elsewhere(
    module: str, work: str, data: bytes, name: str, limits: Limits, more: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """What a child process with work of its own (the `WORKS` of `module`) says of a file, within the same
    limits. Raises a DocumentError subclass, or the error that the child told."""
    said, _ = await _work(work, data, name, limits, more, module=module)
    return said


async def made_elsewhere(
    module: str, work: str, data: bytes, name: str, limits: Limits, more: Mapping[str, Any] | None = None
) -> bytes:
    """The file that such a child process makes of a file. Raises as `work_elsewhere` does."""
    _, body = await _work(work, data, name, limits, more, module=module)
    return body


async def _work(
    work: str,
    data: bytes,
    name: str,
    limits: Limits,
    more: Mapping[str, Any] | None = None,
    after: Sequence[bytes] = (),
    module: str = _CHILD,
) -> tuple[dict[str, Any], bytes]:
    """What a child process answers about a file (and what is sent `after` it), and the bytes that follow.

    Raises a DocumentError subclass.
    """
    name = _name(name)
    if not data:
        raise EmptyDocument("The file is empty (0 bytes).", hint="Check the file, then upload it again.")
    if len(data) > limits.file_bytes:
        raise DocumentTooLarge(
            f"The file is {len(data):,} bytes; the limit is {limits.file_bytes:,}.",
            hint="Split it, or make its pictures smaller, then upload it again.",
        )
    bounds = {each.name: getattr(limits, each.name) for each in fields(Bounds)}
    order = orjson.dumps({"work": work, "name": name, "bounds": bounds, **(more or {})}) + b"\n"
    try:
        async with _turn(), asyncio.timeout(limits.seconds):
            said, body = await _ask_child(module, (order, data, *after), _most_output(limits))
    except TimeoutError:
        raise _too_slow(limits) from None
    if not said.keys() & {"error", "crash", "signal"}:
        return said, body
    raise _error(said, limits)


def _name(name: str) -> str:
    """A file's name without folders, and without what UTF-8 cannot say."""
    return PurePosixPath(name.replace("\\", "/")).name[-250:].encode("utf-8", "replace").decode()


def _turn() -> asyncio.Semaphore:
    """Held while a file is read: as many at once as there are processors, so that memory stays bounded."""
    return _TURNS.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(max(2, os.cpu_count() or 1)))


async def _ask_child(module: str, order: tuple[bytes, ...], most: int) -> tuple[dict[str, Any], bytes]:
    said, code = await ask_fork(module, order, most)
    head, _, body = said.partition(b"\n")
    try:
        answer = orjson.loads(head)
    except orjson.JSONDecodeError:
        answer = {"signal": -code}
    return (answer if isinstance(answer, dict) else {"signal": -code}), body


def _most_output(limits: Limits) -> int:
    return 1_000_000 + 6 * limits.characters + 400 * limits.blocks + 2 * limits.file_bytes


def _document(said: dict[str, Any]) -> Document:
    blocks, asides = said.pop("blocks"), said.pop("asides")
    return Document(
        **{**said, "warnings": tuple(said["warnings"]), "scanned": tuple(said["scanned"])},
        blocks=tuple(map(block_of, blocks)),
        asides=tuple(map(block_of, asides)),
    )


def _error(said: dict[str, Any], limits: Limits) -> DocumentError:
    if "error" in said:
        kind = getattr(errors, said["error"]["code"], None)
        if isinstance(kind, type) and issubclass(kind, DocumentError):
            return kind(said["error"]["message"], hint=said["error"]["hint"])
    if said.get("signal") in (signal.SIGXCPU, signal.SIGKILL):
        return _too_slow(limits)
    if said.get("crash") == "MemoryError":
        return DocumentTooLarge(
            f"Reading the file needs over {limits.memory_bytes / 1_000_000:,.0f} MB of memory, the limit.",
            hint="Split it into smaller files and upload the parts that you need.",
        )
    log.warning("the reading process failed: %s", said.get("crash") or f"signal {said.get('signal')}")
    return BrokenDocument(
        "The file could not be read: it is damaged, or made in a way that the reader does not know.",
        hint="Open it in the program that made it, save it again as .docx or .pdf, then upload that.",
    )


def _too_slow(limits: Limits) -> DocumentTooLarge:
    return DocumentTooLarge(
        f"Reading the file took longer than {limits.seconds:g} seconds, which is the limit.",
        hint="Split it into smaller files and upload the parts that you need.",
    )
