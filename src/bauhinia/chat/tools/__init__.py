"""Live tools: what is asked of the Government's and operators' open data, typed in and out."""

from .protocol import Context, Tool
from .registry import TOOLS, tool_named, use_tool
from .result import HONG_KONG, Down, Found, Result, Source, Unknown, Words

__all__ = [
    "HONG_KONG",
    "TOOLS",
    "Context",
    "Down",
    "Found",
    "Result",
    "Source",
    "Tool",
    "Unknown",
    "Words",
    "tool_named",
    "use_tool",
]
