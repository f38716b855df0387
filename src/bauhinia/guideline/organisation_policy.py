"""The organisation's policy on generative AI: fifteen items filled from the settings in force (D-3.3-08)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import LiteralString

from pydantic import BaseModel, ConfigDict

from ..documents import OutputBlock
from ..errors import InputError, NotFound
from ..ledger import Ledger
from ..people import Officer
from ..people.permissions import check, reach
from ..store import Database
from .data_files import data_file
from .tiers import Named

_LONGEST = 4_000


class PolicyItem(Named):
    """One of the fifteen: what it is about, and its words with `{names}` of facts."""

    text_en: str
    text_zh: str
    own: bool = False
    """Whether the organisation is asked for words of its own."""


class _Items(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    items: Mapping[str, PolicyItem]


@lru_cache(maxsize=1)
def policy_items() -> Mapping[str, PolicyItem]:
    """The items by id, in the guideline's order."""
    return data_file("policy_items.yaml", _Items).items


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyText:
    """One item as it stands."""

    id: str
    title: str
    text: str
    own: str
    """The organisation's own words; empty for none."""
    asks_for_own: bool


class OrganisationPolicy:
    """The own words of one database, and the policy that they make with the settings."""

    def __init__(self, database: Database, ledger: Ledger) -> None:
        self._database = database
        self._ledger = ledger

    async def write(self, by: Officer, item: str, *, en: str, zh: str) -> None:
        """Set an item's own words, for the whole service. Raises NotPermitted, NotFound, InputError."""
        check(by, "govern")
        if reach(by, "govern") != "all":
            raise InputError("This is the whole service's.", hint="Ask the programme owner.")
        if item not in policy_items():
            raise NotFound("The policy has no such item.", hint=f"There are: {', '.join(policy_items())}.")
        if max(len(en), len(zh)) > _LONGEST:
            raise InputError(f"A text is longer than {_LONGEST} characters.", hint="Say it more shortly.")
        async with self._database.connection() as connection:
            await connection.execute(_WRITE, (item, en.strip(), zh.strip()))
        await self._ledger.record("policy.write", officer=by.id, department=by.department, subject=item)

    async def texts(self, facts: Mapping[str, str], language: str) -> list[PolicyText]:
        """The fifteen items in `en` or `zh`, facts and own words filled in."""
        async with self._database.connection() as connection:
            rows = await (await connection.execute("SELECT item, en, zh FROM policy_texts")).fetchall()
        own = {item: (en if language == "en" else zh) for item, en, zh in rows}
        return [
            PolicyText(
                id=name,
                title=item.en if language == "en" else item.zh,
                text=(item.text_en if language == "en" else item.text_zh).format(**facts),
                own=own.get(name, ""),
                asks_for_own=item.own,
            )
            for name, item in policy_items().items()
        ]


def policy_blocks(texts: list[PolicyText], title: str) -> Iterator[OutputBlock]:
    """The policy as a file's blocks."""
    yield OutputBlock(kind="title", text=title)
    for each in texts:
        yield OutputBlock(kind="heading", text=f"{each.id[2:].lstrip('0')}. {each.title}", level=2)
        yield OutputBlock(kind="paragraph", text=each.text)
        if each.own:
            yield OutputBlock(kind="paragraph", text=each.own)


_WRITE: LiteralString = (
    "INSERT INTO policy_texts (item, en, zh) VALUES (%s, %s, %s)"
    " ON CONFLICT (item) DO UPDATE SET en = excluded.en, zh = excluded.zh, at = now()"
)
