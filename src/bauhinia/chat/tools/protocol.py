"""What a live tool is: a name, what it is for, typed arguments, and one method."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from pydantic import BaseModel

from ..sources import Sources
from .result import HONG_KONG, Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a tool works with."""

    sources: Sources
    now: Callable[[], datetime] = lambda: datetime.now(HONG_KONG)

    def today(self) -> date:
        """The day in Hong Kong."""
        return self.now().astimezone(HONG_KONG).date()


class Tool(Protocol):
    """One live tool. Every one of them only reads."""

    @property
    def name(self) -> str:
        """Its stable name."""
        ...

    @property
    def about(self) -> str:
        """What it answers, in one English sentence: also what a model is told."""
        ...

    @property
    def arguments(self) -> type[BaseModel]:
        """The model of its arguments."""
        ...

    async def run(self, given: Any, context: Context) -> Result:
        """The result for arguments of that model. Raises SourceDown, which becomes `Down`."""
        ...
