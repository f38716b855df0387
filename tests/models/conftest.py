"""A faulty model server and the small real model, each in a process of its own."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bauhinia.models import EmbeddedBackend, open_backend
from bauhinia.models.weights import fetch
from bauhinia.settings import Settings

SMALL = "smollm2-135m-instruct"


@pytest.fixture(scope="module")
def faults() -> Iterator[str]:
    """The base URL of a server that goes wrong as the last message says."""
    script = Path(__file__).with_name("fault_server.py")
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        server.terminate()


@pytest.fixture(scope="session")
def small_weights() -> Path:
    """The small real model's file, fetched by its digest into the usual cache (98 MB, once a machine)."""
    return asyncio.run(fetch(SMALL, Settings()))


@pytest.fixture
def small_settings(small_weights: Path) -> Settings:
    """Settings of the small real model on this machine."""
    return Settings(model=SMALL, model_context=1024, model_slots=2)


@pytest.fixture
async def running(small_settings: Settings) -> AsyncIterator[EmbeddedBackend]:
    """The small real model, running."""
    backend = open_backend(small_settings)
    assert isinstance(backend, EmbeddedBackend)
    await backend.start()
    yield backend
    await backend.stop()
