"""A run's progress on standard error, and Ctrl-C that saves first."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

import typer

from .rendering import harmless

if TYPE_CHECKING:
    from rich.progress import Progress

    from ..foundry.report import Onlooker

TELL_EVERY = 10
"""Without a terminal, progress is told each time so many percent more of a stage are done."""


@contextmanager
def watching_run() -> Iterator[Onlooker]:
    """Whoever watches a run from a terminal: a bar, or lines for a log.

    The first Ctrl-C (or SIGTERM) asks the stage to save and stop; the second stops at once.
    """
    stop = _Stop()
    with stop.listening():
        if not sys.stderr.isatty():
            yield _Lines(stop)
            return
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

        words = TextColumn("{task.description}", markup=False)
        columns = (words, BarColumn(24), TimeElapsedColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True)) as progress:
            yield _Bar(progress, stop)


class _Stop:
    """Whether the person asked to stop."""

    def __init__(self) -> None:
        self.asked = False

    @contextmanager
    def listening(self) -> Iterator[None]:
        before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        for number in before:
            signal.signal(number, self._hear)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _hear(self, _number: int, _frame: FrameType | None) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
        print(
            "\nStopping: what is done is saved first. Ctrl-C again stops at once.",
            file=sys.stderr,
            flush=True,
        )


class _Bar:
    """A bar for each stage."""

    def __init__(self, progress: Progress, stop: _Stop) -> None:
        self._progress, self._stop, self._name = progress, stop, ""
        self._bar = progress.add_task("", total=None, start=False)

    def stage(self, name: str, number: int, count: int, *, done: bool) -> None:
        self._name = f"{number}/{count} {name}"
        self._progress.update(self._bar, description=self._name)
        self._progress.reset(self._bar, total=1 if done else None, completed=int(done), start=True)
        if done:
            self._progress.console.print(f"{self._name}: done before", highlight=False)

    def step(self, done: int, total: int, note: str = "") -> None:
        words = harmless(f"{self._name}  {note}" if note else self._name)
        self._progress.update(self._bar, description=words, completed=done, total=total or None)

    def stopped(self) -> bool:
        return self._stop.asked


class _Lines:
    """For logs: a line a stage, and one each time `TELL_EVERY` percent more of it are done."""

    def __init__(self, stop: _Stop, tell: Callable[[str], None] | None = None) -> None:
        self._stop, self._name, self._told = stop, "", -1
        self._tell = tell or (lambda line: typer.echo(line, err=True))

    def stage(self, name: str, number: int, count: int, *, done: bool) -> None:
        self._name, self._told = f"{number}/{count} {name}", -1
        self._tell(f"{self._name}: done before" if done else self._name)

    def step(self, done: int, total: int, note: str = "") -> None:
        tenth = 100 * done // total // TELL_EVERY if total else -1
        if tenth == self._told:
            return
        self._told = tenth
        part = f" {done}/{total}" if total else ""
        self._tell(harmless(f"{self._name}{part} {note}".rstrip()))

    def stopped(self) -> bool:
        return self._stop.asked
