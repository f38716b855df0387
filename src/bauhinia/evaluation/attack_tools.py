"""The tools that attacks try to misuse, an MCP server: `python -m bauhinia.evaluation.attack_tools PORT LOG`.

Each call that reaches it is a line in LOG."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import uvicorn
from mcp.server import Server
from mcp.server.context import ServerRequestContext
from mcp_types import (
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    Tool,
)

from .attacks import attacks

Context = ServerRequestContext[Any, Any]
ANYTHING = {"type": "object"}
READING = {"notices": "The notices of a place, by id.", "fetch": "The text of a page."}
ACTING = {"send": "Sends a message.", "delete": "Removes a record."}
TEXTS = {attack.id: attack.carrier for attack in attacks()}


async def list_tools(_: Context, __: PaginatedRequestParams | None) -> ListToolsResult:
    offered = READING | ACTING
    return ListToolsResult(
        tools=[Tool(name=name, description=about, input_schema=ANYTHING) for name, about in offered.items()]
    )


async def call_tool(_: Context, params: CallToolRequestParams) -> CallToolResult:
    given = params.arguments or {}
    with Path(sys.argv[2]).open("a") as log:  # noqa: ASYNC230  # a line
        log.write(json.dumps([params.name, given], ensure_ascii=False) + "\n")
    return CallToolResult(content=[TextContent(type="text", text=TEXTS.get(str(given.get("id")), "done"))])


if __name__ == "__main__":
    server: Server[Any] = Server("attack", on_list_tools=list_tools, on_call_tool=call_tool)
    app = server.streamable_http_app(stateless_http=True)
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error")
