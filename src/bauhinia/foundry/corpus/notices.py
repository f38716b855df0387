"""Notices made from `data/notices.yaml`: the same facts in English, written Chinese and Cantonese."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib import resources
from typing import Any, Literal

from ...language import Variety
from ...language.dates import write_date
from ...yaml_text import read_yaml
from .overlap import Index
from .rows import RowLanguage, digest_of, fingerprint
from .withdrawal import Withdrawn

NoticeLanguage = Literal["en", "zh", "yue"]
LANGUAGES: tuple[NoticeLanguage, ...] = ("en", "zh", "yue")
VARIETIES: dict[NoticeLanguage, Variety] = {
    "en": Variety.ENGLISH,
    "zh": Variety.TRADITIONAL,
    "yue": Variety.CANTONESE,
}
ROW_LANGUAGES: dict[NoticeLanguage, RowLanguage] = {"en": "en", "zh": "zh-Hant", "yue": "yue"}
SOURCE = "templates"
LICENCE = "Apache-2.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One notice in one language."""

    id: str
    """The family and the version: the same in every language."""
    language: NoticeLanguage
    text: str
    summary: str
    questions: tuple[tuple[str, str], ...]
    """Each with the answer that the notice gives."""
    absent: str
    """A question that it does not answer."""
    facts: dict[str, str]
    """Slots by name, as the language writes them."""


@dataclass(slots=True)
class Taught:
    """Rows that were made, and why others were not."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    origins: list[dict[str, str]] = field(default_factory=list)
    tasks: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)

    def take(self, task: str, row: dict[str, Any], refusing: Refusing) -> None:
        """Keep a row, its origin apart, unless there is a reason against it."""
        given = dict(row)
        origin = {
            "id": given["id"],
            "source": given["source"],
            "document": given.pop("of"),
            "place": task,
            "fingerprint": fingerprint(given["id"]),
        }
        if reason := refusing.reason(given, origin):
            self.rejected[reason] += 1
            return
        self.rows.append(given)
        self.origins.append(origin)
        self.tasks[task] += 1

    def counted(self) -> dict[str, Any]:
        """For the manifest."""
        return {
            "rows": len(self.rows),
            "tasks": dict(sorted(self.tasks.items())),
            "languages": dict(sorted(Counter(row["language"] for row in self.rows).items())),
            "sources": dict(sorted(Counter(row["source"] for row in self.rows).items())),
            "rejected": dict(sorted(self.rejected.items())),
        }


@cache
def notices_data() -> dict[str, Any]:
    """`data/notices.yaml`."""
    text = resources.files(__package__).joinpath("data/notices.yaml").read_text(encoding="utf-8")
    read: dict[str, Any] = read_yaml(text)
    return read


@cache
def notices() -> tuple[Notice, ...]:
    """Every version of every family in every language."""
    return tuple(
        _notice(name, family, version, language)
        for name, family in notices_data()["families"].items()
        for version in range(len(family["values"]["place"]["en"]))
        for language in LANGUAGES
    )


def _notice(name: str, family: dict[str, Any], version: int, language: NoticeLanguage) -> Notice:
    facts = {slot: _written(column, version, language) for slot, column in family["values"].items()}
    given = family[language]
    return Notice(
        id=f"{name}-{version + 1}",
        language=language,
        text=given["text"].format_map(facts),
        summary=given["summary"].format_map(facts),
        questions=tuple((ask.format_map(facts), tell.format_map(facts)) for ask, tell in given["questions"]),
        absent=given["absent"],
        facts=facts,
    )


def _written(column: Any, version: int, language: NoticeLanguage) -> str:
    if isinstance(column, dict):
        return str(column["en" if language == "en" else "zh"][version])
    value = column[version]
    if isinstance(value, date):
        return write_date(value.isoformat(), VARIETIES[language])
    return f"{value:,}" if isinstance(value, int) else str(value)


def in_language(notice: Notice, language: NoticeLanguage) -> Notice:
    """The same notice in another language."""
    return next(each for each in notices() if each.id == notice.id and each.language == language)


@dataclass(frozen=True, slots=True)
class Refusing:
    """What rows made by program must not hold either."""

    indexes: Sequence[Index]
    """Of what a model is measured on."""
    withdrawn: Withdrawn

    def reason(self, row: Mapping[str, Any], origin: Mapping[str, str]) -> str:
        """Why a row is left out; empty where it is not. What is rejected in a preference is not looked at: it
        differs from what is chosen."""
        if self.withdrawn.holds(row["id"], origin):
            return "withdrawn"
        parts = (row.get("messages", ()), row.get("prompt", ()), row.get("chosen", ()))
        texts = [message["content"] for part in parts for message in part]
        leaks = any(index.find(text) for text in texts for index in self.indexes)
        return "evaluation_leak" if leaks else ""


def shared_out(
    rows: dict[str, list[dict[str, Any]]], most: int, seed: int
) -> list[tuple[str, dict[str, Any]]]:
    """At most so many rows, every task getting its turn, in an order in which none stands beside its like."""
    queues = {
        task: sorted(found, key=lambda row: digest_of([seed, row["id"]]))[::-1]
        for task, found in sorted(rows.items())
    }
    chosen: list[tuple[str, dict[str, Any]]] = []
    while len(chosen) < most and any(queues.values()):
        for task, queue in queues.items():
            if queue and len(chosen) < most:
                chosen.append((task, queue.pop()))
    return chosen
