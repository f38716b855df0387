"""The log of a server: one line a record, as text or JSON, and no personal data in it.

Only our own messages are written as they are: they hold ids, counts and stable words. An exception may quote
a document, so of it are written its type and where it was raised. What other libraries say is written as its
template, without what was filled in; a message that has none is named by the place that said it.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Literal, TextIO

import orjson

from .request import current

LogFormat = Literal["text", "json"]
OURS = "bauhinia"
ACCESS = logging.getLogger("bauhinia.access")
"""One record a request, at INFO."""
_FRAMES = 6


Mask = Callable[[str], str]


def configure(
    form: LogFormat, *, verbose: bool = False, stream: TextIO | None = None, mask: Mask = str
) -> None:
    """Log to standard error (or `stream`) from now on: JSON from INFO, text from WARNING unless `verbose`.

    `mask` takes personal data out of every text that is written, should one of our own messages hold any
    (guideline D-2.1.3.4-07).
    """
    handler = _Stream(stream)
    handler.setFormatter(_JsonLines(mask) if form == "json" else _TextLines(mask))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO if verbose or form == "json" else logging.WARNING)


def access(fields: Mapping[str, Any]) -> None:
    """Log a request that was answered; costs next to nothing where nobody reads it."""
    if ACCESS.isEnabledFor(logging.INFO):
        ACCESS.info("request", extra={"fields": fields})


def fields_of(record: logging.LogRecord, mask: Mask = str) -> dict[str, Any]:
    """What may be written of a record, its texts masked."""
    at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    fields: dict[str, Any] = {
        "time": at,
        "level": record.levelname.lower(),
        "logger": record.name,
        "message": mask(_message(record)),
    }
    if (note := current()) is not None:
        fields |= {"request": note.id, "trace": note.trace, "officer": note.officer}
    if record.exc_info and record.exc_info[0] is not None:
        fields |= {"error": record.exc_info[0].__name__, "where": where(record.exc_info[2])}
    given: Mapping[str, Any] = getattr(record, "fields", {})
    fields |= {name: mask(value) if isinstance(value, str) else value for name, value in given.items()}
    return {name: value for name, value in fields.items() if value != ""}


def where(trace: TracebackType | None) -> str:
    """Where an error was raised, innermost first: functions and lines, and none of its words."""
    frames = traceback.extract_tb(trace)[-_FRAMES:]
    return " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))


def _message(record: logging.LogRecord) -> str:
    if record.name.split(".", 1)[0] == OURS:
        return record.getMessage()
    if record.args and isinstance(record.msg, str):
        return record.msg
    return f"a message of {record.module}:{record.lineno}"


class _Stream(logging.StreamHandler[TextIO]):
    """A record that cannot be written is told by its place; the library would print its words."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # the library's name
        with suppress(OSError, ValueError):
            self.stream.write(f"a record of {record.module}:{record.lineno} could not be written\n")


class _Lines(logging.Formatter):
    """A line a record, its texts masked."""

    def __init__(self, mask: Mask) -> None:
        super().__init__()
        self._mask = mask


class _JsonLines(_Lines):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        return orjson.dumps(fields_of(record, self._mask), default=str).decode()


class _TextLines(_Lines):
    """Time, level, logger and message, then what else there is as `name=value`."""

    def format(self, record: logging.LogRecord) -> str:
        fields = fields_of(record, self._mask)
        head = " ".join(str(fields.pop(name)) for name in ("time", "level", "logger"))
        message = fields.pop("message")
        return " ".join([f"{head}: {message}", *(f"{name}={value}" for name, value in fields.items())])
