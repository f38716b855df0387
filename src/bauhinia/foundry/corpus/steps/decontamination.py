"""Rows that hold a piece of an evaluation set are turned away.

datatrove's own indexer needs lighteval and a word splitter with models; its filter compares words of one
script. `overlap.py` says what is compared here.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

from datatrove.data import Document
from datatrove.pipeline.filters.base_filter import BaseFilter
from datatrove.pipeline.writers.disk_base import DiskWriter

from ..evaluation_texts import evaluation_texts
from ..overlap import Index


@lru_cache(maxsize=2)
def evaluation_index(files: tuple[Path, ...]) -> Index:
    """The index over every evaluation set, made once a process."""
    return Index(evaluation_texts(files))


class Decontaminated(BaseFilter):
    """Turns away rows with a piece of an evaluation set in them."""

    name = "Decontaminated"

    def __init__(self, files: tuple[Path, ...], exclusion_writer: DiskWriter) -> None:
        super().__init__(exclusion_writer)
        self._files = files

    def filter(self, doc: Document) -> Literal[True] | tuple[Literal[False], str]:
        """`evaluation_leak`; the set and the words go with the row."""
        found = evaluation_index(self._files).find(doc.text)
        if found is None:
            return True
        doc.metadata["leaked"] = {"set": found.set, "words": found.words}
        return False, "evaluation_leak"
