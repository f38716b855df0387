"""Find personal data; hide it behind pseudonyms; restore it."""

from .checks import check_digit
from .find import find_personal
from .found import (
    AFTER_MATCH,
    KINDS,
    LONGEST_MATCH,
    NAMES_AND_ADDRESSES,
    STRUCTURED,
    THRESHOLD,
    Found,
    FoundKind,
)
from .pseudonyms import Pseudonyms, StreamRestorer

__all__ = [
    "AFTER_MATCH",
    "KINDS",
    "LONGEST_MATCH",
    "NAMES_AND_ADDRESSES",
    "STRUCTURED",
    "THRESHOLD",
    "Found",
    "FoundKind",
    "Pseudonyms",
    "StreamRestorer",
    "check_digit",
    "find_personal",
]
