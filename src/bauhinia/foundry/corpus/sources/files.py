"""Readers of files: plain text, JSON lines, Parquet, web archives, tables of pairs.

datatrove's own reader of JSON lines stops at the first byte that is not UTF-8 and drops the rest of the file
with a line in a log; it leaves out rows without text uncounted, and takes a line of any length into memory.
Here each is a row that is turned away with its reason. Its readers of Parquet and WARC are used as they are.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from datatrove.data import Document

from ....documents.decoding import decode
from ....errors import BauhiniaError, DocumentError, InputError, MissingPart, NotFound
from ..config import CorpusConfig, JsonlSource, PairsSource, ParquetSource, TextSource, WarcSource, name_of
from ..rows import document, refused
from .passages import passages

_DAMAGED = 0.02
"""Share of characters that are not UTF-8 under which a file is damaged UTF-8, and not another encoding."""
_CHUNK = 1 << 20
_NO_MINING = re.compile(
    r"<meta[^>]+name=[\"'](?:robots|googlebot)[\"'][^>]*content=[\"'][^\"']*\bnoai\b"
    r"|<meta[^>]+name=[\"']tdm-reservation[\"'][^>]*content=[\"']1[\"']",
    re.I,
)
"""A page that says it is not to be mined: `noai`, or the W3C community group's TDM reservation."""
_TEST_COLUMNS = ({"question", "answer", "a", "b", "c", "d"}, {"question", "choices", "answer"})


def files_of(path: Path, suffixes: Iterable[str] = ()) -> list[Path]:
    """The file, or the folder's files in order. Raises NotFound where there are none."""
    wanted = tuple(suffixes)
    found = [path] if path.is_file() else sorted(each for each in path.rglob("*") if each.is_file())
    found = [each for each in found if each == path or not wanted or each.name.lower().endswith(wanted)]
    if not found:
        raise NotFound(
            f"The corpus source {path} has no file to read.",
            hint="Check the path" + (f"; files named {', '.join(wanted)} are read." if wanted else "."),
        )
    return found


def text_rows(source: TextSource, file: Path, config: CorpusConfig) -> Iterator[Document]:
    """A file's passages."""
    about = _about(source)
    place = _place(source, file)
    if file.stat().st_size > config.most_file_bytes:
        yield refused("file_too_large", place=place, **about)
        return
    data = file.read_bytes()
    if not data.strip():
        yield refused("empty_file", place=place, **about)
        return
    try:
        text = _decoded(data)
    except DocumentError:
        yield refused("broken_encoding", place=place, **about)
        return
    for number, passage in enumerate(passages(text, config.passage_characters)):
        yield document(passage, place=f"{place}#{number}", of=place, **about)


def _decoded(data: bytes) -> str:
    """Damaged UTF-8 keeps its marks of damage, by which its passages are turned away one by one."""
    text = data.decode("utf-8", "replace")
    if 0 < text.count("\ufffd") <= _DAMAGED * len(text):
        return text
    return decode(data).text


def jsonl_rows(source: JsonlSource, file: Path, config: CorpusConfig) -> Iterator[Document]:
    """A row a line; one that is too long, not UTF-8, not JSON or without text is turned away."""
    for number, data in _limited_lines(file, config.most_line_bytes):
        place = f"{_place(source, file)}:{number}"
        fault, row = _object(data)
        text = row.get(source.text)
        if not fault and not (isinstance(text, str) and text.strip()):
            fault = "no_text"
        if fault:
            yield refused(fault, place=place, **_about(source))
            continue
        yield from _row_of(row, str(text), str(row.get(source.document, place)), place, source, config)


def _row_of(
    row: dict[str, Any],
    text: str,
    of: str,
    place: str,
    source: JsonlSource | ParquetSource,
    config: CorpusConfig,
) -> Iterator[Document]:
    """A row's own licence, web address, consent and opt-out go with it."""
    about = _about(source)
    licence = row.get("licence") or row.get("license")
    if isinstance(licence, str):
        about["licence"] = licence
    opted_out = row.get("opt_out") is True or row.get("consent") is False
    for number, passage in enumerate(passages(text, config.passage_characters)):
        more: dict[str, Any] = {"url": str(row.get("url") or ""), "opted_out": opted_out}
        yield document(passage, place=f"{place}#{number}", of=of, **about, **more)


def _object(data: bytes | None) -> tuple[str, dict[str, Any]]:
    """What is wrong with a line, or the object in it."""
    if data is None:
        return "line_too_long", {}
    try:
        row = json.loads(data.decode("utf-8"))
    except UnicodeDecodeError:
        return "broken_encoding", {}
    except (ValueError, RecursionError):
        return "not_json", {}
    return ("", row) if isinstance(row, dict) else ("not_json", {})


def _limited_lines(file: Path, most: int) -> Iterator[tuple[int, bytes | None]]:
    """Lines with their numbers; None for one over the limit, which is never held whole."""
    with file.open("rb") as opened:
        number = 0
        while data := opened.readline(most + 1):
            number += 1
            whole = data.endswith(b"\n") or len(data) <= most
            while not whole:
                rest = opened.readline(_CHUNK)
                whole = not rest or rest.endswith(b"\n")
                data = b""
            if data and not data.strip():
                continue
            yield number, data or None


def parquet_rows(source: ParquetSource, file: Path, config: CorpusConfig) -> Iterator[Document]:
    """A row a row; a file that is no Parquet is turned away whole."""
    from datatrove.pipeline.readers.parquet import ParquetReader
    from pyarrow import ArrowException

    def adapted(_: object, data: dict[str, Any], __: str, number: int) -> dict[str, Any]:
        # datatrove passes over rows without text; every one must be counted
        return {"text": "row", "id": str(number), "metadata": {"row": data}}

    reader = ParquetReader(str(file.parent), adapter=adapted)
    number = 0
    try:
        for each in reader.read_file(file.name):
            number += 1
            row, place = each.metadata["row"], f"{_place(source, file)}:{number}"
            text = row.get(source.text)
            if isinstance(text, str) and text.strip():
                yield from _row_of(row, text, str(row.get(source.document, place)), place, source, config)
            else:
                yield refused("no_text", place=place, **_about(source))
    except (ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        yield refused("broken_file", place=_place(source, file), **_about(source))


def warc_rows(source: WarcSource, file: Path, config: CorpusConfig) -> Iterator[Document]:
    """The pages of an archive. Raises MissingPart where what datatrove needs for it is not installed."""
    from datatrove.pipeline.readers.warc import WarcReader

    try:
        import magic  # noqa: F401  # datatrove imports it at the first page, and a machine may lack its library

        reader = WarcReader(str(file.parent))
    except ImportError as error:
        raise MissingPart(
            "Web archives cannot be read here: packages that datatrove needs for them are missing.",
            hint="Run `pip install bauhinia[foundry]`, and `sudo apt-get install --yes libmagic1`.",
        ) from error
    for each in reader.read_file(file.name):
        url = str(each.metadata.get("url") or "")
        place = f"{_place(source, file)}:{each.id}"
        yield from page_rows(each.text, url, place, source, config)


def page_rows(
    html: str, url: str, place: str, source: WarcSource, config: CorpusConfig
) -> Iterator[Document]:
    """The passages of a page, or of its plain text where an archive holds that."""
    opted_out = bool(_NO_MINING.search(html[:20_000]))
    text = html
    if "<" in html[:2_000] and ">" in html:
        try:
            text = _page_text(html)
        except BauhiniaError:
            yield refused("broken_page", place=place, **_about(source))
            return
    for number, passage in enumerate(passages(text, config.passage_characters)):
        yield document(
            passage,
            place=f"{place}#{number}",
            of=url or place,
            url=url,
            opted_out=opted_out,
            **_about(source),
        )


def _page_text(html: str) -> str:
    """What a reader of the page sees: paragraphs and headings, without menus and tables."""
    from .product import parsed

    read = parsed(html.encode("utf-8", "replace"), "page.html")
    kept = ("title", "heading", "paragraph", "list_item")
    return "\n\n".join(block.text for block in read.blocks if block.kind in kept)


def pair_rows(source: PairsSource, file: Path, config: CorpusConfig) -> Iterator[Document]:
    """A pair a line of the table. Raises InputError for a table of questions and answers, or without the
    columns."""
    text = _decoded(file.read_bytes())
    dialect = "excel-tab" if file.suffix == ".tsv" else "excel"
    csv.field_size_limit(config.most_line_bytes)
    reader = csv.DictReader(text.splitlines(keepends=True), dialect=dialect)
    refuse_tests(reader.fieldnames or (), file)
    for column in (source.english, source.chinese):
        if column not in (reader.fieldnames or ()):
            raise InputError(
                f"The table {file.name} has no column {column}.",
                hint=f"Its columns are {', '.join(reader.fieldnames or ())}: name them in the recipe.",
            )
    for number, row in enumerate(reader, start=2):
        yield pair(
            row[source.english] or "",
            row[source.chinese] or "",
            place=f"{_place(source, file)}:{number}",
            **_about(source),
        )


def pair(english: str, chinese: str, *, place: str, **about: Any) -> Document:
    """A row of parallel text. Pairs of the same English are one document, whatever their source, so that none
    is held out of one source and trained on from another."""
    from ..rows import fingerprint

    en, zh = " ".join(english.split()), " ".join(chinese.split())
    if not en or not zh:
        return refused("no_text", place=place, **about)
    of = f"pair:{fingerprint(en)[:16]}"
    return document(f"{en}\n{zh}", place=place, of=of, kind="parallel", pair=[en, zh], **about)


def refuse_tests(columns: Iterable[str], file: Path) -> None:
    """Raises InputError for the columns of a test with questions and answers."""
    lower = {column.strip().lower() for column in columns}
    if any(test <= lower for test in _TEST_COLUMNS):
        raise InputError(
            f"{file.name} is a set of questions and answers: it is for evaluation, not for training.",
            hint="Name it under `evaluation_files`, so that no row of the corpus holds a piece of it.",
        )


def _about(source: Any) -> dict[str, Any]:
    return {"source": name_of(source), "licence": source.licence}


def _place(source: Any, file: Path) -> str:
    return file.name if file == source.path else file.relative_to(source.path).as_posix()


def first_characters(rows: Iterable[Document], most: int | None) -> Iterator[Document]:
    """The first rows, until so many characters were given; all of them without a limit."""
    given = 0
    for row in rows:
        if most is not None and given >= most:
            return
        given += len(row.text)
        yield row
