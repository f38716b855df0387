"""A GGUF of 16-bit weights to one of 8 or 4 bits, by the quantisers of the official `gguf` package."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal, NamedTuple

from ...errors import InputError

Kind = Literal["q8_0", "q4_0"]
BLOCK = 32
"""Weights of a row that share a scale, in both kinds."""
FINE = ("token_embd.weight", "output.weight")
"""Matrices that stay at 8 bits in a 4-bit file: a small model loses most there."""


class Quantised(NamedTuple):
    """What became of a model's tensors."""

    tensors: dict[str, int]
    """How many there are of each type."""


def quantise(source: Path, out: Path, kind: Kind) -> Quantised:
    """Write `out`, a GGUF with the matrices of `source` quantised, whole or not at all.

    Vectors, routers and what the source holds in 32 bits stay as they are, and so does a matrix whose rows
    are no multiple of 32. Raises InputError when the source is quantised already.
    """
    import numpy
    from gguf import GGUFReader, GGUFWriter

    reader = GGUFReader(source)
    architecture = str(reader.fields["general.architecture"].contents())
    part = out.with_name(f".{out.name}.part")
    writer = GGUFWriter(part, architecture)
    _copy_fields(reader, writer, kind)
    counted: dict[str, int] = {}
    chosen = [(tensor, _type_of(tensor, kind)) for tensor in reader.tensors]
    for tensor, wanted in chosen:
        shape = [int(length) for length in reversed(tensor.shape)]
        # A type of numbers, not of bytes: the shape is that of the weights.
        writer.add_tensor_info(tensor.name, shape, numpy.dtype("f4"), _size(tensor, wanted), raw_dtype=wanted)
        counted[wanted.name] = counted.get(wanted.name, 0) + 1
    try:
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_ti_data_to_file()
        for tensor, wanted in chosen:
            writer.write_tensor_data(_converted(tensor, wanted))
        writer.close()
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    return Quantised(counted)


def tensor_types(path: Path) -> dict[str, int]:
    """How many tensors of each type a GGUF holds."""
    from gguf import GGUFReader

    counted: dict[str, int] = {}
    for tensor in GGUFReader(path).tensors:
        counted[tensor.tensor_type.name] = counted.get(tensor.tensor_type.name, 0) + 1
    return counted


def _type_of(tensor: Any, kind: Kind) -> Any:
    """The type that a tensor gets."""
    from gguf import GGMLQuantizationType as Type

    if tensor.tensor_type == Type.F32:
        return Type.F32
    if tensor.tensor_type not in (Type.F16, Type.BF16):
        raise InputError(
            f"{tensor.name} is quantised already ({tensor.tensor_type.name}).",
            hint="Quantise from the f16 file.",
        )
    if len(tensor.shape) < 2 or int(tensor.shape[0]) % BLOCK:
        return tensor.tensor_type
    return Type.Q8_0 if kind == "q8_0" or tensor.name in FINE else Type.Q4_0


def _converted(tensor: Any, wanted: Any) -> Any:
    from gguf import quants

    if wanted == tensor.tensor_type:
        return tensor.data
    return quants.quantize(quants.dequantize(tensor.data, tensor.tensor_type), wanted)


def _size(tensor: Any, wanted: Any) -> int:
    """Bytes of a tensor once it has that type."""
    from gguf.constants import GGML_QUANT_SIZES

    block, bytes_in_block = GGML_QUANT_SIZES[wanted]
    return int(tensor.n_elements // block * bytes_in_block)


def _copy_fields(reader: Any, writer: Any, kind: Kind) -> None:
    """Every field of the source, but for the file's type."""
    from gguf import GGUFValueType, LlamaFileType

    for field in reader.fields.values():
        if field.name.startswith("GGUF.") or field.name in ("general.architecture", "general.file_type"):
            continue
        kinds = field.types
        sub = kinds[-1] if kinds[0] == GGUFValueType.ARRAY else None
        writer.add_key_value(field.name, field.contents(), kinds[0], sub_type=sub)
    types = {"q8_0": LlamaFileType.MOSTLY_Q8_0, "q4_0": LlamaFileType.MOSTLY_Q4_0}
    writer.add_file_type(types[kind])
