"""Signed checkpoints outside the database: each place keeps every one, so that nobody tells history anew."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import InputError, StoreError
from ..settings import Settings
from ..store import Connection, Database
from ..store.blobs import remote_store
from ..store.signing import Signer
from . import stored_tree
from .chain import Head
from .notes import Checkpoint, PublicKey, Signed, check_name, key_of, read, signed

if TYPE_CHECKING:
    from obstore.store import ObjectStore

logger = logging.getLogger(__name__)

FOLDER = "checkpoints"
"""The first place, in the data folder."""
_TRIES = 100
"""Notes that are looked at to find the newest that our key signed."""


class Place:
    """A folder or a bucket of checkpoints, one object each, that is added to and never written over."""

    def __init__(self, name: str, open_store: Callable[[], ObjectStore]) -> None:
        self.name = name
        """As the settings have it."""
        self._open = open_store

    @cached_property
    def _store(self) -> ObjectStore:
        try:
            return self._open()
        except Exception as error:
            raise self._unusable(error) from None

    async def put(self, note: Signed) -> None:
        """Keep it; one of the same size that is there already stays. Raises StoreError."""
        from obstore import put_async
        from obstore.exceptions import AlreadyExistsError

        with suppress(AlreadyExistsError):
            await self._do(put_async(self._store, _key(note.size), note.note, mode="create"))

    async def sizes(self) -> list[int]:
        """Of every checkpoint here, rising. Raises StoreError."""
        found: list[int] = []
        pages = self._store.list().__aiter__()
        while (page := await self._do(anext(pages, None))) is not None:
            found += _sizes(page)
        return sorted(found)

    async def read(self, size: int) -> Signed | None:
        """The checkpoint of that size; None where there is none, or something that is none. Raises
        StoreError."""
        from obstore import get_async

        try:
            result = await self._do(get_async(self._store, _key(size)))
            found = read(bytes(await self._do(result.bytes_async())))
        except (FileNotFoundError, InputError):
            return None
        return found if found.size == size else None

    async def newest(self, keys: Sequence[PublicKey]) -> Signed | None:
        """The largest that one of the keys signed. Raises StoreError."""
        tries = 0
        async for size in self._falling():
            if (found := await self.read(size)) is not None and found.is_by(keys):
                return found
            tries += 1
            if tries == _TRIES:
                break
        return None

    async def largest(self) -> int | None:
        """The largest size that something here has as its name. Raises StoreError."""
        return await anext(self._falling(), None)

    async def _falling(self) -> AsyncIterator[int]:
        """Sizes, the largest first, looking into no more folders than are asked for."""
        for upper in await self._within(None):
            for lower in await self._within(upper):
                for size in sorted(_sizes((await self._listed(lower))["objects"]), reverse=True):
                    yield size

    async def _within(self, prefix: str | None) -> list[str]:
        """The folders in a folder, the last first."""
        return sorted((await self._listed(prefix))["common_prefixes"], reverse=True)

    async def _listed(self, prefix: str | None) -> Any:
        from obstore import list_with_delimiter_async

        return await self._do(list_with_delimiter_async(self._store, prefix))

    async def _do(self, work: Awaitable[Any]) -> Any:
        from obstore.exceptions import AlreadyExistsError, BaseError

        try:
            return await work
        except (AlreadyExistsError, FileNotFoundError):
            raise
        except (BaseError, OSError) as error:
            raise self._unusable(error) from None

    def _unusable(self, error: Exception) -> StoreError:
        """Not chained to its cause: a store's answer may name the access key."""
        return StoreError(
            f"The place of checkpoints {self.name} cannot be used ({type(error).__name__}).",
            hint="Check BAUHINIA_LEDGER_CHECKPOINTS, and that the folder or the bucket is there.",
        )


def _key(size: int) -> str:
    """At most a thousand checkpoints in a folder."""
    return f"{size // 1_000_000:06}/{size // 1_000 % 1_000:03}/{size:012}"


def _sizes(entries: Sequence[Any]) -> list[int]:
    names = (entry["path"].rsplit("/", 1)[-1] for entry in entries)
    return [int(name) for name in names if name.isdigit()]


class Checkpoints:
    """Signs what the ledger is, and puts it into every place."""

    def __init__(
        self,
        database: Database,
        data_folder: Path,
        name: str,
        places: Sequence[Place],
        *,
        seconds: float = 60.0,
        others: Sequence[PublicKey] = (),
    ) -> None:
        """`others` are keys whose checkpoints count besides our own's. Raises InputError for the name."""
        self.name = check_name(name)
        self.places = places
        self.seconds = seconds
        self._database = database
        self._data_folder = data_folder
        self._others = others

    @classmethod
    def open(cls, settings: Settings, database: Database) -> Checkpoints:
        """As the settings say. Raises InputError for a name or a key that cannot be."""
        return cls(
            database,
            settings.data_folder,
            settings.ledger_name,
            places_of(settings),
            seconds=settings.ledger_checkpoint_seconds,
            others=[PublicKey.of(each) for each in _listed(settings.ledger_keys)],
        )

    @cached_property
    def _signer(self) -> Signer:
        return Signer.open(self._data_folder, "ledger")

    @property
    def key(self) -> PublicKey:
        """Our own. Raises StoreError where it cannot be read or made."""
        return key_of(self._signer, self.name)

    @property
    def keys(self) -> list[PublicKey]:
        """Whose checkpoints count."""
        return [self.key, *self._others]

    async def newest(self) -> Signed | None:
        """The largest checkpoint of all places that answer. Raises StoreError where none does."""
        found = [await self._newest(place) for place in self.places]
        if found and all(isinstance(each, StoreError) for each in found):
            raise next(each for each in found if isinstance(each, StoreError))
        there = [each for each in found if isinstance(each, Signed)]
        return max(there, key=lambda each: each.size, default=None)

    async def make(self) -> Signed | None:
        """Sign the ledger as it is now, unless that is done already; None while it is empty.

        Raises StoreError where the database or every place fails, or where the ledger is not the one that
        was signed before: then nothing is signed.
        """
        last = await self.newest()
        async with self._database.maintenance() as connection:
            head = await stored_tree.read_head(connection)
            if head.seq == 0 and last is None:
                return None
            if last is not None:
                await goes_on(connection, last.checkpoint, head)
                if last.size == head.seq:
                    return last
            await stored_tree.fill(connection, head.seq)
            root = await stored_tree.root(connection, head.seq)
        made = signed(
            Checkpoint(
                origin=self.name,
                size=head.seq,
                root=root,
                chain=head.hash,
                at=datetime.now(UTC).isoformat(timespec="seconds"),
            ),
            self._signer,
        )
        await self._put(made)
        return made

    async def _put(self, made: Signed) -> None:
        ends = await asyncio.gather(*(place.put(made) for place in self.places), return_exceptions=True)
        failures = [each for each in ends if isinstance(each, BaseException)]
        for each in failures:
            if not isinstance(each, StoreError):
                raise each
            logger.error("a checkpoint of the ledger could not be kept: %s", each.message)
        if failures and len(failures) == len(self.places):
            raise failures[0]

    async def _newest(self, place: Place) -> Signed | StoreError | None:
        try:
            return await place.newest(self.keys)
        except StoreError as error:
            logger.error("checkpoints of the ledger cannot be read: %s", error.message)
            return error


async def goes_on(connection: Connection, old: Checkpoint, head: Head) -> None:
    """Raises StoreError unless the ledger is the one of that checkpoint, or has grown from it."""
    row = await (await connection.execute("SELECT hash FROM ledger WHERE seq = %s", (old.size,))).fetchone()
    same = head.seq >= old.size and row is not None and bytes(row[0]) == old.chain
    if same and await stored_tree.root(connection, old.size) != old.root:
        logger.warning("the nodes of the ledger's tree are not those of its rows; they are computed anew")
        await stored_tree.recompute(connection, head.seq)
        same = await stored_tree.root(connection, old.size) == old.root
    if not same:
        raise StoreError(
            f"The ledger is not the one of which checkpoint {old.size} was signed.",
            hint="Somebody changed the database: run `bauhinia ledger verify`, and keep it for inquiry.",
        )


def places_of(settings: Settings) -> list[Place]:
    """The data folder's own place, and those of the settings."""
    own = settings.data_folder / FOLDER
    return [Place(str(own), lambda: _folder(own, make=True)), *_further(settings)]


def _further(settings: Settings) -> list[Place]:
    return [Place(each, partial(_opened, each, settings)) for each in _listed(settings.ledger_checkpoints)]


def _opened(place: str, settings: Settings) -> ObjectStore:
    if "://" not in place:
        return _folder(Path(place), make=False)
    return remote_store(
        place,
        endpoint=settings.ledger_s3_endpoint,
        region=settings.ledger_s3_region,
        key=settings.ledger_s3_key,
        secret=settings.ledger_s3_secret,
        path_style=settings.blobs_path_style,
        # A bucket with object lock takes only what comes with a checksum.
        checksum_algorithm="SHA256",
    )


def _folder(path: Path, *, make: bool) -> ObjectStore:
    from obstore.store import LocalStore

    # A place that was to be mounted and is not must not become a folder of this machine.
    return LocalStore(path, mkdir=make)


def _listed(setting: str) -> list[str]:
    return [each.strip() for each in setting.split(",") if each.strip()]
