"""The one door: every model call in the product goes through here.

admit -> redact -> route -> forward -> restore -> inspect -> label -> record
"""

from ..models import EmbeddingKind, Message, Usage
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

__all__ = [
    "Answer",
    "Ask",
    "Decision",
    "EmbeddingKind",
    "ExchangeEvent",
    "Label",
    "Message",
    "Piece",
    "Retraction",
    "Stage",
    "Usage",
]
