"""Models that were made here: a folder each under `releases` in the data folder, by `foundry release`.

What a release says of itself is its statement, which is signed. One is served only where a key that is
trusted here signed that statement, it says that the gate was passed, and every file is as it says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

import orjson
from pydantic import BaseModel, ConfigDict, Field, model_validator

from ..errors import ReleaseRefused
from ..settings import Settings
from ..store.signing import FOLDER as KEYS
from ..store.signing import Signer, public_keys, verify
from ._staging import digest_of
from .catalogue import Catalogue, Model, ReleasedModel

FOLDER = "releases"
"""Where releases lie in the data folder."""
PURPOSE = "releases"
"""Which of our keys signs them."""
TRUSTED = "trusted-releases"
"""Folder beside our keys: public keys (PEM) of other systems whose releases may be served here."""
STATEMENT, SIGNATURE, KEY = "statement.json", "signature", "key.pem"
MARKER, REFUSAL = "RELEASED.json", "REFUSED.json"
"""Whichever of these is there was written last."""
_READ_WHOLE = 4_000_000
"""Larger files are compared by size here: weights are read whole when they load, the rest by `verify`."""

Why = Literal["not_complete", "not_signed", "unknown_key", "forged", "altered", "not_passed"]
FileName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$")]


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FileSaid(_Said):
    """What a file of the release must be."""

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    bytes: int = Field(ge=0)


class GateSaid(_Said):
    """How the release did at its gate."""

    id: str
    passed: bool
    failures: tuple[str, ...] = ()
    """A sentence for each rule that it did not meet."""


class Statement(_Said):
    """What is signed of a release. Its digests reach everything else that belongs to it."""

    v: Literal[1] = 1
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]*$")
    """What settings, commands and labels call the model."""
    title: str
    licence: str
    context: int = Field(gt=0)
    run: str
    """SHA-256 that the run's lineage ends in."""
    serves: FileName | Literal[""]
    """Which of the files is served; empty where the gate was not passed, and no weights are in the folder."""
    files: Mapping[FileName, FileSaid]
    exported: Mapping[str, FileSaid] = Field(default_factory=dict)
    """Everything that the run exported, in the folder or not: paths within the run."""
    gate: GateSaid
    tier: str
    uses: tuple[str, ...]
    """AI uses that it was measured and meant for."""
    key_id: str
    """The key that signs this."""

    @property
    def model(self) -> FileSaid:
        """The file that is served, of a release that passed its gate."""
        return self.files[self.serves]

    @model_validator(mode="after")
    def _what_is_served_is_there(self) -> Statement:
        if self.gate.passed and self.serves not in self.files:
            raise ValueError("What is served is none of the release's files.")
        return self


def open_catalogue(settings: Settings) -> Catalogue:
    """The shipped models, those of `BAUHINIA_CATALOGUE`, and the releases of this data folder.

    A release never takes the place of another model of its name. Raises WeightsError, StoreError.
    """
    catalogue = Catalogue.load(settings.catalogue)
    folders = list(_folders(settings.data_folder))
    if not folders:
        return catalogue
    keys = release_keys(settings.data_folder)
    made: list[ReleasedModel] = []
    refused: dict[str, ReleaseRefused] = {}
    for folder in folders:
        if folder.name in catalogue:
            continue
        try:
            made.append(_model(read_release(folder, keys), folder))
        except ReleaseRefused as error:
            refused[folder.name] = error
    models = (*catalogue.values(), *made)
    return Catalogue(models, refused | _under_another_name(models, refused, settings.data_folder))


def release_keys(data_folder: Path) -> dict[str, str]:
    """The public keys as PEM whose releases are served here, by id: our own, and those that an operator has
    put into `keys/trusted-releases`. Raises StoreError for a file that is no such key."""
    keys: dict[str, str] = {}
    if (data_folder / KEYS / f"{PURPOSE}.pem").exists():
        own = Signer.open(data_folder, PURPOSE)
        keys[own.key_id] = own.public_pem
    hint = f"Take the {KEY} of a release of the system that is trusted, or take the file away."
    return keys | public_keys(data_folder / KEYS / TRUSTED, "keys of trusted releases", hint)


def read_release(folder: Path, keys: Mapping[str, str]) -> Statement:
    """What the release in that folder says, once it is known that it may be served. Raises ReleaseRefused."""
    statement = signed_statement(folder, keys)
    if not statement.gate.passed:
        raise _refused(
            folder,
            "not_passed",
            f"it has not passed its gate ({statement.gate.id}): {' '.join(statement.gate.failures)}",
            "Read its card.md and gate.json, train it further, and release the new run.",
        )
    if not (folder / MARKER).is_file():
        raise _unfinished(folder)
    for name, said in statement.files.items():
        check_file(folder, name, said, whole=said.bytes <= _READ_WHOLE)
    return statement


def signed_statement(folder: Path, keys: Mapping[str, str]) -> Statement:
    """What a trusted key signed for that folder, whatever the gate said. Raises ReleaseRefused."""
    try:
        told = (folder / STATEMENT).read_bytes()
    except OSError as error:
        raise _unfinished(folder) from error
    try:
        signature = (folder / SIGNATURE).read_bytes()
    except OSError as error:
        raise _refused(
            folder, "not_signed", "it is not signed.", "Release the run again; nothing unsigned is served."
        ) from error
    statement = _parsed(folder, told)
    if statement.key_id not in keys:
        raise _refused(
            folder,
            "unknown_key",
            f"it is signed by a key that is not trusted here ({statement.key_id}).",
            f"If you trust who made it, copy its {KEY} to {KEYS}/{TRUSTED}/ in the data folder.",
        )
    if not verify(keys[statement.key_id], told, signature):
        raise _refused(
            folder,
            "forged",
            f"its statement is not what the key {statement.key_id} signed.",
            "It was changed after its release, or forged. Get the release again from who made it.",
        )
    if statement.name != folder.name:
        raise _refused(
            folder,
            "altered",
            f"it was signed as {statement.name!r}.",
            f"Call the folder {statement.name} again.",
        )
    return statement


def check_file(folder: Path, name: str, said: FileSaid, *, whole: bool = True) -> None:
    """Whether the file is what was signed, by its bytes or by its size alone. Raises ReleaseRefused."""
    path = folder / name
    if not path.is_file():
        raise _refused(folder, "altered", f"its file {name} is missing.", _AGAIN)
    if path.stat().st_size != said.bytes or (whole and digest_of(path) != said.sha256):
        raise _refused(folder, "altered", f"its file {name} is not the one that was signed.", _AGAIN)


_AGAIN = "Get the release again from who made it, or release the run again."


def _folders(data_folder: Path) -> Iterator[Path]:
    """Of releases; one that begins with a point is being written."""
    for folder in sorted((data_folder / FOLDER).glob("*")):
        if folder.is_dir() and not folder.name.startswith("."):
            yield folder


def _under_another_name(
    models: Sequence[Model], refused: Mapping[str, ReleaseRefused], data_folder: Path
) -> dict[str, ReleaseRefused]:
    """Models whose weights are those of a release that did not pass: another name makes them no better."""
    keys, failed = release_keys(data_folder), dict[str, ReleaseRefused]()
    for name, error in refused.items():
        if error.why == "not_passed":
            said = signed_statement(data_folder / FOLDER / name, keys)
            failed |= {each.sha256: error for each in (*said.files.values(), *said.exported.values())}
    passed = {model.sha256 for model in models if isinstance(model, ReleasedModel)}
    return {
        model.name: failed[model.sha256]
        for model in models
        if model.sha256 in failed and model.sha256 not in passed
    }


def _model(statement: Statement, folder: Path) -> ReleasedModel:
    return ReleasedModel(
        name=statement.name,
        title=statement.title,
        file=statement.serves,
        bytes=statement.model.bytes,
        sha256=statement.model.sha256,
        licence=statement.licence,
        context=statement.context,
        kind="released",
        sources=(),
        path=folder / statement.serves,
    )


def _parsed(folder: Path, told: bytes) -> Statement:
    try:
        return Statement.model_validate(orjson.loads(told))
    except ValueError as error:
        raise _refused(folder, "altered", "its statement cannot be read.", _AGAIN) from error


def _unfinished(folder: Path) -> ReleaseRefused:
    return _refused(
        folder, "not_complete", "it was not finished.", "Remove the folder and release the run again."
    )


def _refused(folder: Path, why: Why, reason: str, hint: str) -> ReleaseRefused:
    return ReleaseRefused(f"The release {folder.name!r} is not served: {reason}", why=why, hint=hint)
