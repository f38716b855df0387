"""What the product itself holds: documents that it can read, officers' corrections, its samples and terms."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

from datatrove.data import Document

from ....documents import Document as Read
from ....documents import read_document
from ....documents.child import parse
from ....documents.collecting import Bounds
from ....errors import DocumentError, MissingPart
from ....language import Termbase
from ....settings import Limits
from ..config import (
    CorpusConfig,
    CorrectionsSource,
    DocumentsSource,
    SamplesSource,
    TermbaseSource,
    name_of,
)
from ..rows import document, refused
from .files import pair
from .passages import passages

_SAMPLES = Path(__file__).parents[5] / "samples"


def document_rows(
    source: DocumentsSource | SamplesSource, file: Path, config: CorpusConfig
) -> Iterator[Document]:
    """The blocks of a file, in passages; asides (deleted text, comments) are no part of it."""
    about: dict[str, Any] = {"source": name_of(source), "licence": source.licence}
    try:
        if isinstance(source, SamplesSource):
            read = parsed(file.read_bytes(), file.name)
        else:
            read = asyncio.run(read_document(file.read_bytes(), file.name, Limits()))
    except DocumentError as error:
        yield refused(f"document_{error.code}", place=file.name, excerpt=error.message, **about)
        return
    text = "\n\n".join(block.text for block in read.blocks)
    for number, passage in enumerate(passages(text, config.passage_characters)):
        yield document(passage, place=f"{file.name}#{number}", of=f"{name_of(source)}:{file.stem}", **about)


def parsed(data: bytes, name: str) -> Read:
    """A file read in this process: for text that cannot harm it. Raises DocumentError."""
    limits = Limits()
    return parse(data, name, Bounds(**{each.name: getattr(limits, each.name) for each in fields(Bounds)}))


def samples_folder(source: SamplesSource) -> Path:
    """Where the samples are. Raises MissingPart where only the package is installed."""
    folder = source.path or _SAMPLES
    if not folder.is_dir():
        raise MissingPart(
            "The product's samples are not on this machine: they are in its source, not in the package.",
            hint="Give their folder as the source's `path`, or leave the source out.",
        )
    return folder


def correction_rows(source: CorrectionsSource, file: Path, config: CorpusConfig) -> Iterator[Document]:
    """Consented corrections: the text and what the officer left are parallel text; what the model had written
    beside it, where it differs, is a preference."""
    about: dict[str, Any] = {"source": name_of(source), "licence": source.licence}
    for number, text in enumerate(file.read_bytes().splitlines(), start=1):
        place = f"{file.name}:{number}"
        if len(text) > config.most_line_bytes:
            yield refused("line_too_long", place=place, **about)
            continue
        try:
            row = json.loads(text)
            yield _correction(row, place, about)
        except (ValueError, KeyError, TypeError, AttributeError):
            yield refused("not_a_correction", place=place, **about)


def _correction(row: dict[str, Any], place: str, about: dict[str, str]) -> Document:
    to_english = row["to"] == "en"
    left = (row["target"], row["source"]) if to_english else (row["source"], row["target"])
    made = pair(*left, place=place, **about)
    made.metadata["officer"] = row["officer"]
    if row["original"].strip() and row["original"] != row["target"]:
        made.metadata["preferred"] = {
            "to": row["to"],
            "source_text": row["source"],
            "chosen": row["target"],
            "rejected": row["original"],
        }
    return made


def term_rows(source: TermbaseSource, config: CorpusConfig) -> Iterator[Document]:
    """Each term's first form in both languages."""
    del config
    for term in Termbase.load().terms:
        yield pair(
            term.en,
            term.zh,
            place=f"termbase#{term.id}",
            source=name_of(source),
            licence=source.licence,
        )
