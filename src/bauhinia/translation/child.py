"""The process that reads a file that a translator sent back: `python -m bauhinia.translation.child`.

Its limits and what passes between it and its parent are those of `documents.child`.
"""

from __future__ import annotations

from typing import Any

from ..documents.child import main
from ..documents.collecting import Bounds
from ..documents.damage import damage_told
from ..language import Variety
from .bilingual import read


def _rows(data: bytes, order: dict[str, Any], bounds: Bounds) -> tuple[dict[str, Any], bytes]:
    with damage_told(bounds):
        return {"rows": read(data, Variety(order["to"]), bounds)}, b""


if __name__ == "__main__":
    main({"rows": _rows})
