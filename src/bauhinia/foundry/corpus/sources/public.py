"""Public sets by name: how each is read, under which licence, and whether it may be trained on at all."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

from ....errors import InputError, NotFound
from ....yaml_text import read_yaml
from ..config import (
    DocumentsSource,
    JsonlSource,
    PairsSource,
    ParquetSource,
    PublicSource,
    Source,
    TextSource,
    name_of,
)

_READERS: dict[str, type[Any]] = {
    "text": TextSource,
    "jsonl": JsonlSource,
    "parquet": ParquetSource,
    "pairs": PairsSource,
    "documents": DocumentsSource,
}
_FIELDS = ("text", "english", "chinese")


@cache
def public_sets() -> dict[str, dict[str, str]]:
    """What `data/public_sets.yaml` knows, by name."""
    text = resources.files(__package__).joinpath("../data/public_sets.yaml").read_text(encoding="utf-8")
    read: dict[str, dict[str, str]] = read_yaml(text)
    return read


def as_read(source: Source) -> Source:
    """A public set as a source of its format; any other source as it is.

    Raises InputError for a set that is for evaluation, and NotFound for one that is not known.
    """
    if not isinstance(source, PublicSource):
        return source
    known = public_sets().get(source.set)
    if known is None:
        raise NotFound(
            f"There is no public set called {source.set}.",
            hint=f"Known are {', '.join(public_sets())}; any file can be of kind jsonl, text or pairs.",
        )
    if known["use"] == "evaluation":
        raise InputError(
            f"{known['title']} is for evaluation only, and must not be trained on.",
            hint="Name its files under `evaluation_files`, so that no row of the corpus holds a piece of it.",
        )
    given = source.model_dump(exclude={"kind", "set"})
    given["name"] = name_of(source)
    given["licence"] = source.licence or known["licence"]
    fields = {field: known[field] for field in _FIELDS if field in known}
    made: Source = _READERS[known["reader"]](kind=known["reader"], **given, **fields)
    return made
