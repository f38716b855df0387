"""The studio: songs and films that people order, made as jobs, kept for some days.

`orders` -> `Studio.start` -> a job -> `making.Makers` -> files in the store, the rest in the job's draft.
"""

from __future__ import annotations

from .orders import AnyOrder, FilmOrder, Kind, ScriptOrder, SongOrder
from .studio import KEPT_DAYS, Studio

__all__ = ["KEPT_DAYS", "AnyOrder", "FilmOrder", "Kind", "ScriptOrder", "SongOrder", "Studio"]
