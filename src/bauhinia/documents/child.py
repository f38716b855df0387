"""The process that reads one file: `python -m bauhinia.documents.child`.

On its input: a line of JSON (`name`, `bounds`), then the file. On its output: one JSON object with one key,
`document`, `error` (`code`, `message`, `hint`) or `crash` (a trace for the log). Its memory, time and files
are limited by the kernel, so a hostile file costs one answer and not the server.
"""

from __future__ import annotations

import math
import os
import resource
import sys
import traceback
from typing import Any

import orjson

from ..errors import BrokenDocument, DocumentError, DocumentTooLarge, EmptyDocument
from .collecting import Bounds, Reading
from .document import Document
from .formats import READERS
from .sniff import sniff


def parse(data: bytes, name: str, bounds: Bounds) -> Document:
    """Read a file in this process. Raises DocumentError."""
    form = sniff(data, name)
    reading = Reading(bounds)
    try:
        READERS[form].reader()(data, reading)
    except RecursionError as error:
        raise too_deep(bounds) from error
    except (UnicodeError, LookupError, ValueError, ArithmeticError, OSError) as error:
        if isinstance(error, DocumentError):
            raise
        raise BrokenDocument(
            "The file is damaged: part of it makes no sense to the reader.",
            hint="Open it in the program that made it, save it again, then upload the new file.",
        ) from error
    if not reading.blocks:
        raise EmptyDocument("The file has no text in it.", hint="Check that this is the right file.")
    return Document(
        name=name,
        format=form,
        blocks=tuple(reading.blocks),
        pages=reading.pages,
        title=reading.title,
        warnings=reading.all_warnings(),
        metadata=reading.metadata,
    )


def too_deep(bounds: Bounds) -> DocumentTooLarge:
    """The error for a file nested deeper than any limit."""
    try:
        bounds.check_nesting(bounds.nesting + 1)
    except DocumentTooLarge as error:
        return error
    raise AssertionError("a depth over the limit was accepted")


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


def answer(data: bytes, name: str, bounds: Bounds) -> dict[str, Any]:
    """`parse` as the object that the parent reads."""
    try:
        return {"document": parse(data, name, bounds)}
    except DocumentError as error:
        return {"error": {"code": error.code, "message": error.message, "hint": error.hint}}
    except MemoryError:
        return {"crash": "MemoryError"}
    except Exception:
        return {"crash": traceback.format_exc()}


def main() -> None:
    """Read the request, answer it, exit."""
    # A library that prints would spoil the answer: it gets its own copy of the pipe.
    out = os.dup(1)
    os.dup2(2, 1)
    order = orjson.loads(sys.stdin.buffer.readline())
    bounds = Bounds(**order["bounds"])
    confine(bounds)
    said = answer(sys.stdin.buffer.read(), order["name"], bounds)
    with os.fdopen(out, "wb") as pipe:
        try:
            pipe.write(orjson.dumps(said))
        except MemoryError:
            pipe.write(b'{"crash":"MemoryError"}')


if __name__ == "__main__":
    main()
