"""Search: by meaning, by words, and by both, in what the acting officer may read.

The two lists are joined by reciprocal ranks (Cormack et al., 2009), with two changes that were measured.
A passage's vote by words counts as much as it holds of what was asked, so that the answer in another language
is not swamped by passages that share little; and by meaning each language is ranked against itself.
Where a reranker is set, it puts the best of the joined list into order anew.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, LiteralString

from ..documents import Anchor
from ..errors import BauhiniaError, InputError, ModelError, Refused, TooLong
from ..gateway import LOWEST, Gateway, classifications
from ..language import Termbase, detect
from ..store import Connection, Database
from .library import padded
from .passages import Passage
from .tokens import asked_tokens, dense, key_of, rarity, sparse

logger = logging.getLogger(__name__)

Mode = Literal["hybrid", "vectors", "words"]
USE = "knowledge.search"
LONGEST_QUESTION = 2_000
DEPTH = 30
"""How many passages each list gives to the fusion."""
FUSION = 5
"""RRF's k, chosen on the set's dev part: 60 is for many lists that agree little."""
CROWD = 10
"""How many of the nearest passages of a language say what is usual there."""
ACROSS = 0.005
"""What is added to the nearness of passages in another language than the question's: theirs spread less."""
FEW = 10_000
"""Passages of a department whose vectors are all compared; above it the index finds nearly all the best."""
CANDIDATES = 2_000
"""Passages that are scored by their words: those with the rarest words asked for."""
RERANKED = 30
"""How many of the fused ranking a reranker puts into order; TEI takes 32 texts at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A passage that was found."""

    passage: Passage
    score: float
    """Of one search only, before any reranker: the larger the better."""
    by_vectors: int | None
    """Its rank by meaning, from 1; None where it is not among the first."""
    by_words: int | None
    by_reranker: int | None = None
    """Its rank by the reranker, from 1; None where it was not given to one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search found."""

    hits: list[Hit]
    """Best first."""
    not_reranked: BauhiniaError | None = None
    """Why the reranker that is set did not put them into order; None where it did, or none is set."""


class Search:
    """Searches of one database."""

    def __init__(self, database: Database, gateway: Gateway) -> None:
        self._database = database
        self._gateway = gateway
        self._termbase = Termbase.load()

    async def find(
        self,
        question: str,
        *,
        collection: str | None = None,
        limit: int = 5,
        mode: Mode = "hybrid",
        classification: str = LOWEST,
    ) -> Found:
        """The passages that answer a question best; of one collection, by id, or of all.

        The classification is the question's own. A hybrid search is put into order by the reranker, where
        one is set; without its answer the order is the fusion's, and `not_reranked` says why.

        Raises InputError, the gateway's errors, StoreError.
        """
        question = question.strip()
        if not 0 < len(question) <= LONGEST_QUESTION:
            raise InputError(
                f"A question has between 1 and {LONGEST_QUESTION} characters.", hint="Ask a shorter one."
            )
        if mode != "hybrid" or not self._gateway.reranker:
            return Found(hits=await self._ranked(question, collection, limit, mode, classification))
        hits = await self._ranked(question, collection, max(RERANKED, limit), mode, classification)
        found = await self._reranked(question, hits, classification)
        return replace(found, hits=found.hits[:limit])

    async def asked_for(self, question: str) -> frozenset[str]:
        """The words that a question looks for, as `marking` finds them."""
        return frozenset(await self._wanted(question))

    async def _ranked(
        self, question: str, collection: str | None, limit: int, mode: Mode, classification: str
    ) -> list[Hit]:
        """The hits, best first, before any reranker."""
        most = max(DEPTH, limit)
        worded, vector = await asyncio.gather(
            self._worded(question, collection, most) if mode != "vectors" else _nothing(),
            self._vector(question, classification) if mode != "words" else _nothing(),
        )
        async with self._database.connection() as connection:
            near: Ranked = []
            if mode != "words":
                index = await _Index.of(connection, collection, most)
                near = await index.near(vector, question, self._gateway.embedder)
            scores = _fused(near, worded) if mode == "hybrid" else dict(near or worded)
            best = sorted(scores, key=lambda key: (-scores[key], key))[:limit]
            passages = await _passages(connection, best)
        return [
            Hit(
                passage=passages[key],
                score=scores[key],
                by_vectors=_rank(key, near),
                by_words=_rank(key, worded),
            )
            for key in best
            if key in passages
        ]

    async def _reranked(self, question: str, hits: list[Hit], classification: str) -> Found:
        """The first `RERANKED` hits in the reranker's order; all as they are where it gives none.

        It may be away, slow or overrun, or may not see so high: a search is worth having all the same.
        """
        given = hits[:RERANKED]
        if len(given) < 2:
            return Found(hits=hits)
        try:
            scores = await self._gateway.rerank(
                question,
                [hit.passage.context for hit in given],
                officer=self._gateway.officer,
                use=USE,
                classification=classifications().highest(
                    [classification, *(hit.passage.classification for hit in given)]
                ),
            )
        except (ModelError, Refused, TooLong) as error:
            logger.warning("a search was not reranked: %s", error.code)
            return Found(hits=hits, not_reranked=error)
        order = sorted(range(len(given)), key=lambda place: (-scores[place], place))
        best = [replace(given[place], by_reranker=rank) for rank, place in enumerate(order, 1)]
        return Found(hits=best + hits[RERANKED:])

    async def _vector(self, question: str, classification: str) -> list[float]:
        vectors = await self._gateway.embed(
            [question], "query", officer=self._gateway.officer, use=USE, classification=classification
        )
        return padded(vectors[0])

    async def _worded(self, question: str, collection: str | None, most: int) -> Ranked:
        """By words, in a transaction of its own, while the question is being embedded."""
        wanted = await self._wanted(question)
        async with self._database.connection() as connection:
            index = await _Index.of(connection, collection, most, list(wanted))
            return await index.with_words(wanted)

    async def _wanted(self, question: str) -> dict[str, float]:
        return await asyncio.to_thread(asked_tokens, question, self._termbase)


Ranked = list[tuple[int, float]]
"""Passages' ids with their scores, best first."""


class _Index:
    """The index as one transaction sees it."""

    def __init__(
        self,
        connection: Connection,
        collection: str | None,
        most: int,
        department: str,
        holding: dict[int, int],
    ) -> None:
        self._connection = connection
        self._collection = collection
        self._most = most
        self._department = department
        self._holding = holding
        """In how many passages of the department each word is, by key; key 0 counts all passages."""

    @classmethod
    async def of(
        cls, connection: Connection, collection: str | None, most: int, wanted: Sequence[str] = ()
    ) -> _Index:
        """The index, with how frequent the words asked for are."""
        cursor = await connection.execute("SELECT acting_department()")
        department = str((await cursor.fetchone() or ("",))[0] or "")
        keys = [0, *(key_of(department, word) for word in wanted)]
        cursor = await connection.execute(
            "SELECT key, passages FROM knowledge_words WHERE department = %s AND key = ANY (%s)",
            (department, keys),
        )
        return cls(connection, collection, most, department, dict(await cursor.fetchall()))

    async def near(self, vector: Sequence[float], question: str, embedder: str) -> Ranked:
        """By meaning, each passage by how far it stands out among the nearest of its own language.

        Raises InputError where documents were embedded by another embedder: their vectors say nothing.
        """
        await self._check_embedder(embedder)
        few = self._holding.get(0, 0) <= FEW
        rows = await self._rows(
            "SELECT passage, nearness, in_chinese FROM knowledge_near(%s::halfvec, %s, %s, %s)",
            (dense(vector), self._collection, few, self._most),
        )
        asked_in_chinese = detect(question).variety.is_chinese
        hits: list[tuple[int, float]] = []
        for chinese in (True, False):
            bonus = 0.0 if chinese is asked_in_chinese else ACROSS
            found = [(row[0], row[1]) for row in rows if row[2] is chinese]
            hits += _standing_out(found, bonus)
        return _best(hits)[: self._most]

    async def with_words(self, wanted: Mapping[str, float]) -> Ranked:
        """By BM25, as a share of all that is asked for, in the passages with the rarest words."""
        of = self._holding.get(0, 0)
        keyed = {key_of(self._department, word): counts for word, counts in wanted.items()}
        held = {key: n for key in keyed if (n := self._holding.get(key))}
        if not held:
            return []
        worth = {key: keyed[key] * rarity(n, of) for key, n in held.items()}
        rows = await self._rows(
            "SELECT passage, score FROM knowledge_with_words(%s, %s::sparsevec, %s, %s)",
            (_rarest(held), sparse(worth), self._collection, self._most),
        )
        asked = sum(counts * rarity(self._holding.get(key, 0), of) for key, counts in keyed.items())
        return [(key, score / asked) for key, score in rows]

    async def _check_embedder(self, embedder: str) -> None:
        cursor = await self._connection.execute(
            "SELECT embedder FROM knowledge_documents WHERE embedder <> %s AND department = %s "
            "AND (%s::text IS NULL OR collection = %s) LIMIT 1",
            (embedder, self._department, self._collection, self._collection),
        )
        if (row := await cursor.fetchone()) is not None:
            raise InputError(
                f"Documents of the library were embedded by {row[0]}; the embedder is now {embedder}.",
                hint="Search by words alone, or remove those documents and add them again.",
            )

    async def _rows(self, statement: LiteralString, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        cursor = await self._connection.execute(statement, values)
        return await cursor.fetchall()


def _best(hits: Sequence[tuple[int, float]]) -> Ranked:
    return sorted(hits, key=lambda hit: (-hit[1], hit[0]))


def _standing_out(hits: Sequence[tuple[int, float]], bonus: float) -> Ranked:
    """Nearness beyond that of the usual passage of `CROWD`.

    multilingual-e5 puts every passage of the question's own language before the first of another: an English
    question would find no Chinese answer.
    """
    ranked = _best(hits)
    crowd = [near for _, near in ranked[:CROWD]]
    usual = sum(crowd) / len(crowd) if crowd else 0.0
    return [(key, near - usual + bonus) for key, near in ranked]


async def _nothing() -> list[Any]:
    return []


def _rarest(held: Mapping[int, int]) -> list[int]:
    """The rarest words, as many as `CANDIDATES` passages have together, one at least."""
    chosen: list[int] = []
    seen = 0
    for key, holding in sorted(held.items(), key=lambda pair: (pair[1], pair[0])):
        seen += holding
        if chosen and seen > CANDIDATES:
            break
        chosen.append(key)
    return chosen


def _fused(near: Ranked, worded: Ranked) -> dict[int, float]:
    scores = {key: 1 / (FUSION + rank) for rank, (key, _) in enumerate(near, 1)}
    for rank, (key, share) in enumerate(worded, 1):
        scores[key] = scores.get(key, 0.0) + min(1.0, share) / (FUSION + rank)
    return scores


def _rank(key: int, ranked: Ranked) -> int | None:
    return next((rank for rank, (each, _) in enumerate(ranked, 1) if each == key), None)


async def _passages(connection: Connection, keys: Sequence[int]) -> dict[int, Passage]:
    """Read within the officer's walls, whatever the index gave."""
    cursor = await connection.execute(
        "SELECT p.id, p.document, kept.name, p.ordinal, p.page, p.headings, p.anchors, p.text, p.variety, "
        "kept.classification "
        "FROM knowledge_passages AS p JOIN knowledge_documents AS kept ON kept.id = p.document "
        "WHERE p.id = ANY (%s)",
        (list(keys),),
    )
    return {row[0]: _passage(row) for row in await cursor.fetchall()}


def _passage(row: tuple[Any, ...]) -> Passage:
    return Passage(
        id=row[0],
        document=row[1],
        name=row[2],
        ordinal=row[3],
        page=row[4],
        headings=tuple(row[5]),
        anchors=tuple(Anchor(block=b, start=s, end=e, page=p) for b, s, e, p in row[6]),
        text=row[7],
        variety=row[8],
        classification=row[9],
    )
