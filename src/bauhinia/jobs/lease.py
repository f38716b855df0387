"""A lease: for so long a job is one worker's alone, and every write of the work shows it."""

from __future__ import annotations

from dataclasses import dataclass

LEASE_SECONDS = 10.0
"""How long a job stays with a worker that says nothing: after that another takes it over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A job that this process works on: whose it is and under which lease. What it is about is read within
    its officer's walls."""

    id: str
    officer: str
    department: str
    lease: str
    crashes: int
    """Workers that died in it since its last checkpoint."""


class LeaseLost(Exception):
    """Another worker has taken the job over, or it was stopped: nothing of this work may be written."""
