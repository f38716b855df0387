"""Stage 7, label: the answer is AI-generated, by which model, when."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from ..models import Backend
from .exchange import Label


def label(backend: Backend) -> Label:
    """The label of an answer written now; its entry in the ledger is added once it has one."""
    return Label(
        model=backend.model,
        digest=getattr(backend, "digest", ""),
        made_at=_written(int(time.time())),
        entry=0,
    )


@lru_cache(maxsize=1)
def _written(second: int) -> str:
    """A moment in the server's own zone, as labels have it."""
    return datetime.fromtimestamp(second).astimezone().isoformat(timespec="seconds")


def with_entry(made: Label, entry: int) -> Label:
    """The label, naming the ledger's entry."""
    return replace(made, entry=entry)
