"""The translation memory: a look-up at 1 000 000 segments, in ms, beside an exact-only look-up and a scan.

    python bench/memory.py [--segments N] [--look-ups N]

The segments are made here, from word lists with the frequencies of a natural text (Zipf) and, for two in ten,
from the standing sentences of a department's papers, which share most of their words. Half of the look-ups
are of segments in the memory with words replaced, taken out or put in; the others are new. `found` is how
often the best match that a full comparison finds is found, or one as good.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

import orjson
from psycopg import AsyncConnection
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from bauhinia.language import Term, Termbase, Variety
from bauhinia.settings import Settings
from bauhinia.store import Connection, Database
from bauhinia.translation.matching import shape
from bauhinia.translation.memory import LEAST, Memory, Segment, row_of
from report import record

COLUMNS = (
    "department", "to_language", "source", "target", "before", "after", "source_key", "shape", "grams",
    "origin", "confirmed_by", "at", "props",
)  # fmt: skip
COMMON_WORDS = (
    "the of to and in for a is be on will that with by are as from has or this have at it its which not been "
    "under more also should their may other any such all out up new about were was than"
)
STANDING = (
    "The {0} will {1} the {2} of the {3} in {4}.",
    "As at {4}, the {0} had received {5} applications for {2} under the {3}.",
    "The {0} has set aside HK${5} million to {1} the {3} and its {2}.",
    "Members are invited to note the progress of the {2} in paragraph {5} of the paper by the {0}.",
    "The {0} consulted the {3} on the {2} in {4} and received {5} submissions.",
)
VERBS = ("improve", "review", "extend", "replace", "repair", "assess", "strengthen", "monitor", "promote")
CHINESE = (
    "的在和及為會將有於以上中下就已不人年區工作服務政府市民部門計劃有關"
    "提供進行公司安全設施申請管理發展環境社會香港委員政策措施"
)


def main() -> None:
    """Measure and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--segments", type=int, default=1_000_000)
    parser.add_argument("--look-ups", type=int, default=300)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bauhinia-") as folder:
        asyncio.run(measure(Settings(data_folder=Path(folder) / "data"), options.segments, options.look_ups))


async def measure(settings: Settings, segments: int, look_ups: int) -> None:
    """Build the memory once, ask it, and record."""
    chance = random.Random(3)
    async with Database.open(settings) as database:
        start = time.perf_counter()
        forms = await build(database, made(chance, segments))
        print(f"built in {time.perf_counter() - start:.0f} s", flush=True)
        asked = [question(chance, *chance.choice(forms)) for _ in range(look_ups)]
        memory = Memory(database)
        await timed(memory, asked[:20])
        times, found = await timed(memory, asked)
        exact = statistics.median([await exact_only(database, source) for source, _ in asked[:100]])
        scan = statistics.median([await scanned(database, source) for source, _ in asked[:3]])
    percentiles = statistics.quantiles(times, n=20)
    beside = {
        "p50": statistics.median(times),
        "worst": max(times),
        "exact look-up only": exact,
        "plain scan (LIKE)": scan,
        "segments": float(segments),
    }
    record("tm.lookup_ms", percentiles[18], "ms (p95)", beside=beside, target="<= 20")
    record("tm.best_match_found", 100 * recall(asked, found, forms), "%", target=">= 95 %")


def made(chance: random.Random, count: int) -> Iterator[tuple[str, Variety]]:
    """Sources with the language to translate them into: seven in ten are English."""
    terms = Termbase.load().terms
    english, chinese = english_words(chance), chinese_characters(chance, terms)
    for number in range(count):
        kind = number % 10
        if kind < 2:
            yield standing(chance, terms), Variety.TRADITIONAL
        elif kind < 7:
            words = english.draw(chance, chance.randint(6, 32))
            yield f"{' '.join(words).capitalize()}.", Variety.TRADITIONAL
        else:
            yield "".join(chinese.draw(chance, chance.randint(5, 28))) + "。", Variety.ENGLISH


class Zipf:
    """Words drawn by their rank, as in a natural text."""

    def __init__(self, words: list[str]) -> None:
        self.words = words
        self.weights = list(accumulate(1 / (rank + 2.7) for rank in range(len(words))))

    def draw(self, chance: random.Random, count: int) -> list[str]:
        return chance.choices(self.words, cum_weights=self.weights, k=count)


def english_words(chance: random.Random) -> Zipf:
    """Common words first, then the words of our own papers, then 20 000 that look like words."""
    common = COMMON_WORDS.split()
    papers = " ".join(
        path.read_text() for path in sorted((Path(__file__).parent.parent / "docs").glob("*.md"))
    )
    ours = sorted(
        {word.lower() for word in papers.split() if word.isalpha() and word.isascii()} - set(common)
    )
    chance.shuffle(ours)
    syllables = [one + other for one in "bcdfglmnprstvw" for other in ("a", "e", "i", "o", "en", "or", "an")]
    strange = ["".join(chance.choices(syllables, k=chance.randint(2, 4))) for _ in range(20_000)]
    return Zipf([*common, *ours, *strange])


def chinese_characters(chance: random.Random, terms: tuple[Term, ...]) -> Zipf:
    """Words of the termbase and pairs of characters, the frequent ones first."""
    others = [chr(code) for code in range(0x4E00, 0x4E00 + 3_000)]
    pairs = ["".join(chance.choices(others, k=2)) for _ in range(8_000)]
    return Zipf([*CHINESE, *(term.zh for term in terms), *pairs])


def standing(chance: random.Random, terms: tuple[Term, ...]) -> str:
    """A standing sentence of a paper, filled with terms and figures."""
    body, topic, scheme = (term.en for term in chance.sample(terms, 3))
    month = f"{chance.choice(('March', 'June', 'October'))} {chance.randint(2010, 2026)}"
    number = f"{chance.randint(2, 9_999):,}"
    return chance.choice(STANDING).format(body, chance.choice(VERBS), topic, scheme, month, number)


async def build(database: Database, sources: Iterator[tuple[str, Variety]]) -> list[tuple[str, Variety]]:
    """The segments in the database, put there by COPY with the two large indexes made after it."""
    kept: dict[str, Variety] = {}
    async with database.maintenance() as connection:
        await connection.execute("DROP INDEX memory_grams, memory_shape")
        copying = f"COPY memory ({', '.join(COLUMNS)}) FROM STDIN"
        async with connection.cursor().copy(copying) as copy:  # type: ignore[arg-type]
            for source, to in sources:
                if source not in kept:
                    kept[source] = to
                    row = row_of(Segment(source=source, target=f"（{source}）", to=to, origin="bench"))
                    row["props"] = orjson.dumps(row["props"]).decode()
                    await copy.write_row([row[column] for column in COLUMNS])
        await index(connection)
    async with await AsyncConnection.connect(database.url, autocommit=True) as owner:
        await owner.execute("VACUUM ANALYZE memory")
    return list(kept.items())


async def index(connection: Connection) -> None:
    """The indexes that the migration makes."""
    await connection.execute("SET maintenance_work_mem = '1GB'")
    await connection.execute("CREATE INDEX memory_shape ON memory (shape_key)")
    await connection.execute("CREATE INDEX memory_grams ON memory USING gin (grams) WITH (fastupdate = off)")


def question(chance: random.Random, source: str, to: Variety) -> tuple[str, Variety]:
    """A segment to look up: of one in the memory with up to a fifth of its words changed; or another."""
    chinese = to is Variety.ENGLISH
    words = list(source) if chinese else source.split()
    if chance.random() < 0.5:
        chance.shuffle(words)
    for _ in range(chance.randint(0, len(words) // 5)):
        place = chance.randrange(len(words))
        words[place] = chance.choice(("", words[place] * 2, chance.choice("新舊大小" if chinese else VERBS)))
    return ("" if chinese else " ").join(filter(None, words)), to


async def timed(memory: Memory, asked: list[tuple[str, Variety]]) -> tuple[list[float], list[int]]:
    """Milliseconds of each look-up, and its best score (0: none)."""
    times, scores = [], []
    for source, to in asked:
        start = time.perf_counter()
        matches = await memory.look_up(source, to)
        times.append(1000 * (time.perf_counter() - start))
        scores.append(matches[0].score if matches else 0)
    return times, scores


async def exact_only(database: Database, source: str) -> float:
    """Milliseconds to find the same text by its key: the floor."""
    start = time.perf_counter()
    async with database.connection() as connection:
        await connection.execute("SELECT target FROM memory WHERE source_key = md5(%s)::uuid", (source,))
    return 1000 * (time.perf_counter() - start)


async def scanned(database: Database, source: str) -> float:
    """Milliseconds of a scan for segments with the same words at the middle."""
    middle = source[len(source) // 3 : 2 * len(source) // 3].replace("%", "")
    start = time.perf_counter()
    async with database.connection() as connection:
        await connection.execute("SELECT id FROM memory WHERE source LIKE %s", (f"%{middle}%",))
    return 1000 * (time.perf_counter() - start)


def recall(asked: list[tuple[str, Variety]], found: list[int], forms: list[tuple[str, Variety]]) -> float:
    """Of the look-ups for which a comparison with every segment finds a match, the share that found one as
    good, to within the three points that figures, tags and marks may cost."""
    shapes = {to: [shape(source) for source, of in forms if of is to] for to in {of for _, of in forms}}
    met = total = 0
    for (source, to), score in list(zip(asked, found, strict=True))[:100]:
        best = process.extractOne(shape(source), shapes[to], scorer=Levenshtein.normalized_similarity)
        if best is not None and 100 * best[1] >= LEAST:
            total += 1
            met += score >= int(100 * best[1]) - 3
    return met / max(total, 1)


if __name__ == "__main__":
    main()
