"""An officer, and a short way to ask."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from bauhinia.gateway import Ask, Message
from bauhinia.people import Officer

MakeAsk = Callable[..., Ask]


@pytest.fixture
def ask_for() -> MakeAsk:
    """Makes an `Ask` with one user message."""

    def make(text: str, **more: Any) -> Ask:
        officer = Officer(id="o1", department="Test Department", name="Test officer")
        return Ask(**{"officer": officer, "use": "api.chat", "messages": (Message("user", text),)} | more)

    return make
