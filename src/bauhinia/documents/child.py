"""The process that opens one file, a fork of `fork_server`.

On its input: a line of JSON (`name`, `bounds`, `work` and what that work needs), then the file. On its
output: a line of JSON, an object: what the work gives (`document`, `page`, `page_texts`, `units`,
`rewritten`, `paired`, `unlocked`; or `form` and `through`, the format that LibreOffice must make of the file
first; or beside the document `wanted`, format and size of files in old formats inside the file, whose bytes
follow), `error` (`code`, `message`, `hint`) or `crash` (a trace for the log); after it, of `rewritten`,
`paired` and `unlocked`, the new file's bytes. Its memory, time and files are limited by the kernel, so a
hostile file costs one answer and not the server.
"""

from __future__ import annotations

import math
import os
import resource
import sys
import traceback
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import orjson

from ..errors import DocumentError, EmptyDocument, UnsupportedFormat
from .collecting import Bounds, Opened, Reading
from .damage import damage_told
from .document import Document
from .formats import READERS
from .sniff import sniff

if TYPE_CHECKING:  # Loaded only when a layout is asked for: most files are only read.
    from .layout import Layout

Work = Callable[[bytes, dict[str, Any], Bounds], tuple[dict[str, Any], bytes]]
"""What is done with a file, its order and its bounds: an object for the parent, and bytes after it."""
Works = Mapping[str, Work]


def parse(data: bytes, name: str, bounds: Bounds, opened: Opened | None = None) -> Document:
    """Read a file in this process; `opened` takes note of the files inside it. Raises DocumentError."""
    form = sniff(data, name)
    reading = Reading(bounds, opened=opened or Opened())
    with damage_told(bounds):
        READERS[form].reader()(data, reading)
    if not (reading.blocks or reading.scanned or reading.opened.wanted):
        raise EmptyDocument("The file has no text in it.", hint="Check that this is the right file.")
    return Document(
        name=name,
        format=form,
        blocks=tuple(reading.blocks),
        asides=tuple(reading.asides),
        pages=reading.pages,
        scanned=tuple(reading.scanned),
        title=reading.title,
        warnings=reading.all_warnings(),
        metadata=reading.metadata,
    )


def layout(data: bytes, name: str, bounds: Bounds) -> Layout:
    """Take a file apart in this process. Raises DocumentError."""
    from .layout import LAYOUTS

    form = sniff(data, name)
    if form not in LAYOUTS:
        raise UnsupportedFormat(
            f"A file of this kind ({form}) cannot be written back with its layout.",
            hint="Translate it as text, or save it as .docx first.",
        )
    with damage_told(bounds):
        return LAYOUTS[form].open(data, bounds)


def confine(bounds: Bounds) -> None:
    """Ask the kernel to hold this process to its limits, for good."""
    seconds = math.ceil(bounds.seconds) + 1
    for what, most in (
        (resource.RLIMIT_AS, bounds.memory_bytes),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        _, hard = resource.getrlimit(what)
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (least, least))


def answer(data: bytes, order: dict[str, Any], bounds: Bounds, works: Works) -> tuple[dict[str, Any], bytes]:
    """The work that the order names, as the object that the parent reads and the bytes that follow it."""
    try:
        return works[order["work"]](data, order, bounds)
    except DocumentError as error:
        return {"error": {"code": error.code, "message": error.message, "hint": error.hint}}, b""
    except MemoryError:
        return {"crash": "MemoryError"}, b""
    except Exception:
        return {"crash": traceback.format_exc()}, b""


def _read(data: bytes, order: dict[str, Any], bounds: Bounds) -> tuple[dict[str, Any], bytes]:
    name = order["name"]
    if sizes := order.get("converted"):
        data, converted = _parted(data, sizes)
        return {"document": parse(data, name, bounds, Opened(converted=converted))}, b""
    form = sniff(data, name)
    if through := READERS[form].through:
        _refuse_locked(data, bounds)
        return {"form": form, "through": through}, b""
    opened = Opened()
    said: dict[str, Any] = {"document": parse(data, name, bounds, opened)}
    if wanted := opened.wanted.values():
        said["wanted"] = [(form, len(each)) for form, each in wanted]
    return said, b"".join(each for _, each in wanted)


def _parted(data: bytes, sizes: dict[str, int]) -> tuple[bytes, dict[str, bytes]]:
    """The file, and the converted files of these sizes that follow it."""
    at = len(data) - sum(sizes.values())
    file, parts = data[:at], {}
    for key, size in sizes.items():
        parts[key], at = data[at : at + size], at + size
    return file, parts


def _refuse_locked(data: bytes, bounds: Bounds) -> None:
    from .unlocking import refuse_locked

    with damage_told(bounds):
        refuse_locked(data)


def _unlock(data: bytes, order: dict[str, Any], bounds: Bounds) -> tuple[dict[str, Any], bytes]:
    from .unlocking import unlocked

    with damage_told(bounds):
        return {"unlocked": True}, unlocked(data, order["password"], bounds)


def _units(data: bytes, order: dict[str, Any], bounds: Bounds) -> tuple[dict[str, Any], bytes]:
    return {"units": list(layout(data, order["name"], bounds).units)}, b""


def _rewrite(data: bytes, order: dict[str, Any], bounds: Bounds) -> tuple[dict[str, Any], bytes]:
    from ..language import Variety
    from .layout import LAYOUTS

    opened = layout(data, order["name"], bounds)
    with damage_told(bounds):
        written = opened.write(order["targets"], Variety(order["to"]))
        if order["label"]:
            form = LAYOUTS[sniff(data, order["name"])]
            written = form.marked(written, order["label"], bounds)
    return {"rewritten": list(written.notes)}, written.data


def _page_texts(data: bytes, _order: dict[str, Any], bounds: Bounds) -> tuple[dict[str, Any], bytes]:
    from .pdf import page_texts

    with damage_told(bounds):
        return {"page_texts": page_texts(data, bounds)}, b""


def _page(data: bytes, order: dict[str, Any], bounds: Bounds) -> tuple[dict[str, Any], bytes]:
    from .ocr import read_page

    with damage_told(bounds):
        blocks, warnings = read_page(data, sniff(data, order["name"]), order["page"], bounds)
    return {"page": {"blocks": blocks, "warnings": warnings}}, b""


def _pair(data: bytes, order: dict[str, Any], bounds: Bounds) -> tuple[dict[str, Any], bytes]:
    from .layout.pdf_bilingual import side_by_side

    first = int(order["first_bytes"])
    with damage_told(bounds):
        return {"paired": True}, side_by_side(data[:first], data[first:])


WORKS: Works = {
    "read": _read,
    "page": _page,
    "page_texts": _page_texts,
    "unlock": _unlock,
    "units": _units,
    "rewrite": _rewrite,
    "pair": _pair,
}


def main(works: Works) -> None:
    """Read the request, answer it by one of the works, exit. A layer above has works of its own."""
    # A library that prints would spoil the answer: it gets its own copy of the pipe.
    out = os.dup(1)
    os.dup2(2, 1)
    order = orjson.loads(sys.stdin.buffer.readline())
    bounds = Bounds(**order["bounds"])
    confine(bounds)
    said, body = answer(sys.stdin.buffer.read(), order, bounds, works)
    with os.fdopen(out, "wb") as pipe:
        try:
            pipe.write(orjson.dumps(said) + b"\n")
            pipe.write(body)
        except MemoryError:
            pipe.write(b'{"crash":"MemoryError"}\n')
