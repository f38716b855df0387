"""Whether what the library holds is what was put in: the file's bytes, the text read of it, its passages.

A document is checked when its page is opened and in each audit of its collection (D-2.1.1-02, D-2.1.1-03).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, LiteralString

from ..errors import NotFound
from ..gateway import Gateway
from ..store import Blobs, Database
from .sheets import Sheets

State = Literal["whole", "file_altered", "file_gone", "text_altered"]
CHEAP = 20_000_000
"""Bytes of a file that are read again for a page; a larger one's only in an audit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a check of a document found."""

    document: str
    name: str
    state: State


class Integrity:
    """Checks the documents of the acting officer's department."""

    def __init__(self, database: Database, gateway: Gateway, blobs: Blobs) -> None:
        self._database = database
        self._gateway = gateway
        self._blobs = blobs

    async def document(self, document: str) -> State:
        """The document's state, told to the ledger where it is not whole. A file beyond `CHEAP` bytes is not
        read. Raises NotFound."""
        rows = await self._rows(_ONE, document)
        if not rows:
            raise NotFound("There is no such document in the library.", hint="It may have been removed.")
        checked = await self._checked(rows[0], most=CHEAP)
        if checked.state != "whole":
            who = self._gateway.officer
            await self._gateway.ledger.record(
                "knowledge.integrity", officer=who.id, department=who.department, subject=document
            )
        return checked.state

    async def audit(self, collection: str) -> list[Checked]:
        """Check every document of a collection and write the audit down; gives those that are not whole."""
        rows = await self._rows(_ALL, collection)
        checked = [await self._checked(row) for row in rows]
        broken = [each for each in checked if each.state != "whole"]
        sheets = Sheets(self._database, self._gateway)
        await sheets.audited(collection, len(rows), [each.document for each in broken])
        return broken

    async def _rows(self, statement: LiteralString, value: str) -> Sequence[_Row]:
        async with self._database.connection() as connection:
            cursor = await connection.execute(statement, (value,))
            return await cursor.fetchall()

    async def _checked(self, row: _Row, most: int | None = None) -> Checked:
        key, name, digest, size, sealed = row
        return Checked(document=key, name=name, state=await self._state(digest, size, sealed, most))

    async def _state(self, digest: str, size: int, sealed: bool, most: int | None) -> State:
        if not sealed:
            return "text_altered"
        if most is not None and size > most:
            return "whole"
        try:
            data = await self._blobs.get(digest)
        except NotFound:
            return "file_gone"
        return "whole" if hashlib.sha256(data).hexdigest() == digest else "file_altered"


_KEPT: LiteralString = (
    "SELECT id, name, digest, bytes, seal = knowledge_seal(id) FROM knowledge_documents WHERE "
)
_ONE: LiteralString = _KEPT + "id = %s"
_ALL: LiteralString = _KEPT + "collection = %s ORDER BY name"
_Row = tuple[str, str, str, int, bool]
"""Id, name, digest, bytes, and whether text and passages are as they were sealed."""
