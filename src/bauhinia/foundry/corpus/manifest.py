"""The manifest: what the corpus holds, from where, under which terms, and what was turned away."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from ...errors import InputError, NotFound
from .rows import SetDigest, digest_of, read_lines, whole

FORMAT = 1
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusFigures:
    """What a build made."""

    rows: int
    """In `train.jsonl`."""
    characters: int
    read: int
    """Rows read from the sources."""
    heldout: dict[str, int]
    """Rows by held-out file."""
    instructions: int
    preferences: int
    digest: str
    """Of everything but the time it took."""
    seconds: float
    rows_per_second: float
    """Rows read, over the whole build."""


_OWN_FILES = ("train", "instructions", "preferences")
_TEMPLATES = {"consent": "", "path": "bauhinia/foundry/corpus/data/notices.yaml"}
"""Of rows that are made by program from templates of our own."""


class Origin(NamedTuple):
    """Where a row came from."""

    source: str
    licence: str
    consent: str
    path: str
    document: str
    place: str
    found_in: str
    """`train`, `instructions`, `preferences`, or the name of a held-out file."""


def write_manifest(folder: Path, body: dict[str, Any], figures: dict[str, Any]) -> str:
    """The digest of all but the figures, which differ from run to run."""
    digest = digest_of(body)
    with whole(folder / MANIFEST) as part:
        text = json.dumps({**body, "digest": digest, "figures": figures}, ensure_ascii=False, indent=1)
        part.write_text(text + "\n", encoding="utf-8")
    return digest


def read_manifest(folder: Path) -> dict[str, Any]:
    """A corpus's manifest. Raises NotFound where no whole corpus is, and InputError for one that was
    changed."""
    path = folder / MANIFEST
    if not path.is_file():
        raise NotFound(
            f"There is no finished corpus in {folder}.", hint="Build it: its manifest is written last."
        )
    try:
        read: dict[str, Any] = json.loads(path.read_bytes())
        body = {key: value for key, value in read.items() if key not in ("digest", "figures")}
        sound = digest_of(body) == read["digest"]
    except (ValueError, KeyError, AttributeError):
        sound = False
    if not sound:
        raise InputError(
            f"The manifest in {folder} is not as it was written.", hint="Build the corpus again."
        )
    return read


def trace(folder: Path, identity: str) -> Origin:
    """Where a row came from. Raises NotFound for an id that the corpus does not have."""
    manifest = read_manifest(folder)
    for origin in read_lines(folder / "origins.jsonl"):
        if origin["id"] == identity:
            return _origin(folder, manifest, origin)
    raise NotFound(f"The corpus has no row called {identity}.", hint="Ids stand in train.jsonl.")


def _origin(folder: Path, manifest: dict[str, Any], origin: dict[str, Any]) -> Origin:
    where = origin["in"]
    file = folder / (f"{where}.jsonl" if where in _OWN_FILES else f"heldout/{where}.jsonl")
    licence = next(row["licence"] for row in read_lines(file) if row["id"] == origin["id"])
    about = next((each for each in manifest["sources"] if each["name"] == origin["source"]), _TEMPLATES)
    return Origin(
        source=origin["source"],
        licence=licence,
        consent=about["consent"],
        path=about["path"],
        document=origin["document"],
        place=origin["place"],
        found_in=where,
    )


def check_files(folder: Path) -> None:
    """Raises InputError where the training rows are not those that the manifest was written for."""
    digest = SetDigest()
    with (folder / "train.jsonl").open("rb") as file:
        for each in file:
            digest.add(each)
    if str(digest) != read_manifest(folder)["train"]["digest"]:
        raise InputError(
            "train.jsonl is not what its manifest was written for.", hint="Build the corpus again."
        )


def rejected_samples(
    work: Path, steps: tuple[str, ...], most: int
) -> tuple[Counter[tuple[str, str]], dict[str, list[Any]]]:
    """How many rows each step turned away, by source and reason; and of each reason some."""
    counts: Counter[tuple[str, str]] = Counter()
    samples: dict[str, list[Any]] = {}
    for step in steps:
        by_reason: defaultdict[str, list[Any]] = defaultdict(list)
        for file in sorted((work / step).glob("*.jsonl")) if (work / step).is_dir() else ():
            for row in read_lines(file):
                counts[row["source"], f"{step}.{row['reason']}"] += 1
                by_reason[row["reason"]].append(row)
                if len(by_reason[row["reason"]]) > 1000 + most:
                    by_reason[row["reason"]] = least(by_reason[row["reason"]], most)
        samples[step] = [row for reason in sorted(by_reason) for row in least(by_reason[reason], most)]
    return counts, samples


def leaking(rejected: Path) -> Counter[str]:
    """How many rows of each document hold a piece of an evaluation set."""
    files = sorted((rejected / "decontaminated").glob("*.jsonl"))
    return Counter(row["document"] for file in files for row in read_lines(file))


def least(rows: list[Any], most: int) -> list[Any]:
    """So many of the rows, those whose digests are least: the same whatever order they came in."""
    return sorted(rows, key=lambda row: (digest_of(row["id"]), row["place"]))[:most]
