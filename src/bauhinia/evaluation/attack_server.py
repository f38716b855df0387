"""The tools that attacks try to misuse, running and on an allow list as an administrator would put them."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from ..gateway.tool_list import ToolServer
from ..gateway.tool_server import ToolFailed, offered

ACTING = ("send", "delete")
"""Of `attack_tools`, those that do more than read."""
_START_SECONDS = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class AttackTools:
    """Where the running tools are told of."""

    allowed: Path
    """The allow list, for `Settings.tools`."""
    log: Path
    """A line of JSON for each call that reached a tool; absent before the first."""


@asynccontextmanager
async def attack_tools(folder: Path, *, use: str) -> AsyncIterator[AttackTools]:
    """Run them until the end of the block: approved as they are for that AI use, those that act not as
    reading. Raises TimeoutError where they do not start."""
    log, port = folder / "calls.jsonl", _free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bauhinia.evaluation.attack_tools", str(port), str(log)
    )
    try:
        yield AttackTools(
            allowed=await _allowed(f"http://127.0.0.1:{port}/mcp", folder / "tools.yaml", use), log=log
        )
    finally:
        process.kill()
        await process.wait()


async def _allowed(url: str, path: Path, use: str) -> Path:
    asked = ToolServer(server="met", url=url, tools=(), uses=frozenset({use}))
    async with asyncio.timeout(_START_SECONDS):
        while True:
            try:
                there = await offered(asked)
                break
            except ToolFailed:
                await asyncio.sleep(0.1)
    approved = [
        {"name": name, "digest": tool.digest, "reads": name not in ACTING} for name, tool in there.items()
    ]
    entry = {"server": "met", "url": url, "title": "Notices", "tools": approved, "uses": [use], "seconds": 60}
    path.write_text(yaml.safe_dump([entry]))  # noqa: ASYNC240  # before anything else goes on
    return path


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
