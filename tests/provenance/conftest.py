"""An office on FakeModel, with drafts that are there at once."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bauhinia.gateway import Gateway
from bauhinia.models import FakeEmbedder, FakeModel, pseudo_reply
from bauhinia.pilot.office import Office, open_office
from bauhinia.settings import Settings


@pytest.fixture
async def office(settings: Settings) -> AsyncIterator[Office]:
    """Its model puts pseudo-translations in the place of texts."""

    def door(settings: Settings, database: object) -> Gateway:
        return Gateway(settings, database, backend=FakeModel(pseudo_reply), embedder=FakeEmbedder())  # type: ignore[arg-type]

    async with open_office(settings, door) as opened:
        yield opened
