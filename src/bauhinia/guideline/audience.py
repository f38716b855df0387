"""Whom a service is for, and what they are told: more where it is mainly for minors or others who need it
(D-3.2.1-08)."""

from __future__ import annotations

from functools import lru_cache

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ..errors import InputError
from .data_files import data_file
from .worded import Worded


class Notice(BaseModel):
    """What an audience is told."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stronger: bool
    """Whether more is said than to everybody, and unsafe content is filtered more strictly."""
    points: tuple[Worded, ...] = Field(min_length=1)

    def lines(self, language: str) -> list[str]:
        """In a language of the interface."""
        return [point.name(language) for point in self.points]


class _Notices(BaseModel):
    model_config = ConfigDict(frozen=True)

    audiences: dict[str, Notice]

    @model_validator(mode="after")
    def _more_where_it_is_needed(self) -> _Notices:
        """A stronger notice has more points than any that is not."""
        usual = max(len(each.points) for each in self.audiences.values() if not each.stronger)
        for name, notice in self.audiences.items():
            if notice.stronger and len(notice.points) <= usual:
                raise ValueError(f"The notice for {name} says no more than the usual one.")
        if not self.audiences["minors"].stronger:
            raise ValueError("Minors are told more.")
        return self


@lru_cache(maxsize=1)
def notices() -> dict[str, Notice]:
    """The notice of every audience."""
    return _Notices(audiences=data_file("audiences.yaml", dict[str, Notice])).audiences


def notice_for(audience: str) -> Notice:
    """Raises InputError for an audience that there is not."""
    if (found := notices().get(audience)) is None:
        raise InputError("There is no such audience.", hint=f"There are: {', '.join(notices())}.")
    return found
