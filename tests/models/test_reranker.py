"""The client of a reranking server: both shapes, and every way that an answer goes wrong."""

from __future__ import annotations

import asyncio
import importlib
import socket
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
from pydantic import SecretStr

from bauhinia.errors import MalformedAnswer, ModelBusy, ModelError, ModelTimeout, ModelUnavailable
from bauhinia.models import FakeReranker, HttpReranker, open_reranker
from bauhinia.settings import Settings

from .rerank_server import RerankServer, rerank_server

doctor = importlib.import_module("bauhinia.cli.doctor")
"""Named the same as the command in it, which an import would give."""
TEXTS = ["a recipe for noodles", "repair of footbridges", "a licence for liquor"]


@pytest.fixture
async def server() -> AsyncIterator[RerankServer]:
    async with rerank_server() as running:
        yield running


@pytest.fixture
async def reranker(server: RerankServer) -> AsyncIterator[HttpReranker]:
    made = HttpReranker(server.url, model="bge", patience=5)
    yield made
    await made.stop()


def nobody() -> str:
    """The address of a port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


async def test_scores_come_in_the_texts_order_however_the_server_orders_them(
    server: RerankServer, reranker: HttpReranker
) -> None:
    server.likes = "liquor"
    scores = await reranker.rerank("Which licence?", TEXTS)
    assert scores == [0.0, -0.001, 0.998]
    assert server.bodies == [{"model": "bge", "query": "Which licence?", "documents": TEXTS, "top_n": 3}]
    assert await reranker.rerank("Which licence?", []) == [] and len(server.bodies) == 1


async def test_the_settings_choose_shape_model_and_key(server: RerankServer) -> None:
    assert open_reranker(Settings(reranker_model="bge")) is None
    chosen = Settings(reranker_url=f"{server.url}/", reranker_api="tei", reranker_key=SecretStr("k"))
    reranker = open_reranker(chosen)
    assert isinstance(reranker, HttpReranker) and reranker.model == "reranker"
    server.likes = "noodles"
    assert await reranker.rerank("noodles?", TEXTS) == [1.0, -0.001, -0.002]
    assert server.bodies == [{"query": "noodles?", "texts": TEXTS, "truncate": True}]
    assert server.keys == ["Bearer k"]
    await reranker.stop()
    await reranker.stop()


@pytest.mark.parametrize(
    "answer",
    [
        [],
        {},
        {"results": None},
        {"results": [{"index": 0, "relevance_score": 1}]},
        {"results": [{"index": index, "relevance_score": 1} for index in (0, 1, 1)]},
        {"results": [{"index": index, "relevance_score": 1} for index in (0, 1, 3)]},
        {"results": [{"index": index, "relevance_score": 1} for index in (0, 1, 2, 7)]},
        {"results": [{"index": index, "relevance_score": "nan"} for index in range(3)]},
        {"results": [{"index": str(index), "relevance_score": 1} for index in range(3)]},
        {"results": [{"index": index} for index in range(3)]},
        {"results": "abc"},
        [{"index": index, "score": 1} for index in range(3)],
    ],
)
async def test_what_is_no_answer_is_told(server: RerankServer, reranker: HttpReranker, answer: Any) -> None:
    server.answer = answer
    with pytest.raises(MalformedAnswer) as raised:
        await reranker.rerank("?", TEXTS)
    assert "BAUHINIA_RERANKER_URL" in raised.value.hint


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("401", ModelUnavailable), ("404", ModelUnavailable), ("429", ModelBusy), ("500", ModelError),
        ("503", ModelUnavailable), ("504", ModelTimeout),
    ],
)  # fmt: skip
async def test_what_a_server_refuses_is_told(
    server: RerankServer, reranker: HttpReranker, fault: str, error: type[ModelError]
) -> None:
    server.fault = fault
    with pytest.raises(error) as raised:
        await reranker.rerank("?", TEXTS)
    assert "BAUHINIA_RERANKER_URL" in raised.value.hint and raised.value.message


async def test_a_server_that_is_away_or_hangs_is_given_up(server: RerankServer) -> None:
    away = HttpReranker(nobody())
    with pytest.raises(ModelUnavailable):
        await away.rerank("?", TEXTS)
    await away.stop()
    server.fault = "hangs"
    slow = HttpReranker(server.url, patience=0.2)
    began = time.monotonic()
    with pytest.raises(ModelTimeout):
        await slow.rerank("?", TEXTS)
    assert time.monotonic() - began < 20 and len(server.bodies) == 1
    await slow.stop()


async def test_one_that_trickles_is_given_up_too() -> None:
    """A byte now and then keeps the socket's own limit from ever being reached."""

    left = asyncio.Event()

    async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n")
        try:
            while True:
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.02)
        except OSError:
            writer.close()
            left.set()

    async with await asyncio.start_server(trickle, "127.0.0.1", 0) as listening:
        port = listening.sockets[0].getsockname()[1]
        reranker = HttpReranker(f"http://127.0.0.1:{port}", patience=0.3)
        with pytest.raises(ModelTimeout):
            await reranker.rerank("?", TEXTS)
        await reranker.stop()
        await asyncio.wait_for(left.wait(), 20)


async def test_the_fake_one_counts_words() -> None:
    fake = FakeReranker()
    assert await fake.rerank("Repair footbridges", TEXTS) == [0.0, 1.0, 0.0]
    await fake.stop()


async def test_the_doctor_says_whether_it_answers(
    server: RerankServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_embedder", "_database", "_port", "_fonts", "_scans"):
        monkeypatch.setattr(doctor, name, lambda *_: None)

    def found(settings: Settings) -> list[tuple[str, str]]:
        checks = [check for check in doctor._checks(settings, measure=False) if check is not None]
        return [(check.state, check.mend) for check in checks if check.about == "reranker"]

    good = Settings(model="fake", reranker_url=server.url)
    assert await asyncio.to_thread(found, good) == [("ok", "")]
    server.fault = "500"
    ((state, mend),) = await asyncio.to_thread(found, good)
    assert state == "note" and "BAUHINIA_RERANKER_URL" in mend
    assert await asyncio.to_thread(found, Settings(model="fake")) == []
