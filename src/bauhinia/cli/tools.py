"""`bauhinia tools`: what the tool servers of the allow list offer, to be read before it is approved."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import typer

from .environment import get_settings

if TYPE_CHECKING:
    from ..gateway.tool_list import ToolServer


def tools() -> None:
    """Show every tool of the servers in BAUHINIA_TOOLS, with the digest that approves it as it is now."""
    from ..gateway.tool_list import load_tool_servers

    servers = load_tool_servers(get_settings().tools)
    if not servers:
        typer.echo("No tool servers are named; BAUHINIA_TOOLS is the file that names them.")
    for server in servers:
        asyncio.run(_show(server))


async def _show(server: ToolServer) -> None:
    from ..gateway.tool_server import ToolFailed, offered

    typer.echo(f"{server.server}  {server.url}")
    try:
        there = await offered(server)
    except ToolFailed as error:
        typer.echo(f"  cannot be asked: {error.message}")
        return
    for tool in there.values():
        approved = server.digest_of(tool.name)
        state = (
            "not on the list" if approved is None else "approved" if approved == tool.digest else "CHANGED"
        )
        # As JSON: control characters in a stranger's words must not reach the terminal.
        told = json.dumps({"description": tool.description, "schema": tool.schema}, ensure_ascii=True)
        typer.echo(f"  {json.dumps(tool.name)}  {state}\n    digest: {tool.digest}\n    {told}")
