"""The trace id of a file: what people read in the visible label, and what leads to the record kept here."""

from __future__ import annotations

import re
import secrets

_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""No sign that is taken for another when read from paper."""
_GROUPS = (4, 4, 4)
PREFIX = "BH-"
"""How a trace id begins where people see it."""
REFERENCE = re.compile(rf"\b{PREFIX}((?:[{_ALPHABET}]{{4}}-){{2}}[{_ALPHABET}]{{4}})\b")
"""One in a text; its group is the id."""


def new_id() -> str:
    """A trace id: 60 random bits, so that none is met by guessing."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(size)) for size in _GROUPS)
