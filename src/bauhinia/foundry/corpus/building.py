"""Building a corpus: read, filter, compare, hold out, teach, write down.

Everything is made in a work folder inside the corpus's, by datatrove tasks that leave their marks: a build
that was stopped goes on where it was. The corpus appears at the end, its manifest last.
"""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from ...errors import Cancelled, InputError, MissingPart
from ..report import Report
from .assembling import Assembled, assemble
from .config import CorpusConfig, name_of
from .instructions import teach
from .manifest import FORMAT, MANIFEST, CorpusFigures, leaking, least, rejected_samples, write_manifest
from .notices import Refusing, Taught
from .preferences import prefer
from .rows import digest_of, read_lines, write_lines
from .sources import Shard, digest_of_files, shards, sources_as_read
from .stages import STEPS, Stages
from .steps.allowed import is_stated
from .steps.decontamination import evaluation_index
from .steps.shards import tallied
from .use import rows_from_use, snapshot_of
from .withdrawal import read_register, register_of
from .working import FULL, run_stage

_STAGES = 7
_COPIES = 3
"""Rows lie on the disk before they are compared, after, and in the corpus."""


def build(config: CorpusConfig, folder: Path, *, report: Report) -> CorpusFigures:
    """Build the corpus in `folder`. The same configuration and inputs give the same bytes, but for the time
    it took (`figures` in the manifest).

    Raises InputError for a source that may not be used, NotFound and MissingPart for one that is not there,
    Cancelled where the person stopped it, and MissingPart where the disk is full: a corpus that was there
    before is then still whole, or gone, never half of each.
    """
    began = time.monotonic()
    _check_terms(config)
    found = shards(config)
    folder.mkdir(parents=True, exist_ok=True)
    _check_room(found, folder)
    work = _work_folder(folder, config)
    with _disk(work):
        figures = _build(config, found, folder, work, report, began)
    shutil.rmtree(work)
    return figures


def _build(
    config: CorpusConfig, found: list[Shard], folder: Path, work: Path, report: Report, began: float
) -> CorpusFigures:
    stages = Stages(config, folder, work, found)
    tasks = stages.tasks
    marks = [began]

    def stage(number: int, note: str) -> None:
        marks.append(time.monotonic())
        report.step(number, _STAGES, note)
        if report.stopped():
            raise Cancelled("The corpus was not finished.", hint="Build it again: it goes on from here.")

    stage(0, f"reading {len(config.sources)} sources")
    run_stage(stages, "filter", report)
    stage(1, "comparing rows")
    for name in ("signatures", "buckets", "clusters", "unlike"):
        run_stage(stages, name, report)
    stage(4, "holding out and writing")
    made = assemble(config, work / "unlike", len(tasks), work / "new", leaking(work / "rejected"))
    stage(5, "making instruction and preference rows")
    taught = _taught(config, made, folder, work)
    stage(6, "writing the manifest")
    counts, samples = _rejections(config, made, work)
    body = _body(config, folder, work, len(tasks), made, taught, counts)
    _check_sum(body)
    for step, rows in samples.items():
        write_lines(work / "new" / "rejected" / f"{step}.jsonl", rows)
    read = sum(source["rows"]["read"] for source in body["sources"])
    seconds = time.monotonic() - began
    timing = _timing(read, seconds, marks, config)
    digest = _publish(work / "new", folder, body, timing)
    report.step(_STAGES, _STAGES, f"{made.kept.total()} rows")
    return CorpusFigures(
        rows=made.kept.total(),
        characters=made.characters.total(),
        read=read,
        heldout={name: held["rows"] for name, held in made.heldout.items()},
        instructions=len(taught[0].rows),
        preferences=len(taught[1].rows),
        digest=digest,
        seconds=round(seconds, 2),
        rows_per_second=timing["rows_per_second"],
    )


def _check_terms(config: CorpusConfig) -> None:
    """Raises InputError for a source that nobody has given a licence, or consent without saying whose."""
    for source in sources_as_read(config):
        if source.licence != "per row" and not is_stated(source.licence):
            raise InputError(
                f"The source {name_of(source)} has no licence.",
                hint="State it in the recipe as an SPDX identifier. What has none must not be trained on.",
            )
        if source.licence == "consent" and not source.consent.strip():
            raise InputError(
                f"The source {name_of(source)} rests on consent, and does not say on whose.",
                hint="Say in `consent` who agreed, and where that is recorded.",
            )


def _work_folder(folder: Path, config: CorpusConfig) -> Path:
    """Where this very build is made: another configuration, or other inputs, begin anew."""
    files = [digest_of_files(source) for source in sources_as_read(config)]
    files += [snapshot_of(folder) for folder in config.use]
    register = register_of(folder, config.withdrawals)
    given = [config.thresholds, *config.opt_outs, *config.evaluation_files, register]
    texts = [
        path.read_text(encoding="utf-8", errors="replace") if path and path.is_file() else ""
        for path in given
    ]
    state = digest_of([FORMAT, config.model_dump(mode="json", exclude={"workers"}), files, texts])
    work = folder / f".building-{state[:16]}"
    for other in folder.glob(".building-*"):
        if other != work:
            shutil.rmtree(other)
    work.mkdir(exist_ok=True)
    return work


def _check_room(found: list[Shard], folder: Path) -> None:
    """Raises MissingPart before any work where the disk has no room for what the files will become."""
    needed = _COPIES * sum(shard.file.stat().st_size for shard in found if shard.file)
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise MissingPart(
            f"The corpus needs {needed / 1e9:.1f} GB of disk while it is built; {free / 1e9:.1f} are free.",
            hint=f"Free space where {folder} is, or build it elsewhere.",
        )


@contextlib.contextmanager
def _disk(work: Path) -> Iterator[None]:
    """A full disk in words, and what was half made taken off it."""
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        shutil.rmtree(work, ignore_errors=True)
        raise MissingPart(
            "The disk is full: the corpus was not written.",
            hint=f"Free space where {work.parent} is, three times the size of the sources, and build again.",
        ) from error


def _taught(config: CorpusConfig, made: Assembled, folder: Path, work: Path) -> tuple[Taught, Taught]:
    """Instruction and preference rows, none with a piece of an evaluation set or a held-out row in it, and
    none that was withdrawn; each with its origin, as other rows have."""
    indexes = (evaluation_index(config.evaluation_files), made.index)
    withdrawn = read_register(register_of(folder, config.withdrawals))
    instructions = teach(made.pairs, config.instructions, config.seed, Refusing(indexes, withdrawn))
    used = list(rows_from_use(config.use))
    preferences = prefer(made.preferred, config.preferences, config.seed, Refusing(indexes, withdrawn), used)
    new = work / "new"
    write_lines(new / "instructions.jsonl", instructions.rows)
    write_lines(new / "preferences.jsonl", preferences.rows)
    write_lines(
        new / "origins.jsonl",
        [
            *read_lines(new / "origins.jsonl"),
            *({**origin, "in": "instructions"} for origin in instructions.origins),
            *({**origin, "in": "preferences"} for origin in preferences.origins),
        ],
    )
    return instructions, preferences


def _rejections(
    config: CorpusConfig, made: Assembled, work: Path
) -> tuple[dict[tuple[str, str], int], dict[str, list[Any]]]:
    counts, samples = rejected_samples(work / "rejected", STEPS, config.rejected_samples)
    counts.update(made.rejected)
    reasons = sorted({row["reason"] for row in made.samples})
    samples["assembling"] = [
        row
        for reason in reasons
        for row in least([row for row in made.samples if row["reason"] == reason], config.rejected_samples)
    ]
    return dict(counts), samples


def _body(
    config: CorpusConfig,
    folder: Path,
    work: Path,
    tasks: int,
    made: Assembled,
    taught: tuple[Taught, Taught],
    counts: dict[tuple[str, str], int],
) -> dict[str, Any]:
    """The manifest but for the time it took."""
    read = tallied(work / "tally", tasks)
    withdrawn = read_register(register_of(folder, config.withdrawals))
    return {
        "format": FORMAT,
        "config": config.model_dump(mode="json", exclude={"workers"}),
        "sources": [_about(source, read, made, counts) for source in sources_as_read(config)],
        "train": {
            "rows": made.kept.total(),
            "characters": made.characters.total(),
            "languages": dict(sorted(made.languages.items())),
            "kinds": dict(sorted(made.kinds.items())),
            "digest": str(made.digest),
        },
        "heldout": {name: dict(sorted(made.heldout[name].items())) for name in sorted(made.heldout)},
        "instructions": taught[0].counted(),
        "preferences": taught[1].counted(),
        "personal": dict(made.personal),
        "script_repaired": dict(made.repaired),
        "evaluation": dict(sorted(evaluation_index(config.evaluation_files).counts.items())),
        "withdrawn": {
            "rows": len(withdrawn.rows),
            "documents": len(withdrawn.documents),
            "sources": len(withdrawn.sources),
        },
    }


def _about(
    source: Any, read: dict[str, dict[str, Any]], made: Assembled, counts: dict[tuple[str, str], int]
) -> dict[str, Any]:
    """A source's part of the manifest."""
    name = name_of(source)
    tally = read.get(name, {"rows": 0, "digest": "0" * 64})
    rejected = {reason: count for (of, reason), count in sorted(counts.items()) if of == name}
    path = getattr(source, "path", None)
    return {
        "name": name,
        "kind": source.kind,
        "path": path.as_posix() if path else "",
        "sha256": digest_of_files(source),
        "rows_digest": tally["digest"],
        "licence": source.licence,
        "licences": dict(sorted(made.licences[name].items())),
        "consent": source.consent,
        "replay": source.replay,
        "rows": {
            "read": tally["rows"],
            "kept": made.kept[name],
            "held_out": made.held[name],
            "rejected": rejected,
        },
        "characters": made.characters[name],
    }


def _check_sum(body: dict[str, Any]) -> None:
    """Every row that was read is kept, held out, or turned away with a reason: none is lost."""
    for source in body["sources"]:
        rows = source["rows"]
        accounted = rows["kept"] + rows["held_out"] + sum(rows["rejected"].values())
        assert rows["read"] == accounted, (source["name"], rows["read"], accounted)


def _timing(read: int, seconds: float, marks: Sequence[float], config: CorpusConfig) -> dict[str, Any]:
    names = ("starting", "filtering", "comparing", "assembling", "teaching")
    spans = [later - earlier for earlier, later in pairwise(marks)]
    return {
        "seconds": round(seconds, 2),
        "rows_per_second": round(read / seconds, 1),
        "workers": config.workers,
        "stages": {name: round(span, 2) for name, span in zip(names, spans, strict=False)},
    }


def _publish(new: Path, folder: Path, body: dict[str, Any], timing: dict[str, Any]) -> str:
    """The corpus in its place: the old manifest goes first and the new one comes last, so that a folder with
    a manifest holds one whole corpus."""
    (folder / MANIFEST).unlink(missing_ok=True)
    for name in ("heldout", "rejected"):
        if (folder / name).exists():
            shutil.rmtree(folder / name)
    for entry in sorted(new.iterdir()):
        entry.replace(folder / entry.name)
    return write_manifest(folder, body, timing)
