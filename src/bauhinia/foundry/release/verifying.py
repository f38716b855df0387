"""Checking a release whole, without a network, a database or the run: the signature, every file, the chain,
the bill of materials and the gate, each by what the others say."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import InputError, NotFound, ReleaseRefused
from ...evaluation.gate import Gate, judge
from ...models.releases import FOLDER, Statement, check_file, read_release, release_keys
from ...store.signing import key_id
from . import lineage
from .figures import EXPORT, RESULTS, format_of, from_papers, told_files
from .lineage import ROWS, RowSource, read_rows
from .releasing import GATE
from .run_record import digest, file_digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A release that is whole."""

    statement: Statement
    rows: int
    """Rows that it was trained on, each with its source."""


def find(name: str, data_folder: Path) -> Path:
    """The folder of a release, by its name or by its path. Raises NotFound."""
    for folder in (data_folder / FOLDER / name, Path(name)):
        if folder.is_dir():
            return folder
    raise NotFound(f"There is no release called {name!r}.", hint="See `bauhinia models list`.")


def verify(folder: Path, keys: Mapping[str, str]) -> Verified:
    """Check everything of a release. `keys`: public keys as PEM by id, as `keys_from` or `release_keys` give
    them. Raises ReleaseRefused with what is wrong first."""
    statement = read_release(folder, keys)
    for name, said in statement.files.items():
        check_file(folder, name, said)
    chain = _read(folder / "lineage.json")
    rows = list(read_rows(folder / ROWS))
    wrong = _wrong_chain(folder, statement, chain, len(rows)) or _wrong_gate(folder, statement)
    if wrong:
        raise ReleaseRefused(
            f"The release {folder.name!r} does not hold together: {wrong}",
            why="altered",
            hint="It was signed so. Ask who made it, or release the run again.",
        )
    return Verified(statement=statement, rows=len(rows))


def keys_from(data_folder: Path, key: Path | None = None) -> dict[str, str]:
    """The keys that are trusted: of this data folder, or the one in a file. Raises InputError, StoreError."""
    if key is None:
        return release_keys(data_folder)
    try:
        pem = key.read_text("ascii")
        return {key_id(pem): pem}
    except (OSError, ValueError) as error:
        raise InputError(
            f"{key} is no Ed25519 public key.", hint="Take the key that who made the release published."
        ) from error


def trace(folder: Path, row: str) -> list[RowSource]:
    """Where a row of that id came from, in every set that has it; empty for one that was not trained on."""
    return [each for each in read_rows(folder / ROWS) if each.id == row]


def trained_on(data_folder: Path, rows: Iterable[str]) -> dict[str, list[str]]:
    """Releases that learnt from any of these rows, and from which: what a model has learnt stays in it, so
    that whoever withdrew a row can be told."""
    wanted, found = frozenset(rows), dict[str, list[str]]()
    for path in sorted((data_folder / FOLDER).glob(f"[!.]*/{ROWS}")):
        learnt = sorted({each.id for each in read_rows(path)} & wanted)
        if learnt:
            found[path.parent.name] = learnt
    return found


def _wrong_chain(folder: Path, statement: Statement, chain: Mapping[str, Any], rows: int) -> str:
    """The first thing in the lineage that does not hold, as a sentence; empty where all does."""
    whole = {key: value for key, value in chain.items() if key != "end"}
    if statement.run != chain["end"] or digest(whole) != chain["end"]:
        return "its lineage is not the one that was signed."
    if broken := lineage.broken_links(chain):
        return broken
    if chain["rows"]["count"] != rows or chain["rows"]["sha256"] != file_digest(folder / ROWS):
        return "its rows are not those of its lineage."
    exported = _outputs(chain, "export")
    measured = {RESULTS: _outputs(chain, "evaluation"), EXPORT: exported}
    for name, outputs in measured.items():
        if statement.files[name].sha256 != outputs.get(name):
            return f"{name} is not what its run measured."
    bill = {each["name"]: each.get("hashes") for each in _read(folder / "bom.json")["components"]}
    for name, said in statement.files.items():
        if name.endswith(".gguf") and exported.get(name) != said.sha256:
            return f"{name} did not come out of its run."
        if name.endswith(".gguf") and bill.get(name) != [{"alg": "SHA-256", "content": said.sha256}]:
            return f"{name} is not what its bill of materials says."
    return ""


def _outputs(chain: Mapping[str, Any], kind: str) -> Mapping[str, str]:
    """What the last stage of that kind left."""
    found: list[Mapping[str, str]] = [stage["outputs"] for stage in chain["stages"] if stage["kind"] == kind]
    return found[-1]


def _wrong_gate(folder: Path, statement: Statement) -> str:
    """Whether the gate says anew what was signed."""
    told = _read(folder / GATE)
    exported = (place.partition("/")[2] for place in statement.exported)
    files = told_files(_read(folder / EXPORT), exported)
    figures = from_papers(_read(folder / RESULTS), files, format_of(statement.serves))
    verdict = judge(Gate.model_validate(told["gate"]), figures)
    if (verdict.gate, verdict.passed) == (statement.gate.id, statement.gate.passed):
        return ""
    return f"its figures do not pass the gate {verdict.gate}. {' '.join(verdict.failures)}"


def _read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found
