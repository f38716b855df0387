"""Every text of a request."""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from ..models import Message, Tool


def texts_of(messages: Sequence[Message], tools: Sequence[Tool] = ()) -> list[str]:
    """Every text that the model is given."""
    texts = [message.content for message in messages]
    texts += [text for m in messages for call in m.tool_calls for text in (call.name, call.arguments)]
    return texts + [
        text
        for tool in tools
        for text in (tool.name, tool.description, orjson.dumps(tool.parameters).decode())
    ]
