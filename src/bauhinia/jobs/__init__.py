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
from .steps import Steps, UnkeptSteps
from .tasks import Report, Task, TaskFunction, Tasks

__all__ = [
    "Ended",
    "PassageReady",
    "PassageWithdrawn",
    "PieceWritten",
    "Progress",
    "Report",
    "Steps",
    "Task",
    "TaskEvent",
    "TaskFunction",
    "TaskStatus",
    "Tasks",
    "UnkeptSteps",
    "as_json",
]
