"""Shell scripts that name their options one a line, and the places that every script shares."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping

__all__ = ["CLUSTER", "command", "option", "script"]

CLUSTER = """\
HERE=$(cd "$(dirname "$0")/.." && pwd)
cd "$HERE"
NODES=${SLURM_NNODES:-${NODES:-1}}
RANK=${SLURM_NODEID:-${RANK:-0}}
MASTER_ADDR=${MASTER_ADDR:-127.0.0.1}
MASTER_PORT=${MASTER_PORT:-29500}
"""
"""How a script learns its place in the cluster: from Slurm, or from variables that a person sets."""


def script(header: str, *parts: str) -> str:
    """A bash script that stops at the first failure."""
    lines = "\n".join(part.rstrip("\n") for part in parts)
    return f"#!/usr/bin/env bash\n{header}set -euo pipefail\n{lines}\n"


def command(words: Iterable[str], options: Iterable[str]) -> str:
    """A command with its options a line each."""
    return " \\\n    ".join([" ".join(words), *options])


def option(name: str, value: object) -> str:
    """One option with its value, quoted where the shell would read it otherwise; a list as several words."""
    values = value if isinstance(value, list | tuple) else [value]
    return " ".join([f"--{name}", *(_word(each) for each in values)])


def options(given: Mapping[str, object]) -> list[str]:
    """Every option that has a value."""
    return [option(name, value) for name, value in given.items() if value is not None]


def _word(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    text = f"{value:g}" if isinstance(value, float) else str(value)
    # a variable of the script stays one word and is still replaced
    return f'"{text}"' if text.startswith("$") else shlex.quote(text)
