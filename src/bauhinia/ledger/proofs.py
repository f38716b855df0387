"""Proofs that are checked without the server: an entry is in the ledger that was signed, and a newer ledger
goes on from an older one. A file of JSON each; whoever checks needs it and the public key, nothing else.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import orjson

from ..errors import InputError, NotFound, StoreError
from ..store import Database
from . import notes, stored_tree, tree
from .chain import GENESIS, link
from .checkpoints import goes_on
from .notes import PublicKey, Signed


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryProof:
    """That an entry is in the ledger of a checkpoint."""

    entry: int
    body: str
    """The entry as it was written: canonical JSON."""
    previous: str
    """The hash of the entry before, base64."""
    path: tuple[str, ...]
    """Hashes from the leaf up, base64."""
    checkpoint: str
    """The signed note."""
    kind: str = "entry"


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthProof:
    """That the ledger of a newer checkpoint goes on from that of an older one."""

    older: str
    newer: str
    path: tuple[str, ...]
    kind: str = "growth"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proved:
    """What a proof shows, once it is checked."""

    entry: int | None
    """The entry; None for a proof of growth."""
    body: str
    size: int
    """Entries of the (newer) checkpoint."""
    from_size: int | None
    """Entries of the older one."""
    at: str
    """When the (newer) one was signed, by the signer's clock."""
    origin: str


def written(proof: EntryProof | GrowthProof) -> bytes:
    """The proof as a file."""
    return orjson.dumps(asdict(proof), option=orjson.OPT_INDENT_2) + b"\n"


async def prove_entry(database: Database, entry: int, signed: Signed) -> EntryProof:
    """Prove that an entry is in the ledger of that checkpoint.

    Raises NotFound for an entry that the checkpoint does not have, StoreError where the ledger is not the
    one that was signed.
    """
    if not 1 <= entry <= signed.size:
        raise NotFound(f"Checkpoint {signed.size} has no entry {entry}.", hint="Give the number of an entry.")
    async with database.maintenance() as connection:
        cursor = await connection.execute(
            "SELECT seq, body, hash FROM ledger WHERE seq BETWEEN %s - 1 AND %s ORDER BY seq", (entry, entry)
        )
        rows = {row[0]: (row[1], bytes(row[2])) for row in await cursor.fetchall()}
        node_of = stored_tree.nodes(connection)
        spans = tree.inclusion_spans(entry - 1, signed.size)
        path = [await tree.hash_of(span, node_of) for span in spans]
    before = GENESIS if entry == 1 else rows.get(entry - 1, ("", b""))[1]
    proof = EntryProof(
        entry=entry,
        body=rows.get(entry, ("", b""))[0],
        previous=_encoded(before),
        path=tuple(map(_encoded, path)),
        checkpoint=signed.note.decode(),
    )
    if not _holds(proof, signed):
        raise StoreError(
            f"Entry {entry} is not the one of which checkpoint {signed.size} was signed.",
            hint="Run `bauhinia ledger verify`, and keep this database for inquiry.",
        )
    return proof


async def prove_growth(database: Database, older: Signed, newer: Signed) -> GrowthProof:
    """Prove that the newer checkpoint's ledger goes on from the older's.

    Raises InputError where they are not in that order, StoreError where the ledger is not theirs.
    """
    if not 0 < older.size <= newer.size:
        raise InputError("The older checkpoint comes first.", hint="Give them the other way round.")
    async with database.maintenance() as connection:
        head = await stored_tree.read_head(connection)
        for each in (older, newer):
            await goes_on(connection, each.checkpoint, head)
        node_of = stored_tree.nodes(connection)
        spans = tree.consistency_spans(older.size, newer.size)
        path = [_encoded(await tree.hash_of(span, node_of)) for span in spans]
    return GrowthProof(older=older.note.decode(), newer=newer.note.decode(), path=tuple(path))


def check(data: bytes, keys: Sequence[PublicKey]) -> Proved:
    """Check a proof's file with nothing but the public keys. Raises InputError, saying what is wrong."""
    proof = _read(data)
    if isinstance(proof, EntryProof):
        signed = _signed(proof.checkpoint, keys)
        if not _holds(proof, signed):
            raise _refused("The entry is not in the ledger that was signed, or was changed since.")
        return _proved(signed, entry=proof.entry, body=proof.body)
    older, newer = _signed(proof.older, keys), _signed(proof.newer, keys)
    old, new, path = older.checkpoint, newer.checkpoint, [_decoded(each) for each in proof.path]
    if old.origin != new.origin or not tree.consistent(old.size, new.size, old.root, new.root, path):
        raise _refused("The newer ledger does not go on from the older one.")
    return _proved(newer, from_size=older.size)


def _proved(
    signed: Signed, *, entry: int | None = None, body: str = "", from_size: int | None = None
) -> Proved:
    checkpoint = signed.checkpoint
    return Proved(
        entry=entry,
        body=body,
        size=checkpoint.size,
        from_size=from_size,
        at=checkpoint.at,
        origin=checkpoint.origin,
    )


def _holds(proof: EntryProof, signed: Signed) -> bool:
    """Whether the body, linked to the entry before, is the leaf of that number, and says so itself."""
    hash_ = link(_decoded(proof.previous), proof.body.encode())
    path = [_decoded(each) for each in proof.path]
    checkpoint = signed.checkpoint
    return _number(proof.body) == proof.entry and tree.included(
        hash_, proof.entry - 1, checkpoint.size, path, checkpoint.root
    )


def _number(body: str) -> int | None:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return found.get("seq") if isinstance(found, dict) else None


def _read(data: bytes) -> EntryProof | GrowthProof:
    try:
        given: dict[str, Any] = orjson.loads(data)
        kind = EntryProof if given["kind"] == "entry" else GrowthProof
        proof = kind(**{**given, "path": tuple(given["path"])})
        texts = [*proof.path, *(value for name, value in given.items() if name not in ("path", "entry"))]
        whole = all(isinstance(text, str) for text in texts)
        if not whole or (isinstance(proof, EntryProof) and type(proof.entry) is not int):
            raise TypeError
    except (orjson.JSONDecodeError, KeyError, TypeError):
        raise InputError(
            "This is no proof of a ledger.", hint="Give a file that `bauhinia ledger prove` wrote."
        ) from None
    return proof


def _signed(note: str, keys: Sequence[PublicKey]) -> Signed:
    found = notes.read(note.encode())
    if not found.is_by(keys):
        raise _refused("The checkpoint in it was not signed by the given key.")
    return found


def _encoded(hash_: bytes) -> str:
    return base64.b64encode(hash_).decode()


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise _refused("A hash in it is damaged.") from None


def _refused(sentence: str) -> InputError:
    return InputError(
        f"The proof does not hold. {sentence}", hint="Ask for a new one, and for the public key again."
    )
