"""Files as they came in: a local folder by default, an S3-compatible store by a setting."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pydantic import SecretStr

from ..errors import NotFound, StoreError
from ..settings import Settings

if TYPE_CHECKING:
    from obstore.store import ObjectStore

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}(/[A-Za-z0-9][A-Za-z0-9._-]{0,199}){0,3}")
_PROBE = "probe"
"""Key of the few bytes that show that the store can be written."""
_TRIES = 2
"""Tries after the first: a store that is down is told within seconds."""
_GIVE_UP = timedelta(seconds=15)


class Blobs:
    """Bytes by key. A key is up to four plain names with `/` between them: never a path from outside."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    @classmethod
    def open(cls, settings: Settings) -> Blobs:
        """The store that the settings name. Raises StoreError when it cannot be used."""
        from obstore.store import LocalStore

        try:
            if settings.blobs_url:
                return cls(_remote(settings))
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

    async def listed(self, folder: str = "") -> AsyncIterator[str]:
        """Every key, or those whose first name is `folder`, in no order."""
        pages = self._store.list(folder or None).__aiter__()
        while (page := await self._do(anext(pages, None))) is not None:
            for entry in page:
                if entry["path"] != _PROBE:
                    yield entry["path"]

    async def probe(self) -> None:
        """See that the store can be written and read. Raises StoreError."""
        await self.put(_PROBE, b"ok")
        await self.get(_PROBE)

    async def _do(self, work: Any) -> Any:
        from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError

        try:
            return await work
        except FileNotFoundError as error:
            if "NoSuchBucket" in str(error):
                raise _no_bucket() from None
            raise NotFound("This file is not kept here any more.", hint="Upload it again.") from None
        except (PermissionDeniedError, UnauthenticatedError):
            # Not chained: the store's answer names the access key.
            raise StoreError(
                "The store of files refused our key.",
                hint="Correct BAUHINIA_BLOBS_KEY and BAUHINIA_BLOBS_SECRET, or what that key may do.",
            ) from None
        except (BaseError, OSError) as error:
            raise StoreError(
                "The store of files cannot be used at the moment.", hint="Check its disk or its server."
            ) from error


def _no_bucket() -> StoreError:
    return StoreError(
        "The store of files has no such bucket.", hint="Make it, or correct BAUHINIA_BLOBS_URL."
    )


def _remote(settings: Settings) -> ObjectStore:
    """The store at `blobs_url`."""
    return remote_store(
        settings.blobs_url,
        endpoint=settings.blobs_endpoint,
        region=settings.blobs_region,
        key=settings.blobs_key,
        secret=settings.blobs_secret,
        path_style=settings.blobs_path_style,
    )


def remote_store(
    url: str,
    *,
    endpoint: str,
    region: str,
    key: SecretStr,
    secret: SecretStr,
    path_style: bool,
    **more: Any,
) -> ObjectStore:
    """The store at a URL; what is left empty, the environment says (`AWS_REGION`, ...). `more` are options
    of obstore's. Raises what obstore does for a URL that it cannot use."""
    from obstore.store import S3Store, from_url

    if urlsplit(url).scheme != "s3":
        return from_url(url)
    given = {
        "endpoint": endpoint,
        "region": region,
        "access_key_id": key.get_secret_value(),
        "secret_access_key": secret.get_secret_value(),
    }
    chosen: dict[str, Any] = {name: value for name, value in given.items() if value}
    return S3Store.from_url(
        url,
        virtual_hosted_style_request=not path_style,
        client_options={
            "allow_http": endpoint.startswith("http://"),
            "connect_timeout": timedelta(seconds=5),
        },
        retry_config={"max_retries": _TRIES, "retry_timeout": _GIVE_UP},
        **chosen,
        **more,
    )


def _checked(key: str) -> str:
    assert _KEY.fullmatch(key), f"not a key of ours: {key!r}"
    return key
