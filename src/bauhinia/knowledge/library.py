"""The library: collections of a department, and the documents in them, kept until they are removed or due."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal, LiteralString, NamedTuple

from psycopg import errors
from psycopg.rows import class_row
from psycopg.types.json import Jsonb
from pydantic import TypeAdapter

from ..documents import Document, ScannedPage, read_document, read_page, with_pages
from ..errors import Conflict, DocumentError, InputError, NotFound
from ..gateway import LOWEST, Gateway, classifications
from ..settings import Limits
from ..store import Blobs, Connection, Database, before_deleting
from .passages import Cut, cut
from .quality import Beside, Quality, examined
from .rights import Statement
from .sheets import check_stated, write
from .tokens import dense, sparse, weights

USE = "knowledge.index"
DIMENSIONS = 384
"""Numbers of a vector in the database. Shorter ones are filled up with zeros, which changes no nearness."""
AT_ONCE = 16
"""Passages embedded in one call: two seconds' work of the built-in embedder."""
LONGEST_NAME = 120
HELD_DAYS = 90
"""A suspect file that nobody looks at is forgotten after so many days, or the collection's own, if fewer."""

FateName = Literal["added", "present", "replaced", "refused", "held"]
_DOCUMENT: TypeAdapter[Document] = TypeAdapter(Document)


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """A department's documents of one kind."""

    id: str
    name: str
    days: int | None
    """How long a document is kept; None for as long as it is wanted."""
    documents: int
    passages: int
    created: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the library says of a document without opening it."""

    id: str
    collection: str
    name: str
    format: str
    title: str
    classification: str
    pages: int | None
    passages: int
    bytes: int
    added: datetime
    added_by: str
    due: datetime | None
    """When it is deleted; None for as long as it is wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What became of a file that was given to the library."""

    name: str
    fate: FateName
    """`present`: the collection holds these bytes already. `replaced`: it held others of this name. `held`:
    nothing of it is kept until a person has looked at it."""
    document: str = ""
    passages: int = 0
    pages: int | None = None
    reason: str = ""
    """Of a refusal, a sentence for the officer."""
    hint: str = ""
    warnings: tuple[str, ...] = ()
    quality: Quality | None = None
    """What was found in it; None where it was not read."""


class Library:
    """The collections of the acting officer's department; every officer of it may read and write them."""

    def __init__(self, database: Database, gateway: Gateway, blobs: Blobs, limits: Limits) -> None:
        self._database = database
        self._gateway = gateway
        self._blobs = blobs
        self._limits = limits

    async def create(self, name: str, *, sheet: Statement, days: int | None = None) -> str:
        """A new collection of the acting officer's department, and its sheet; gives its id.

        Raises InputError, Conflict.
        """
        name = name.strip()
        if not 0 < len(name) <= LONGEST_NAME or (days is not None and not 0 < days <= 36_500):
            raise InputError(
                "A collection needs a name, and days of keeping between 1 and 36 500 if it has any.",
                hint=f"Give it a name of at most {LONGEST_NAME} characters.",
            )
        key = secrets.token_hex(8)
        try:
            async with self._database.connection() as connection:
                await connection.execute(
                    "INSERT INTO knowledge_collections (id, name, days) VALUES (%s, %s, %s)",
                    (key, name, days),
                )
                await write(connection, key, sheet, self._gateway.officer)
        except errors.UniqueViolation as error:
            raise Conflict(f"There is a collection “{name}” already.", hint="Choose another name.") from error
        return key

    async def collections(self) -> list[Collection]:
        """By name."""
        return await self._database.rows(Collection, _COLLECTIONS)

    async def collection(self, wanted: str) -> Collection:
        """By id or by name. Raises NotFound."""
        for each in await self.collections():
            if wanted in (each.id, each.name):
                return each
        raise _no_collection()

    async def check_takes(self, collection: str) -> None:
        """Whether files may be added. Raises NotFound, InputError where its sheet is to be stated."""
        found = await self.collection(collection)
        async with self._database.connection() as connection:
            await check_stated(connection, found.id)

    async def documents(self, collection: str) -> list[Kept]:
        """The documents of a collection, by name."""
        return await self._database.rows(
            Kept, _KEPT + " WHERE kept.collection = %s ORDER BY kept.name", (collection,)
        )

    async def kept(self, document: str) -> Kept:
        """Raises NotFound."""
        async with (
            self._database.connection() as connection,
            connection.cursor(row_factory=class_row(Kept)) as cursor,
        ):
            await cursor.execute(_KEPT + " WHERE kept.id = %s", (document,))
            row = await cursor.fetchone()
        if row is None:
            raise _no_document()
        return row

    async def kept_of(self, documents: Sequence[str]) -> list[Kept]:
        """What the library says of these documents, by name; without those that are not there any more."""
        return await self._database.rows(
            Kept, _KEPT + " WHERE kept.id = ANY (%s) ORDER BY kept.name", (list(documents),)
        )

    async def document(self, document: str) -> Document:
        """The document as it was read. Raises NotFound."""
        return _DOCUMENT.validate_python(
            await self._one("SELECT document FROM knowledge_documents WHERE id = %s", document)
        )

    async def those(self, documents: Sequence[str]) -> dict[str, Document]:
        """Documents as they were read, by id; without those that are not there any more."""
        async with self._database.connection() as connection:
            cursor = await connection.execute(
                "SELECT id, document FROM knowledge_documents WHERE id = ANY (%s)", (list(documents),)
            )
            return {row[0]: _DOCUMENT.validate_python(row[1]) for row in await cursor.fetchall()}

    async def highest(self, documents: Sequence[str]) -> str:
        """The highest classification of these documents; the lowest of all where there are none."""
        async with self._database.connection() as connection:
            cursor = await connection.execute(
                "SELECT classification FROM knowledge_documents WHERE id = ANY (%s)", (list(documents),)
            )
            return classifications().highest([row[0] for row in await cursor.fetchall()])

    async def highest_in(self, collection: str = "") -> str:
        """The highest classification of a collection's documents; of all collections' where none is named."""
        async with self._database.connection() as connection:
            cursor = await connection.execute(
                "SELECT DISTINCT classification FROM knowledge_documents "
                "WHERE department = acting_department() AND (%s = '' OR collection = %s)",
                (collection, collection),
            )
            return classifications().highest([row[0] for row in await cursor.fetchall()])

    async def file(self, document: str) -> bytes:
        """The bytes as they came. Raises NotFound."""
        digest = await self._one("SELECT digest FROM knowledge_documents WHERE id = %s", document)
        return await self._blobs.get(digest)

    async def add(
        self,
        collection: str,
        name: str,
        data: bytes,
        *,
        classification: str = LOWEST,
        looked_at: bool = False,
    ) -> Fate:
        """Read a file, cut it into passages, embed and keep them: all of it or nothing.

        Given twice, the same bytes are kept once; other bytes of the same name replace those. A file that
        cannot be read is a fate, not an error; so is one that is suspect, unless a person has `looked_at` it.
        Raises NotFound for the collection, InputError for an unknown classification and for a collection
        whose sheet is still to be stated, and the gateway's errors: Refused where the embedder may not see so
        high.
        """
        classifications().level(classification)
        digest = hashlib.sha256(data).hexdigest()
        if (there := await self._present(collection, digest)) is not None:
            return Fate(name=name, fate="present", document=there)
        try:
            document = await self._read(name, data)
        except DocumentError as error:
            return Fate(name=name, fate="refused", reason=error.message, hint=error.hint)
        cuts = cut(document)
        if not cuts:
            return Fate(name=name, fate="refused", reason="There is no text in it.", hint="Check the file.")
        quality = await self._examined(collection, document, cuts)
        if quality.suspicions and not looked_at:
            return Fate(name=name, fate="held", pages=document.pages, quality=quality)
        vectors = await self._vectors(cuts, classification)
        await self._blobs.put(digest, data)
        key = secrets.token_hex(8)
        try:
            async with self._database.connection() as connection:
                replaced = await _removed(connection, _NAMED, collection, document.name)
                as_kept = _AsKept(digest, len(data), self._gateway.embedder, classification, quality)
                await _keep(connection, key, collection, document, as_kept)
                await _keep_passages(connection, key, cuts, vectors)
                await connection.execute(_SEAL, (key,))
        except errors.UniqueViolation:
            return await self._overtaken(collection, name, digest)
        await self.forget_bytes(replaced)
        return Fate(
            name=name,
            fate="replaced" if replaced else "added",
            document=key,
            passages=len(cuts),
            pages=document.pages,
            warnings=document.warnings,
            quality=quality,
        )

    async def _examined(self, collection: str, document: Document, cuts: Sequence[Cut]) -> Quality:
        """The file's report, beside what the collection holds under other names."""
        same = hashlib.md5  # the index's own function; nothing is secured by it
        words = list({same(each.text.encode(), usedforsecurity=False).hexdigest() for each in cuts})
        async with self._database.connection() as connection:
            cursor = await connection.execute(_SIZES, (collection, document.name))
            sizes = [row[0] for row in await cursor.fetchall()]
            cursor = await connection.execute(_SAME, (collection, words, document.name))
            repeats, number = await cursor.fetchone() or ("", 0)
        beside = Beside(sizes=sizes, repeats=repeats, repeated=number / len(words))
        return await asyncio.to_thread(examined, document, cuts, beside)

    async def _overtaken(self, collection: str, name: str, digest: str) -> Fate:
        """What became of a file that was given twice at once."""
        if (there := await self._present(collection, digest)) is not None:
            return Fate(name=name, fate="present", document=there)
        await self.forget_bytes([digest])
        raise Conflict(f"Somebody else is adding another file {name}.", hint="Add it again.")

    async def remove(self, document: str) -> None:
        """Delete a document, its passages, vectors and words, and its bytes unless another document of
        whatever department has them. Raises NotFound."""
        async with self._database.connection() as connection:
            digests = await _removed(connection, _ONE, document)
        if not digests:
            raise _no_document()
        await self.forget_bytes(digests)
        await self._record("knowledge.remove", document)

    async def remove_collection(self, collection: str) -> None:
        """Delete a collection with all that is in it. Raises NotFound."""
        async with self._database.connection() as connection:
            cursor = await connection.execute(_WAITING, (collection,))
            digests = [row[0] for row in await cursor.fetchall()]
            digests += await _removed(connection, _ALL, collection)
            gone = await connection.execute("DELETE FROM knowledge_collections WHERE id = %s", (collection,))
        await self.forget_bytes(digests)
        if not gone.rowcount:
            raise _no_collection()
        await self._record("knowledge.remove_collection", collection)

    async def sweep(self) -> int:
        """Delete what is due, of every department, and files that nobody let in; gives how many. For
        the system alone."""
        async with self._database.maintenance() as connection:
            digests = await _removed(connection, _DUE)
            cursor = await connection.execute(_NEVER_LET_IN, (HELD_DAYS,))
            digests += [row[0] for row in await cursor.fetchall()]
        await self.forget_bytes(digests)
        return len(digests)

    async def _record(self, deed: str, subject: str) -> None:
        """Tell the ledger what an officer did to what the whole department uses."""
        who = self._gateway.officer
        await self._gateway.ledger.record(deed, officer=who.id, department=who.department, subject=subject)

    async def _present(self, collection: str, digest: str) -> str | None:
        """The id of the document with these bytes. Raises NotFound for the collection, InputError where its
        sheet is to be stated."""
        async with self._database.connection() as connection:
            cursor = await connection.execute(
                "SELECT kept.id FROM knowledge_collections AS c LEFT JOIN knowledge_documents AS kept "
                "ON kept.collection = c.id AND kept.digest = %s WHERE c.id = %s",
                (digest, collection),
            )
            row = await cursor.fetchone()
            if row is None:
                raise _no_collection()
            await check_stated(connection, collection)
        return None if row[0] is None else str(row[0])

    async def _read(self, name: str, data: bytes) -> Document:
        """The file, its pictures of pages too. Raises DocumentError."""
        document = await read_document(data, name, self._limits)
        pages: dict[int, ScannedPage] = {}
        for number in document.scanned:
            try:
                pages[number] = await read_page(data, name, number, self._limits)
            except DocumentError as error:
                warning = f"Page {number} was not read. {error.message}"
                pages[number] = ScannedPage(blocks=(), warnings=(warning,))
        return with_pages(document, pages) if pages else document

    async def _vectors(self, cuts: Sequence[Cut], classification: str) -> list[list[float]]:
        vectors: list[list[float]] = []
        for start in range(0, len(cuts), AT_ONCE):
            texts = [each.context for each in cuts[start : start + AT_ONCE]]
            vectors += await self._gateway.embed(
                texts, "passage", officer=self._gateway.officer, use=USE, classification=classification
            )
        return [padded(vector) for vector in vectors]

    async def _one(self, statement: LiteralString, document: str) -> Any:
        async with self._database.connection() as connection:
            row = await (await connection.execute(statement, (document,))).fetchone()
        if row is None:
            raise _no_document()
        return row[0]

    async def keep_bytes(self, data: bytes) -> str:
        """Keep a file's bytes until it is read; gives their digest."""
        digest = hashlib.sha256(data).hexdigest()
        await self._blobs.put(digest, data)
        return digest

    async def bytes_of(self, digest: str) -> bytes:
        """Bytes that were kept. Raises NotFound."""
        return await self._blobs.get(digest)

    async def forget_bytes(self, digests: Sequence[str]) -> None:
        """Delete the bytes that no document of any department has, nor any file that waits."""
        for digest in digests:
            async with self._database.connection() as connection:
                await before_deleting(connection)
                row = await (await connection.execute("SELECT blob_in_use(%s)", (digest,))).fetchone()
            if row == (False,):
                await self._blobs.delete(digest)


def padded(vector: Sequence[float]) -> list[float]:
    """The vector in as many numbers as the database holds. Raises InputError for a longer one."""
    if len(vector) > DIMENSIONS:
        raise InputError(
            f"The embedder gives vectors of {len(vector)} numbers; the library holds {DIMENSIONS}.",
            hint="Use the built-in embedder, or one of at most 384 dimensions (BAUHINIA_EMBEDDER_MODEL).",
        )
    return [*vector, *([0.0] * (DIMENSIONS - len(vector)))]


class _AsKept(NamedTuple):
    """What is kept of a document beside what was read."""

    digest: str
    size: int
    embedder: str
    classification: str
    quality: Quality


async def _keep(
    connection: Connection, key: str, collection: str, document: Document, as_kept: _AsKept
) -> None:
    await connection.execute(
        "INSERT INTO knowledge_documents "
        "(id, collection, name, format, digest, bytes, document, embedder, classification, quality, due) "
        "SELECT %s, id, %s, %s, %s, %s, %s, %s, %s, %s, now() + make_interval(days => days) "
        "FROM knowledge_collections WHERE id = %s",
        (
            key, document.name, document.format, as_kept.digest, as_kept.size,
            Jsonb(_DOCUMENT.dump_python(document, mode="json")), as_kept.embedder, as_kept.classification,
            Jsonb(asdict(as_kept.quality)), collection,
        ),
    )  # fmt: skip


async def _keep_passages(
    connection: Connection, document: str, cuts: Sequence[Cut], vectors: Sequence[Sequence[float]]
) -> None:
    """One statement, since what counts the words counts once a statement."""
    cursor = await connection.execute("SELECT acting_department()")
    department = str((await cursor.fetchone() or ("",))[0])
    rows = [_row(each, department, vector) for each, vector in zip(cuts, vectors, strict=True)]
    await connection.execute(_INSERT, (Jsonb(rows), document))


def _row(each: Cut, department: str, vector: Sequence[float]) -> dict[str, Any]:
    found = weights(department, each.context)
    return {
        "ordinal": each.ordinal,
        "page": each.page,
        "headings": each.headings,
        "anchors": [[place.block, place.start, place.end, place.page] for place in each.anchors],
        "text": each.text,
        "variety": each.variety,
        "keys": list(found),
        "weights": sparse(found),
        "embedding": dense(vector),
    }


async def _removed(connection: Connection, statement: LiteralString, *values: str) -> list[str]:
    """Delete documents; the digests of their bytes."""
    cursor = await connection.execute(statement + " RETURNING digest", values)
    return [row[0] for row in await cursor.fetchall()]


_ONE: LiteralString = "DELETE FROM knowledge_documents WHERE id = %s"
_NAMED: LiteralString = "DELETE FROM knowledge_documents WHERE collection = %s AND name = %s"
_ALL: LiteralString = "DELETE FROM knowledge_documents WHERE collection = %s"
_DUE: LiteralString = "DELETE FROM knowledge_documents WHERE due <= now()"
_WAITING: LiteralString = (
    "SELECT digest FROM knowledge_arrivals WHERE collection = %s AND fate IN ('waiting', 'held')"
)
_NEVER_LET_IN: LiteralString = (
    "UPDATE knowledge_arrivals AS a SET fate = 'refused', reason = 'Nobody let it in.' "
    "FROM knowledge_collections AS c WHERE c.id = a.collection AND a.fate = 'held' "
    "AND a.came <= now() - make_interval(days => least(c.days, %s)) RETURNING a.digest"
)
_SEAL: LiteralString = "UPDATE knowledge_documents SET seal = knowledge_seal(id) WHERE id = %s"
_SIZES: LiteralString = (
    "SELECT (quality ->> 'characters')::int FROM knowledge_documents "
    "WHERE collection = %s AND quality ? 'characters' AND name <> %s"
)
_SAME: LiteralString = (
    "SELECT kept.id, count(DISTINCT md5(p.text)) AS number FROM knowledge_passages AS p "
    "JOIN knowledge_documents AS kept ON kept.id = p.document "
    "WHERE p.collection = %s AND md5(p.text) = ANY (%s) AND kept.name <> %s "
    "GROUP BY 1 ORDER BY number DESC, 1 LIMIT 1"
)
_COLLECTIONS = """
SELECT c.id, c.name, c.days, c.created,
       (SELECT count(*) FROM knowledge_documents AS kept WHERE kept.collection = c.id)::int AS documents,
       (SELECT count(*) FROM knowledge_passages AS p WHERE p.collection = c.id
           AND p.department = c.department)::int AS passages
  FROM knowledge_collections AS c ORDER BY c.name
"""
_KEPT = """
SELECT kept.id, kept.collection, kept.name, kept.format, kept.classification, kept.bytes, kept.added,
       kept.added_by, kept.due, document ->> 'title' AS title, (document ->> 'pages')::int AS pages,
       (SELECT count(*) FROM knowledge_passages AS p WHERE p.document = kept.id)::int AS passages
  FROM knowledge_documents AS kept
"""
_INSERT = """
INSERT INTO knowledge_passages (collection, document, ordinal, page, headings, anchors, text, variety, keys,
    weights, embedding)
SELECT kept.collection, kept.id, ordinal, page, headings, anchors, text, variety, keys,
    weights::sparsevec, embedding::halfvec
  FROM jsonb_to_recordset(%s) AS cut (ordinal integer, page integer, headings text[], anchors jsonb,
    text text, variety text, keys integer[], weights text, embedding text), knowledge_documents AS kept
 WHERE kept.id = %s
"""


def _no_collection() -> NotFound:
    return NotFound("There is no such collection.", hint="See the list of the department's collections.")


def _no_document() -> NotFound:
    return NotFound("There is no such document in the library.", hint="It may have been removed or replaced.")
