"""Work that outlives a request and the process: progress, stopping, resuming, retrying, fairness."""

from .events import (
    EVENTS,
    OPEN,
    Delayed,
    Ended,
    PassageReady,
    PassageWithdrawn,
    PieceWritten,
    Progress,
    Restarted,
    TaskEvent,
    TaskStatus,
    as_json,
    from_json,
)
from .lease import Claim
from .queue import BULK, INTERACTIVE
from .steps import Point, Steps, UnkeptSteps
from .tasks import Task, Tasks
from .worker import PAUSES, Report, TaskFunction, Trade, Version

__all__ = [
    "BULK",
    "EVENTS",
    "INTERACTIVE",
    "OPEN",
    "PAUSES",
    "Claim",
    "Delayed",
    "Ended",
    "PassageReady",
    "PassageWithdrawn",
    "PieceWritten",
    "Point",
    "Progress",
    "Report",
    "Restarted",
    "Steps",
    "Task",
    "TaskEvent",
    "TaskFunction",
    "TaskStatus",
    "Tasks",
    "Trade",
    "UnkeptSteps",
    "Version",
    "as_json",
    "from_json",
]
