"""Models and the things that run them. Only `gateway/` may import this package, and the CLI's housekeeping."""

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
