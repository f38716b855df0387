"""Tools in the OpenAI API's words: what is offered, what was called, and calls that come in pieces."""

from __future__ import annotations

import secrets
from typing import Any

from ..errors import MalformedAnswer
from .backend import ChatRequest, Message, ToolCall

MOST_CALLS = 64
"""Calls of one answer; a model that asks for more has gone astray."""


def message_body(message: Message) -> dict[str, Any]:
    """A message as the API takes it."""
    body: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.tool_calls:
        body["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            }
            for call in message.tool_calls
        ]
    if message.call:
        body["tool_call_id"] = message.call
    return body


def calls_body(request: ChatRequest) -> dict[str, Any]:
    """The fields of a request that offers tools; none where it offers none."""
    if not request.tools:
        return {}
    offered = [
        {
            "type": "function",
            "function": {
                "name": tool.name,
                "description": tool.description,
                "parameters": tool.parameters,
            },
        }
        for tool in request.tools
    ]
    choice: Any = request.tool_choice
    if choice not in ("auto", "none", "required"):
        choice = {"type": "function", "function": {"name": choice}}
    body = {"tools": offered, "tool_choice": choice}
    # Some servers refuse the field, so that it is sent only where it changes something.
    return body if request.parallel else body | {"parallel_tool_calls": False}


class Gathered:
    """The calls of one answer, whose pieces come by their place."""

    def __init__(self) -> None:
        self._parts: dict[int, dict[str, str]] = {}

    def add(self, choice: dict[str, Any]) -> str:
        """Take the pieces of one event; gives what was written of names and arguments. Raises
        MalformedAnswer."""
        written = ""
        for place, piece in enumerate((choice.get("delta") or {}).get("tool_calls") or ()):
            index = piece.get("index", place) if isinstance(piece, dict) else None
            if not isinstance(index, int) or len(self._parts) > MOST_CALLS:
                raise _unclear()
            said = piece.get("function") or {}
            part = self._parts.setdefault(index, {"id": "", "name": "", "arguments": ""})
            part["id"] = part["id"] or str(piece.get("id") or "")
            name, arguments = str(said.get("name") or ""), str(said.get("arguments") or "")
            part["name"] = part["name"] or name
            part["arguments"] += arguments
            written += name + arguments
        return written

    def calls(self) -> tuple[ToolCall, ...]:
        """The whole calls. Raises MalformedAnswer for one without a name."""
        parts = [self._parts[index] for index in sorted(self._parts)]
        if any(not part["name"] for part in parts):
            raise _unclear()
        return tuple(
            ToolCall(part["id"] or new_call_id(), part["name"], part["arguments"] or "{}") for part in parts
        )


def new_call_id() -> str:
    """An id for a call that has none."""
    return f"call_{secrets.token_hex(12)}"


def _unclear() -> MalformedAnswer:
    return MalformedAnswer("The model's call of a tool could not be understood.", hint="Ask again.")
