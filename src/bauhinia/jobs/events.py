"""What a running task tells whoever watches: each event is a name and a JSON object."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Literal, cast, get_args

TaskStatus = Literal["queued", "running", "done", "failed", "cancelled", "parked"]
"""`queued` waits for its turn, or to be tried again; `parked` was set aside by the product and waits for a
person to resume it."""
OPEN: tuple[TaskStatus, ...] = ("queued", "running")
"""Of tasks that are not over: they go on by themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Where the work stands."""

    name: ClassVar[str] = "progress"

    phase: str
    """`read`, `scan`, `map`, `reduce`, `write`, `check`, `repair`: a stable word, translated by the page."""
    section: int = 0
    of: int = 0
    tokens: int = 0
    """Tokens written so far."""
    seconds_left: float | None = None
    note: str = ""
    """The heading or first words of the section being worked on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceWritten:
    """Text of a passage as it is written."""

    name: ClassVar[str] = "piece"

    passage: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageWithdrawn:
    """The text of this passage so far is withdrawn; it is being written again."""

    name: ClassVar[str] = "withdrawn"

    passage: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageReady:
    """A passage, whole, with its citations and findings, as JSON."""

    name: ClassVar[str] = "passage"

    section: int
    passage: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Restarted:
    """The work is taken up again from its checkpoints: what was told of it so far is told anew."""

    name: ClassVar[str] = "restarted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delayed:
    """An error that may pass; the work is tried again after so many seconds."""

    name: ClassVar[str] = "delayed"

    message: str
    hint: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The last event of a task."""

    name: ClassVar[str] = "ended"

    status: TaskStatus
    message: str = ""
    hint: str = ""


TaskEvent = Progress | PieceWritten | PassageWithdrawn | PassageReady | Restarted | Delayed | Ended
EVENTS: Mapping[str, type[Any]] = {kind.name: kind for kind in get_args(TaskEvent)}
"""By name."""


def as_json(event: TaskEvent) -> dict[str, Any]:
    """The event's fields, ready for JSON."""
    return asdict(event)


def from_json(name: str, data: Mapping[str, Any]) -> TaskEvent:
    """The event that `as_json` made."""
    return cast(TaskEvent, EVENTS[name](**data))
