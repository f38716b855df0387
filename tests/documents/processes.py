"""The processes that this one has started to read files."""

from __future__ import annotations

import psutil

SERVER = "bauhinia.documents.fork_server"


def fork_servers() -> list[psutil.Process]:
    """This process's own; one or none."""
    return [child for child in psutil.Process().children() if SERVER in _command(child)]


def forks() -> list[psutil.Process]:
    """Those of the fork server; one that has ended counts until it is buried."""
    return [fork for server in fork_servers() for fork in server.children()]


def _command(process: psutil.Process) -> list[str]:
    """Its arguments; none of one that another test left behind as a zombie."""
    try:
        return process.cmdline()
    except psutil.Error:
        return []
