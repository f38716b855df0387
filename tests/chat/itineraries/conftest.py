"""Trips and the days that they are planned for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from bauhinia.chat.itineraries.trip import DayConditions, Trip

MONDAY = date(2026, 11, 30)
Conditions = Callable[..., list[DayConditions]]


@pytest.fixture
def known() -> Conditions:
    """Days of a trip, of which everything is known: dry and no holiday, unless told otherwise."""

    def made(trip: Trip, **more: Any) -> list[DayConditions]:
        said: dict[str, Any] = {"rain": "dry", "holiday": "no"} | more
        return [DayConditions(day=day, **said) for day in trip.dates]

    return made
