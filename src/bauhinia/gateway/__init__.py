"""The one door: every model call in the product goes through here.

admit -> redact -> route -> forward -> restore -> inspect -> label -> record
"""

from ..models import EmbeddingKind, Message, Tool, ToolCall, Usage, estimate_tokens
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
)
from .tool_list import JOINT
from .uses import USES

__all__ = [
    "JOINT",
    "USES",
    "Answer",
    "Ask",
    "Decision",
    "EmbeddingKind",
    "ExchangeEvent",
    "Gateway",
    "Label",
    "Message",
    "Piece",
    "Retraction",
    "Stage",
    "Tool",
    "ToolCall",
    "Usage",
    "estimate_tokens",
]
