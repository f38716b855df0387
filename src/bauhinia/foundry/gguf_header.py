"""The head of a GGUF without its arrays: read in a moment, where the `gguf` package takes seconds.

The format is that of `ggml/docs/gguf.md`: a magic, a version and two counts; fields, each a name, a type and
a value; a line for each tensor, with its shape (fastest first), type and place; then, aligned, their data.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO, NamedTuple

from ..errors import InputError

_NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
"""Types of numbers, and how `struct` calls them."""
_STRING, _ARRAY = 8, 9
ALIGNMENT = 32
"""Where a file says nothing else."""

Value = int | float | bool | str


class Tensor(NamedTuple):
    """Where a tensor lies in a file, and what it is."""

    name: str
    shape: tuple[int, ...]
    """Fastest first: the length of a row, the number of rows, ..."""
    kind: int
    """The number of its type (`gguf.GGMLQuantizationType`)."""
    place: int
    """Of its first byte, from the beginning of the data."""

    @property
    def numbers(self) -> int:
        """How many weights it has."""
        count = 1
        for length in self.shape:
            count *= length
        return count


class Header(NamedTuple):
    """What stands before the weights."""

    fields: dict[str, Value]
    """Numbers and strings; arrays are left out."""
    places: dict[str, int]
    """Where the value of each of those fields begins."""
    fields_end: int
    """Where the lines of the tensors begin."""
    tensors: tuple[Tensor, ...]
    data: int
    """Where the weights begin."""

    @property
    def alignment(self) -> int:
        """Every tensor begins at a multiple of it."""
        return int(self.fields.get("general.alignment", ALIGNMENT))


def read_header(path: Path) -> Header:
    """The head of a GGUF. Raises InputError when the file is none, or ends too soon."""
    try:
        with path.open("rb") as file:
            return _header(file)
    except (struct.error, KeyError, UnicodeDecodeError, OverflowError) as error:
        raise InputError(f"The GGUF file {path.name} is damaged.", hint="Fetch or make it again.") from error


def aligned(place: int, alignment: int) -> int:
    """The first multiple of the alignment that is not before `place`."""
    return -(-place // alignment) * alignment


def _header(file: BinaryIO) -> Header:
    magic, version, tensors, count = struct.unpack("<4sIQQ", file.read(24))
    if magic != b"GGUF" or version not in (2, 3):
        raise InputError("This is not a GGUF file that can be read.", hint="Check which file was named.")
    fields: dict[str, Value] = {}
    places: dict[str, int] = {}
    for _ in range(count):
        name, place, value = _field(file)
        if value is not None:
            fields[name], places[name] = value, place
    fields_end = file.tell()
    found = Header(fields, places, fields_end, tuple(_tensor(file) for _ in range(tensors)), 0)
    return found._replace(data=aligned(file.tell(), found.alignment))


def _field(file: BinaryIO) -> tuple[str, int, Value | None]:
    """A field's name, where its value is and what it is; None for that of an array, which is passed over."""
    name, kind = _string(file), int(_number(file, "I"))
    place = file.tell()
    if kind == _STRING:
        return name, place, _string(file)
    if kind != _ARRAY:
        return name, place, _number(file, _NUMBERS[kind])
    inner, length = int(_number(file, "I")), int(_number(file, "Q"))
    if inner == _STRING:
        for _ in range(length):
            file.seek(int(_number(file, "Q")), 1)
    else:
        file.seek(length * struct.calcsize(f"<{_NUMBERS[inner]}"), 1)
    return name, place, None


def _tensor(file: BinaryIO) -> Tensor:
    name = _string(file)
    shape = tuple(int(_number(file, "Q")) for _ in range(int(_number(file, "I"))))
    return Tensor(name, shape, int(_number(file, "I")), int(_number(file, "Q")))


def _number(file: BinaryIO, code: str) -> int | float | bool:
    value: int | float | bool = struct.unpack(f"<{code}", file.read(struct.calcsize(f"<{code}")))[0]
    return value


def _string(file: BinaryIO) -> str:
    length = int(_number(file, "Q"))
    text = file.read(length)
    if len(text) != length:
        raise struct.error("the file ends in a string")
    return text.decode()
