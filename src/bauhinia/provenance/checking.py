"""Where a file came from and whether it was altered since: what its signed label and its content say.

A label that was cut out leaves the reference in the visible sentence, which leads to the record kept here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import orjson

from ..store import Database
from .content import Content, changed_share
from .media import Manifest
from .record import Record, sentence_of
from .seal import Seal

State = Literal["unaltered", "altered", "foreign", "forged", "unlabelled"]
"""`foreign`: signed with a key that is not trusted here; `forged`: in a trusted key's name, but not by it."""
InLedger = Literal["found", "missing", "none"]
"""`none`: the label names no entry, since no model took part or its version did not say."""
EXIT_STATUS: dict[State, int] = {"unaltered": 0, "altered": 1, "forged": 1, "foreign": 2, "unlabelled": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What there is to say of a file."""

    state: State
    record: Record | None = None
    changed: float | None = None
    """About how much of the text is other than when it was signed, 0 to 1; None where that cannot be told."""
    entry: InLedger = "none"
    key_id: str = ""
    by_reference: bool = False
    """The file carries no signed label any more; its text names the reference of one that is kept here."""
    sentence: str = ""
    """The visible label as it was issued."""


UNLABELLED = Verdict(state="unlabelled")


async def verdict_of(seals: list[Seal], content: Content, database: Database) -> Verdict:
    """The verdict by the label that fits the content best: a file that was made of one may carry both."""
    if not seals:
        return UNLABELLED
    best = min(seals, key=lambda seal: _rank(seal, content))
    if best.trust != "ours":
        state: State = "forged" if best.trust == "forged" else "foreign"
        return Verdict(state=state, record=best.record, key_id=best.key_id)
    same = best.content.digest == content.digest
    return Verdict(
        state="unaltered" if same else "altered",
        record=best.record,
        changed=0.0 if same else changed_share(best.content.sketch, content.sketch),
        entry=await _in_ledger(best.record, database),
        key_id=best.key_id,
        sentence=sentence_of(best.record),
    )


async def verdict_of_media(manifest: Manifest, seal: Seal | None, database: Database) -> Verdict:
    """The verdict on a picture, a sound or a film: its manifest binds every byte of it."""
    if manifest.state == "none":
        return UNLABELLED
    if seal is None or seal.trust == "unknown":
        return Verdict(state="foreign")
    if seal.trust == "forged" or manifest.state == "foreign":
        return Verdict(state="forged", record=seal.record, key_id=seal.key_id)
    return Verdict(
        state="unaltered" if manifest.state == "ours" else "altered",
        record=seal.record,
        changed=0.0 if manifest.state == "ours" else None,
        entry=await _in_ledger(seal.record, database),
        key_id=seal.key_id,
        sentence=sentence_of(seal.record),
    )


def _rank(seal: Seal, content: Content) -> tuple[int, float]:
    trust = ("ours", "forged", "unknown").index(seal.trust)
    if seal.content.digest == content.digest:
        return trust, 0.0
    return trust, changed_share(seal.content.sketch, content.sketch) or 1.0


async def _in_ledger(record: Record, database: Database) -> InLedger:
    """Whether the ledger's entry of the newest answer is one of that model for that task."""
    origin = record.origin
    if origin is None or not origin.entry:
        return "none"
    # As the owner: no officer's transaction reads the ledger's bodies. What is told of it is a word.
    async with database.maintenance() as connection:
        cursor = await connection.execute("SELECT body FROM ledger WHERE seq = %s", (origin.entry,))
        found = await cursor.fetchone()
    if found is None:
        return "missing"
    body = orjson.loads(found[0])
    same = (body.get("model"), body.get("use")) == (origin.model, record.use)
    return "found" if same and body.get("task") in (None, record.task) else "missing"
