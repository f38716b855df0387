"""A task's progress on standard error: one moving line on a terminal, a line a step anywhere else."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Column

from ..jobs import Delayed, PassageReady, PassageWithdrawn, PieceWritten, Restarted, TaskEvent
from ..jobs import Progress as TaskProgress
from .rendering import harmless

PHASES = {
    "read": "Reading",
    "ingest": "Adding files to the library",
    "scan": "Reading the scanned pages",
    "align": "Laying the versions side by side",
    "find": "Finding passages",
    "map": "Working through the sections",
    "reduce": "Choosing what matters",
    "write": "Writing",
    "check": "Checking",
    "repair": "Repairing",
}
TAIL = 48
"""Characters of the text being written that the moving line shows."""


class Watcher(Protocol):
    """Is told what happens while a task runs."""

    def says(self, sentence: str) -> None: ...

    def sees(self, event: TaskEvent) -> None: ...

    def pausing(self) -> AbstractContextManager[object]:
        """Stands aside while something is printed on standard output."""


@contextmanager
def watching(*, quiet: bool = False) -> Iterator[Watcher]:
    """A watcher that fits where standard error goes; `quiet` gives one that shows nothing."""
    if quiet:
        yield _Silent()
    elif sys.stderr.isatty():
        words = TextColumn(
            "{task.description}", markup=False, table_column=Column(no_wrap=True, overflow="ellipsis")
        )
        columns = (SpinnerColumn(), words, BarColumn(24), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            yield _Moving(progress)
    else:
        yield _Plain()


def sentence_of(event: TaskProgress) -> str:
    """Where the work stands, for a person."""
    words = PHASES.get(event.phase, event.phase)
    if event.of:
        words += f" {event.section}/{event.of}"
    if event.tokens:
        words += f", {event.tokens} tokens"
    if event.seconds_left is not None and event.section < event.of:
        words += f", about {event.seconds_left:.0f} s left"
    return f"{words}: {event.note}" if event.note else words


def delay_of(event: Delayed) -> str:
    """That the work waits, why, and for how long."""
    return f"{event.message} {event.hint} Trying again in {event.seconds:.0f} s."


class _Silent:
    def says(self, sentence: str) -> None:
        """Shows nothing."""

    def sees(self, event: TaskEvent) -> None:
        """Shows nothing."""

    def pausing(self) -> AbstractContextManager[object]:
        return nullcontext()


class _Plain:
    """A line for each step; a step reported twice gives one line."""

    def __init__(self) -> None:
        self._step: tuple[str, int, int] | None = None

    def says(self, sentence: str) -> None:
        print(harmless(sentence), file=sys.stderr, flush=True)

    def sees(self, event: TaskEvent) -> None:
        if isinstance(event, TaskProgress) and (event.phase, event.section, event.of) != self._step:
            self._step = (event.phase, event.section, event.of)
            self.says(sentence_of(event))
        elif isinstance(event, Delayed):
            self.says(delay_of(event))

    def pausing(self) -> AbstractContextManager[object]:
        return nullcontext()


class _Moving:
    """One line that moves, with the end of the text being written."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._bar = progress.add_task("", total=None)
        self._sentence = ""
        self._tail = ""

    def says(self, sentence: str) -> None:
        self._sentence, self._tail = sentence, ""
        self._draw()

    def sees(self, event: TaskEvent) -> None:
        if isinstance(event, TaskProgress):
            self._sentence = sentence_of(event)
            self._progress.update(self._bar, completed=event.section, total=event.of or None)
        elif isinstance(event, PieceWritten):
            self._tail = (self._tail + event.text)[-TAIL:]
        elif isinstance(event, PassageWithdrawn | PassageReady | Restarted):
            self._tail = ""
        elif isinstance(event, Delayed):
            self._sentence, self._tail = delay_of(event), ""
        self._draw()

    @contextmanager
    def pausing(self) -> Iterator[None]:
        self._progress.stop()
        yield
        self._progress.start()

    def _draw(self) -> None:
        words = harmless(f"{self._sentence}  {self._tail}").replace("\n", " ")
        self._progress.update(self._bar, description=words)
