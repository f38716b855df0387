"""Find personal data; hide it behind pseudonyms; restore it."""

from .find import Found, FoundKind, check_digit, find_personal
from .pseudonyms import Pseudonyms, StreamRestorer

__all__ = ["Found", "FoundKind", "Pseudonyms", "StreamRestorer", "check_digit", "find_personal"]
