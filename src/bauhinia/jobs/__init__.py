"""Work that outlives a request: progress, cancelling, resuming."""

from .events import (
    Ended,
    PassageReady,
    PassageWithdrawn,
    PieceWritten,
    Progress,
    TaskEvent,
    TaskStatus,
    as_json,
)

__all__ = [
    "Ended",
    "PassageReady",
    "PassageWithdrawn",
    "PieceWritten",
    "Progress",
    "TaskEvent",
    "TaskStatus",
    "as_json",
]
