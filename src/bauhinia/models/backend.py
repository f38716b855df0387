"""What runs a model: one protocol, however the model is run.

Three backends meet it: `EmbeddedBackend` (llama.cpp in a supervised child process), `OpenAIBackend`
(any server that speaks `/v1/chat/completions`) and `FakeModel` (no weights, for tests and rehearsals).
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, Protocol

Role = Literal["system", "user", "assistant", "tool"]
EmbeddingKind = Literal["query", "passage"]
Ending = Literal["stop", "length", "tool_calls"]


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A tool that the model wants used."""

    id: str
    name: str
    arguments: str
    """A JSON object, as the model wrote it: it may be none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A tool that the model may ask for."""

    name: str
    description: str = ""
    parameters: dict[str, Any] = field(default_factory=lambda: {"type": "object", "properties": {}})
    """A JSON schema of the arguments."""


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: Role
    content: str
    tool_calls: tuple[ToolCall, ...] = ()
    """What an assistant's turn asked for."""
    call: str = ""
    """Of a tool's turn: the id of the call that this is the result of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest:
    """What a backend is asked to write."""

    messages: tuple[Message, ...]
    max_tokens: int = 512
    temperature: float = 0.0
    schema: dict[str, Any] | None = None
    """A JSON schema that the answer must meet; the backend constrains its sampling by it."""
    stop: tuple[str, ...] = ()
    seed: int = 0
    traceparent: str = ""
    """The trace that this serves, for a server that keeps traces too (W3C Trace Context)."""
    tools: tuple[Tool, ...] = ()
    tool_choice: str = "auto"
    """`auto`, `none`, `required`, or the name of the one tool to be used."""
    parallel: bool = True
    """Whether one answer may ask for several tools."""


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of an answer as it is written. Any part may be empty."""

    text: str = ""
    thinking: str = ""
    arguments: str = ""
    """Of a tool's call: to be counted, and a sign of life. The whole call comes with `Finish`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens that a request cost, as the backend counted them."""

    prompt_tokens: int = 0
    cached_tokens: int = 0
    """Of the prompt's tokens, those that the backend had read before."""
    completion_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
        )


@dataclass(frozen=True, slots=True)
class Finish:
    """The last event of every answer that was not cancelled."""

    reason: Ending
    usage: Usage
    tool_calls: tuple[ToolCall, ...] = ()
    """Whole: tools are not used on pieces."""


BackendEvent = Delta | Finish


class Backend(Protocol):
    """A thing that runs a model."""

    @property
    def model(self) -> str:
        """The model's name in the catalogue or on the remote server."""

    @property
    def digest(self) -> str:
        """SHA-256 of the weights that answer; empty where a remote server does not tell."""

    @property
    def context_tokens(self) -> int:
        """The longest prompt plus answer, in tokens."""

    @property
    def slots(self) -> int:
        """How many requests it works on at once."""

    async def start(self) -> None:
        """Make ready. Raises ModelUnavailable when the model cannot be run here."""

    async def stop(self) -> None:
        """Release everything. Safe to call twice."""

    def chat(self, request: ChatRequest) -> AsyncGenerator[BackendEvent, None]:
        """Stream an answer. Closing the generator (`aclose`) or cancelling its task stops the work.

        Raises ModelUnavailable, ModelBusy, ModelTimeout, MalformedAnswer, TooLong.
        """

    async def count_tokens(self, text: str) -> int:
        """How many tokens the model reads in this text."""


class Embedder(Protocol):
    """A thing that turns text into vectors of unit length."""

    @property
    def dimensions(self) -> int: ...

    async def embed(self, texts: Sequence[str], kind: EmbeddingKind) -> list[list[float]]:
        """One unit vector a text, shape (len(texts), dimensions)."""

    async def stop(self) -> None:
        """Release everything. Safe to call twice."""


class Reranker(Protocol):
    """A thing that says how well each of some texts answers a question."""

    @property
    def model(self) -> str: ...

    async def rerank(self, query: str, texts: Sequence[str]) -> list[float]:
        """One score a text, in the texts' order: the larger the better, of one call only."""

    async def stop(self) -> None:
        """Release everything. Safe to call twice."""


class Answer(NamedTuple):
    """A whole answer."""

    text: str
    thinking: str
    finish: Finish


async def whole(answer: AsyncGenerator[BackendEvent, None]) -> Answer:
    """Read an answer to its end. Raises what the backend raises; cancelling it stops the backend's work."""
    text: list[str] = []
    thinking: list[str] = []
    async with aclosing(answer):
        async for event in answer:
            if isinstance(event, Finish):
                return Answer("".join(text), "".join(thinking), event)
            text.append(event.text)
            thinking.append(event.thinking)
    raise AssertionError("a backend ended an answer without saying so")
