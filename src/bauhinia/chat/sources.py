"""What live tools ask, and nothing else: an allow list of hosts, one parser of addresses, one HTTP client.

A source that does not answer as it should is *down*, with the reason and the time it last answered; nobody
is shown an old answer for a new one. Answers are kept as long as the source says (`Cache-Control`), or as
`data/hosts.yaml` says; the same address asked twice at once is fetched once.
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

import aiohttp
import orjson
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from yarl import URL

from ..errors import InputError
from ..yaml_text import read_yaml

DownReason = Literal[
    "offline", "timeout", "status", "redirect", "too_big", "not_json", "empty", "shape", "stale", "not_listed"
]
REPLAY_PORT = 8399
"""Where `bauhinia chat replay` listens unless it is told otherwise."""
MOST_KEPT = 2_000
"""Answers that are kept; the one not asked for longest goes first."""
REST = 10.0
"""Seconds for which a host that could not be reached is not tried again."""
LONGEST_KEPT = 86_400.0
_AGAIN = (502, 503, 504)
_AGE = re.compile(r"(?:^|[\s,])(?:s-maxage|max-age)=(\d{1,9})")
_HOSTS = Path(__file__).parent / "data" / "hosts.yaml"

ShapeT = TypeVar("ShapeT")


class HostName(BaseModel):
    """What a source is called."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    en: str
    zh: str


class Host(BaseModel):
    """A host that may be asked, for what, and how."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field(pattern=r"^[a-z0-9-]+(?:\.[a-z0-9-]+)+$")
    name: HostName
    page: str = Field(pattern=r"^https://")
    """Where a person can read it themselves."""
    purpose: str
    keep: float = Field(gt=0)
    least: float = Field(ge=0)
    seconds: float = Field(gt=0, le=30)
    bytes: int = Field(default=2_000_000, gt=0)


class SourceDown(Exception):
    """A source did not answer as it should; becomes a `Down` result and never reaches a person as it is."""

    def __init__(
        self, host: str, reason: DownReason, last: datetime | None = None, *, again: bool = False
    ) -> None:
        super().__init__(f"{host}: {reason}")
        self.host = host
        self.reason: DownReason = reason
        self.last = last
        self.again = again
        """Whether asking once more may help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What a source answered."""

    host: str
    url: str
    data: Any
    """Parsed JSON, or the text."""
    at: datetime
    """When it was fetched."""


@dataclass(slots=True)
class _Kept:
    fetched: Fetched
    until: float


@cache
def hosts() -> dict[str, Host]:
    """The allow list."""
    rows = read_yaml(_HOSTS.read_text(encoding="utf-8"))
    return {row.host: row for row in TypeAdapter(tuple[Host, ...]).validate_python(rows)}


def sources_base(setting: str) -> str:
    """The base that every host is asked at: "" for the hosts themselves. Raises InputError."""
    if setting in ("", "live"):
        return ""
    name, _, port = setting.partition(":")
    if name == "replay" and (not port or port.isdecimal()):
        return f"http://127.0.0.1:{port or REPLAY_PORT}"
    try:
        base = URL(setting)
    except ValueError:
        base = URL("")
    if base.scheme not in ("http", "https") or not base.host or base.user is not None or base.query_string:
        raise InputError(
            "BAUHINIA_CHAT_SOURCES cannot be used.",
            hint="Write `live`, `replay`, `replay:PORT`, or the base URL of a mirror such as https://host/path.",
        )
    return str(base).rstrip("/")


def listed_address(text: str) -> URL:
    """An address on the allow list: HTTPS, no user, no port of its own, no fragment. Raises SourceDown."""
    try:
        address = URL(text)
        host = address.host or "?"
    except ValueError:
        raise SourceDown("?", "not_listed") from None
    plain = (
        address.scheme == "https" and address.user is None and address.port == 443 and not address.fragment
    )
    if not plain or host not in hosts():
        raise SourceDown(host, "not_listed")
    return address


class Sources:
    """The client of every live tool; one a process."""

    def __init__(self, base: str = "", *, rest: float = REST) -> None:
        self._base = base
        self._rest = rest
        self._session: aiohttp.ClientSession | None = None
        self._kept: OrderedDict[tuple[str, str], _Kept] = OrderedDict()
        self._asked: dict[tuple[str, str], asyncio.Task[Fetched]] = {}
        self._last: dict[str, datetime] = {}
        self._resting: dict[str, tuple[float, DownReason]] = {}

    async def json(self, url: str) -> Fetched:
        """The JSON at an address of the list. Raises SourceDown."""
        return await self._get(url, "json", _parsed)

    async def text(self, url: str) -> Fetched:
        """The text at an address of the list. Raises SourceDown."""
        return await self._get(url, "text", lambda body: body.decode("utf-8-sig", errors="replace"))

    def last(self, host: str) -> datetime | None:
        """When a host last answered as it should."""
        return self._last.get(host)

    async def close(self) -> None:
        """Ends its connections."""
        for task in self._asked.values():
            task.cancel()
        if self._session is not None:
            await self._session.close()

    async def _get(self, url: str, kind: str, parse: Callable[[bytes], Any]) -> Fetched:
        key = (kind, url)
        loop = asyncio.get_running_loop()
        kept = self._kept.get(key)
        if kept is not None and loop.time() < kept.until:
            self._kept.move_to_end(key)
            return kept.fetched
        task = self._asked.get(key)
        if task is None:
            task = loop.create_task(self._fetch(key, parse))
            self._asked[key] = task
            task.add_done_callback(lambda done: self._forget(key, done))
        # One caller that gives up must not end the fetch that others wait for.
        return await asyncio.shield(task)

    def _forget(self, key: tuple[str, str], done: asyncio.Task[Fetched]) -> None:
        self._asked.pop(key, None)
        if not done.cancelled():
            done.exception()  # read, so that asyncio does not report it as lost

    async def _fetch(self, key: tuple[str, str], parse: Callable[[bytes], Any]) -> Fetched:
        address = listed_address(key[1])
        host = hosts()[address.host or ""]
        loop = asyncio.get_running_loop()
        rests, why = self._resting.get(host.host, (0.0, "offline"))
        if loop.time() < rests:
            raise SourceDown(host.host, why, self._last.get(host.host))
        try:
            body, keep = await self._body(host, address)
            data = parse(body)
        except SourceDown as down:
            if down.reason in ("offline", "timeout", "status"):
                self._resting[host.host] = (loop.time() + self._rest, down.reason)
            raise SourceDown(host.host, down.reason, self._last.get(host.host)) from down
        fetched = Fetched(host=host.host, url=str(address), data=data, at=datetime.now(UTC))
        self._last[host.host] = fetched.at
        self._keep(key, _Kept(fetched, loop.time() + keep))
        return fetched

    def _keep(self, key: tuple[str, str], kept: _Kept) -> None:
        self._kept[key] = kept
        self._kept.move_to_end(key)
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)

    async def _body(self, host: Host, address: URL) -> tuple[bytes, float]:
        """The bytes, and for how long they may be kept; a source that says it is busy is asked once more."""
        try:
            return await self._once(host, address)
        except SourceDown as down:
            if not down.again:
                raise
        return await self._once(host, address)

    async def _once(self, host: Host, address: URL) -> tuple[bytes, float]:
        timeout = aiohttp.ClientTimeout(total=host.seconds)
        try:
            async with self._http().get(
                self._at(address), allow_redirects=False, timeout=timeout
            ) as response:
                _check_status(host, response.status)
                body = await _bounded(host, response)
                return body, _seconds_kept(host, response.headers.get("cache-control", ""))
        except TimeoutError as error:
            raise SourceDown(host.host, "timeout") from error
        except (aiohttp.ClientError, OSError) as error:
            raise SourceDown(host.host, "offline") from error

    def _at(self, address: URL) -> URL:
        if not self._base:
            return address
        return URL(f"{self._base}/{address.host}{address.raw_path_qs}", encoded=True)

    def _http(self) -> aiohttp.ClientSession:
        if self._session is None:
            headers = {"accept": "application/json, text/html;q=0.5", "user-agent": "bauhinia"}
            # A government network reaches the outside through a proxy; a replay on this machine does not.
            self._session = aiohttp.ClientSession(headers=headers, trust_env=not self._base)
        return self._session


def shaped(shape: type[ShapeT], fetched: Fetched) -> ShapeT:
    """The answer in the shape that the source publishes. Raises SourceDown."""
    try:
        return cast(ShapeT, _adapter(cast(Any, shape)).validate_python(fetched.data))
    except ValidationError as error:
        raise SourceDown(fetched.host, "shape") from error


@cache
def _adapter(shape: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(shape)


def _parsed(body: bytes) -> Any:
    if not body.strip():
        raise SourceDown("?", "empty")
    try:
        # 1823's calendar begins with a byte order mark.
        return orjson.loads(body.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        raise SourceDown("?", "not_json") from error


def _check_status(host: Host, status: int) -> None:
    if 300 <= status < 400:
        raise SourceDown(host.host, "redirect")
    if status != 200:
        raise SourceDown(host.host, "status", again=status in _AGAIN)


async def _bounded(host: Host, response: aiohttp.ClientResponse) -> bytes:
    """No more than the host may send, counted after unpacking."""
    parts: list[bytes] = []
    size = 0
    async for part in response.content.iter_chunked(65_536):
        size += len(part)
        if size > host.bytes:
            raise SourceDown(host.host, "too_big")
        parts.append(part)
    return b"".join(parts)


def _seconds_kept(host: Host, header: str) -> float:
    said = _AGE.search(header.lower())
    if said is not None:
        return min(max(float(said[1]), host.least), LONGEST_KEPT)
    return max(host.least, 1.0) if "no-store" in header or "no-cache" in header else host.keep
