"""What a page carries for the server between two requests and must not be changed: which model wrote what.

Nothing of a meeting is kept here, so the page gives its text back each time; that a model wrote a sentence is
believed only with our own signature over both.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import orjson

from ...errors import InputError
from ...provenance import Origin
from ...store.signing import Signer, verify
from .finding import Stated

PURPOSE = "notes"
"""Which of our keys signs them."""
LONGEST = 60_000


def sealed(folder: Path, origin: Origin, summary: Sequence[Stated] = ()) -> str:
    """A token that says that `origin` wrote the summary, or wrote down the recording where there is none.

    `folder`: the data folder. Raises StoreError.
    """
    body = orjson.dumps({"origin": asdict(origin), "summary": [asdict(each) for each in summary]})
    signature = Signer.open(folder, PURPOSE).sign(body)
    return f"{_encoded(body)}.{_encoded(signature)}"


def opened(folder: Path, token: str) -> tuple[Origin | None, tuple[Stated, ...]]:
    """What a token of ours says; nothing for none. Raises InputError for one that was changed, StoreError."""
    if not token:
        return None, ()
    try:
        body, signature = (_decoded(part) for part in token[:LONGEST].split("."))
        if not verify(Signer.open(folder, PURPOSE).public_pem, body, signature):
            raise ValueError
        said = orjson.loads(body)
    except ValueError:
        raise InputError(
            "What a model wrote for this meeting was changed on its way.", hint="Have it written again."
        ) from None
    summary = tuple(Stated(text=each["text"], lines=tuple(each["lines"])) for each in said["summary"])
    return Origin(**said["origin"]), summary


def both(heard: Origin | None, wrote: Origin | None) -> Origin | None:
    """Of what a recogniser wrote down and a model summed up: one origin that names the two."""
    if heard is None or wrote is None:
        return wrote or heard
    entries = [each.entry for each in (heard, wrote) if each.entry]
    return Origin(
        model=f"{heard.model}, {wrote.model}",
        digest=wrote.digest,
        made_at=max(heard.made_at, wrote.made_at),
        entry=wrote.entry,
        first_entry=min(entries, default=0),
        answers=heard.answers + wrote.answers,
    )


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
