"""What a person looks at before a draft counts as accepted, as data (D-3.1-15, D-2.1.3.4-08, D-3.3-06)."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from ..errors import InputError
from .data_files import data_file
from .wordings import Words, said

Audience = Literal["internal", "public"]


class Item(BaseModel):
    """One thing to look at."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern="^[a-z_]+$")
    kinds: tuple[str, ...] = ()
    """Tasks that it is asked for; empty: all."""
    public: bool = False
    """Asked for a public text only."""
    text: Words


class Checklists(BaseModel):
    """The items, and the sentence by which a person takes responsibility."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    items: tuple[Item, ...] = Field(min_length=1)
    statement: Words

    def of(self, kind: str) -> list[Item]:
        """The items of that task, those for the public last."""
        return [item for item in self.items if not item.kinds or kind in item.kinds]

    def check(self, kind: str, audience: Audience, ticked: Collection[str]) -> list[str]:
        """The items that had to be ticked, and are. Raises InputError where one is not."""
        wanted = [item.id for item in self.of(kind) if audience == "public" or not item.public]
        if missing := [item for item in wanted if item not in ticked]:
            raise InputError(
                f"Not everything was checked: {', '.join(missing)}.",
                hint="Look at each point of the list and tick it, or leave the text a draft.",
            )
        return wanted

    def signed(self, name: str, language: str) -> str:
        """The sentence in which that person takes responsibility (D-3.3-15)."""
        return said(self.statement, language).format(name=name)


@lru_cache(maxsize=1)
def checklists() -> Checklists:
    """The shipped list."""
    return data_file("checklists.yaml", Checklists)
