"""The one place where a file that leaves the office is labelled (D-A2.2.1-03, D-2.1.3.4-02, D-3.3-14).

A writer has put the visible sentence into the file; here its content is read back, the record signed with the
content's digest, kept, noted in the ledger, and put into the file's metadata. A file for which any of this
fails is not given out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..documents.reading import made_elsewhere, work_elsewhere
from ..ledger import Ledger
from ..people import Officer
from ..settings import Limits
from ..store import Database
from ..store.signing import Signer
from .checking import Verdict, verdict_of
from .content import Content
from .kept import Labels
from .keys import own_key, trusted_keys
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
        entry = await self._ledger.record(
            "label.issue", officer=officer.id, department=officer.department, subject=record.reference
        )
        await self.kept.keep(record, token, officer=officer, form=said["form"], sources=sources, entry=entry)
        return made

    async def check(self, data: bytes, name: str) -> Verdict:
        """Where a file came from, and whether it was altered. Raises DocumentError for one that cannot be
        read, StoreError."""
        said = await work_elsewhere(CHILD, "look", data, name, self._limits)
        keys = trusted_keys(self._folder)
        seals = [seal for token in said["tokens"] if (seal := opened(token, keys)) is not None]
        content = Content(**said["content"])
        if seals:
            return await verdict_of(seals, content, self._database)
        kept = [token for key in said["references"] if (token := await self.kept.token(key)) is not None]
        seals = [seal for token in kept if (seal := opened(token, keys)) is not None]
        found = await verdict_of(seals, content, self._database)
        return replace(found, by_reference=bool(seals))

    def public_key(self) -> str:
        """The key that proves our labels to others, as PEM. Raises StoreError."""
        return own_key(self._folder)
