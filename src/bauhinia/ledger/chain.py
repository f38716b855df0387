"""The hash chain: what a row is made of, and how one row holds on to the one before."""

from __future__ import annotations

from dataclasses import dataclass, fields
from hashlib import sha256
from typing import Any, Literal

import orjson

Kind = Literal["chat", "embed", "rerank", "hear", "speak", "song", "film", "deed"]
Outcome = Literal["answered", "refused", "failed", "cancelled"]

GENESIS = sha256(b"").digest()
"""What the first row holds on to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One model call, refusal, or deed of a person. Holds no text of a prompt or an answer: digests and
    lengths only."""

    kind: Kind
    outcome: Outcome
    officer: str
    department: str
    use: str = ""
    model: str = ""
    task: str | None = None
    classification: str = "unclassified"
    decisions: tuple[tuple[str, bool, str], ...] = ()
    """(stage, allowed, reason) in the order they were taken."""
    prompt_digest: str = ""
    """SHA-256 of what was sent to the model, personal data already replaced."""
    prompt_characters: int = 0
    answer_digest: str = ""
    answer_characters: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    cost: int | None = None
    """Millionths of a HK$; None where no price is known."""
    seconds: float = 0.0
    error: str = ""
    """The error's name in `errors.py`, where the outcome is not `answered`."""
    deed: str = ""
    """What a person did besides asking a model: `people.sign_in`, `sharing.share`, `boundary.open`, ..."""
    subject: str = ""
    """The id of what it was done to."""


_FIELDS = tuple(field.name for field in fields(Entry))


@dataclass(frozen=True, slots=True)
class Head:
    """Where the chain ends: the number of its last row (0 for none) and that row's hash."""

    seq: int
    hash: bytes

    @classmethod
    def empty(cls) -> Head:
        """Before the first row."""
        return cls(0, GENESIS)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table `ledger`."""

    seq: int
    body: str
    """Canonical JSON: keys sorted, no spaces, UTF-8."""
    previous: bytes
    """The hash of the row before; not stored."""
    hash: bytes

    @property
    def head(self) -> Head:
        """The chain's end, were this its last row."""
        return Head(self.seq, self.hash)


def canonical(value: dict[str, Any]) -> str:
    """The one way to write this as JSON."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def link(previous: bytes, body: bytes) -> bytes:
    """The hash of a row: SHA-256 over the hash before it and its own body."""
    return sha256(previous + body).digest()


def next_row(head: Head, entry: Entry, at: str) -> Row:
    """The row that follows `head`; `at` is its time, ISO 8601 in UTC."""
    seq = head.seq + 1
    # Not `asdict`, which copies deeply and costs more than the hash.
    values = {name: getattr(entry, name) for name in _FIELDS}
    body = canonical(values | {"seq": seq, "at": at})
    return Row(seq, body, head.hash, link(head.hash, body.encode()))
