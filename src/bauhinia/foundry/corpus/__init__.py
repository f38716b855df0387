"""The foundry's corpus: sources under their licences, filtered for Hong Kong, traced row by row.

`build` makes one from a `CorpusConfig`, `describe` tells what is in it, `trace` where a row came from,
`withdraw` takes rows back, and `check_standing` keeps a corpus with withdrawn rows from being trained on.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from .config import CorpusConfig, rehearsal

if TYPE_CHECKING:
    from .building import build
    from .describing import describe
    from .manifest import CorpusFigures, Origin, check_files, read_manifest, trace
    from .withdrawal import check_standing, pending, withdraw

__all__ = [
    "CorpusConfig",
    "CorpusFigures",
    "Origin",
    "build",
    "check_files",
    "check_standing",
    "describe",
    "pending",
    "read_manifest",
    "rehearsal",
    "trace",
    "withdraw",
]

_HOMES = {
    "CorpusFigures": "manifest",
    "Origin": "manifest",
    "build": "building",
    "check_files": "manifest",
    "check_standing": "withdrawal",
    "describe": "describing",
    "pending": "withdrawal",
    "read_manifest": "manifest",
    "trace": "manifest",
    "withdraw": "withdrawal",
}


def __getattr__(name: str) -> object:
    """Loaded on first use: a recipe is read without datatrove. Raises MissingPart without the foundry's
    packages."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return getattr(import_module(f".{_HOMES[name]}", __name__), name)
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("bauhinia"):
            raise
        from ...errors import MissingPart

        raise MissingPart(
            f"A corpus cannot be built on this machine: the package {error.name} is not installed.",
            hint="Install the foundry's packages: pip install 'bauhinia[foundry]'.",
        ) from error
