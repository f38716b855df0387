"""Stage 7, label: the answer is AI-generated, by which model, when."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from ..models import Backend
from .exchange import Label


def label(backend: Backend) -> Label:
    """The label of an answer written now; its entry in the ledger is added once it has one."""
    return Label(
        model=backend.model,
        digest=getattr(backend, "digest", ""),
        made_at=datetime.now().astimezone().isoformat(timespec="seconds"),
        entry=0,
    )


def with_entry(made: Label, entry: int) -> Label:
    """The label, naming the ledger's entry."""
    return replace(made, entry=entry)
