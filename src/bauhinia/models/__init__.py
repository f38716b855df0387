"""Models and what runs them. Only `gateway/` and the CLI's housekeeping may import this package."""

from .backend import (
    Backend,
    BackendEvent,
    ChatRequest,
    Delta,
    Embedder,
    EmbeddingKind,
    Finish,
    Message,
    Role,
    Usage,
)

__all__ = [
    "Backend",
    "BackendEvent",
    "ChatRequest",
    "Delta",
    "Embedder",
    "EmbeddingKind",
    "Finish",
    "Message",
    "Role",
    "Usage",
]
