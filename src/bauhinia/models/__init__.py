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
from .fake import FakeEmbedder, FakeModel, Fault
from .thinking import ThinkingSplitter
from .tokens import estimate_tokens

__all__ = [
    "Backend",
    "BackendEvent",
    "ChatRequest",
    "Delta",
    "Embedder",
    "EmbeddingKind",
    "FakeEmbedder",
    "FakeModel",
    "Fault",
    "Finish",
    "Message",
    "Role",
    "ThinkingSplitter",
    "Usage",
    "estimate_tokens",
]
