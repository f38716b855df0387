"""Where a file came from: labels in files, signed, and read back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..first_use import on_first_use

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

__getattr__ = on_first_use(__name__, _HOMES)
"""The child process imports this package for every file, and must start fast."""
