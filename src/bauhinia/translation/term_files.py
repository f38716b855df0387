"""Files of terms by the end of their names: `.tbx` (and `.xml`), `.csv`, `.xlsx`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields
from pathlib import PurePath

from ..documents.collecting import Bounds
from ..errors import DocumentTooLarge, UnsupportedFormat
from ..language import Term
from ..settings import Limits
from .tbx import read_tbx, write_tbx
from .term_rows import TermFile, read_csv, read_xlsx, write_csv, write_xlsx

FORMATS = ("tbx", "csv", "xlsx")
_WRITERS: dict[str, Callable[[Iterable[Term]], bytes]] = {
    "tbx": write_tbx,
    "csv": write_csv,
    "xlsx": write_xlsx,
}


def read_terms(data: bytes, name: str, limits: Limits) -> TermFile:
    """The terms of a file. Raises DocumentError, BadTermbase."""
    if len(data) > limits.file_bytes:
        raise DocumentTooLarge(
            f"The file is {len(data):,} bytes; the limit is {limits.file_bytes:,}.", hint="Split it."
        )
    bounds = Bounds(**{each.name: getattr(limits, each.name) for each in fields(Bounds)})
    match PurePath(name).suffix.lower():
        case ".tbx" | ".xml":
            return read_tbx(data, bounds)
        case ".csv":
            return read_csv(data)
        case ".xlsx":
            return read_xlsx(data, bounds)
        case _:
            raise UnsupportedFormat(
                f"{PurePath(name).name} is not a file of terms.", hint="Terms come as .tbx, .csv or .xlsx."
            )


def write_terms(terms: Iterable[Term], form: str) -> bytes:
    """The terms as a file; `form` is one of `FORMATS`. Raises UnsupportedFormat."""
    if form not in _WRITERS:
        raise UnsupportedFormat(f"Terms are not written as .{form}.", hint="Choose .tbx, .csv or .xlsx.")
    return _WRITERS[form](terms)
