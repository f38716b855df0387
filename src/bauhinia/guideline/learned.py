"""The screen of requests by meaning: a linear model over the built-in embedder's vectors.

What the words of the policy do not name, a request's meaning may show. Trained by `scripts/train_screen.py`
on our own set; the classes are the policy's.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files

import numpy as np

SUSPECTED = 0.5
"""More likely unlawful than not."""


class Learned:
    """Weights of each class, the lawful first."""

    def __init__(
        self,
        classes: Sequence[str],
        weights: Sequence[Sequence[float]],
        bias: Sequence[float],
        bar: float,
        embedder: str,
    ) -> None:
        self.embedder = embedder
        """The embedder whose vectors it reads."""
        self._classes = tuple(classes)
        self._weights = np.asarray(weights, dtype=np.float32)
        self._bias = np.asarray(bias, dtype=np.float32)
        self.bar = bar
        """The chance of being unlawful from which a request is refused, 0 to 1."""

    def judged(self, vector: Sequence[float], *, suspected: bool = False) -> str:
        """The class that a request with this vector (a query's, of length 1) is of; empty for a lawful
        one. For one whose words are suspect already, less is enough."""
        scores = self._weights @ np.asarray(vector, dtype=np.float32) + self._bias
        powers = np.exp(scores - scores.max())
        if 1 - powers[0] / powers.sum() <= (SUSPECTED if suspected else self.bar):
            return ""
        return self._classes[1 + int(powers[1:].argmax())]


@lru_cache(maxsize=4)
def learned(region: str = "hk") -> Learned:
    """The weights of a region."""
    read = json.loads(files(__package__).joinpath(f"policies/{region}_learned.json").read_text("utf-8"))
    return Learned(read["classes"], read["weights"], read["bias"], read["bar"], read["embedder"])
