"""What a damaged, hostile or locked file makes a reader raise, told as an error of ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ..errors import BrokenDocument, DocumentError, DocumentTooLarge, PasswordNeeded
from .collecting import Bounds


@contextmanager
def damage_told(bounds: Bounds) -> Iterator[None]:
    """What a damaged file makes a reader raise, as a DocumentError."""
    try:
        yield
    except RecursionError as error:
        raise too_deep(bounds) from error
    except (UnicodeError, LookupError, ValueError, ArithmeticError, OSError) as error:
        if isinstance(error, DocumentError):
            raise
        raise BrokenDocument(
            "The file is damaged: part of it makes no sense to the reader.",
            hint="Open it in the program that made it, save it again, then upload the new file.",
        ) from error


def too_deep(bounds: Bounds) -> DocumentTooLarge:
    """The error for a file nested deeper than any limit."""
    try:
        bounds.check_nesting(bounds.nesting + 1)
    except DocumentTooLarge as error:
        return error
    raise AssertionError("a depth over the limit was accepted")


def password_needed(what: str) -> PasswordNeeded:
    """The error for a file that its password opens."""
    return PasswordNeeded(
        f"{what} is protected with a password.",
        hint="Give its password; or save the file without one, then upload that.",
    )
