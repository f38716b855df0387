"""Find personal data; hide it behind pseudonyms; restore it."""

from .find import LONGEST_MATCH, check_digit, find_personal
from .found import KINDS, NAMES_AND_ADDRESSES, STRUCTURED, THRESHOLD, Found, FoundKind
from .pseudonyms import Pseudonyms, StreamRestorer

__all__ = [
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
