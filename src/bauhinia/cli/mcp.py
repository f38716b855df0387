"""`bauhinia mcp`: the MCP server on standard input and output, for a client on this machine."""

from __future__ import annotations

import asyncio

from .environment import get_settings


def mcp() -> None:
    """Serve the pilot to an MCP client that starts this command; a network's clients use /mcp."""
    asyncio.run(_serve())


async def _serve() -> None:
    from mcp.server.stdio import stdio_server

    from ..pilot.office import open_office
    from ..server.mcp_server import mcp_server
    from .operator import operating

    settings = get_settings()
    with operating(settings):
        async with open_office(settings) as office, stdio_server() as (reading, writing):
            server = mcp_server(lambda: office)
            await server.run(reading, writing, server.create_initialization_options())
