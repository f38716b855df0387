"""A server that says how well texts answer a question: vLLM, infinity, llama.cpp, Jina, Cohere, or TEI.

The first ones share one shape of `POST /rerank`; Text Embeddings Inference (TEI) has its own.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from ..errors import MalformedAnswer, ModelError, ModelTimeout
from ._http import Connection

RerankerApi = Literal["cohere", "tei"]
TRIES = 2
"""The second is for a kept connection that the server closed; a search waits for no more."""
HINT = "Look at the server that BAUHINIA_RERANKER_URL names; `bauhinia doctor` asks it."


class HttpReranker:
    """A `Reranker` on a server's `POST {url}/rerank`, given up after `patience` seconds."""

    def __init__(
        self, url: str, *, model: str = "", key: str = "", api: RerankerApi = "cohere", patience: float = 5.0
    ) -> None:
        self.model = model or "reranker"
        self._asked_for = {"model": model} if model else {}
        self._api = api
        self._patience = patience
        self._connection = Connection(url, key, patience, tries=TRIES)

    async def stop(self) -> None:
        """Close the connections."""
        await self._connection.close()

    async def rerank(self, query: str, texts: Sequence[str]) -> list[float]:
        """One score a text, in the texts' order. Raises ModelError, TooLong."""
        if not texts:
            return []
        try:
            async with asyncio.timeout(self._patience):
                answer = await self._connection.ask("/rerank", self._body(query, texts))
        except TimeoutError as error:
            raise ModelTimeout("The reranker took too long to answer.", hint=HINT) from error
        except ModelError as error:
            raise type(error)(error.message, hint=HINT) from error
        return self._scores(answer, len(texts))

    def _body(self, query: str, texts: Sequence[str]) -> dict[str, Any]:
        if self._api == "tei":
            return {"query": query, "texts": list(texts), "truncate": True}
        return {**self._asked_for, "query": query, "documents": list(texts), "top_n": len(texts)}

    def _scores(self, answer: Any, count: int) -> list[float]:
        try:
            scores = self._by_index(answer)
        except (KeyError, TypeError, ValueError) as error:
            raise MalformedAnswer("The reranker's answer could not be understood.", hint=HINT) from error
        if scores.keys() != set(range(count)):
            raise MalformedAnswer("The reranker answered for other texts than it was given.", hint=HINT)
        return [scores[index] for index in range(count)]

    def _by_index(self, answer: Any) -> dict[int, float]:
        rows, name = (answer, "score") if self._api == "tei" else (answer["results"], "relevance_score")
        return {_index(row): _score(row[name]) for row in rows}


def _index(row: Mapping[str, Any]) -> int:
    index = row["index"]
    if type(index) is not int:
        raise ValueError("no index")
    return index


def _score(value: Any) -> float:
    score = float(value)
    if not math.isfinite(score):
        raise ValueError("no score")
    return score
