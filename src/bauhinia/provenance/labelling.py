"""The one place where a file that leaves the office is labelled (D-A2.2.1-03, D-2.1.3.4-02, D-3.3-14).

A writer has put the visible sentence into the file; here its content is read back, the record signed with the
content's digest, kept, noted in the ledger, and put into the file's metadata. A file for which any of this
fails is not given out.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..documents.reading import made_elsewhere, work_elsewhere
from ..ledger import Ledger
from ..people import Officer
from ..settings import Limits
from ..store import Database
from ..store.signing import Signer
from .checking import Verdict, verdict_of, verdict_of_media
from .content import Content
from .credentials import credentials
from .kept import Labels
from .keys import own_key, trusted_keys
from .media import Manifest, Risk, media_type_of, sign_media
from .record import Record
from .seal import PURPOSE, opened, sealed

CHILD = "bauhinia.provenance.child"


class Labelling:
    """Signs and keeps labels for one system."""

    def __init__(self, data_folder: Path, database: Database, ledger: Ledger, limits: Limits) -> None:
        self._folder = data_folder
        self._ledger = ledger
        self._database = database
        self._limits = limits
        self.kept = Labels(database)

    async def labelled(
        self, data: bytes, name: str, record: Record, *, officer: Officer, sources: Sequence[str] = ()
    ) -> bytes:
        """The file with the signed record in it, which is kept and in the ledger by then.

        Raises DocumentError for a file that cannot be read back, StoreError.
        """
        said = await work_elsewhere(CHILD, "look", data, name, self._limits)
        token = sealed(record, Content(**said["content"]), Signer.open(self._folder, PURPOSE))
        made = await made_elsewhere(CHILD, "put", data, name, self._limits, {"token": token})
        await self._keep(record, token, officer=officer, form=said["form"], sources=sources)
        return made

    async def labelled_media(
        self,
        data: bytes,
        media_type: str,
        record: Record,
        *,
        officer: Officer,
        risk: Risk = "",
        sources: Sequence[str] = (),
    ) -> bytes:
        """The picture, sound or film with its mark, its tags and its C2PA manifest (D-3.2.1-06, D-3.1-24).

        Raises InputError, Refused, BrokenDocument, MissingPart, StoreError.
        """
        content = Content(digest=hashlib.sha256(data).hexdigest())
        token = sealed(record, content, Signer.open(self._folder, PURPOSE))
        signs = credentials(self._folder)
        made = await asyncio.to_thread(sign_media, data, media_type, record, token, signs, risk)
        await self._keep(record, token, officer=officer, form=media_type, sources=sources)
        return made

    async def _keep(
        self, record: Record, token: str, *, officer: Officer, form: str, sources: Sequence[str]
    ) -> None:
        """Nothing is given out of which there is no trace."""
        entry = await self._ledger.record(
            "label.issue", officer=officer.id, department=officer.department, subject=record.reference
        )
        await self.kept.keep(record, token, officer=officer, form=form, sources=sources, entry=entry)

    async def check(self, data: bytes, name: str) -> Verdict:
        """Where a file came from, and whether it was altered. Raises DocumentError for one that cannot be
        read, StoreError."""
        keys = trusted_keys(self._folder)
        if media_type := media_type_of(data):
            return await self._check_media(data, name, media_type, keys)
        said = await work_elsewhere(CHILD, "look", data, name, self._limits)
        seals = [seal for token in said["tokens"] if (seal := opened(token, keys)) is not None]
        content = Content(**said["content"])
        if seals:
            return await verdict_of(seals, content, self._database)
        kept = [token for key in said["references"] if (token := await self.kept.token(key)) is not None]
        seals = [seal for token in kept if (seal := opened(token, keys)) is not None]
        found = await verdict_of(seals, content, self._database)
        return replace(found, by_reference=bool(seals))

    async def _check_media(self, data: bytes, name: str, media_type: str, keys: dict[str, str]) -> Verdict:
        order = {"media_type": media_type, "root": credentials(self._folder).root}
        said = await work_elsewhere(CHILD, "media", data, name, self._limits, order)
        manifest = Manifest(**said["manifest"])
        return await verdict_of_media(manifest, opened(manifest.token, keys), self._database)

    def public_key(self) -> str:
        """The key that proves our labels to others, as PEM. Raises StoreError."""
        return own_key(self._folder)
