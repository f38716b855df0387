"""A label as the product gives it: the visible sentence, and files signed with keys made for the test."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

import pytest

from bauhinia.chat.work import Label
from bauhinia.provenance import Origin, Record, sentence_of
from bauhinia.provenance.content import Content
from bauhinia.provenance.credentials import credentials
from bauhinia.provenance.media import sign_media
from bauhinia.provenance.seal import PURPOSE, sealed
from bauhinia.store.signing import Signer

MADE_AT = "2026-11-27T10:00:00+08:00"
RECORD = Record(
    id="ABCD-EFGH-JKLM",
    use="chat.media",
    origin=Origin(model="bauhinia-composer", made_at=MADE_AT),
    department="Demonstration Department",
    issued_at=MADE_AT,
    language="zh-Hant-HK",
)


@pytest.fixture
def label(tmp_path: Path) -> Label:
    signs, signer = credentials(tmp_path), Signer.open(tmp_path, PURPOSE)

    async def sign(data: bytes, media_type: str) -> bytes:
        token = sealed(RECORD, Content(digest=hashlib.sha256(data).hexdigest()), signer)
        return await asyncio.to_thread(sign_media, data, media_type, RECORD, token, signs)

    return Label(sentence=sentence_of(RECORD), sign=sign)
