"""Papers to search: made from `sets/papers/*.yaml`, the same each time. Offices, places and figures
are invented.

A family holds one paper as a careful officer would write it, in English and in Chinese, and the values by
which its versions differ. Each version is in one language alone, so that a question in the other language
can only be answered across languages; its siblings differ from it in little but the details asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from importlib import resources
from typing import Any, Literal

from ..language import Variety, to_simplified
from ..language.dates import write_date
from ..yaml_text import read_yaml

PaperLanguage = Literal["en", "zh-HK", "zh-Hans", "yue"]
VARIETIES: Mapping[PaperLanguage, Variety] = {
    "en": Variety.ENGLISH,
    "zh-HK": Variety.TRADITIONAL,
    "zh-Hans": Variety.SIMPLIFIED,
    "yue": Variety.CANTONESE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A paper in Markdown."""

    id: str
    """The family's name and the number of the version, from 1: `market-stalls-1`."""
    language: PaperLanguage
    text: str

    @property
    def name(self) -> str:
        """The name of its file."""
        return f"{self.id}.md"


def load_papers() -> list[Paper]:
    """Every version of every family, in order."""
    folder = resources.files(__package__) / "sets" / "papers"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".yaml")), key=lambda f: f.name)
    return [
        paper
        for file in files
        for paper in versions(file.name.removesuffix(".yaml"), read_yaml(file.read_text("utf-8")))
    ]


def versions(name: str, family: Mapping[str, Any]) -> Iterator[Paper]:
    """The papers of a family, each in its language."""
    for place, language in enumerate(family["languages"]):
        template = family["zh-HK" if language == "zh-Hans" else language]
        text = template.format_map(values(family, place, language))
        if language == "zh-Hans":
            text = to_simplified(text)
        yield Paper(id=f"{name}-{place + 1}", language=language, text=text)


def values(family: Mapping[str, Any], place: int, language: PaperLanguage) -> dict[str, str]:
    """What fills the slots of a version, written as that language writes it."""
    written = {}
    for slot, column in family["values"].items():
        row = column["en" if language == "en" else "zh"] if isinstance(column, dict) else column
        assert len(row) == len(family["languages"]), (slot, row)
        written[slot] = _written(row[place], language)
    return written


def _written(value: Any, language: PaperLanguage) -> str:
    if isinstance(value, date):
        return write_date(value.isoformat(), VARIETIES[language])
    return f"{value:,}" if isinstance(value, int) else str(value)
