"""Where rows come from. A shard is a source, or one file of it; each shard is read by one task."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from datatrove.data import Document

from ....errors import NotFound
from .. import config as kinds
from ..config import CorpusConfig, Source, name_of
from . import carried, files, product
from .public import as_read, public_sets

__all__ = ["Shard", "digest_of_files", "public_sets", "read_shard", "shards", "sources_as_read"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """What one task reads."""

    source: Source
    file: Path | None = None


def sources_as_read(config: CorpusConfig) -> list[Source]:
    """The sources, public sets as what they are read as. Raises InputError for one that may not be."""
    return [as_read(source) for source in config.sources]


def shards(config: CorpusConfig) -> list[Shard]:
    """Every source's files in order. Raises NotFound and MissingPart for a source that is not there."""
    found = []
    for source in sources_as_read(config):
        files_ = _files(source)
        if files_ is None:
            found.append(Shard(source=source))
        elif isinstance(source, kinds.CataloguesSource | kinds.SamplesSource) or source.most_characters:
            # small files together: a task for each would cost more than it does
            found.append(Shard(source=source))
        else:
            found += [Shard(source=source, file=file) for file in files_]
    return found


def _files(source: Source) -> list[Path] | None:
    """The files of a source that is made of files."""
    match source:
        case kinds.CataloguesSource():
            return carried.catalogue_files(source.path)
        case kinds.SamplesSource():
            return sorted(product.samples_folder(source).glob("*.md"))
        case kinds.TextSource():
            return files.files_of(source.path, source.suffixes)
        case kinds.JsonlSource() | kinds.CorrectionsSource():
            return files.files_of(source.path, (".jsonl", ".ndjson"))
        case kinds.ParquetSource():
            return files.files_of(source.path, (".parquet",))
        case kinds.WarcSource():
            return files.files_of(source.path, (".warc", ".warc.gz", ".wet", ".wet.gz"))
        case kinds.PairsSource():
            return files.files_of(source.path, (".csv", ".tsv"))
        case kinds.DocumentsSource():
            return files.files_of(source.path)
    return None


def read_shard(shard: Shard, config: CorpusConfig) -> Iterator[Document]:
    """A shard's rows, those that could not be read among them."""
    for row in _rows_of(shard, config):
        if shard.source.replay and row.metadata["kind"] == "text":
            row.metadata["kind"] = "replay"
        yield row


def _rows_of(shard: Shard, config: CorpusConfig) -> Iterator[Document]:
    source = shard.source
    if shard.file is not None:
        yield from _of_file(source, shard.file, config)
    elif (found := _files(source)) is not None:
        rows = (row for file in found if _wanted(file) for row in _of_file(source, file, config))
        if isinstance(source, kinds.CataloguesSource):
            # the first would be one program's
            yield from carried.sampled(rows, source.most_characters, config.seed)
        else:
            yield from files.first_characters(rows, source.most_characters)
    else:
        yield from carried.sampled(_of_package(source, config), source.most_characters, config.seed)


def _wanted(file: Path) -> bool:
    return file.name != "README.md"


def _of_package(source: Source, config: CorpusConfig) -> Iterator[Document]:
    match source:
        case kinds.HkcancorSource():
            return carried.hkcancor_rows(source, config)
        case kinds.CtcpcSource():
            return carried.ctcpc_rows(source, config)
        case kinds.CldrSource():
            return carried.cldr_rows(source, config)
        case kinds.TermbaseSource():
            return product.term_rows(source, config)
        case kinds.PackagesSource():
            return carried.package_rows(source, config)
    raise AssertionError(source.kind)


def _of_file(source: Source, file: Path, config: CorpusConfig) -> Iterator[Document]:
    match source:
        case kinds.CataloguesSource():
            return carried.catalogue_rows(source, file, config)
        case kinds.SamplesSource() | kinds.DocumentsSource():
            return product.document_rows(source, file, config)
        case kinds.TextSource():
            return files.text_rows(source, file, config)
        case kinds.JsonlSource():
            return files.jsonl_rows(source, file, config)
        case kinds.ParquetSource():
            return files.parquet_rows(source, file, config)
        case kinds.WarcSource():
            return files.warc_rows(source, file, config)
        case kinds.PairsSource():
            return files.pair_rows(source, file, config)
        case kinds.CorrectionsSource():
            return product.correction_rows(source, file, config)
    raise AssertionError(source.kind)


def digest_of_files(source: Source) -> str:
    """The SHA-256 over names and bytes of a source's files; empty for what a package carries."""
    found = _files(source)
    if found is None:
        return ""
    total = hashlib.sha256()
    for file in found:
        try:
            with file.open("rb") as opened:
                part = hashlib.file_digest(opened, "sha256")
        except FileNotFoundError as error:
            raise NotFound(
                f"{name_of(source)} lost a file while it was read.", hint="Build the corpus again."
            ) from error
        total.update(file.name.encode() + b"\0" + part.digest())
    return total.hexdigest()
