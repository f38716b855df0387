"""Files for human translators, by format: written here, read in a process of their own.

XLIFF goes to translation programs, a table of Word or Excel to whoever has neither. All of them carry the
same rows (`exchanged.Row`). A file that comes back is known by its bytes, not by its name.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from ..documents.collecting import Bounds
from ..documents.reading import work_elsewhere
from ..documents.sniff import kind_of
from ..errors import UnsupportedFormat
from ..language import Variety
from .bilingual_docx import read_docx, write_docx
from .bilingual_xlsx import read_xlsx, write_xlsx
from .exchanged import Bilingual, Row
from .xliff import read_xliff, write_xliff

if TYPE_CHECKING:  # The reading process imports this module and must not load pydantic.
    from ..settings import Limits

_OFFICE = "application/vnd.openxmlformats-officedocument."


class Format(NamedTuple):
    """How a file of a format is made and called."""

    write: Callable[[Bilingual], bytes]
    ending: str
    media_type: str


FORMATS = {
    "xliff": Format(partial(write_xliff, version="2.1"), ".xlf", "application/xliff+xml"),
    "xliff12": Format(partial(write_xliff, version="1.2"), ".xlf", "application/xliff+xml"),
    "bilingual-docx": Format(write_docx, ".bilingual.docx", f"{_OFFICE}wordprocessingml.document"),
    "bilingual-xlsx": Format(write_xlsx, ".bilingual.xlsx", f"{_OFFICE}spreadsheetml.sheet"),
}


def read(data: bytes, to: Variety, bounds: Bounds) -> list[Row]:
    """The rows of a file that came back, read in this process. Raises DocumentError."""
    match kind_of(data):
        case "docx":
            return read_docx(data, bounds)
        case "xlsx":
            return read_xlsx(data, bounds)
        case "txt" | "html":
            return read_xliff(data, to, bounds)
        case _:
            raise UnsupportedFormat(
                "The file is neither XLIFF nor a table of Word or Excel.",
                hint="Send back a file that was downloaded here, as .xlf, .docx or .xlsx.",
            )


async def read_returned(data: bytes, name: str, to: Variety, limits: Limits) -> list[Row]:
    """The rows of a file that came back, read in a child process. Raises DocumentError."""
    said = await work_elsewhere("bauhinia.translation.child", "rows", data, name, limits, {"to": to.value})
    return [Row(**{**row, "findings": tuple(row["findings"])}) for row in said["rows"]]
