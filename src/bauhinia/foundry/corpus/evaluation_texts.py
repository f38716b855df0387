"""Every text that a model is measured on: the product's sets, whole, and files that a recipe names.

The product's sets are walked as files, so that one that is added tomorrow is covered without a line here;
papers, attacks and labelled texts are taken as they are made from those files too.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import yaml

from ...errors import InputError
from ...evaluation.attacks import attacks
from ...evaluation.bias import pairs
from ...evaluation.personal import load_personal
from ...evaluation.retrieval_corpus import load_papers
from ...yaml_text import read_yaml

_READ = (".json", ".jsonl", ".yaml", ".yml", ".csv", ".tsv", ".txt", ".md")
_FOLDERS = (("bauhinia.evaluation", "sets"), ("bauhinia.foundry", "suites"))


def evaluation_texts(more: Iterable[Path] = ()) -> Iterator[tuple[str, str]]:
    """The set's name and the text, one by one. Raises InputError for a file that cannot be read."""
    for package, folder in _FOLDERS:
        root = resources.files(package).joinpath(folder)
        if root.is_dir():
            yield from _walked(root, f"{package.rpartition('.')[2]}/{folder}")
    yield from (("evaluation papers", paper.text) for paper in load_papers())
    yield from (("evaluation attacks", attack.carrier) for attack in attacks())
    yield from (("evaluation personal", text.text) for text in load_personal())
    yield from (("evaluation bias", prompt) for pair in pairs() for prompt in pair.prompts)
    yield from texts_in(more)


def texts_in(paths: Iterable[Path]) -> Iterator[tuple[str, str]]:
    """Every text in those files, and in the files of those folders. Raises InputError."""
    for path in paths:
        if not path.exists():
            raise InputError(f"The evaluation file {path} is not there.", hint="Check `evaluation_files`.")
        files = [path] if path.is_file() else sorted(each for each in path.rglob("*") if each.is_file())
        yield from ((file.name, text) for file in files for text in strings_of(file.name, file))


def _walked(folder: Traversable, name: str) -> Iterator[tuple[str, str]]:
    for entry in sorted(folder.iterdir(), key=lambda each: each.name):
        if entry.is_dir():
            yield from _walked(entry, f"{name}/{entry.name}")
        elif entry.name.endswith(_READ):
            for text in strings_of(entry.name, entry):
                yield f"{name}/{entry.name}", text


def strings_of(name: str, file: Traversable) -> Iterator[str]:
    """Every string in a file of an evaluation set. Raises InputError where it cannot be read."""
    try:
        if name.endswith(".parquet"):
            yield from _of_parquet(file)
            return
        text = file.read_text(encoding="utf-8-sig")
        if name.endswith(".jsonl"):
            yield from _leaves([json.loads(line) for line in text.splitlines() if line.strip()])
        elif name.endswith((".json", ".yaml", ".yml")):
            yield from _leaves(read_yaml(text) if not name.endswith(".json") else json.loads(text))
        elif name.endswith((".csv", ".tsv")):
            dialect = "excel-tab" if name.endswith(".tsv") else "excel"
            yield from _leaves(list(csv.reader(text.splitlines(keepends=True), dialect=dialect)))
        else:
            yield text
    except (ValueError, yaml.YAMLError, csv.Error) as error:
        raise InputError(
            f"The evaluation file {name} cannot be read.", hint="It must be UTF-8 and whole: fetch it again."
        ) from error


def _of_parquet(file: Any) -> Iterator[str]:
    from pyarrow import parquet

    yield from _leaves(parquet.read_table(str(file)).to_pylist())


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from _leaves(each)
