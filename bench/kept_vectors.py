"""An embedder that remembers: a second run of a benchmark embeds nothing twice."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bauhinia.models import Embedder, EmbeddingKind

KEPT = Path(__file__).parent.parent / "build" / "vectors.sqlite"


class KeptVectors:
    """Another embedder's vectors, kept in a file by the digest of model, kind and text."""

    def __init__(self, embedder: Embedder, path: Path = KEPT) -> None:
        self.dimensions = embedder.dimensions
        self.model = getattr(embedder, "model", "embedder")
        self.remember = True
        """Whether what is kept is used; else every text is embedded anew."""
        self._embedder = embedder
        path.parent.mkdir(parents=True, exist_ok=True)
        self._kept = sqlite3.connect(path, isolation_level=None)
        self._kept.execute("CREATE TABLE IF NOT EXISTS vectors (digest TEXT PRIMARY KEY, vector BLOB)")

    async def stop(self) -> None:
        """Close the file and stop the embedder."""
        self._kept.close()
        if (stop := getattr(self._embedder, "stop", None)) is not None:
            await stop()

    async def embed(self, texts: Sequence[str], kind: EmbeddingKind) -> list[list[float]]:
        """One unit vector a text."""
        if not self.remember:
            return await self._embedder.embed(texts, kind)
        digests = [self._digest(text, kind) for text in texts]
        known = {digest: vector for digest in digests if (vector := self._look_up(digest)) is not None}
        missing = [place for place, digest in enumerate(digests) if digest not in known]
        made = await self._embedder.embed([texts[place] for place in missing], kind) if missing else []
        for place, vector in zip(missing, made, strict=True):
            known[digests[place]] = vector
            row = (digests[place], np.asarray(vector, np.float32).tobytes())
            self._kept.execute("INSERT OR REPLACE INTO vectors VALUES (?, ?)", row)
        return [known[digest] for digest in digests]

    def _digest(self, text: str, kind: EmbeddingKind) -> str:
        return hashlib.sha256(f"{self.model}\0{kind}\0{text}".encode()).hexdigest()

    def _look_up(self, digest: str) -> list[float] | None:
        row = self._kept.execute("SELECT vector FROM vectors WHERE digest = ?", (digest,)).fetchone()
        if row is None:
            return None
        vector: list[float] = np.frombuffer(row[0], np.float32).tolist()
        return vector
