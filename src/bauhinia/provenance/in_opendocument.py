"""The signed label in an OpenDocument file's metadata."""

from __future__ import annotations

from ..documents.collecting import Bounds
from ..documents.layout.opendocument_label import property_of, set_property
from ..documents.layout.parts import Parts
from .carrier import NAME, Taken


class OpenDocument:
    """ODT, ODS, ODP: a user-defined property."""

    def put(self, data: bytes, token: str, bounds: Bounds) -> bytes:
        parts = Parts(data, bounds)
        set_property(parts, NAME, token)
        return parts.written()

    def take(self, data: bytes, bounds: Bounds) -> Taken:
        token = property_of(Parts(data, bounds), NAME)
        return Taken([token] if token else [], data)
