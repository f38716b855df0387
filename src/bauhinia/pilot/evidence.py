"""Tie a statement to the places in the sources that bear it out, by program.

The model is not asked where it read something: a small model's citations are invented as easily as its facts.
Instead each statement is matched with the sources' sentences. It is supported when

1. every figure in it (number, date, amount, reference) occurs in the cited sentences,
2. every name in it occurs there,
3. it does not deny what they say, nor turn a rise into a fall, and
4. its meaning is near theirs: by embeddings, and in the same language by at least half of its words, since an
   embedding of Chinese sentences puts “will build a swimming pool” near “will open a shelter”.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..documents import Anchor, Block, Document
from ..language import (
    compare_figures,
    detect,
    figures,
    names,
    same_name,
    split_sentences,
    to_traditional,
    words,
)
from .draft import Citation
from .polarity import contradicts

Embed = Callable[[Sequence[str], str], Awaitable[list[list[float]]]]
Verdict = Literal["ok", "figures", "names", "polarity", "meaning"]

CANDIDATES = 8
"""Sentences whose meaning is compared, after the words have chosen them."""
MOST_CITATIONS = 3
NEAR_ACROSS = 0.78
"""The same across languages, for a statement whose figures were all found: there embeddings tell less
apart (0.79 to 0.87 for true statements of our sets, 0.78 to 0.83 for invented ones), and figures more."""
SHARED = 0.5
"""Least share of a statement's words, weighted by rarity, that its cited sentences hold."""
NEAR = 0.83
"""Least cosine similarity of a supported statement. multilingual-e5-small rarely gives less than 0.70 to any
two sentences; on our sets, statements and their own sources stand above 0.85, strangers below 0.82."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One sentence of a source."""

    document: str
    block: str
    page: int | None
    start: int
    end: int
    text: str
    context: str
    """What the meaning is judged by: for a table cell its whole row, else the sentence."""
    folded: str
    """The sentence in Traditional script, since a source may be in the other one."""

    def citation(self, support: float) -> Citation:
        """This place, as a citation."""
        anchor = Anchor(block=self.block, start=self.start, end=self.end, page=self.page)
        return Citation(document=self.document, anchor=anchor, quote=self.text, support=round(support, 3))


@dataclass(frozen=True, slots=True, kw_only=True)
class Support:
    """What the sources say of a statement."""

    verdict: Verdict
    citations: tuple[Citation, ...]
    nearness: float
    missing: tuple[str, ...] = ()
    """Figures or names of the statement that the cited places do not hold."""


class Evidence:
    """The sentences of the sources, ready to be matched. Vectors are computed once, when first needed."""

    def __init__(self, documents: Mapping[str, Document], embed: Embed) -> None:
        self.units = [unit for key, document in documents.items() for unit in _units(key, document)]
        self._embed = embed
        self._words = [Counter(words(unit.folded)) for unit in self.units]
        self._weights = _rarity(self._words)
        self._strangest = log(1 + len(self.units))
        self._vectors: dict[int, NDArray[np.float32]] = {}

    def of_blocks(self, places: Iterable[tuple[str, str]]) -> list[int]:
        """Numbers of the units in these (document, block) places."""
        wanted = set(places)
        return [i for i, unit in enumerate(self.units) if (unit.document, unit.block) in wanted]

    async def support(
        self, statement: str, within: Sequence[int] | None = None, *, asked: str = ""
    ) -> Support:
        """Find where the sources bear this statement out, among the units `within` or all.

        `asked` is the question that the statement answers: “HK$3,000.” means little by itself.
        """
        statement, asked = to_traditional(statement), to_traditional(asked)
        pool = list(range(len(self.units))) if within is None else list(within)
        if not pool:
            return Support(verdict="meaning", citations=(), nearness=0.0)
        ranked = await self._nearest(f"{asked} {statement}".strip(), pool)
        chosen = self._cover(statement, [index for index, _ in ranked], pool)
        nearness = dict(ranked)
        best = max((nearness.get(index, 0.0) for index in chosen), default=0.0)
        citations = tuple(self.units[index].citation(nearness.get(index, best)) for index in chosen)
        return self._judge(statement, asked, chosen, citations, best)

    async def nearest(self, query: str, count: int) -> list[tuple[int, float]]:
        """The units nearest in meaning to a question, by embeddings and words together, best first."""
        pool = list(range(len(self.units)))
        vectors = await self._unit_vectors(pool)
        asked = np.asarray((await self._embed([query], "query"))[0], dtype=np.float32)
        by_meaning = vectors @ asked
        wanted = Counter(words(to_traditional(query)))
        by_words = np.asarray([self._overlap(wanted, index) for index in pool])
        scores = by_meaning + 0.15 * by_words
        order = np.argsort(-scores)[:count]
        return [(int(index), float(by_meaning[index])) for index in order]

    async def _nearest(self, statement: str, pool: Sequence[int]) -> list[tuple[int, float]]:
        asked = Counter(words(statement))
        by_words = sorted(pool, key=lambda index: -self._overlap(asked, index))
        same_tongue = _same_tongue(statement, self.units[pool[0]].text)
        candidates = by_words[:CANDIDATES] if same_tongue else list(pool)
        vectors = await self._unit_vectors(candidates)
        stated = np.asarray((await self._embed([statement], "passage"))[0], dtype=np.float32)
        scores = vectors @ stated
        ranked = sorted(zip(candidates, scores.tolist(), strict=True), key=lambda pair: -pair[1])
        return ranked[:CANDIDATES]

    def _cover(self, statement: str, ranked: Sequence[int], pool: Sequence[int]) -> list[int]:
        """The nearest unit, then as few others as hold the figures and names that are still missing."""
        chosen = list(ranked[:1])
        others = [*ranked[1:], *(index for index in pool if index not in ranked)]
        missing = self._missing(statement, chosen)
        for index in others:
            if not missing or len(chosen) == MOST_CITATIONS:
                break
            left = self._missing(statement, [*chosen, index])
            if len(left) < len(missing):
                chosen.append(index)
                missing = left
        return chosen

    def _missing(self, statement: str, chosen: Sequence[int]) -> list[str]:
        """Figures and names of the statement that the chosen units do not hold."""
        text = "\n".join(self.units[index].folded for index in chosen)
        return [*missing_figures(statement, text), *missing_names(statement, text)]

    def _judge(
        self,
        statement: str,
        asked: str,
        chosen: Sequence[int],
        citations: tuple[Citation, ...],
        nearness: float,
    ) -> Support:
        text = "\n".join(self.units[index].folded for index in chosen)
        verdict: Verdict = "ok"
        missing: tuple[str, ...] = ()
        if absent := missing_figures(statement, text):
            verdict, missing = "figures", tuple(absent)
        elif absent := missing_names(statement, text):
            verdict, missing = "names", tuple(absent)
        elif contradicts(statement, text):
            verdict = "polarity"
        elif nearness < _least(statement, text) or self._shared(statement, asked, chosen) < SHARED:
            verdict = "meaning"
        return Support(verdict=verdict, citations=citations, nearness=nearness, missing=missing)

    def _overlap(self, asked: Counter[str], index: int) -> float:
        """Share of the asked words, weighted by rarity, that this unit holds; 0 to 1."""
        total = sum(self._weights.get(word, 0.0) for word in asked)
        held = sum(self._weights.get(word, 0.0) for word in asked if word in self._words[index])
        return held / total if total else 0.0

    def _shared(self, statement: str, asked: str, chosen: Sequence[int]) -> float:
        """Share of the statement's words, those of the question left aside, that the chosen units hold.

        Figures are checked by their values, and a single Chinese character says too little. Across
        languages nothing can be said of words: 1.
        """
        context = to_traditional(" ".join(self.units[index].context for index in chosen))
        if not _same_tongue(statement, context):
            return 1.0
        held = set(words(context))
        known = set(words(asked))
        stated = [w for w in words(statement) if len(w) > 1 and not w[0].isdigit() and w not in known]
        weights = [self._weights.get(word, self._strangest) for word in stated]
        total = sum(weights)
        found = sum(weight for word, weight in zip(stated, weights, strict=True) if word in held)
        return found / total if total else 1.0

    async def _unit_vectors(self, indices: Sequence[int]) -> NDArray[np.float32]:
        """Shape (len(indices), dimensions)."""
        absent = [index for index in indices if index not in self._vectors]
        if absent:
            vectors = await self._embed([self.units[index].context for index in absent], "passage")
            for index, vector in zip(absent, vectors, strict=True):
                self._vectors[index] = np.asarray(vector, dtype=np.float32)
        return np.stack([self._vectors[index] for index in indices])


def _least(statement: str, source: str) -> float:
    """How near in meaning a statement must be whose figures and names the source holds."""
    across = not _same_tongue(statement, source)
    return NEAR_ACROSS if across and figures(statement) else NEAR


def missing_figures(statement: str, source: str) -> list[str]:
    """The statement's figures that the source does not hold, as they are written in the statement."""
    return [figure.text for figure in compare_figures(statement, source).missing]


def missing_names(statement: str, source: str) -> list[str]:
    """The statement's names that the source does not hold, where the two are in one language.

    Across languages most names are written in words that no table knows; they are left to their meaning.
    """
    if not _same_tongue(statement, source):
        return []
    held = names(source)
    return [name for name in names(statement) if not _is_named(name, source, held, statement)]


def _is_named(name: str, source: str, held: Sequence[str], statement: str) -> bool:
    """Whether the source holds the name; at a statement's start, its first word may be no part of it."""
    name = re.sub(r"['’]s$", "", name)
    forms = [name]
    if statement.startswith(name) and " " in name:
        forms.append(name.split(" ", 1)[1])
    folded = source.casefold()
    return any(form.casefold() in folded or any(same_name(form, other) for other in held) for form in forms)


def _same_tongue(one: str, other: str) -> bool:
    return detect(one).variety.is_chinese == detect(other).variety.is_chinese


def _units(key: str, document: Document) -> list[Unit]:
    rows = _rows(document.blocks)
    units = []
    for block in document.blocks:
        if block.kind in ("header", "footer"):
            continue
        row = rows.get((block.cell.table, block.cell.row)) if block.cell else None
        for start, end in split_sentences(block.text):
            text = block.text[start:end].strip()
            if not text:
                continue
            first = block.text.index(text, start)
            units.append(
                Unit(
                    document=key,
                    block=block.id,
                    page=block.page,
                    start=first,
                    end=first + len(text),
                    text=text,
                    context=row or text,
                    folded=to_traditional(text),
                )
            )
    return units


def _rows(blocks: Sequence[Block]) -> dict[tuple[int, int], str]:
    """The text of each table row, by (table, row)."""
    rows: dict[tuple[int, int], list[str]] = {}
    for block in blocks:
        if block.cell:
            rows.setdefault((block.cell.table, block.cell.row), []).append(block.text)
    return {place: " | ".join(cells) for place, cells in rows.items()}


def _rarity(bags: Sequence[Counter[str]]) -> dict[str, float]:
    """Inverse document frequency of every word."""
    seen = Counter(word for bag in bags for word in bag)
    return {word: log(1 + len(bags) / count) for word, count in seen.items()}
