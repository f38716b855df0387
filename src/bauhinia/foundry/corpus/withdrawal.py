"""Taking rows back: what was withdrawn is recorded for good, and no build has it again (D-3.2.1-16).

A register is a file of lines, added to and never rewritten. A row that is withdrawn takes its twins with it:
the same text, whatever its marks, from any source.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ...errors import Conflict, InputError, NotFound
from .rows import line, read_lines

REGISTER = "withdrawals.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """What is not to be trained on any more."""

    rows: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    documents: frozenset[str] = frozenset()
    fingerprints: frozenset[str] = frozenset()

    def holds(self, identity: str, about: Mapping[str, Any]) -> bool:
        """Whether a row is among it, by its id, its source, its document or its words."""
        return (
            identity in self.rows
            or about["source"] in self.sources
            or about["document"] in self.documents
            or about["fingerprint"] in self.fingerprints
        )


def read_register(path: Path) -> Withdrawn:
    """What a register holds; nothing where there is none yet."""
    entries = list(read_lines(path)) if path.is_file() else []

    def all_of(kind: str) -> frozenset[str]:
        return frozenset(entry["what"] for entry in entries if entry["kind"] == kind)

    return Withdrawn(
        rows=all_of("row"),
        sources=all_of("source"),
        documents=all_of("document"),
        fingerprints=frozenset(entry["fingerprint"] for entry in entries if entry.get("fingerprint")),
    )


def register_of(folder: Path, configured: Path | None) -> Path:
    """Where a corpus has its withdrawals recorded."""
    return configured or folder / REGISTER


def withdraw(folder: Path, what: str, *, reason: str, now: datetime | None = None) -> int:
    """Record that a row, a document or a source of the corpus in `folder` is taken back; how many rows of it
    that is.

    The corpus is not changed: build it again, and until then `check_standing` refuses it. Raises NotFound for
    what the corpus does not have, and InputError without a reason.
    """
    from .manifest import read_manifest

    if not reason.strip():
        raise InputError("A withdrawal needs a reason.", hint="Say who asked for it, by post, and why.")
    manifest = read_manifest(folder)
    entry, count = _entry(folder, what)
    given = manifest["config"].get("withdrawals")
    entry |= {
        "reason": reason,
        "recorded": (now or datetime.now(UTC)).isoformat(timespec="seconds"),
        "corpus": manifest["digest"],
    }
    _append(register_of(folder, Path(given) if given else None), entry)
    return count


def _entry(folder: Path, what: str) -> tuple[dict[str, Any], int]:
    """What is withdrawn, and how many rows that is."""
    rows = documents = sources = 0
    fingerprint = ""
    for origin in read_lines(folder / "origins.jsonl"):
        if origin["id"] == what:
            rows, fingerprint = rows + 1, origin["fingerprint"]
        documents += origin["document"] == what
        sources += origin["source"] == what
    if rows:
        return {"kind": "row", "what": what, "fingerprint": fingerprint}, rows
    if documents or sources:
        return {"kind": "document" if documents else "source", "what": what}, documents or sources
    raise NotFound(
        f"The corpus has no row, document or source called {what}.",
        hint="Ids stand in train.jsonl and in the held-out files; sources in manifest.json.",
    )


def _append(path: Path, entry: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        file.write(line(entry))
        file.flush()
        os.fsync(file.fileno())


def pending(folder: Path) -> list[str]:
    """What was withdrawn since the corpus in `folder` was built, and is therefore still in it."""
    from .manifest import read_manifest

    config = read_manifest(folder)["config"]
    given = config.get("withdrawals")
    withdrawn = read_register(register_of(folder, Path(given) if given else None))
    return [
        origin["id"]
        for origin in read_lines(folder / "origins.jsonl")
        if withdrawn.holds(origin["id"], origin)
    ]


def check_standing(folder: Path) -> None:
    """Raises Conflict where rows were withdrawn that the corpus still has: nobody is to train on it."""
    if still := pending(folder):
        raise Conflict(
            f"{len(still)} rows of this corpus were withdrawn after it was built.",
            hint="Build the corpus again, then train on it.",
        )
