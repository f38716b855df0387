"""Reading in this process, without the child that strangers' files get, and the clock for it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

from bauhinia.documents import Document
from bauhinia.documents.child import parse
from bauhinia.documents.collecting import Bounds
from bauhinia.settings import Limits


def read(path: Path) -> Document:
    """A file read in this process, with the usual limits."""
    limits = Limits()
    bounds = Bounds(**{each.name: getattr(limits, each.name) for each in fields(Bounds)})
    return parse(path.read_bytes(), path.name, bounds)


def fastest(run: Callable[[], object], rounds: int) -> float:
    """Seconds of the fastest of some rounds: the others were disturbed."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)
