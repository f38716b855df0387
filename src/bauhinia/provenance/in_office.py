"""The signed label in an Office Open XML file's custom properties, in pieces that Word's own page shows."""

from __future__ import annotations

from ..documents.collecting import Bounds
from ..documents.layout.office_labels import properties, set_properties
from ..documents.layout.parts import Parts
from .carrier import NAME, Taken

_PIECE = 240
"""Characters of one property: programs cut longer ones at 255."""
_MOST = 99


class Office:
    """DOCX, XLSX, PPTX."""

    def put(self, data: bytes, token: str, bounds: Bounds) -> bytes:
        pieces = [token[at : at + _PIECE] for at in range(0, len(token), _PIECE)]
        parts = Parts(data, bounds)
        set_properties(parts, {f"{NAME}-{number}": piece for number, piece in enumerate(pieces, 1)})
        return parts.written()

    def take(self, data: bytes, bounds: Bounds) -> Taken:
        held = properties(Parts(data, bounds))
        pieces = []
        for number in range(1, _MOST):
            if (piece := held.get(f"{NAME}-{number}")) is None:
                break
            pieces.append(piece)
        return Taken(["".join(pieces)] if pieces else [], data)
