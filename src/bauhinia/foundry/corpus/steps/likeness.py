"""Near duplicates, by datatrove's MinHash over pieces of Chinese characters and Latin words.

Figures are compared as they stand (datatrove would make every number 0): two notices that differ in a date
alone are alike, but a list of numbers is no copy of another.
"""

from __future__ import annotations

import re
from pathlib import Path

from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.dedup.minhash import (
    MinhashConfig,
    MinhashDedupBuckets,
    MinhashDedupCluster,
    MinhashDedupFilter,
    MinhashDedupSignature,
)
from datatrove.pipeline.writers.disk_base import DiskWriter
from datatrove.utils.hashing import HashConfig
from datatrove.utils.text import TextNormConfig
from datatrove.utils.word_tokenizers import WordTokenizer

from ....language import split_sentences
from ....language.scripts import HAN_RANGES
from ..config import Deduplication

_TOKEN = re.compile(rf"[{HAN_RANGES}]|[^\s{HAN_RANGES}]+")


class Characters(WordTokenizer):
    """Chinese by the character, everything else by the word: no segmenter, no model."""

    def word_tokenize(self, text: str) -> list[str]:
        """The pieces in order."""
        return _TOKEN.findall(text)

    def sent_tokenize(self, text: str) -> list[str]:
        """The sentences in order."""
        return [text[start:end].strip() for start, end in split_sentences(text)]

    def span_tokenize(self, text: str) -> list[tuple[int, int]]:
        """Where each sentence stands."""
        return [(start, end) for start, end in split_sentences(text)]


def minhash_config(given: Deduplication, seed: int) -> MinhashConfig:
    """datatrove's configuration for ours."""
    return MinhashConfig(
        n_grams=given.pieces,
        num_buckets=given.buckets,
        hashes_per_bucket=given.hashes,
        seed=seed + 1,
        norm_config=TextNormConfig(norm_numbers=False),
        # xxhash 4 takes no strings, and datatrove 0.10.1 gives it strings
        hash_config=HashConfig(hash_fc="sha1"),
    )


def signatures(folder: Path, config: MinhashConfig) -> PipelineStep:
    """First stage: what stands for each row."""
    return MinhashDedupSignature(str(folder / "signatures"), config=config, language=Characters())


def buckets(folder: Path, config: MinhashConfig) -> PipelineStep:
    """Second stage, a task a bucket: rows that share what stands for them."""
    return MinhashDedupBuckets(str(folder / "signatures"), str(folder / "buckets"), config=config)


def clusters(folder: Path, config: MinhashConfig) -> PipelineStep:
    """Third stage: which rows go."""
    return MinhashDedupCluster(str(folder / "buckets"), str(folder / "removed"), config=config)


def unlike(folder: Path, exclusion_writer: DiskWriter) -> PipelineStep:
    """Fourth stage: one row of each cluster stays."""
    return MinhashDedupFilter(str(folder / "removed"), exclusion_writer=exclusion_writer)
