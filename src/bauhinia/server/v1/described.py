"""What the bodies of the OpenAI-compatible API hold, for its description: they are read by hand."""

from __future__ import annotations

from typing import Any

from ...pilot.files import PURPOSES

Schema = dict[str, Any]


def _json(schema: Schema) -> Schema:
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


_TEXT: Schema = {"type": "string"}
_PART: Schema = {
    "oneOf": [
        {
            "type": "object",
            "properties": {"type": {"const": "text"}, "text": _TEXT},
            "required": ["type", "text"],
        },
        {
            "type": "object",
            "properties": {
                "type": {"const": "file"},
                "file": {
                    "type": "object",
                    "properties": {"file_id": _TEXT, "filename": _TEXT, "file_data": _TEXT},
                },
            },
            "required": ["type", "file"],
        },
    ]
}
_CONTENT: Schema = {"oneOf": [_TEXT, {"type": "array", "items": _PART, "maxItems": 4}]}
_CALL: Schema = {
    "type": "object",
    "properties": {
        "id": _TEXT,
        "type": {"const": "function"},
        "function": {
            "type": "object",
            "properties": {"name": _TEXT, "arguments": _TEXT},
            "required": ["name", "arguments"],
        },
    },
    "required": ["id", "type", "function"],
}
_MESSAGE: Schema = {
    "type": "object",
    "properties": {
        "role": {"enum": ["system", "developer", "user", "assistant", "tool"]},
        "content": _CONTENT,
        "tool_calls": {"type": "array", "items": _CALL, "maxItems": 4},
        "tool_call_id": _TEXT,
    },
    "required": ["role", "content"],
}
_TOOL: Schema = {
    "oneOf": [
        {
            "type": "object",
            "properties": {
                "type": {"const": "function"},
                "function": {
                    "type": "object",
                    "properties": {
                        "name": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"},
                        "description": _TEXT,
                        "parameters": {"type": "object"},
                    },
                    "required": ["name"],
                },
            },
            "required": ["type", "function"],
        },
        {
            "type": "object",
            "properties": {
                "type": {"const": "mcp"},
                "server_label": _TEXT,
                "allowed_tools": {"type": "array", "items": _TEXT},
            },
            "required": ["type", "server_label"],
        },
    ]
}
_FORMAT: Schema = {
    "type": "object",
    "properties": {
        "type": {"enum": ["text", "json_object", "json_schema"]},
        "json_schema": {"type": "object", "properties": {"name": _TEXT, "schema": {"type": "object"}}},
    },
    "required": ["type"],
}
CHAT = _json(
    {
        "type": "object",
        "properties": {
            "model": {"enum": ["default", ""]},
            "messages": {"type": "array", "items": _MESSAGE, "minItems": 1},
            "stream": {"type": "boolean"},
            "stream_options": {"type": "object", "properties": {"include_usage": {"type": "boolean"}}},
            "max_completion_tokens": {"type": "integer", "minimum": 1, "maximum": 4_096},
            "temperature": {"type": "number", "minimum": 0, "maximum": 2},
            "stop": {
                "oneOf": [
                    {"type": "string", "minLength": 1},
                    {"type": "array", "items": {"type": "string", "minLength": 1}, "maxItems": 16},
                ]
            },
            "response_format": _FORMAT,
            "tools": {"type": "array", "items": _TOOL, "maxItems": 8},
            "tool_choice": {"enum": ["auto", "none", "required"]},
            "parallel_tool_calls": {"type": "boolean"},
            "bauhinia": {
                "type": "object",
                "properties": {"reply_in": _TEXT, "classification": _TEXT},
            },
        },
        "required": ["messages"],
    }
)
EMBEDDINGS = _json(
    {
        "type": "object",
        "properties": {
            "model": {"enum": ["default", ""]},
            "input": {
                "oneOf": [
                    {"type": "string", "minLength": 1},
                    {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1},
                ]
            },
            "encoding_format": {"enum": ["float", "base64"]},
        },
        "required": ["input"],
    }
)
FILE: Schema = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "purpose": {"enum": list(PURPOSES)},
                    },
                    "required": ["file", "purpose"],
                }
            }
        },
    }
}
