"""A library of many passages made around real ones, shared among departments by Zipf's law."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

from bauhinia.documents import read_document
from bauhinia.knowledge import Cut, cut
from bauhinia.knowledge.tokens import dense, sparse, weights
from bauhinia.models import Embedder
from bauhinia.people import Officer
from bauhinia.settings import Limits
from bauhinia.store import Connection, Database

DEPARTMENTS = 70
NOISE = 0.3
"""Length of the noise added to a unit vector: what comes of it has a cosine of 0.96 with the real one."""
BATCH = 2_000
A_DOCUMENT = 20
"""Passages of a document."""
_SENTENCE = re.compile(r"[^.。!?！？\n]+[.。!?！？\n]*\s*")
_COLUMNS = (
    "department", "collection", "document", "ordinal", "headings", "anchors", "text", "variety", "keys",
    "weights", "embedding",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Made:
    """Whose the passages are."""

    officers: tuple[Officer, ...]
    sizes: tuple[int, ...]
    """Passages of each officer's department."""

    def askers(self, count: int) -> list[Officer]:
        """Officers who search, those of large departments more often; the same ones each time."""
        return random.Random(5).choices(self.officers, self.sizes, k=count)


async def fill(database: Database, files: Mapping[str, bytes], embedder: Embedder, passages: int) -> Made:
    """Put so many passages into an empty library, its two large indexes made after them."""
    real = [part for name, data in files.items() for part in cut(await read_document(data, name, Limits()))]
    vectors = np.array(await embedder.embed([part.context for part in real], "passage"), np.float32)
    sizes = shares(passages, DEPARTMENTS)
    departments = [f"dept{place:02}" for place in range(DEPARTMENTS)]
    async with database.maintenance() as connection:
        indexes = await dropped(connection)
        for department, size in zip(departments, sizes, strict=True):
            chance = random.Random(department)
            await _collection(connection, department, size, getattr(embedder, "model", "embedder"))
            for start in range(0, size, BATCH):
                rows = made(chance, real, vectors, department, range(start, min(size, start + BATCH)))
                await _copy(connection, rows)
        await connection.execute("SET maintenance_work_mem = '1GB'")
        for definition in indexes:
            await connection.execute(definition.encode())
    async with await AsyncConnection.connect(database.url, autocommit=True) as owner:
        await owner.execute("VACUUM ANALYZE knowledge_passages")
        await owner.execute("VACUUM ANALYZE knowledge_words")
    officers = tuple(Officer(id=f"of-{key}", department=key, name=key) for key in departments)
    return Made(officers, tuple(sizes))


def shares(total: int, parts: int) -> list[int]:
    """A total divided by Zipf's law: the second part is half of the first, the third a third."""
    whole = sum(1 / (place + 1) for place in range(parts))
    sizes = [int(total / (place + 1) / whole) for place in range(parts)]
    sizes[0] += total - sum(sizes)
    return sizes


async def dropped(connection: Connection) -> list[str]:
    """Drop the indexes of words and vectors; their definitions, to make them again."""
    cursor = await connection.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'knowledge_passages' "
        "AND indexdef ~ 'USING (gin|hnsw)'"
    )
    found = await cursor.fetchall()
    assert found
    for name, _ in found:
        await connection.execute(f"DROP INDEX {name}".encode())
    return [definition for _, definition in found]


async def _collection(connection: Connection, department: str, size: int, embedder: str) -> None:
    await connection.execute(
        "INSERT INTO knowledge_collections (id, department, name) VALUES (%s, %s, 'All')",
        (department, department),
    )
    await connection.execute(
        "INSERT INTO knowledge_documents (id, department, collection, name, format, digest, bytes, document, "
        "embedder, added_by) SELECT %(department)s || '-' || n, %(department)s, %(department)s, "
        "%(department)s || '-' || n || '.md', 'markdown', md5(%(department)s || n), 1, '{}', %(embedder)s, "
        "'bench' FROM generate_series(0, %(last)s) AS n",
        {"department": department, "embedder": embedder, "last": size // A_DOCUMENT},
    )


def made(
    chance: random.Random, real: list[Cut], vectors: Any, department: str, numbers: range
) -> Iterator[list[Any]]:
    """Rows of passages, each with the words of a real one and some of another."""
    noise = np.random.default_rng(chance.getrandbits(32)).normal(size=(len(numbers), vectors.shape[1]))
    noise *= NOISE / np.linalg.norm(noise, axis=1, keepdims=True)
    for number, moved in zip(numbers, noise, strict=True):
        place = chance.randrange(len(real))
        text = mixed(chance, real[place], chance.choice(real))
        found = weights(department, text)
        vector = vectors[place] + moved
        yield [
            department, department, f"{department}-{number // A_DOCUMENT}", number % A_DOCUMENT, [],
            Jsonb([]), text, real[place].variety, list(found), sparse(found),
            dense(vector / np.linalg.norm(vector)),
        ]  # fmt: skip


def mixed(chance: random.Random, one: Cut, other: Cut) -> str:
    """The sentences of one passage and a third of another's, in a new order and with other figures."""
    sentences = _SENTENCE.findall(one.text)
    if other.variety == one.variety:
        more = _SENTENCE.findall(other.text)
        sentences += chance.sample(more, len(more) // 3)
    chance.shuffle(sentences)
    return re.sub(r"[0-9]", lambda _: str(chance.randrange(10)), "".join(sentences))


async def _copy(connection: Connection, rows: Iterator[list[Any]]) -> None:
    copying = f"COPY knowledge_passages ({', '.join(_COLUMNS)}) FROM STDIN"
    async with connection.cursor().copy(copying.encode()) as copy:
        for row in rows:
            await copy.write_row(row)
