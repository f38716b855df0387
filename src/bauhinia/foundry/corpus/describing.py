"""What is in a corpus, in tables: for people, and for the documentation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from .manifest import read_manifest
from .rows import read_lines


def describe(folder: Path, *, samples: int = 0) -> str:
    """Markdown tables of a corpus's sources, rejections, languages and held-out rows. With `samples`, so many
    rejected rows of each reason after them: these are words of the sources."""
    manifest = read_manifest(folder)
    parts = [_sources(manifest), _rejected(manifest), _holds(manifest), _figures(manifest)]
    if samples:
        parts.append(_samples(folder, samples))
    return "\n\n".join(parts) + "\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(value: object) -> str:
    text = f"{value:,}" if isinstance(value, int) else str(value)
    return text.replace("|", "\\|").replace("\n", " ⏎ ")


def _sources(manifest: dict[str, Any]) -> str:
    head = ("source", "licence", "read", "in training", "held out", "turned away", "characters in training")
    rows = []
    for each in manifest["sources"]:
        counts = each["rows"]
        licence = each["licence"] if len(each["licences"]) < 2 else f"{len(each['licences'])} licences"
        away = sum(counts["rejected"].values())
        rows.append(
            (
                each["name"],
                licence,
                counts["read"],
                counts["kept"],
                counts["held_out"],
                away,
                each["characters"],
            )
        )
    return _table(head, rows)


def _rejected(manifest: dict[str, Any]) -> str:
    counts: Counter[str] = Counter()
    where: dict[str, list[str]] = {}
    for each in manifest["sources"]:
        for reason, count in each["rows"]["rejected"].items():
            counts[reason] += count
            where.setdefault(reason, []).append(each["name"])
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    rows = [(*reason.split(".", 1), count, ", ".join(where[reason])) for reason, count in ordered]
    return _table(("step", "reason", "rows", "sources"), rows)


def _holds(manifest: dict[str, Any]) -> str:
    rows: list[tuple[str, str, object]] = []
    train = manifest["train"]
    rows += [("train", f"language {name}", count) for name, count in train["languages"].items()]
    rows += [("train", f"kind {name}", count) for name, count in train["kinds"].items()]
    for name, held in manifest["heldout"].items():
        rows += [(f"heldout/{name}", what, count) for what, count in held.items()]
    for name in ("instructions", "preferences"):
        rows += [(name, f"task {task}", count) for task, count in manifest[name]["tasks"].items()]
    return _table(("file", "what", "count"), rows)


def _figures(manifest: dict[str, Any]) -> str:
    given = manifest["figures"]
    personal, script = manifest["personal"], manifest["script_repaired"]
    rows = [
        ("evaluation texts that the corpus is kept clear of", sum(manifest["evaluation"].values())),
        ("rows with personal data hidden", personal.get("rows", 0)),
        ("rows with their script repaired", script.get("rows", 0)),
        ("seconds", given["seconds"]),
        ("rows read a second", given["rows_per_second"]),
        ("processes", given["workers"]),
    ]
    return _table(("figure", "value"), rows)


def _samples(folder: Path, most: int) -> str:
    rows = []
    for file in sorted((folder / "rejected").glob("*.jsonl")):
        shown: Counter[str] = Counter()
        for row in read_lines(file):
            shown[row["reason"]] += 1
            if shown[row["reason"]] <= most:
                rows.append((file.stem, row["reason"], row["source"], row["text"][:100]))
    return _table(("step", "reason", "source", "begins"), rows)
