"""Rows from sources into the pipeline, from one stage's files into the next, and out of it."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from datatrove.data import Document
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.writers.jsonl import JsonlWriter

from ....privacy import Pseudonyms
from ..config import CorpusConfig
from ..rows import SetDigest, line, read_lines, whole
from ..sources import Shard, read_shard

_SHOWN = 300
_HIDDEN_BEFORE = frozenset({"readable", "tidy", "decontaminated", "script", "language", "personal"})
"""Steps whose rejected rows still have personal data in them."""
_NEVER_SHOWN = frozenset({"allowed"})
"""Of what was withdrawn, opted out or has no licence, no copy is kept."""


class Reading(PipelineStep):
    """The rows of one task's shards; how many there were and their digest are written when all are read."""

    type = "READER"
    name = "Corpus sources"

    def __init__(self, tasks: Sequence[Sequence[Shard]], config: CorpusConfig, tally: Path) -> None:
        super().__init__()
        self._tasks = tasks
        self._config = config
        self._tally = tally

    def run(
        self, data: Iterator[Document] | None = None, rank: int = 0, world_size: int = 1
    ) -> Iterator[Document]:
        """Every row, those that could not be read among them."""
        del data, world_size
        counts: Counter[str] = Counter()
        digests: defaultdict[str, SetDigest] = defaultdict(SetDigest)
        for shard in self._tasks[rank]:
            for row in read_shard(shard, self._config):
                name = row.metadata["source"]
                counts[name] += 1
                digests[name].add(row.text.encode("utf-8", "surrogatepass"))
                self.stat_update("rows")
                yield row
        said = {name: {"rows": counts[name], "digest": str(digests[name])} for name in counts}
        with whole(self._tally / f"{rank:05d}.json") as part:
            part.write_bytes(line(said))


class Handed(PipelineStep):
    """The rows that the same task of an earlier stage wrote."""

    type = "READER"
    name = "Rows of the stage before"

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def run(
        self, data: Iterator[Document] | None = None, rank: int = 0, world_size: int = 1
    ) -> Iterator[Document]:
        """In the order in which they were written."""
        del data, world_size
        yield from handed(self._folder, rank)


def handed(folder: Path, rank: int) -> Iterator[Document]:
    """The rows that a task wrote; none where it wrote no file."""
    file = folder / f"{rank:05d}.jsonl"
    if file.is_file():
        for row in read_lines(file):
            yield Document(text=row["text"], id=row["id"], metadata=row["metadata"])


def writer(folder: Path) -> JsonlWriter:
    """Writes whole rows, a file a task."""
    return JsonlWriter(str(folder), compression=None)


def rejecting(folder: Path, step: str) -> JsonlWriter:
    """Writes what a step turns away: where it stood, why, and its beginning without personal data."""
    return JsonlWriter(str(folder / step), compression=None, adapter=_shown)


def _shown(writer: JsonlWriter, document: Document) -> dict[str, Any]:
    about = document.metadata
    step = Path(str(writer.output_folder.path)).name
    text = "" if step in _NEVER_SHOWN else document.text[:_SHOWN]
    shown = {
        "id": document.id,
        "source": about["source"],
        "reason": about.get("filter_reason", "near_duplicate"),
        "place": about["place"],
        "document": about["document"],
        "language": about.get("language", ""),
        "text": Pseudonyms().hide(text) if step in _HIDDEN_BEFORE else text,
    }
    return {**shown, "leaked": about["leaked"]} if "leaked" in about else shown


def tallied(folder: Path, tasks: int) -> dict[str, dict[str, Any]]:
    """Rows read and their digest, by source."""
    found: dict[str, dict[str, Any]] = {}
    for rank in range(tasks):
        for name, said in json.loads((folder / f"{rank:05d}.json").read_bytes()).items():
            known = found.setdefault(name, {"rows": 0, "digest": "0" * 64})
            known["rows"] += said["rows"]
            total = (int(known["digest"], 16) + int(said["digest"], 16)) % (1 << 256)
            known["digest"] = f"{total:064x}"
    return found
