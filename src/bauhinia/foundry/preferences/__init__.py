"""Preference data from use: what officers made of the model's words and said of them, with consent."""

from ..snapshot_files import LABELS, MANIFEST, MARKER, PAIRS, WITHDRAWN
from .rows import LICENCE, TAKEN_BACK, Permitted, decide, pieces_of
from .snapshot import DEED, Snapshot, export, permitted
from .work import Rating, Work, finished_work

__all__ = [
    "DEED",
    "LABELS",
    "LICENCE",
    "MANIFEST",
    "MARKER",
    "PAIRS",
    "TAKEN_BACK",
    "WITHDRAWN",
    "Permitted",
    "Rating",
    "Snapshot",
    "Work",
    "decide",
    "export",
    "finished_work",
    "permitted",
    "pieces_of",
]
