"""The tools of a chat completion's body, and the turns that use them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ...gateway import JOINT, Message, Tool, ToolCall
from .faults import Misshapen, Unsupported, expect

MOST_TOOLS = 128
DEEPEST_SCHEMA = 32
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_CHOICES = ("auto", "none", "required")


def read_tools(value: Any) -> tuple[Tool, ...]:
    """The tools on offer. Raises Misshapen."""
    if value is None:
        return ()
    expect(isinstance(value, list) and len(value) <= MOST_TOOLS, "tools", f"at most {MOST_TOOLS} tools")
    tools = tuple(_tool(entry, f"tools[{place}]") for place, entry in enumerate(value))
    expect(len({tool.name for tool in tools}) == len(tools), "tools", "tools of different names")
    return tools


def read_served(value: Any) -> tuple[str, ...]:
    """The names of tools of the server's allow list, each asked for as `{"type": "mcp", "server_label": ...,
    "allowed_tools": [...]}`; nothing where the list holds functions. Raises Misshapen."""
    entries = value if isinstance(value, list) else []
    served = [entry for entry in entries if isinstance(entry, dict) and entry.get("type") == "mcp"]
    if served and len(served) != len(entries):
        raise Unsupported("Tools of MCP servers and functions cannot be used together.", param="tools")
    names: list[str] = []
    for place, entry in enumerate(served):
        label, chosen = entry.get("server_label"), entry.get("allowed_tools")
        expect(isinstance(label, str) and bool(label), f"tools[{place}].server_label", "a server's name")
        if chosen is None:
            names.append(str(label))
            continue
        right = isinstance(chosen, list) and bool(chosen) and all(isinstance(n, str) and n for n in chosen)
        expect(right, f"tools[{place}].allowed_tools", "a list of names, or left out for all")
        names += [f"{label}{JOINT}{name}" for name in chosen]
    return tuple(names)


def _tool(value: Any, where: str) -> Tool:
    expect(isinstance(value, dict), where, "an object")
    if value.get("type") != "function":
        raise Unsupported("Only tools of the type 'function' can be used.", param=f"{where}.type")
    said = value.get("function")
    expect(isinstance(said, dict), f"{where}.function", "an object")
    name, description = said.get("name"), said.get("description") or ""
    expect(
        isinstance(name, str) and _NAME.fullmatch(name) is not None,
        f"{where}.function.name",
        "1 to 64 letters, digits, _ or -",
    )
    expect(isinstance(description, str), f"{where}.function.description", "a string")
    parameters = said.get("parameters")
    if parameters is None:
        return Tool(name=name, description=description)
    checked = read_schema(parameters, f"{where}.function.parameters")
    return Tool(name=name, description=description, parameters=checked)


def read_schema(value: Any, param: str) -> dict[str, Any]:
    """A JSON schema from outside. Raises Misshapen for what is none, or is nested too deep."""
    # Loaded by the first schema that comes: a server starts without it.
    from jsonschema import Draft202012Validator, SchemaError

    expect(isinstance(value, dict), param, "a JSON schema (an object)")
    expect(_is_flat(value, DEEPEST_SCHEMA), param, f"a JSON schema of at most {DEEPEST_SCHEMA} levels")
    try:
        Draft202012Validator.check_schema(value)
    except SchemaError as error:
        place = ".".join(map(str, error.absolute_path))
        raise Misshapen(
            f"{param!r} is not a JSON schema{f', at {place!r}' if place else ''}.", param=param
        ) from None
    return dict(value)


def _is_flat(value: Any, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return True
    items = value.values() if isinstance(value, dict) else value
    return levels > 0 and all(_is_flat(item, levels - 1) for item in items)


def read_choice(value: Any, tools: Sequence[Tool]) -> str:
    """`auto`, `none`, `required`, or the name of a tool. Raises Misshapen."""
    if value is None:
        return "auto"
    if isinstance(value, dict):
        said = value.get("function")
        value = said.get("name") if value.get("type") == "function" and isinstance(said, dict) else None
        expect(any(tool.name == value for tool in tools), "tool_choice", "the name of one of the tools")
        return str(value)
    expect(value in _CHOICES, "tool_choice", "auto, none, required or a function's name")
    expect(bool(tools) or value != "required", "tool_choice", "left out where there are no tools")
    return str(value)


def read_calls(value: Any, where: str) -> tuple[ToolCall, ...]:
    """What an assistant's turn asked for. Raises Misshapen."""
    if value is None:
        return ()
    expect(isinstance(value, list) and len(value) <= MOST_TOOLS, where, "a list of calls")
    return tuple(_call(entry, f"{where}[{place}]") for place, entry in enumerate(value))


def _call(value: Any, where: str) -> ToolCall:
    is_call = isinstance(value, dict) and value.get("type") == "function"
    expect(is_call and isinstance(value.get("function"), dict), where, "a call of a function")
    said = value["function"]
    parts = (value.get("id"), said.get("name"), said.get("arguments"))
    expect(all(isinstance(part, str) for part in parts), where, "a call with an id, a name and arguments")
    expect(_NAME.fullmatch(parts[1]) is not None, f"{where}.function.name", "the name of a tool")
    return ToolCall(*parts)


def check_turns(messages: Sequence[Message]) -> None:
    """Raises Misshapen for a result of a call that nobody made before it."""
    made: set[str] = set()
    for place, message in enumerate(messages):
        made.update(call.id for call in message.tool_calls)
        expect(
            message.role != "tool" or message.call in made,
            f"messages[{place}].tool_call_id",
            "the id of a call in a message before it",
        )
