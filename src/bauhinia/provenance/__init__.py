"""Where a file came from: labels in files, signed, and read back."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .checking import EXIT_STATUS, Verdict
    from .kept import Issued
    from .labelling import Labelling
    from .record import Origin, Record, edited_sentence, percent, sentence_of
    from .reference import new_id

__all__ = [
    "EXIT_STATUS",
    "Issued",
    "Labelling",
    "Origin",
    "Record",
    "Verdict",
    "edited_sentence",
    "new_id",
    "percent",
    "sentence_of",
]
_HOMES = {
    "EXIT_STATUS": "checking",
    "Issued": "kept",
    "Labelling": "labelling",
    "Origin": "record",
    "Record": "record",
    "Verdict": "checking",
    "edited_sentence": "record",
    "new_id": "reference",
    "percent": "record",
    "sentence_of": "record",
}


def __getattr__(name: str) -> object:
    """Loaded on first use: the child process imports this package for every file, and must start fast."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
