"""A snapshot of what was learnt from use: rows in two files, named by what is in them, with the marker last.

The same data give the same bytes. Who consents is asked before the rows are read and again when they are
written: whoever withdrew meanwhile is in none of them.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, LiteralString, get_args

import orjson

from ...errors import Conflict
from ...gateway import classifications
from ...guideline.consent import Consents, Covered, consent_texts
from ...guideline.department_consent import DepartmentConsents, department_text
from ...ledger import Ledger
from ...people import Officer
from ...store import Database
from ..snapshot_files import LABELS, MANIFEST, MARKER, PAIRS, WITHDRAWN
from .rows import LICENCE, TAKEN_BACK, Permitted, Reason, decide, pieces_of
from .work import finished_work

DEED = "preferences.export"
_TRIES = 3
_GONE = "gone"
"""Of a row whose work is not there any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What one export wrote."""

    id: str
    """Of the rows: the same rows have the same one."""
    pairs: int
    labels: int
    left_out: Mapping[str, int]
    """Pieces of work that gave no row, by reason."""
    since: str
    """The snapshot before this one; empty for the first."""
    withdrawn: Mapping[str, str]
    """Rows of that one that were taken back since, by id, with the reason."""


@dataclass(slots=True)
class _Found:
    """What one reading of the work gave."""

    rows: dict[str, set[str]]
    """Ids by file."""
    reasons: dict[str, Reason]
    """Of each piece that gave no row."""
    counts: Counter[tuple[str, str, str]]
    """Rows by file, source and language."""


async def export(out: Path, database: Database, ledger: Ledger, by: Officer) -> Snapshot:
    """Write a snapshot of all departments' consented work into `out`: for whoever runs the machine.

    Raises Conflict where the folder holds something else, or consents change all the while; StoreError, and
    OSError where the folder cannot be written.
    """
    _check_folder(out)
    for _ in range(_TRIES):
        before = await permitted(database, ledger)
        with _beside(out) as folder:
            found = await _write_rows(folder, database, before)
            if await permitted(database, ledger) != before:
                continue
            return await _finish(folder, out, found, database, ledger, by)
    raise Conflict("Consents change while they are read.", hint="Try again in a few minutes.")


async def permitted(database: Database, ledger: Ledger) -> Permitted:
    """Who consents to what now, asked of each officer and department that has finished work. Raises
    StoreError."""
    consents, departments = Consents(database, ledger), DepartmentConsents(database, ledger)
    async with database.maintenance() as connection:
        officers = [row[0] for row in await (await connection.execute(_OFFICERS)).fetchall()]
        asked = [row[0] for row in await (await connection.execute(_DEPARTMENTS)).fetchall()]
        opted_out = await (await connection.execute("SELECT officer, use FROM opt_outs")).fetchall()
    covered: dict[str, frozenset[Covered]] = {}
    for officer in officers:
        covered[officer] = frozenset(
            [
                part
                for part in get_args(Covered)
                if (await consents.may_use(officer, "training", covering=part)).allowed
            ]
        )
    highest = classifications().between_departments
    return Permitted(
        officers=covered,
        departments=frozenset([name for name in asked if (await departments.may_use(name)).allowed]),
        opted_out=frozenset((officer, use) for officer, use in opted_out),
        levels=frozenset({*classifications().below(highest), highest}),
    )


async def _write_rows(folder: Path, database: Database, may: Permitted) -> _Found:
    """The rows of all work, in the order of its tasks."""
    found = _Found(rows={PAIRS: set(), LABELS: set()}, reasons={}, counts=Counter())
    with (folder / PAIRS).open("wb") as pairs, (folder / LABELS).open("wb") as labels:
        async for work in finished_work(database, sorted(may.levels)):
            for piece in pieces_of(work):
                decided = decide(piece, may)
                if decided.row is None:
                    found.reasons[piece.id] = decided.reason
                    continue
                name, file = (PAIRS, pairs) if piece.what == "pair" else (LABELS, labels)
                file.write(orjson.dumps(decided.row, option=orjson.OPT_SORT_KEYS) + b"\n")
                found.rows[name].add(piece.id)
                found.counts[name, decided.row["source"], decided.row["language"]] += 1
    return found


async def _finish(
    folder: Path, out: Path, found: _Found, database: Database, ledger: Ledger, by: Officer
) -> Snapshot:
    """The papers, the ledger's entry, and then the folder's own files, the marker last."""
    digests = {name: sha256((folder / name).read_bytes()).hexdigest() for name in (PAIRS, LABELS)}
    key = f"use-{sha256(json.dumps(digests, sort_keys=True).encode()).hexdigest()[:16]}"
    rows = found.rows[PAIRS] | found.rows[LABELS]
    since, withdrawn = await _withdrawn(database, key, rows, found.reasons)
    left_out = dict(sorted(Counter(map(str, found.reasons.values())).items()))
    snapshot = Snapshot(
        id=key, pairs=len(found.rows[PAIRS]), labels=len(found.rows[LABELS]), left_out=left_out, since=since,
        withdrawn=withdrawn,
    )  # fmt: skip
    _json(folder / MANIFEST, _manifest(snapshot, found, digests))
    _json(folder / WITHDRAWN, {"since": since, "rows": dict(sorted(withdrawn.items()))})
    entry = await ledger.record(
        DEED, officer=by.id, department=by.department,
        subject=f"{key}: {snapshot.pairs} pairs, {snapshot.labels} labels, {len(withdrawn)} withdrawn",
    )  # fmt: skip
    async with database.maintenance() as connection:
        await connection.execute(_KEEP, (key, by.id, sorted(rows)))
    _put(folder, out, {"snapshot": key, "entry": entry})
    return snapshot


async def _withdrawn(
    database: Database, key: str, rows: set[str], reasons: Mapping[str, Reason]
) -> tuple[str, dict[str, str]]:
    """The snapshot before, and what of it may not be used any more."""
    async with database.maintenance() as connection:
        row = await (await connection.execute(_BEFORE, (key,))).fetchone()
    if row is None:
        return "", {}
    missing = {name: str(reasons.get(name, _GONE)) for name in row[1] if name not in rows}
    return row[0], {name: why for name, why in missing.items() if why in TAKEN_BACK or why == _GONE}


def _manifest(snapshot: Snapshot, found: _Found, digests: Mapping[str, str]) -> dict[str, Any]:
    counts = [
        {"file": file, "source": source, "language": language, "rows": rows}
        for (file, source, language), rows in sorted(found.counts.items())
    ]
    consents = [*consent_texts().holding("training"), department_text().newest.id]
    return {
        "snapshot": snapshot.id,
        "licence": LICENCE,
        "consent": {"of": "each officer and their department, by texts", "texts": consents},
        "files": dict(digests),
        "rows": counts,
        "left_out": dict(snapshot.left_out),
    }


def _check_folder(out: Path) -> None:
    """Raises Conflict unless the folder is absent, empty or an earlier snapshot's."""
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not (out / MARKER).is_file())):
        raise Conflict(
            f"{out} holds something that is no snapshot.",
            hint="Name another folder, or an earlier snapshot's.",
        )


@contextmanager
def _beside(out: Path) -> Iterator[Path]:
    """A folder on the same disk, readable by its owner alone, that is gone at the end."""
    out.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{out.name}.", dir=out.parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _put(folder: Path, out: Path, marker: Mapping[str, Any]) -> None:
    """Give the files their names; while it is done, the folder is no snapshot."""
    out.mkdir(mode=0o700, exist_ok=True)
    (out / MARKER).unlink(missing_ok=True)
    for name in (PAIRS, LABELS, MANIFEST, WITHDRAWN):
        (folder / name).replace(out / name)
    _json(folder / MARKER, marker)
    (folder / MARKER).replace(out / MARKER)


def _json(path: Path, value: object) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(json.dumps(value, ensure_ascii=False, indent=1) + "\n")
        file.flush()
        os.fsync(file.fileno())


_OFFICERS: LiteralString = """
SELECT officer FROM tasks WHERE status = 'done' UNION
SELECT complainant FROM cases WHERE kind = 'feedback' ORDER BY 1
"""
_DEPARTMENTS: LiteralString = "SELECT DISTINCT department FROM tasks WHERE status = 'done' ORDER BY 1"
_BEFORE: LiteralString = """
SELECT id, rows FROM preference_snapshots WHERE id <> %s ORDER BY number DESC LIMIT 1
"""
_KEEP: LiteralString = "INSERT INTO preference_snapshots (id, officer, rows) VALUES (%s, %s, %s)"
