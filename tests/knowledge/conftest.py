"""A library on the fresh database."""

from __future__ import annotations

import pytest

from bauhinia.gateway import Gateway
from bauhinia.knowledge import Library, Search
from bauhinia.settings import Limits, Settings
from bauhinia.store import Blobs, Database


@pytest.fixture
def blobs(settings: Settings) -> Blobs:
    return Blobs.open(settings)


@pytest.fixture
def library(database: Database, gateway: Gateway, blobs: Blobs) -> Library:
    return Library(database, gateway, blobs, Limits())


@pytest.fixture
def search(database: Database, gateway: Gateway) -> Search:
    return Search(database, gateway)
