"""Rows of a corpus: their ids, their lines, and the digest of them all."""

from __future__ import annotations

import hashlib
import json
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal, TypedDict

from datatrove.data import Document

RowLanguage = Literal["yue", "zh-Hant", "zh-Hans", "en", "mixed"]
RowKind = Literal["text", "parallel", "instruction", "preference", "replay"]
ROW_KEYS = ("id", "text", "source", "licence", "language", "kind")


class Row(TypedDict):
    """A line of `train.jsonl` and of the held-out files."""

    id: str
    text: str
    source: str
    licence: str
    language: RowLanguage
    kind: RowKind


_LOOSE = re.compile(r"[\W_]+")


def fingerprint(text: str) -> str:
    """The same for texts that differ in nothing but marks, spaces, case and width."""
    plain = _LOOSE.sub("", unicodedata.normalize("NFKC", text)).casefold()
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def row_id(source: str, text: str) -> str:
    """A row's id: it goes with the text, so that a line that moves within its file keeps its own."""
    return f"{source}-{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"


def document(
    text: str, *, source: str, licence: str, place: str, of: str, kind: RowKind = "text", **more: Any
) -> Document:
    """A row on its way through the pipeline. `of` is the document that it belongs to; `place` says where in
    the source it stands."""
    return Document(
        text=text,
        id=row_id(source, text),
        metadata={
            "source": source,
            "licence": licence,
            "document": of,
            "place": place,
            "kind": kind,
            "fingerprint": fingerprint(text),
            **more,
        },
    )


def refused(reason: str, *, source: str, licence: str, place: str, excerpt: str = "") -> Document:
    """What a reader could not read: the first step of the pipeline turns it away, counted."""
    return document(
        excerpt, source=source, licence=licence, place=place, of=place, refused=reason, raw=place + reason
    )


def line(value: object) -> bytes:
    """A JSON line, the same for the same value."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def read_lines(path: Path) -> Iterator[Any]:
    """The objects of a JSON-lines file of ours, in order."""
    with path.open("rb") as file:
        for each in file:
            yield json.loads(each)


def write_lines(path: Path, values: Iterable[object]) -> int:
    """How many were written. The file appears whole or not at all."""
    count = 0
    with whole(path) as part, part.open("wb") as file:
        for value in values:
            file.write(line(value))
            count += 1
    return count


class whole:  # noqa: N801 - reads as a statement
    """`with whole(path) as part:` write `part`; it becomes `path` at the end, on the disk, or goes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._part = path.with_name(path.name + ".part")

    def __enter__(self) -> Path:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        return self._part

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is not None:
            self._part.unlink(missing_ok=True)
            return
        with self._part.open("rb") as file:
            os.fsync(file.fileno())
        self._part.replace(self._path)


class SetDigest:
    """The digest of rows whatever their order: their digests added up, so that a row twice is not a row
    gone."""

    def __init__(self) -> None:
        self._sum = 0

    def add(self, row: bytes) -> None:
        """One more row."""
        self._sum = (self._sum + int.from_bytes(hashlib.sha256(row).digest(), "big")) % (1 << 256)

    def __str__(self) -> str:
        return f"{self._sum:064x}"


def digest_of(value: object) -> str:
    """The digest of anything that is JSON."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
