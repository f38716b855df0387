"""Files as they came in: a local folder by default, an S3-compatible store by a setting."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ..errors import NotFound, StoreError
from ..settings import Settings

if TYPE_CHECKING:
    from obstore.store import ObjectStore

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}(/[A-Za-z0-9][A-Za-z0-9._-]{0,199}){0,3}")


class Blobs:
    """Bytes by key. A key is up to four plain names with `/` between them: never a path from outside."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    @classmethod
    def open(cls, settings: Settings) -> Blobs:
        """The store that the settings name. Raises StoreError when it cannot be used."""
        from obstore.store import LocalStore, from_url

        try:
            if settings.blobs_url:
                return cls(from_url(settings.blobs_url))
            return cls(LocalStore(settings.data_folder / "blobs", mkdir=True))
        except Exception as error:
            raise StoreError(
                "The store of files cannot be used.",
                hint="Check BAUHINIA_BLOBS_URL and BAUHINIA_DATA_FOLDER.",
            ) from error

    async def put(self, key: str, data: bytes) -> None:
        """Keep these bytes; written whole or not at all."""
        from obstore import put_async

        await self._do(put_async(self._store, _checked(key), data))

    async def get(self, key: str) -> bytes:
        """Raises NotFound."""
        from obstore import get_async

        result = await self._do(get_async(self._store, _checked(key)))
        return bytes(await self._do(result.bytes_async()))

    async def delete(self, key: str) -> None:
        """Forget these bytes. No error where there are none."""
        from obstore import delete_async

        try:
            await self._do(delete_async(self._store, _checked(key)))
        except NotFound:
            return

    async def exists(self, key: str) -> bool:
        """Whether there are bytes under this key."""
        from obstore import head_async

        try:
            await self._do(head_async(self._store, _checked(key)))
        except NotFound:
            return False
        return True

    async def _do(self, work: Any) -> Any:
        from obstore.exceptions import BaseError

        try:
            return await work
        except FileNotFoundError:
            raise NotFound("This file is not kept here any more.", hint="Upload it again.") from None
        except (BaseError, OSError) as error:
            raise StoreError(
                "The store of files cannot be used at the moment.", hint="Check its disk or its server."
            ) from error


def _checked(key: str) -> str:
    assert _KEY.fullmatch(key), f"not a key of ours: {key!r}"
    return key
