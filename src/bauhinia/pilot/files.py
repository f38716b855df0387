"""A program's files: the documents of its officer's shelf, as the OpenAI-compatible API names them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from ..errors import InputError, NotFound
from .office import Office

Purpose = Literal["user_data", "assistants"]
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
MOST = 200
"""Files that are listed at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """What is told of a file."""

    id: str
    name: str
    bytes: int
    created: datetime
    purpose: Purpose
    whole: bool
    """Whether all of its pages have been read."""


_FILE = """
SELECT id, name, bytes, created, purpose, coalesce(jsonb_array_length(document -> 'scanned'), 0) = 0 AS whole
  FROM documents
"""
_PAGE = """
 WHERE (%(purpose)s::text IS NULL OR purpose = %(purpose)s)
   AND (%(after)s::text IS NULL
        OR (created, id) < (SELECT created, id FROM documents WHERE id = %(after)s))
 ORDER BY created DESC, id DESC LIMIT %(limit)s
"""
_OLDEST_FIRST = _PAGE.replace(" < (SELECT", " > (SELECT").replace(" DESC", "")


class Files:
    """The files of whoever asks."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def add(self, data: bytes, name: str, purpose: Purpose) -> File:
        """Put a file on the shelf. Raises DocumentError, and then nothing is kept."""
        card = await self._office.add(data, name)
        async with self._office.database.connection() as connection:
            await connection.execute("UPDATE documents SET purpose = %s WHERE id = %s", (purpose, card.id))
        return await self.get(card.id)

    async def get(self, key: str) -> File:
        """Raises NotFound."""
        found = await self._rows(_FILE + " WHERE id = %(id)s", {"id": key})
        if not found:
            raise NotFound("There is no such file.", hint="It may have been removed; send it again.")
        return found[0]

    async def listed(
        self, *, limit: int, after: str | None = None, purpose: str | None = None, oldest_first: bool = False
    ) -> tuple[list[File], bool]:
        """Those that come after the file `after`, and whether there are more. Raises NotFound, InputError."""
        if not 1 <= limit <= MOST:
            raise InputError(f"At most {MOST} files are listed at once.", hint=f"Set limit from 1 to {MOST}.")
        if after is not None:
            await self.get(after)
        query = _FILE + (_OLDEST_FIRST if oldest_first else _PAGE)
        found = await self._rows(query, {"limit": limit + 1, "after": after, "purpose": purpose})
        return found[:limit], len(found) > limit

    async def content(self, key: str) -> bytes:
        """The bytes as they were sent. Raises NotFound, StoreError."""
        await self.get(key)
        return await self._office.shelf.file(key)

    async def text(self, key: str) -> tuple[str, str]:
        """The file's name and text. Raises NotFound, and InputError for a scan that is not read yet."""
        file = await self.get(key)
        if not file.whole:
            raise InputError(
                f"{file.name} is a scan that is still being read.", hint="Try again in a minute."
            )
        return file.name, (await self._office.shelf.document(key)).text

    async def remove(self, key: str) -> None:
        """Take it off the shelf. Raises NotFound."""
        await self.get(key)
        await self._office.remove(key)

    async def _rows(self, query: str, values: dict[str, object]) -> list[File]:
        return await self._office.database.rows(File, query, values)
