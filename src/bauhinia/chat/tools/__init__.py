"""Live tools: what is asked of the Government's and operators' open data, typed in and out."""

from .protocol import Context, Tool
from .result import HONG_KONG, Down, Found, Result, Source, Unknown, Words

__all__ = [
    "HONG_KONG",
    "Context",
    "Down",
    "Found",
    "Result",
    "Source",
    "Tool",
    "Unknown",
    "Words",
]
