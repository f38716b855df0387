"""Files of terms by the end of their names: `.tbx` (and `.xml`), `.csv`, `.xlsx`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from ..documents.collecting import Bounds
from ..documents.reading import work_elsewhere
from ..errors import UnsupportedFormat
from ..language import BadTermbase, Term
from .tbx import read_tbx, write_tbx
from .term_rows import RefusedTerm, TermFile, read_csv, read_xlsx, write_csv, write_xlsx

if TYPE_CHECKING:  # The reading process must not load pydantic.
    from ..settings import Limits

FORMATS = ("tbx", "csv", "xlsx")
_WRITERS: dict[str, Callable[[Iterable[Term]], bytes]] = {
    "tbx": write_tbx,
    "csv": write_csv,
    "xlsx": write_xlsx,
}


async def read_terms(data: bytes, name: str, limits: Limits) -> TermFile:
    """The terms of a file, read in a process of its own. Raises DocumentError, BadTermbase."""
    said = await work_elsewhere("bauhinia.translation.child", "terms", data, name, limits)
    if unusable := said.get("unusable"):
        raise BadTermbase(unusable["message"], hint=unusable["hint"])
    return TermFile(
        terms=tuple(map(_term, said["terms"])),
        refused=tuple(RefusedTerm(**each) for each in said["refused"]),
    )


def _term(said: dict[str, Any]) -> Term:
    kept: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in said.items()
    }
    return Term(**kept)


def parse_terms(data: bytes, name: str, bounds: Bounds) -> TermFile:
    """The terms of a file, read in this process. Raises DocumentError, BadTermbase."""
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
