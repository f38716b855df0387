"""The stages of a build that datatrove runs, each a list of steps over so many tasks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from datatrove.pipeline.base import PipelineStep

from .config import CorpusConfig, name_of
from .sources import Shard, shards
from .steps.allowed import Allowed, Readable
from .steps.decontamination import Decontaminated
from .steps.likeness import buckets, clusters, minhash_config, signatures, unlike
from .steps.personal import WithoutPersonalData
from .steps.quality import Worthwhile, read_thresholds
from .steps.script import Labelled, OneScript
from .steps.shards import Handed, Reading, rejecting, writer
from .steps.tidy import Tidy
from .withdrawal import read_register, register_of

StageName = Literal["filter", "signatures", "buckets", "clusters", "unlike"]
STEPS = (
    "readable", "allowed", "tidy", "decontaminated", "script", "language", "personal", "quality",
    "duplicates",
)  # fmt: skip
"""Where rows are turned away, in order; `assembling` comes after them."""
_MOST_TASKS = 256


class Stages:
    """What there is to do for one configuration in one work folder: the same in every process."""

    def __init__(
        self, config: CorpusConfig, folder: Path, work: Path, found: list[Shard] | None = None
    ) -> None:
        self.config = config
        self.folder = folder
        self.work = work
        self.tasks = _grouped(shards(config) if found is None else found)
        self._likeness = minhash_config(config.deduplication, config.seed)

    def count(self, name: StageName) -> int:
        """How many tasks a stage has."""
        given = {"buckets": self.config.deduplication.buckets, "clusters": 1}
        return given.get(name, len(self.tasks))

    def pipeline(self, name: StageName) -> list[PipelineStep]:
        """The steps of a stage, new ones for each task."""
        folder, kept = self.work / "likeness", self.work / "kept"
        made: dict[StageName, Callable[[], list[PipelineStep]]] = {
            "filter": self._filter,
            "signatures": lambda: [Handed(kept), signatures(folder, self._likeness)],
            "buckets": lambda: [buckets(folder, self._likeness)],
            "clusters": lambda: [clusters(folder, self._likeness)],
            "unlike": lambda: [
                Handed(kept),
                unlike(folder, rejecting(self.work / "rejected", "duplicates")),
                writer(self.work / "unlike"),
            ],
        }
        return made[name]()

    def _filter(self) -> list[PipelineStep]:
        """Every row through every step that looks at it alone."""
        config, rejected = self.config, self.work / "rejected"
        withdrawn = read_register(register_of(self.folder, config.withdrawals))
        thresholds = read_thresholds(config.thresholds)
        guards = {name_of(source): source.personal for source in config.sources}
        return [
            Reading(self.tasks, config, self.work / "tally"),
            Readable(rejecting(rejected, "readable")),
            Allowed(config.licences, _opt_outs(config), withdrawn, rejecting(rejected, "allowed")),
            Tidy(rejecting(rejected, "tidy")),
            Decontaminated(config.evaluation_files, rejecting(rejected, "decontaminated")),
            OneScript(thresholds["script"]["island"], rejecting(rejected, "script")),
            Labelled(thresholds["script"]["mixed"], rejecting(rejected, "language")),
            WithoutPersonalData(guards, config.most_personal, rejecting(rejected, "personal")),
            Worthwhile(thresholds, rejecting(rejected, "quality")),
            writer(self.work / "kept"),
        ]


def _opt_outs(config: CorpusConfig) -> set[str]:
    texts = (path.read_text(encoding="utf-8") for path in config.opt_outs)
    return {line.strip() for text in texts for line in text.splitlines() if line.strip()}


def _grouped(found: list[Shard]) -> list[list[Shard]]:
    """A task a shard, or of very many, neighbours together, so that the order of rows is the same."""
    size = -(-len(found) // _MOST_TASKS)
    return [found[at : at + size] for at in range(0, len(found), size)]
