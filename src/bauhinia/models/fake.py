"""A model without weights: deterministic, scriptable, part of the product.

`BAUHINIA_MODEL=fake` runs the whole product on it, for rehearsals and tests. It never pretends to be
clever: without a script it repeats the last thing the user wrote.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson

from ..errors import InputError, ModelError
from ._tool_calls import new_call_id
from .backend import BackendEvent, ChatRequest, Delta, EmbeddingKind, Ending, Finish, ToolCall, Usage
from .thinking import ThinkingSplitter
from .tokens import estimate_tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A reply that goes wrong: writes `text`, then raises `error`."""

    error: ModelError
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """A reply that asks for tools: writes `text`, then `(name, arguments)` of each."""

    calls: tuple[tuple[str, dict[str, Any]], ...]
    text: str = ""


Reply = str | Fault | Calls
_UNMET = (LookupError, TypeError, ValueError, AttributeError, RecursionError, AssertionError)
"""What making an instance of a schema that means nothing ends with."""
_LARGEST = 10_000
"""Items or characters that a schema may ask of this model."""
Script = Sequence[Reply] | Callable[[ChatRequest], Reply]


class FakeModel:
    """A `Backend` that answers from a script.

    `replies` is a sequence used in order (asking past its end is a defect of the caller) or a function of
    the request; None repeats the last user message, makes the smallest instance of the request's schema, or
    calls the tool that is required. Answers stream in pieces of `piece` characters, `delay` seconds before
    each, `first_delay` seconds before the first. It works on `slots` requests at once, as real ones do.
    """

    digest = ""

    def __init__(
        self,
        replies: Script | None = None,
        *,
        model: str = "fake",
        context_tokens: int = 8_192,
        slots: int = 2,
        piece: int = 16,
        first_delay: float = 0.0,
        delay: float = 0.0,
    ) -> None:
        assert piece > 0 and slots > 0
        self.model = model
        self.context_tokens = context_tokens
        self.slots = slots
        self.requests: list[ChatRequest] = []
        """Every request so far, in the order they came."""
        self.cancelled = 0
        """How many answers were stopped before their end."""
        self.active = 0
        """How many answers are being written now."""
        self.busiest = 0
        """The most answers ever written at once."""
        self._replies = replies
        self._piece = piece
        self._first_delay = first_delay
        self._delay = delay
        self._room = asyncio.Semaphore(slots)

    async def start(self) -> None:
        """Nothing to make ready."""

    async def stop(self) -> None:
        """Nothing to release."""

    async def count_tokens(self, text: str) -> int:
        """The shipped estimate."""
        return estimate_tokens(text)

    async def chat(self, request: ChatRequest) -> AsyncGenerator[BackendEvent, None]:
        """Stream the scripted reply; see `Backend.chat`."""
        self.requests.append(request)
        reply = self._reply(request)
        async with self._room:
            self.active += 1
            self.busiest = max(self.busiest, self.active)
            try:
                async with aclosing(self._write(request, reply)) as events:
                    async for event in events:
                        yield event
            except (GeneratorExit, asyncio.CancelledError):
                self.cancelled += 1
                raise
            finally:
                self.active -= 1

    def _reply(self, request: ChatRequest) -> Reply:
        if self._replies is None:
            return default_reply(request)
        if callable(self._replies):
            return self._replies(request)
        number = len(self.requests) - 1
        assert number < len(self._replies), (
            f"the script has {len(self._replies)} replies, one more was asked for"
        )
        return self._replies[number]

    async def _write(self, request: ChatRequest, reply: Reply) -> AsyncGenerator[BackendEvent, None]:
        text, reason = _cut(reply if isinstance(reply, str) else reply.text, request)
        calls = _calls(reply) if isinstance(reply, Calls) else ()
        splitter = ThinkingSplitter()
        await asyncio.sleep(self._first_delay)
        for start in range(0, len(text), self._piece):
            await asyncio.sleep(self._delay)
            delta = splitter.feed(text[start : start + self._piece])
            if delta.text or delta.thinking:
                yield delta
        if isinstance(reply, Fault):
            raise reply.error
        last = splitter.flush()
        if last.text or last.thinking:
            yield last
        for call in calls:
            await asyncio.sleep(self._delay)
            yield Delta(arguments=call.arguments)
        read = sum(estimate_tokens(message.content) for message in request.messages)
        written = estimate_tokens(text + "".join(call.arguments for call in calls))
        usage = Usage(prompt_tokens=read, completion_tokens=written)
        yield Finish("tool_calls" if calls else reason, usage, calls)


def _calls(reply: Calls) -> tuple[ToolCall, ...]:
    return tuple(ToolCall(new_call_id(), name, orjson.dumps(given).decode()) for name, given in reply.calls)


def _cut(text: str, request: ChatRequest) -> tuple[str, Ending]:
    """The text as far as the request's stops and `max_tokens` let it go, and why it ended."""
    for stop in request.stop:
        text = text.split(stop, 1)[0]
    if estimate_tokens(text) <= request.max_tokens:
        return text, "stop"
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (
            (middle, high) if estimate_tokens(text[:middle]) <= request.max_tokens else (low, middle - 1)
        )
    return text[:low], "length"


def default_reply(request: ChatRequest) -> Reply:
    """The last user message again, the smallest JSON that meets the request's schema, or a call of the tool
    that is required. Raises InputError for a schema that nothing meets."""
    said = next((m.content for m in reversed(request.messages) if m.role == "user"), "")
    try:
        if request.tools and request.tool_choice not in ("auto", "none"):
            chosen = next((t for t in request.tools if t.name == request.tool_choice), request.tools[0])
            return Calls(calls=((chosen.name, smallest_instance(chosen.parameters, text=said)),))
        if request.schema is None:
            return said
        return orjson.dumps(smallest_instance(request.schema, text=said)).decode()
    except _UNMET as error:
        raise InputError("Nothing meets this schema.", hint="Ask for a simpler shape.") from error


def smallest_instance(schema: dict[str, Any], *, text: str = "text") -> Any:
    """The smallest value that a JSON schema allows; strings are taken from the beginning of `text`.

    Knows the parts that constrained sampling knows: types, enum, const, $ref, anyOf, oneOf, allOf,
    required, minItems, prefixItems, bounds and lengths. `pattern` and `format` are not met.
    """
    return _instance(schema, schema, text)


def _instance(schema: dict[str, Any], root: dict[str, Any], text: str) -> Any:
    if "$ref" in schema:
        return _instance(_resolve(schema["$ref"], root), root, text)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            return _instance(schema[choice][0], root, text)
    if "allOf" in schema:
        merged: dict[str, Any] = {}
        for part in schema["allOf"]:
            merged |= _resolve(part["$ref"], root) if "$ref" in part else part
        return _instance(merged, root, text)
    kind = schema.get("type", "object" if "properties" in schema else "string")
    return _TYPES[kind[0] if isinstance(kind, list) else kind](schema, root, text)


def _resolve(reference: str, root: dict[str, Any]) -> dict[str, Any]:
    target: Any = root
    for key in reference.removeprefix("#/").split("/"):
        target = target[key]
    assert isinstance(target, dict)
    return target


def _object(schema: dict[str, Any], root: dict[str, Any], text: str) -> dict[str, Any]:
    properties = schema.get("properties", {})
    return {name: _instance(properties.get(name, {}), root, text) for name in schema.get("required", ())}


def _array(schema: dict[str, Any], root: dict[str, Any], text: str) -> list[Any]:
    first = [_instance(part, root, text) for part in schema.get("prefixItems", ())]
    wanted = schema.get("minItems", 0) - len(first)
    assert wanted <= _LARGEST
    return first + [_instance(schema.get("items", {}), root, text) for _ in range(wanted)]


def _string(schema: dict[str, Any], _root: dict[str, Any], text: str) -> str:
    shortest = schema.get("minLength", 0)
    assert shortest <= _LARGEST
    words = " ".join(text.split())[: max(shortest, min(schema.get("maxLength", 80), 80))]
    return words.ljust(shortest, ".")


def _number(schema: dict[str, Any], _root: dict[str, Any], _text: str) -> int:
    lowest = int(-(-schema.get("minimum", 0) // 1))
    if "exclusiveMinimum" in schema:
        lowest = max(lowest, int(schema["exclusiveMinimum"] // 1) + 1)
    return min(lowest, int(schema["maximum"] // 1)) if "maximum" in schema else lowest


_TYPES: dict[str, Callable[[dict[str, Any], dict[str, Any], str], Any]] = {
    "object": _object,
    "array": _array,
    "string": _string,
    "integer": _number,
    "number": _number,
    "boolean": lambda *_: False,
    "null": lambda *_: None,
}


class FakeEmbedder:
    """An `Embedder` without weights: texts that share words or characters are near each other."""

    dimensions = 64

    async def stop(self) -> None:
        """Nothing to release."""

    async def embed(self, texts: Sequence[str], kind: EmbeddingKind) -> list[list[float]]:  # noqa: ARG002
        """One unit vector a text, from the hashes of its characters in pairs."""
        return [self._vector(text) for text in texts]

    def _vector(self, text: str) -> list[float]:
        counts = np.zeros(self.dimensions)
        letters = f" {text.lower()} "
        for pair in itertools.pairwise(letters):
            counts[hashlib.sha256("".join(pair).encode()).digest()[0] % self.dimensions] += 1
        vector: list[float] = (counts / np.linalg.norm(counts)).tolist()
        return vector


class FakeReranker:
    """A `Reranker` without weights: a text scores by the share of the query's words that it has."""

    model = "fake-reranker"

    async def stop(self) -> None:
        """Nothing to release."""

    async def rerank(self, query: str, texts: Sequence[str]) -> list[float]:
        """The share of the query's words, parted by spaces, that each text has."""
        words = set(query.casefold().split())
        return [len(words & set(text.casefold().split())) / max(1, len(words)) for text in texts]
