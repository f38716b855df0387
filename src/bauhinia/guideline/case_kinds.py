"""The kinds of complaint, which are data: their clocks, and what happens at once."""

from __future__ import annotations

from functools import lru_cache

from pydantic import BaseModel, ConfigDict, Field

from ..errors import InputError
from .data_files import data_file
from .worded import Worded

FEEDBACK = "feedback"
"""The lightest kind."""


class CaseKind(BaseModel):
    """One kind of complaint."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    days: int = Field(ge=1, le=90)
    """Within which it is answered."""
    withdraws: bool
    """Whether the answer leaves shared places as soon as the complaint is made."""
    misinformation: bool = False
    """Whether an upheld one goes into the log of misinformation."""
    name: Worded
    about: Worded


@lru_cache(maxsize=1)
def case_kinds() -> dict[str, CaseKind]:
    """Every kind by its id, in the order in which a form offers them."""
    return data_file("case_kinds.yaml", dict[str, CaseKind])


def case_kind(kind: str) -> CaseKind:
    """Raises InputError for one that there is not."""
    if (found := case_kinds().get(kind)) is None:
        raise InputError("There is no such kind of complaint.", hint=f"There are: {', '.join(case_kinds())}.")
    return found
