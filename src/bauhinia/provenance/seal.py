"""The record and the content's digest, signed: a JSON Web Signature (RFC 7515, RFC 9864) with our own key.

Anybody who has the public key can check it with a library of their own; `/api/label/key` gives it out.
"""

from __future__ import annotations

import base64
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

import orjson

from ..language import Variety
from ..store.signing import Signer, verify
from .content import Content
from .record import Origin, Record

PURPOSE = "labels"
"""Which of our keys signs labels."""
_TYPE = "bauhinia-label"
_LONGEST = 13_000
_YEARS = range(2000, 2200)
Trust = Literal["ours", "unknown", "forged"]
"""`ours`: a key that is trusted here signed exactly this; `unknown`: another key; `forged`: a trusted key is
named, which did not sign it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """A token, opened."""

    record: Record
    content: Content
    key_id: str
    trust: Trust


def sealed(record: Record, content: Content, signer: Signer) -> str:
    """The token: `header.payload.signature`, base64url, ASCII."""
    head = {"alg": "Ed25519", "typ": _TYPE, "kid": signer.key_id}
    body = {"v": 1, **asdict(record), **{f"content_{name}": value for name, value in asdict(content).items()}}
    signed = f"{_encoded(orjson.dumps(head))}.{_encoded(orjson.dumps(body))}"
    return f"{signed}.{_encoded(signer.sign(signed.encode()))}"


def opened(token: str, keys: dict[str, str]) -> Seal | None:
    """What a token says, and whether to believe it; None for what is no label of any Bauhinia.

    `keys`: trusted public keys as PEM, by `store.signing.key_id`.
    """
    if len(token) > _LONGEST:
        return None
    try:
        head, body, signature = map(_decoded, token.split("."))
        said, told = orjson.loads(head), orjson.loads(body)
        if said["typ"] != _TYPE or said["alg"] != "Ed25519" or told["v"] != 1:
            return None
        record, content, key_id = _record(told), _content(told), str(said["kid"])
    except (ValueError, KeyError, TypeError):
        return None
    trust: Trust = "unknown"
    if key_id in keys:
        signed = token.rpartition(".")[0].encode()
        trust = "ours" if verify(keys[key_id], signed, signature) else "forged"
    return Seal(record=record, content=content, key_id=key_id, trust=trust)


def _record(told: dict[str, Any]) -> Record:
    origin = told["origin"]
    return Record(
        id=str(told["id"]),
        use=str(told["use"]),
        origin=None if origin is None else _origin(origin),
        department=str(told["department"]),
        issued_at=_time(str(told["issued_at"])),
        language=Variety(told["language"]).value,
        edited=float(told["edited"]),
        marking=str(told["marking"]),
        task=str(told["task"]),
    )


def _origin(told: dict[str, Any]) -> Origin:
    return Origin(
        model=str(told["model"]),
        digest=str(told["digest"]),
        made_at=_time(str(told["made_at"])) if told["made_at"] else "",
        entry=int(told["entry"]),
        first_entry=int(told["first_entry"]),
        answers=int(told["answers"]),
    )


def _time(text: str) -> str:
    """A time that can be shown: what is not ours may say anything. Raises ValueError."""
    if datetime.fromisoformat(text).year not in _YEARS:
        raise ValueError("no time of a label")
    return text


def _content(told: dict[str, Any]) -> Content:
    return Content(
        digest=str(told["content_digest"]),
        sketch=str(told["content_sketch"]),
        characters=int(told["content_characters"]),
    )


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
