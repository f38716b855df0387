"""A GGUF of 16-bit weights to one of 8 or 4 bits, by the quantisers of the official `gguf` package."""

from __future__ import annotations

import os
import struct
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO, Literal

from ...errors import InputError
from ..gguf_header import Header, Tensor, aligned, read_header

Kind = Literal["q8_0", "q4_1", "q4_0"]
BLOCK = 32
"""Weights of a row that share a scale, in every kind."""
FINE = ("token_embd.weight", "output.weight")
"""Matrices that stay at 8 bits in a 4-bit file: a small model loses most there."""


def quantise(source: Path, out: Path, kind: Kind) -> None:
    """Write `out`, a GGUF with the matrices of `source` quantised, whole or not at all.

    Vectors, routers and what the source holds in 32 bits stay as they are, and so does a matrix whose rows
    are no multiple of 32. Raises InputError when the source is quantised already.
    """
    header = read_header(source)
    wanted = [_type_of(tensor, kind) for tensor in header.tensors]
    part = out.with_name(f".{out.name}.part")
    try:
        with source.open("rb") as given, part.open("wb") as made:
            _write_fields(given, made, header, kind)
            _write_lines(made, header, wanted)
            for tensor, type_ in zip(header.tensors, wanted, strict=True):
                made.write(bytes(aligned(made.tell(), header.alignment) - made.tell()))
                _converted(given, header, tensor, type_).tofile(made)
            made.write(bytes(aligned(made.tell(), header.alignment) - made.tell()))
            made.flush()
            os.fsync(made.fileno())
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)


def tensor_types(path: Path) -> dict[str, int]:
    """How many tensors of each type a GGUF holds."""
    from gguf import GGMLQuantizationType

    return dict(Counter(GGMLQuantizationType(each.kind).name for each in read_header(path).tensors))


def _write_fields(given: BinaryIO, made: BinaryIO, header: Header, kind: Kind) -> None:
    """The fields of the source, byte for byte, but for the number that says what the file's type is."""
    from gguf import LlamaFileType

    fields = bytearray(given.read(header.fields_end))
    struct.pack_into(
        "<I", fields, header.places["general.file_type"], int(LlamaFileType[f"MOSTLY_{kind.upper()}"])
    )
    made.write(fields)


def _write_lines(made: BinaryIO, header: Header, wanted: Sequence[Any]) -> None:
    """A line for each tensor; then what is missing to where the weights begin."""
    place = 0
    for tensor, type_ in zip(header.tensors, wanted, strict=True):
        name = tensor.name.encode()
        made.write(struct.pack("<Q", len(name)) + name)
        made.write(struct.pack(f"<I{len(tensor.shape)}Q", len(tensor.shape), *tensor.shape))
        made.write(struct.pack("<IQ", int(type_), place))
        place = aligned(place + _size(tensor, type_), header.alignment)


def _type_of(tensor: Tensor, kind: Kind) -> Any:
    """The type that a tensor gets."""
    from gguf import GGMLQuantizationType as Type

    if tensor.kind == Type.F32:
        return Type.F32
    if tensor.kind not in (Type.F16, Type.BF16):
        raise InputError(
            f"{tensor.name} is quantised already ({Type(tensor.kind).name}).",
            hint="Quantise from the f16 file.",
        )
    if len(tensor.shape) < 2 or tensor.shape[0] % BLOCK:
        return Type(tensor.kind)
    return Type.Q8_0 if tensor.name in FINE else Type[kind.upper()]


def _converted(given: BinaryIO, header: Header, tensor: Tensor, wanted: Any) -> Any:
    """The tensor's bytes once it has that type."""
    import numpy
    from gguf import quants

    given.seek(header.data + tensor.place)
    data = numpy.fromfile(given, dtype="u1", count=_size(tensor, tensor.kind))
    if data.size != _size(tensor, tensor.kind):
        raise InputError("The GGUF file is damaged: it ends too soon.", hint="Make it again.")
    if wanted == tensor.kind:
        return data
    from gguf import GGMLQuantizationType as Type

    rows = data.reshape(-1, _size(tensor, tensor.kind) // (tensor.numbers // tensor.shape[0]))
    return quants.quantize(quants.dequantize(rows, Type(tensor.kind)), wanted)


def _size(tensor: Tensor, type_: Any) -> int:
    """Bytes of a tensor of that type."""
    from gguf import GGMLQuantizationType as Type
    from gguf.constants import GGML_QUANT_SIZES

    block, bytes_in_block = GGML_QUANT_SIZES[Type(type_)]
    return int(tensor.numbers // block * bytes_in_block)
