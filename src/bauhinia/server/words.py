"""The interface's words in three languages, and which of them a reader gets."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
from starlette.requests import Request

FOLDER = Path(__file__).parent / "messages"
"""A folder a language, in it a file an area of the product; `main.json` is the workspace."""
COOKIE = "language"
LANGUAGES = {"en": "English", "zh-Hant-HK": "繁體中文", "zh-Hans": "简体中文"}
"""BCP 47 tag of each interface language, in the order they are offered, with its own name."""
DEFAULT = "en"


@dataclass(frozen=True, slots=True)
class Words:
    """One language's catalogue."""

    language: str
    entries: dict[str, str]
    digest: str
    """Changes when the catalogue does."""

    def __call__(self, key: str, **values: Any) -> str:
        """The words of that key with `{names}` filled in. An unknown key is a defect: KeyError."""
        words = self.entries[key]
        return words.format(**values) if values else words

    def has(self, key: str) -> bool:
        """Whether the catalogue knows this key, for keys that come from data."""
        return key in self.entries

    def count(self, key: str, number: int) -> str:
        """The words for a number of things: `key.one` or `key.other`."""
        return self(f"{key}.{'one' if number == 1 else 'other'}", n=f"{number:,}")

    def amount(self, measure: str, number: int) -> str:
        """So many `requests` or `tokens`, or a `cost` of so many millionths of a HK$."""
        if measure == "cost":
            return self("amount.cost", n=f"{number / 1_000_000:,.2f}")
        return self.count(f"amount.{measure}", number)


@lru_cache(maxsize=len(LANGUAGES))
def words_of(language: str) -> Words:
    """The catalogue of one of `LANGUAGES`, from all its files."""
    parts = [path.read_bytes() for path in sorted((FOLDER / language).glob("*.json"))]
    entries: dict[str, str] = {}
    for part in parts:
        added = orjson.loads(part)
        assert not entries.keys() & added.keys(), f"twice in {language}: {entries.keys() & added.keys()}"
        entries |= added
    return Words(language, entries, hashlib.sha256(b"".join(parts)).hexdigest()[:12])


def words_for(request: Request) -> Words:
    """The catalogue that this reader chose, or that their browser asks for."""
    chosen = request.cookies.get(COOKIE, "")
    return words_of(chosen if chosen in LANGUAGES else negotiate(request.headers.get("accept-language", "")))


def negotiate(accept: str) -> str:
    """The interface language that an `Accept-Language` header likes best."""
    for _, tag in sorted(_preferences(accept), key=lambda pair: -pair[0]):
        if language := _language_of(tag):
            return language
    return DEFAULT


def _preferences(accept: str) -> list[tuple[float, str]]:
    preferences = []
    for part in accept.split(",")[:32]:
        tag, _, weight = part.partition(";")
        try:
            quality = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        if quality > 0:
            preferences.append((quality, tag.strip().lower()))
    return preferences


def _language_of(tag: str) -> str | None:
    parts = tag.split("-")
    if parts[0] == "en":
        return "en"
    if parts[0] == "yue":
        return "zh-Hant-HK"
    if parts[0] != "zh":
        return None
    simplified = "hans" in parts or ("hant" not in parts and {"cn", "sg", "my"} & set(parts))
    return "zh-Hans" if simplified else "zh-Hant-HK"
