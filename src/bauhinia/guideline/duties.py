"""The duties of the guideline as data: one file an edition, and what another edition would change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from ..errors import InputError, NotFound
from ..yaml_text import read_yaml
from .tiers import Named, TierId

FOLDER = Path(__file__).parent / "editions"
IN_FORCE = "1.1"
"""The edition that this version of the product is held to."""
Strength = Literal["must", "should", "may"]
DutyKind = Literal["enforce", "record", "notify", "document", "organisational"]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Duty(_Data):
    """One duty, in our paraphrase."""

    id: str
    section: str
    """Of the guideline."""
    roles: tuple[str, ...]
    dimension: str
    tiers: tuple[TierId, ...] = ()
    """The tiers that it is tied to; empty for all."""
    strength: Strength
    kind: DutyKind
    """What software can do for it; `organisational`: nothing."""
    en: str
    zh: str
    effective: date | None = None
    """From when, where that is not the edition's own date."""

    @property
    def is_for_software(self) -> bool:
        """Whether software can enforce or record it."""
        return self.kind != "organisational"


class Sort(Named):
    """A dimension or a role."""

    id: str
    section: str = ""


class Edition(_Data):
    """An edition of the guideline."""

    edition: str
    published: str
    effective: date
    source_en: str
    source_zh: str
    dimensions: tuple[Sort, ...]
    roles: tuple[Sort, ...]
    duties: tuple[Duty, ...]

    def duty(self, name: str) -> Duty:
        """Raises NotFound."""
        for duty in self.duties:
            if duty.id == name:
                return duty
        raise NotFound(f"Edition {self.edition} has no duty {name!r}.", hint="`bauhinia guideline coverage`.")


@lru_cache(maxsize=4)
def edition(name: str = IN_FORCE) -> Edition:
    """An edition that the product carries. Raises NotFound."""
    path = FOLDER / f"{name}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(path.stem for path in FOLDER.glob("*.yaml")))
        raise NotFound(f"There is no edition {name!r}.", hint=f"There are: {known}; or name a file.")
    return read_edition(path)


def read_edition(path: Path) -> Edition:
    """An edition from a file in the shape of ours. Raises InputError."""
    try:
        return Edition.model_validate(read_yaml(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise InputError(f"{path.name} is no edition of the guideline: {error}") from None


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one duty."""

    duty: str
    kind: Literal["new", "gone", "reworded", "changed"]
    """`changed`: its strength, tiers, roles, dimension or date."""
    fields: tuple[str, ...] = ()


def changes(old: Edition, new: Edition) -> list[Change]:
    """What another edition would change, duty by duty."""
    before = {duty.id: duty for duty in old.duties}
    after = {duty.id: duty for duty in new.duties}
    found = [Change(name, "gone") for name in before if name not in after]
    for name, duty in after.items():
        if name not in before:
            found.append(Change(name, "new"))
        elif fields := _differ(before[name], duty):
            found.append(Change(name, "reworded" if set(fields) <= {"en", "zh"} else "changed", fields))
    return sorted(found, key=lambda change: change.duty)


def _differ(one: Duty, other: Duty) -> tuple[str, ...]:
    names: Sequence[str] = tuple(Duty.model_fields)
    return tuple(name for name in names if getattr(one, name) != getattr(other, name))
