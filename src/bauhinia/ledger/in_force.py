"""Which settings a process works with: a row at each start, with the names of what changed and no value.

Values are compared by keyed digests in the data folder, so that no secret stands anywhere in the clear and a
short one cannot be guessed from its digest by who has the ledger alone.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
from hashlib import sha256
from pathlib import Path

import orjson

from .. import __version__
from ..settings import Settings
from ..store.signing import private_file
from .chain import Entry
from .ledger import Ledger

DEED = "settings.in_force"
_VERSION = "version"
"""The product's own, told like a setting: a row with it is the record of a release."""


async def record_settings(ledger: Ledger, settings: Settings) -> int:
    """Note the settings and the version that are in force from now on; gives the entry's number.

    The subject is a digest over all values; `decisions` name what is not as it was at the last start on this
    data folder. Raises StoreError.
    """
    folder = settings.data_folder
    now = await asyncio.to_thread(_digests, settings)
    before = await asyncio.to_thread(_read, folder)
    changed = sorted(name for name in now.keys() | before.keys() if now.get(name) != before.get(name))
    how = "first" if not before else "changed" if changed else "unchanged"
    entry = Entry(
        kind="deed",
        outcome="answered",
        officer="operator",
        department=settings.department,
        deed=DEED,
        subject=sha256(orjson.dumps(now, option=orjson.OPT_SORT_KEYS)).hexdigest(),
        decisions=(
            (DEED, True, how),
            (_VERSION, True, __version__),
            *((name, True, "changed") for name in (changed if before else ())),
        ),
    )
    number = await ledger.append(entry)
    await asyncio.to_thread(_write, folder, now)
    return number


def _digests(settings: Settings) -> dict[str, str]:
    """A keyed digest of each value, by name."""
    key = private_file(settings.data_folder / "keys" / "settings.key", lambda: secrets.token_bytes(32))
    values = {name: str(_plain(value)) for name, value in settings} | {_VERSION: __version__}
    return {name: hmac.digest(key, value.encode(), "sha256").hex() for name, value in values.items()}


def _plain(value: object) -> object:
    return value.get_secret_value() if hasattr(value, "get_secret_value") else value


def _path(folder: Path) -> Path:
    return folder / "settings-in-force.json"


def _read(folder: Path) -> dict[str, str]:
    """What was in force before; nothing where that is not known."""
    try:
        kept: dict[str, str] = orjson.loads(_path(folder).read_bytes())
    except (FileNotFoundError, orjson.JSONDecodeError):
        return {}
    return kept


def _write(folder: Path, digests: dict[str, str]) -> None:
    beside = _path(folder).with_suffix(f".{secrets.token_hex(4)}.part")
    beside.write_bytes(orjson.dumps(digests, option=orjson.OPT_SORT_KEYS))
    beside.replace(_path(folder))
