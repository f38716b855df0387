"""Launch files from the recipe, for the trainers that make models too large for this one."""

from __future__ import annotations

from .emitting import TARGETS, Target, emit, launch_files
from .job import Job, jobs

__all__ = ["TARGETS", "Job", "Target", "emit", "jobs", "launch_files"]
