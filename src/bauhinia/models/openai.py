"""Any server that speaks the OpenAI API: llama.cpp, vLLM, SGLang, a gateway of another department.

The way of a request: `chat` -> `_body` -> `Connection.post` (tries, errors) -> `_events` (server-sent
events to deltas) -> `ThinkingSplitter`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Literal

import aiohttp
import orjson

from ..errors import MalformedAnswer, ModelError, ModelUnavailable
from ._http import TRIES, Connection, lost, said_error
from ._tool_calls import Gathered, calls_body, message_body
from .backend import BackendEvent, ChatRequest, Delta, EmbeddingKind, Ending, Finish, Usage
from .thinking import ThinkingSplitter
from .tokens import estimate_tokens

log = logging.getLogger(__name__)

DRAIN_SECONDS = 0.5
_DONE = b"[DONE]"
LINE_BYTES = 4_000_000
"""The longest line of a stream that is read."""


class OpenAIBackend:
    """A `Backend` on a server's `/v1/chat/completions`.

    `url` ends in `/v1`. `silence` is the longest time without a byte, seconds. `thinks_first` says that the
    model's template opens `<think>` by itself. `extra` goes into every chat request: fields of one server's
    own that others may refuse.
    """

    def __init__(
        self,
        url: str,
        *,
        model: str,
        key: str = "",
        digest: str = "",
        context_tokens: int = 8_192,
        slots: int = 2,
        silence: float = 600.0,
        thinks_first: bool = False,
        tries: int = TRIES,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        self.model = model
        self.digest = digest
        self.slots = slots
        self._context = context_tokens
        self._thinks_first = thinks_first
        self._extra = dict(extra or {})
        self._connection = Connection(url, key, silence, tries=tries)
        self._service = Connection(url.rstrip("/").removesuffix("/v1"), key, silence, tries=tries)
        self._tokenizer: Literal["unknown", "llama.cpp", "vllm", "none"] = "unknown"

    @property
    def context_tokens(self) -> int:
        """The setting, or what the server said it can read where that is less."""
        return self._context

    async def start(self) -> None:
        """See that the server answers, knows the model, and how much it can read."""
        status, listing = await self._connection.look("/models")
        if status in (401, 403):
            raise said_error(status, b"", self._connection.root)
        if status != 200:
            log.warning("%s does not list its models (HTTP %d)", self._connection.root, status)
            return
        models = {entry.get("id"): entry for entry in _entries(listing)}
        if self.model not in models:
            raise ModelUnavailable(
                f"The server at {self._connection.root} has no model called {self.model!r}.",
                hint=f"Set BAUHINIA_MODEL to one that it has: {', '.join(map(str, models))}.",
            )
        self._learn_context(models[self.model])

    async def stop(self) -> None:
        """Close the connections."""
        await self._connection.close()
        await self._service.close()

    async def chat(self, request: ChatRequest) -> AsyncGenerator[BackendEvent, None]:
        """Stream an answer; see `Backend.chat`. What came in at once is one piece."""
        reading, lines = _Reading(self._thinks_first), _Lines()
        async with self._connection.post(
            "/chat/completions", self._body(request), traceparent=request.traceparent
        ) as response:
            while not lines.done and (piece := await self._read(response)):
                delta = reading.add([self._event(data) for data in lines.add(piece)])
                if delta is not None:
                    yield delta
            if lines.done:
                await _drain(response)
        last = reading.rest()
        if last is not None:
            yield last
        yield reading.finish(request)

    async def count_tokens(self, text: str) -> int:
        """The server's own count (llama.cpp's or vLLM's `/tokenize`), or else `estimate_tokens`."""
        if self._tokenizer in ("unknown", "llama.cpp"):
            answer = await self._tokenize({"content": text})
            if isinstance(answer.get("tokens"), list):
                self._tokenizer = "llama.cpp"
                return len(answer["tokens"])
        if self._tokenizer in ("unknown", "vllm"):
            answer = await self._tokenize({"model": self.model, "prompt": text, "add_special_tokens": False})
            if isinstance(answer.get("count"), int):
                self._tokenizer = "vllm"
                return int(answer["count"])
        if self._tokenizer == "unknown":
            log.info("%s has no tokenizer; tokens are estimated", self._service.root)
            self._tokenizer = "none"
        return estimate_tokens(text)

    async def _tokenize(self, body: dict[str, Any]) -> dict[str, Any]:
        """The server's answer; an empty one where it has no such service. Raises ModelError."""
        if self._tokenizer == "unknown":
            status, answer = await self._service.look("/tokenize", body)
            if status in (429, 500, 502, 503, 504):
                raise said_error(status, b"", self._service.root)
        else:
            answer = await self._service.ask("/tokenize", body)
        return answer if isinstance(answer, dict) else {}

    def _body(self, request: ChatRequest) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": self.model,
            "messages": [message_body(message) for message in request.messages],
            "max_tokens": request.max_tokens,
            "temperature": request.temperature,
            "seed": request.seed,
            "stream": True,
            "stream_options": {"include_usage": True},
            **calls_body(request),
            **self._extra,
        }
        if request.stop:
            body["stop"] = request.stop
        if request.schema is not None:
            body["response_format"] = {
                "type": "json_schema",
                "json_schema": {"name": "answer", "strict": True, "schema": request.schema},
            }
        return body

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        """What has come in, at least a byte; nothing at the end. Raises ModelError."""
        try:
            return await response.content.readany()
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise lost(error, self._connection.root) from error

    def _event(self, data: bytes) -> dict[str, Any]:
        try:
            event = orjson.loads(data)
        except orjson.JSONDecodeError as error:
            raise MalformedAnswer("The model's answer could not be understood.", hint="Ask again.") from error
        if not isinstance(event, dict):
            raise MalformedAnswer("The model's answer could not be understood.", hint="Ask again.")
        if "error" in event:
            said = event["error"]
            code = said.get("code") if isinstance(said, dict) else None
            raise said_error(code if isinstance(code, int) else 500, data, self._connection.root)
        return event

    def _learn_context(self, entry: dict[str, Any]) -> None:
        limit = entry.get("max_model_len") or (entry.get("meta") or {}).get("n_ctx")
        if isinstance(limit, int) and 0 < limit < self._context:
            log.warning(
                "%s reads %d tokens at most; BAUHINIA_MODEL_CONTEXT says %d", self.model, limit, self._context
            )
            self._context = limit


async def _drain(response: aiohttp.ClientResponse) -> None:
    """Read what follows `[DONE]`, so that the connection goes back to the pool instead of being closed. The
    answer is whole, so that nothing that goes wrong now matters to it."""
    if response.content.at_eof():
        return
    with suppress(TimeoutError, aiohttp.ClientError, OSError):
        async with asyncio.timeout(DRAIN_SECONDS):
            await response.content.readany()


def _look_at_the_server() -> str:
    return "See that the address in the settings is an OpenAI-compatible server's, and what its log says."


def _entries(listing: Any) -> list[dict[str, Any]]:
    entries = listing.get("data") if isinstance(listing, dict) else None
    if not isinstance(entries, list):
        raise MalformedAnswer(
            "The model server's list of models could not be understood.", hint="Correct BAUHINIA_MODEL_URL."
        )
    return [entry for entry in entries if isinstance(entry, dict)]


class _Lines:
    """The `data` of server-sent events. Comments (`: ping`), blank lines and other fields carry nothing for
    us."""

    def __init__(self) -> None:
        self._rest = b""
        self.done = False
        """Whether `[DONE]` has come."""

    def add(self, piece: bytes) -> list[bytes]:
        """What is whole by now, up to `[DONE]`. Raises MalformedAnswer."""
        lines = (self._rest + piece).split(b"\n")
        self._rest = lines.pop()
        if len(self._rest) > LINE_BYTES:
            raise MalformedAnswer(
                "A line of the model's answer was too long to read.", hint=_look_at_the_server()
            )
        told = [line[5:].strip() for line in lines if line.startswith(b"data:")]
        self.done = _DONE in told
        return told[: told.index(_DONE)] if self.done else told


class _Reading:
    """An answer as it is read: what its events add, and how it ends."""

    def __init__(self, thinks_first: bool) -> None:
        self._splitter = ThinkingSplitter(inside=thinks_first)
        self._gathered = Gathered()
        self._usage: Usage | None = None
        self._reason: Ending | None = None
        self._written: list[str] = []

    def add(self, events: Sequence[dict[str, Any]]) -> Delta | None:
        """What these events add, together; None when they add nothing."""
        return self._joined([delta for event in events for delta in self._deltas(event)])

    def rest(self) -> Delta | None:
        """What was held back until the end. Raises MalformedAnswer when the answer broke off."""
        if self._reason is None:
            raise MalformedAnswer("The model's answer broke off.", hint="Ask again.")
        return self._joined([self._splitter.flush()])

    def finish(self, request: ChatRequest) -> Finish:
        """How it ended."""
        assert self._reason is not None
        calls = self._gathered.calls()
        usage = self._usage or _estimate(request, self._written)
        return Finish("tool_calls" if calls else self._reason, usage, calls)

    def _deltas(self, event: dict[str, Any]) -> Iterator[Delta]:
        if counted := event.get("usage"):
            self._usage = _usage(counted)
        if not (choices := event.get("choices")):
            return
        choice = choices[0]
        if called := self._gathered.add(choice):
            yield Delta(arguments=called)
        yield _delta(choice, self._splitter)
        if ended := choice.get("finish_reason"):
            self._reason = _reason(ended)

    def _joined(self, deltas: Sequence[Delta]) -> Delta | None:
        joined = Delta(
            "".join(delta.text for delta in deltas),
            "".join(delta.thinking for delta in deltas),
            "".join(delta.arguments for delta in deltas),
        )
        if joined == Delta():
            return None
        self._written += (joined.text, joined.thinking, joined.arguments)
        return joined


def _delta(choice: dict[str, Any], splitter: ThinkingSplitter) -> Delta:
    """What a choice of the stream adds."""
    said = choice.get("delta") or {}
    thinking = said.get("reasoning_content") or said.get("reasoning") or ""
    text = said.get("content") or ""
    delta = splitter.feed(text) if text else Delta()
    if thinking:
        delta = Delta(delta.text, thinking + delta.thinking)
    return delta


def _reason(ended: str) -> Ending:
    if ended == "content_filter":
        raise ModelError("The model server withheld the answer.", hint="Put the request another way.")
    return "length" if ended == "length" else "stop"


def _usage(counted: dict[str, Any]) -> Usage:
    details = counted.get("prompt_tokens_details") or {}
    return Usage(
        prompt_tokens=counted.get("prompt_tokens") or 0,
        cached_tokens=details.get("cached_tokens") or 0,
        completion_tokens=counted.get("completion_tokens") or 0,
    )


def _estimate(request: ChatRequest, written: list[str]) -> Usage:
    """Usage for a server that reports none: our own estimate, which errs on the high side."""
    return Usage(
        prompt_tokens=sum(estimate_tokens(m.content) for m in request.messages),
        completion_tokens=estimate_tokens("".join(written)),
    )


class OpenAIEmbedder:
    """An `Embedder` on a server's `/v1/embeddings`.

    `prefixes` are put before queries and passages, for models that were trained with them (E5: `query: `).
    """

    def __init__(
        self,
        url: str,
        *,
        model: str = "",
        key: str = "",
        silence: float = 60.0,
        prefixes: tuple[str, str] = ("", ""),
    ) -> None:
        self.model = model
        self._prefixes = dict(zip(("query", "passage"), prefixes, strict=True))
        self._connection = Connection(url, key, silence)
        self._dimensions = 0

    @property
    def dimensions(self) -> int:
        """Known once something has been embedded."""
        assert self._dimensions, "embed something first"
        return self._dimensions

    async def stop(self) -> None:
        """Close the connections."""
        await self._connection.close()

    async def embed(self, texts: Sequence[str], kind: EmbeddingKind) -> list[list[float]]:
        """One unit vector a text. Raises the errors of `Backend.chat`."""
        if not texts:
            return []
        if not self.model:
            self.model = await self._first_model()
        prefix = self._prefixes[kind]
        answer = await self._connection.ask(
            "/embeddings", {"model": self.model, "input": [prefix + text for text in texts]}
        )
        try:
            rows = sorted(answer["data"], key=lambda row: row["index"])
            vectors = [_unit(row["embedding"]) for row in rows]
        except (KeyError, TypeError, ValueError) as error:
            raise MalformedAnswer(
                "The embedding server's answer could not be understood.", hint=_look_at_the_server()
            ) from error
        if len(vectors) != len(texts) or len({len(vector) for vector in vectors}) != 1:
            raise MalformedAnswer(
                "The embedding server answered for another number of texts.", hint=_look_at_the_server()
            )
        self._dimensions = len(vectors[0])
        return vectors

    async def _first_model(self) -> str:
        _, listing = await self._connection.look("/models")
        entries = _entries(listing)
        if not entries:
            raise ModelUnavailable(
                "The embedding server lists no model.", hint="Set BAUHINIA_EMBEDDER_MODEL to its name."
            )
        return str(entries[0].get("id"))


def _unit(vector: list[float]) -> list[float]:
    norm = sum(x * x for x in vector) ** 0.5
    if not norm:
        raise ValueError("a vector of length zero")
    return [x / norm for x in vector]
