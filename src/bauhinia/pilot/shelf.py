"""The shelf: documents that were read, kept with their originals until the officer removes them."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from ..documents import Document, read_document, unlock, with_page_numbers
from ..errors import NotFound
from ..gateway import LOWEST, classifications
from ..jobs import OPEN
from ..language import detect
from ..settings import Limits
from ..store import Blobs, Database, before_deleting
from .codec import from_json, to_json
from .keeping import Original
from .reading import SAMPLE

UNPROTECTED = "The file was protected with a password; what is kept here is not."


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What the shelf says of a document without opening it."""

    id: str
    name: str
    format: str
    title: str
    variety: str
    """A `Variety` value."""
    pages: int | None
    blocks: int
    characters: int
    warnings: list[str]
    created: datetime
    scanned: int
    """Pages that are pictures whose text is yet to be read; 0 once the document is whole."""
    scanned_read: int
    """How many of those the task has read so far."""
    reading: str
    """Id of the task that reads them; empty when there is none."""
    reading_status: str
    """A `TaskStatus`, or empty."""
    classification: str
    own: bool
    """Whether it is of whoever asks, and not shared with them."""

    @property
    def is_being_read(self) -> bool:
        """The task that reads it is under way, or has yet to get its turn."""
        return self.reading_status in OPEN


_CARD = """
SELECT documents.id, name, format, variety, documents.created,
       document ->> 'title' AS title,
       (document ->> 'pages')::int AS pages,
       jsonb_array_length(document -> 'blocks') AS blocks,
       (SELECT coalesce(sum(length(block ->> 'text')), 0)::int
          FROM jsonb_array_elements(document -> 'blocks') AS block) AS characters,
       document -> 'warnings' AS warnings,
       coalesce(jsonb_array_length(document -> 'scanned'), 0) AS scanned,
       coalesce(work.pages_read, 0)::int AS scanned_read,
       coalesce(work.task, '') AS reading,
       coalesce(work.status, '') AS reading_status,
       documents.classification,
       documents.officer = acting_officer() AND documents.department = acting_department() AS own
  FROM documents
  LEFT JOIN LATERAL (
       SELECT tasks.id AS task, status, (SELECT count(*) FROM steps WHERE steps.task = tasks.id) AS pages_read
         FROM tasks
        WHERE kind = 'read' AND "order" ->> 'document' = documents.id
        ORDER BY tasks.created DESC LIMIT 1) AS work ON true
"""


_OWN = " WHERE documents.officer = acting_officer() AND documents.department = acting_department()"
_COPY = """
INSERT INTO documents (id, name, format, digest, bytes, document, variety, classification)
SELECT %s, name, format, digest, bytes, document, variety, classification FROM documents WHERE id = %s
"""
_RAISE_TASKS = """
UPDATE tasks SET classification = %s
 WHERE officer = acting_officer() AND department = acting_department() AND classification = ANY(%s)
   AND ("order" ->> 'document' = %s OR "order" -> 'documents' ? %s)
"""


class Shelf:
    """Documents of one database. Ids are unguessable."""

    def __init__(self, database: Database, blobs: Blobs, limits: Limits) -> None:
        self._database = database
        self._blobs = blobs
        self._limits = limits

    @property
    def blobs(self) -> Blobs:
        """Where the files are."""
        return self._blobs

    async def add(self, data: bytes, name: str, password: str = "", *, classification: str = LOWEST) -> Card:
        """Read a file, but for its pictures of pages, and keep it; a protected one without its protection.

        Raises DocumentError, InputError, and then nothing is kept. The password never is.
        """
        classifications().level(classification)
        data, warnings = await self._unlocked(data, name, password) if password else (data, ())
        document = await read_document(data, name, self._limits)
        document = replace(document, warnings=(*document.warnings, *warnings))
        key = secrets.token_hex(8)
        digest = hashlib.sha256(data).hexdigest()
        await self._blobs.put(digest, data)
        async with self._database.connection() as connection:
            await connection.execute(
                "INSERT INTO documents (id, name, format, digest, bytes, document, variety, classification) "
                "VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
                (
                    key,
                    document.name,
                    document.format,
                    digest,
                    len(data),
                    Jsonb(to_json(document)),
                    detect(document.text[:SAMPLE]).variety.value,
                    classification,
                ),
            )
        return await self.card(key)

    async def _unlocked(self, data: bytes, name: str, password: str) -> tuple[bytes, tuple[str, ...]]:
        """The file as it is kept, and what is said of that."""
        opened = await unlock(data, name, password, self._limits)
        return opened, () if opened == data else (UNPROTECTED,)

    async def number_pages(self, key: str) -> None:
        """Find out on which pages the blocks of a Word document are, and keep that; takes seconds.

        Other documents are left as they are.

        Raises NotFound, and DocumentError where LibreOffice is not installed or cannot lay it out.
        """
        document = await self.document(key)
        async with self._database.connection() as connection:
            cursor = await connection.execute("SELECT digest FROM documents WHERE id = %s", (key,))
            row = await cursor.fetchone()
        if row is None:
            raise _not_found()
        paged = await with_page_numbers(document, await self._blobs.get(row[0]), self._limits)
        if paged is not document:
            await self.replace(key, paged)

    async def card(self, key: str) -> Card:
        """Raises NotFound."""
        async with (
            self._database.connection() as connection,
            connection.cursor(row_factory=class_row(Card)) as cursor,
        ):
            await cursor.execute(_CARD + " WHERE documents.id = %s", (key,))
            card = await cursor.fetchone()
        if card is None:
            raise _not_found()
        return card

    async def cards(self, limit: int = 200) -> list[Card]:
        """The officer's own, the newest first."""
        return await self._database.rows(
            Card, _CARD + _OWN + " ORDER BY documents.created DESC LIMIT %s", (limit,)
        )

    async def cards_of(self, keys: Sequence[str]) -> dict[str, Card]:
        """Those of these documents that the officer may read, shared ones too, by id in the order given."""
        async with (
            self._database.connection() as connection,
            connection.cursor(row_factory=class_row(Card)) as cursor,
        ):
            await cursor.execute(_CARD + " WHERE documents.id = ANY(%s)", (list(keys),))
            found = {card.id: card for card in await cursor.fetchall()}
        return {key: found[key] for key in keys if key in found}

    async def raise_classification(self, key: str, classification: str) -> None:
        """Classify an own document higher, and with it every own task that used it. Raises NotFound."""
        lower = classifications().below(classification)
        async with self._database.connection() as connection:
            cursor = await connection.execute(
                "UPDATE documents SET classification = %s WHERE id = %s AND classification = ANY(%s)",
                (classification, key, lower),
            )
            if not cursor.rowcount:
                raise _not_found()
            await connection.execute(_RAISE_TASKS, (classification, lower, key, key))

    async def lower_classification(self, key: str, classification: str) -> None:
        """Classify a document of the department lower; its tasks stay as they are. The database sees that an
        administrator of the department does it. Raises NotFound."""
        async with self._database.connection() as connection:
            cursor = await connection.execute("SELECT document_lowered(%s, %s)", (key, classification))
            if await cursor.fetchone() in (None, (None,)):
                raise _not_found()

    async def document(self, key: str) -> Document:
        """Raises NotFound."""
        async with self._database.connection() as connection:
            cursor = await connection.execute("SELECT document FROM documents WHERE id = %s", (key,))
            row = await cursor.fetchone()
        if row is None:
            raise _not_found()
        return from_json(Document, row[0])

    async def file(self, key: str) -> bytes:
        """The bytes as they were sent. Raises NotFound."""
        async with self._database.connection() as connection:
            cursor = await connection.execute("SELECT digest FROM documents WHERE id = %s", (key,))
            row = await cursor.fetchone()
        if row is None:
            raise _not_found()
        return await self._blobs.get(row[0])

    async def copy(self, key: str) -> Card:
        """An own copy of a document that the officer may read, with its file's bytes. Raises NotFound."""
        new = secrets.token_hex(8)
        async with self._database.connection() as connection:
            cursor = await connection.execute(_COPY, (new, key))
        if not cursor.rowcount:
            raise _not_found()
        return await self.card(new)

    async def replace(self, key: str, document: Document) -> None:
        """Keep a document, read further, in the place of what was read before. Raises NotFound."""
        variety = detect(document.text[:SAMPLE]).variety.value
        async with self._database.connection() as connection:
            cursor = await connection.execute(
                "UPDATE documents SET document = %s, variety = %s WHERE id = %s",
                (Jsonb(to_json(document)), variety, key),
            )
        if not cursor.rowcount:
            raise _not_found()

    async def original(self, key: str) -> Original:
        """The document's file as it came. Raises NotFound, StoreError."""
        name = (await self.card(key)).name
        return Original(name=name, data=await self.file(key), limits=self._limits)

    async def documents(self, keys: Sequence[str]) -> dict[str, Document]:
        """By id, in the order asked. Raises NotFound."""
        return {key: await self.document(key) for key in dict.fromkeys(keys)}

    async def remove(self, key: str) -> None:
        """Forget the document, and its file when no other document, of whatever officer, has the same bytes.
        Raises NotFound."""
        async with self._database.connection() as connection:
            await before_deleting(connection)
            cursor = await connection.execute("DELETE FROM documents WHERE id = %s RETURNING digest", (key,))
            row = await cursor.fetchone()
            if row is None:
                raise _not_found()
            cursor = await connection.execute("SELECT blob_in_use(%s)", row)
            in_use = await cursor.fetchone()
        if in_use == (False,):
            await self._blobs.delete(row[0])


def _not_found() -> NotFound:
    return NotFound("There is no such document on the shelf.", hint="It may have been removed; add it again.")
