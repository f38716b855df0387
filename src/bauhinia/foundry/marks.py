"""What a run keeps on disk: files that are whole or not there, and the mark that says a stage is done."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from ..errors import InputError, MissingPart

DONE = "DONE.json"
"""Written last in a stage's folder; a folder without it holds unfinished work."""
PIECE = 1 << 22
WORKING = ("checkpoints", "unfinished")
"""Folders of a stage that only its own resumption reads."""


def write_whole(path: Path, text: str) -> None:
    """Write a file so that whoever reads it sees the old text or the new, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with beside.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def write_json(path: Path, value: object) -> None:
    """Write a value as JSON, indented, whole or not at all."""
    write_whole(path, json.dumps(value, ensure_ascii=False, indent=1) + "\n")


def read_json(path: Path) -> dict[str, Any]:
    """The record in a file. Raises InputError where it cannot be read as one."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(
            f"{path} cannot be read as JSON.", hint="Take a folder that `bauhinia foundry run` wrote."
        ) from error
    if not isinstance(value, dict):
        raise InputError(f"{path} holds no record.", hint="Take a folder that `bauhinia foundry run` wrote.")
    return value


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a JSONL file; a last line that is still being written is left out."""
    if not path.is_file():
        return
    with path.open(encoding="utf-8") as file:
        for line in file:
            try:
                value = json.loads(line)
            except ValueError:
                continue
            if isinstance(value, dict):
                yield value


def finished(folder: Path) -> dict[str, Any] | None:
    """What the mark of a stage says; None while the stage is not done."""
    mark = folder / DONE
    return read_json(mark) if mark.is_file() else None


def digest(value: object) -> str:
    """SHA-256 of a value's canonical JSON."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def digest_of_file(path: Path) -> str:
    """SHA-256 of a file."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            found.update(piece)
    return found.hexdigest()


def outputs(folder: Path) -> dict[str, str]:
    """SHA-256 of every file that a stage leaves behind, by its path in the stage's folder."""
    return {
        path.relative_to(folder).as_posix(): digest_of_file(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != DONE and path.relative_to(folder).parts[0] not in WORKING
    }


@contextmanager
def room_on_disk(folder: Path) -> Iterator[None]:
    """What fails inside because the disk is full raises MissingPart, which says so and what to do.

    Libraries tell of it in their own ways: safetensors and PyTorch raise no OSError.
    """
    try:
        yield
    except Exception as error:
        if not _tells_of_full_disk(error):
            raise
        raise MissingPart(
            f"The disk of {folder} is full; what was finished is safe, and nothing half-written counts.",
            hint=f"Free some of it, then run `bauhinia foundry resume {folder}`.",
        ) from error


def _tells_of_full_disk(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        words = str(error)
        if "No space left on device" in words or "os error 28" in words or "PytorchStreamWriter" in words:
            return True
        error = error.__cause__ or error.__context__
    return False


def require_room(folder: Path, needed: int, what: str) -> None:
    """Raises MissingPart before any work where the disk has less than `needed` bytes free."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise MissingPart(
            f"{what} needs {needed / 1e9:.1f} GB of disk and {free / 1e9:.1f} GB are free.",
            hint=f"Free some of the disk of {folder}, or name another folder with --out.",
        )


def plain(figures: object) -> dict[str, Any]:
    """A stage's figures as JSON takes them: of a model, a dataclass, a named tuple or a mapping."""
    value = _plain(figures)
    return value if isinstance(value, dict) else {}


def _plain(value: object) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if is_dataclass(value) and not isinstance(value, type):
        return _plain({field.name: getattr(value, field.name) for field in fields(value)})
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return _plain(value._asdict())
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(each) for each in value]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)
