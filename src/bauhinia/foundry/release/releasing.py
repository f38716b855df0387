"""From a finished run to a release: judge, gather, write, sign, record, and only then give it its name.

Of a run that does not pass its gate the papers are kept, signed as refused, and no weights.
"""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import orjson

from ...errors import Conflict, InputError, MissingPart
from ...evaluation.gate import Verdict, judge, load_gate
from ...ledger import Ledger
from ...models.catalogue import Catalogue
from ...models.releases import (
    FOLDER,
    KEY,
    MARKER,
    PURPOSE,
    REFUSAL,
    SIGNATURE,
    STATEMENT,
    FileSaid,
    GateSaid,
    Statement,
)
from ...people import Officer
from ...store.signing import Signer
from . import bom, lineage
from .card import card
from .config import NAME, ReleaseConfig
from .facts import Facts, gather
from .figures import EXPORT, RESULTS, figures_of
from .run_record import RunRecord, file_digest, read_run

DEED = "model.release"
"""What the ledger calls it."""
GATE = "gate.json"
"""File of a release: the gate, and how each rule was met."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A run that was put before its gate."""

    folder: Path
    statement: Statement
    verdict: Verdict
    entry: int
    """The ledger's number of it."""


async def release(
    config: ReleaseConfig, *, run: Path, data_folder: Path, ledger: Ledger, by: Officer
) -> Release:
    """Release the run, or record that it did not pass: look at `Release.verdict`.

    Raises NotFound and InputError for a run that cannot be released, Conflict for a name that is taken,
    MissingPart where the disk has no room, StoreError where it could not be recorded.
    """
    with _beside(data_folder / FOLDER) as folder:
        statement, verdict = await asyncio.to_thread(_prepare, config, run, folder, data_folder)
        told = sha256((folder / STATEMENT).read_bytes()).hexdigest()
        entry = await ledger.record(
            DEED,
            officer=by.id,
            department=by.department,
            subject=f"{statement.name}@{told}",
            done=verdict.passed,
            why="" if verdict.passed else "gate",
        )
        marker = {"name": statement.name, "statement": told, "entry": entry}
        (folder / (MARKER if verdict.passed else REFUSAL)).write_bytes(orjson.dumps(marker))
        final = folder.rename(_free(data_folder, statement.name))
    return Release(folder=final, statement=statement, verdict=verdict, entry=entry)


def _prepare(
    config: ReleaseConfig, place: Path, folder: Path, data_folder: Path
) -> tuple[Statement, Verdict]:
    """Everything but the marker, written into `folder`."""
    run = read_run(place)
    name = _name(config, run)
    _free(data_folder, name)
    if changed := lineage.changed_files((run.corpus, run.evaluation, *run.training[-1:], run.export)):
        raise InputError(
            f"The run {run.folder.name} is not as it was made: {changed} is another file now.",
            hint="Something in the folder was changed after its stage was done. Run that recipe again.",
        )
    verdict = judge(load_gate(config.gate), figures_of(run, config))
    facts = gather(run, config, name, verdict)
    _write_papers(run, config, facts, folder)
    if verdict.passed:
        _copy_weights(run, facts, folder)
    statement = _statement(run, facts, folder, Signer.open(data_folder, PURPOSE))
    return statement, verdict


def _name(config: ReleaseConfig, run: RunRecord) -> str:
    """What was chosen, or the run folder's own name. Raises InputError."""
    name = config.name or run.folder.resolve().name.lower()
    if not re.fullmatch(NAME, name):
        raise InputError(
            f"A release cannot be called {name!r}.",
            hint="Choose a --name of small letters, digits, points, hyphens and underscores.",
        )
    return name


def _free(data_folder: Path, name: str) -> Path:
    """Where a release of that name will lie. Raises Conflict where the name is taken."""
    folder = data_folder / FOLDER / name
    if name in Catalogue.load() or name == "fake":
        raise Conflict(f"A model of the catalogue is called {name!r}.", hint="Choose another --name.")
    if folder.exists():
        raise Conflict(
            f"There is a release called {name!r} already.",
            hint="A release is never changed: its name always means one model. Choose another --name.",
        )
    return folder


@contextmanager
def _beside(releases: Path) -> Iterator[Path]:
    """A folder that is no release yet; whatever is left of it at the end goes."""
    folder = releases / f".{secrets.token_hex(6)}.part"
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _write_papers(run: RunRecord, config: ReleaseConfig, facts: Facts, folder: Path) -> None:
    """The card, the bill of materials, the lineage with its rows, the results and the gate."""
    rows = folder / lineage.ROWS
    chain = lineage.lineage_of(run, rows, lineage.write_rows(run, rows))
    _text(folder / "lineage.json", lineage.as_file(chain))
    _text(folder / "bom.json", bom.as_file(bom.bom(facts, chain)))
    _text(folder / "card.md", card(facts))
    shutil.copyfile(run.evaluation.folder / RESULTS, folder / RESULTS)
    shutil.copyfile(run.export.folder / EXPORT, folder / EXPORT)
    gate = load_gate(config.gate).model_dump(mode="json")
    checks = [
        {"rule": check.rule.id, "reason": check.reason, "value": check.value, "sentence": check.sentence}
        for check in facts.verdict.checks
    ]
    judged = {"gate": gate, "passed": facts.verdict.passed, "checks": checks}
    _text(folder / GATE, json.dumps(judged, ensure_ascii=False, indent=1) + "\n")


def _copy_weights(run: RunRecord, facts: Facts, folder: Path) -> None:
    """The GGUF files, read-only: nothing that happens to the run later touches them."""
    files = [run.export.folder / file.name for file in facts.files]
    needed, free = sum(file.stat().st_size for file in files), shutil.disk_usage(folder).free
    if free < needed:
        raise MissingPart(
            f"The release needs {needed / 1e9:.1f} GB of disk and {free / 1e9:.1f} GB are free.",
            hint=f"Free some of the disk of {folder.parent}, then release the run again.",
        )
    for file in files:
        copy = Path(shutil.copyfile(file, folder / file.name))
        copy.chmod(0o444)


def _statement(run: RunRecord, facts: Facts, folder: Path, signer: Signer) -> Statement:
    """What is signed; written with its signature."""
    chain = json.loads((folder / "lineage.json").read_text(encoding="utf-8"))
    verdict = facts.verdict
    statement = Statement(
        name=facts.name,
        title=facts.title,
        licence=facts.licence,
        context=facts.context,
        run=chain["end"],
        serves=facts.served.name if verdict.passed else "",
        files={path.name: _said(path) for path in sorted(folder.iterdir())},
        exported={f"{run.export.name}/{name}": _exported(run, name) for name in sorted(run.export.outputs)},
        gate=GateSaid(id=verdict.gate, passed=verdict.passed, failures=verdict.failures),
        tier=facts.tier,
        uses=facts.uses,
        key_id=signer.key_id,
    )
    told = json.dumps(statement.model_dump(mode="json"), ensure_ascii=False, indent=1).encode() + b"\n"
    (folder / STATEMENT).write_bytes(told)
    (folder / SIGNATURE).write_bytes(signer.sign(told))
    _text(folder / KEY, signer.public_pem)
    return statement


def _said(path: Path) -> FileSaid:
    return FileSaid(sha256=file_digest(path), bytes=path.stat().st_size)


def _exported(run: RunRecord, name: str) -> FileSaid:
    """As the mark of the export has it; the files were held against it before."""
    return FileSaid(sha256=run.export.outputs[name], bytes=(run.export.folder / name).stat().st_size)


def _text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
