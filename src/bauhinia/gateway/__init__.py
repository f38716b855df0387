"""The one door: every model call in the product goes through here.

admit -> redact -> route -> forward -> restore -> inspect -> label -> record
"""

from ..models import EmbeddingKind, Heard, Message, SongRequest, Tool, ToolCall, Usage, estimate_tokens
from .boundary import PARTS, Boundary, Part
from .classification import LOWEST, Classifications, Level, classifications
from .door import Gateway
from .exchange import (
    Answer,
    Ask,
    Decision,
    ExchangeEvent,
    Label,
    Piece,
    Retraction,
    Stage,
    ToolResult,
    ToolsAtHand,
)
from .tool_list import JOINT
from .untrusted import data, sample

__all__ = [
    "JOINT",
    "LOWEST",
    "PARTS",
    "Answer",
    "Ask",
    "Boundary",
    "Classifications",
    "Decision",
    "EmbeddingKind",
    "ExchangeEvent",
    "Gateway",
    "Heard",
    "Label",
    "Level",
    "Message",
    "Part",
    "Piece",
    "Retraction",
    "SongRequest",
    "Stage",
    "Tool",
    "ToolCall",
    "ToolResult",
    "ToolsAtHand",
    "Usage",
    "classifications",
    "data",
    "estimate_tokens",
    "sample",
]
