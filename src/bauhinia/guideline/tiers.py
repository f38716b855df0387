"""The guideline's four risk tiers, and what each demands (section 2.1.2)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict

from .data_files import data_file

TierId = Literal["low", "limited", "high", "unacceptable"]
TIERS: tuple[TierId, ...] = get_args(TierId)
"""From the least risk to the most."""


class Named(BaseModel):
    """Words in both languages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    en: str
    zh: str


class Tier(Named):
    """A tier, and how the register holds a use to it."""

    rank: int
    """1 is the least risk."""
    meaning_en: str
    meaning_zh: str
    demands: tuple[str, ...]
    """Ids of `Tiers.conditions`."""
    review_months: int
    """How long an approval lasts at the most."""
    reassess_days: int
    """How long a use may go on after a change that reopens its assessment."""


class Tiers(BaseModel):
    """All tiers by id, and the conditions that they demand."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tiers: Mapping[TierId, Tier]
    conditions: Mapping[str, Named]


@lru_cache(maxsize=1)
def tiers() -> Tiers:
    """The tiers as this version of the product holds them."""
    return data_file("tiers.yaml", Tiers)
