"""A search put into order by a reranker: what it changes, what it may see, and what happens without it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import orjson
import pytest

from bauhinia.errors import BauhiniaError, NotFound
from bauhinia.gateway import Gateway
from bauhinia.knowledge import Found, Library, Search
from bauhinia.models import FakeEmbedder, FakeModel, FakeReranker, HttpReranker, Reranker
from bauhinia.people import Officer, QuotaSetting
from bauhinia.settings import Settings
from bauhinia.store import Database

from ..models.rerank_server import RerankServer, rerank_server
from ..statements import OURS

REMOTE = "https://reranker.example"
QUESTION = "Which licence does a restaurant that sells liquor need?"
PAPERS = """# Licences

A restaurant that sells liquor needs a licence of the Liquor Licensing Board.

# Fees

The restaurant pays HK$3,940 a year for the licence, by cheque to A123456(3).

# Footbridges

The Highways Department will repair 42 footbridges in Kowloon.
"""
MakeSearch = Callable[..., Search]


@pytest.fixture
async def server() -> AsyncIterator[RerankServer]:
    async with rerank_server() as running:
        yield running


@pytest.fixture
async def open_search(settings: Settings, database: Database) -> AsyncIterator[MakeSearch]:
    """Makes searches whose reranker is at `url`, or is the one given with `url` as its address."""
    doors: list[Gateway] = []

    def make(url: str, reranker: Reranker | None = None, **more: Any) -> Search:
        chosen = settings.model_copy(update={"reranker_url": url, **more})
        doors.append(
            Gateway(chosen, database, backend=FakeModel(), embedder=FakeEmbedder(), reranker=reranker)
        )
        return Search(database, doors[-1])

    yield make
    for door in doors:
        await door.stop()


@pytest.fixture
async def filled(library: Library) -> str:
    """The id of a collection that holds `PAPERS`."""
    key = await library.create("Circulars", sheet=OURS)
    await library.add(key, "papers.md", PAPERS.encode())
    return key


def headings(found: Found) -> list[str]:
    return [hit.passage.headings[-1] for hit in found.hits]


async def entries(database: Database) -> list[dict[str, Any]]:
    """The ledger's entries of rerankers, in order."""
    async with database.maintenance() as connection:
        cursor = await connection.execute("SELECT body FROM ledger ORDER BY seq")
        bodies = [orjson.loads(row[0]) for row in await cursor.fetchall()]
    return [body for body in bodies if body["kind"] == "rerank"]


async def test_the_reranker_s_order_is_shown_and_recorded(
    search: Search, open_search: MakeSearch, server: RerankServer, database: Database, filled: str
) -> None:
    plain = await search.find(QUESTION)
    assert headings(plain)[0] == "Licences"
    assert (plain.not_reranked, plain.hits[0].by_reranker, server.bodies) == (None, None, [])
    server.likes = "footbridges"
    found = await open_search(server.url, reranker_model="bge").find(QUESTION)
    assert headings(found)[0] == "Footbridges" and found.not_reranked is None
    assert [hit.by_reranker for hit in found.hits] == [1, 2, 3]
    assert headings(found)[1:] == [name for name in headings(plain) if name != "Footbridges"]
    ((body,), (entry,)) = server.bodies, await entries(database)
    assert (body["query"], body["model"], len(body["documents"])) == (QUESTION, "bge", 3)
    assert [hit.passage.context for hit in plain.hits] == body["documents"]
    assert any(text.startswith("Licences\nFootbridges\nThe Highways") for text in body["documents"])
    assert (entry["outcome"], entry["use"], entry["model"]) == ("answered", "knowledge.search", "bge")
    assert entry["prompt_tokens"] > 0 and entry["cost"] == 0


async def test_fewer_are_shown_than_are_put_into_order(
    open_search: MakeSearch, server: RerankServer, filled: str
) -> None:
    server.likes = "footbridges"
    found = await open_search(server.url).find(QUESTION, limit=1)
    assert headings(found) == ["Footbridges"] and len(server.bodies[0]["documents"]) == 3


async def test_what_lies_beyond_the_best_thirty_follows_in_its_own_order(
    open_search: MakeSearch, server: RerankServer, library: Library
) -> None:
    key = await library.create("Many", sheet=OURS)
    many = "\n\n".join(f"# Street {n}\n\nThe licence of restaurant number {n}." for n in range(40))
    await library.add(key, "many.md", many.encode())
    found = await open_search(server.url).find("licence of a restaurant", limit=50)
    assert len(server.bodies[0]["documents"]) == 30 and len(found.hits) == 40
    assert [hit.by_reranker for hit in found.hits] == [*range(1, 31), *[None] * 10]


@pytest.mark.parametrize("mode", ["vectors", "words"])
async def test_one_way_alone_is_left_as_it_is(
    open_search: MakeSearch, server: RerankServer, filled: str, mode: Any
) -> None:
    found = await open_search(server.url).find(QUESTION, mode=mode)
    assert found.hits and found.not_reranked is None and server.bodies == []


@pytest.mark.parametrize(
    ("fault", "answer", "code"),
    [
        ("503", None, "ModelUnavailable"),
        ("hangs", None, "ModelTimeout"),
        ("", {"results": []}, "MalformedAnswer"),
        ("413", None, "ModelError"),
    ],
)
async def test_a_search_goes_on_without_it_and_says_so(
    search: Search, open_search: MakeSearch, server: RerankServer, database: Database, filled: str,
    fault: str, answer: Any, code: str,
) -> None:  # fmt: skip
    server.fault, server.answer = fault, answer
    found = await open_search(server.url, reranker_timeout=0.4).find(QUESTION)
    assert found.not_reranked is not None and found.not_reranked.code == code
    assert headings(found) == headings(await search.find(QUESTION))
    assert {hit.by_reranker for hit in found.hits} == {None}
    (entry,) = await entries(database)
    assert (entry["outcome"], entry["error"]) == ("failed", code)


async def test_of_what_it_may_not_see_not_a_byte_is_sent(
    open_search: MakeSearch, library: Library, database: Database, filled: str
) -> None:
    reached = asyncio.Event()

    async def record(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reached.set()
        writer.close()

    async with await asyncio.start_server(record, "127.0.0.1", 0) as listening:
        port = listening.sockets[0].getsockname()[1]
        search = open_search(REMOTE, HttpReranker(f"http://127.0.0.1:{port}"))
        await library.add(filled, "more.md", b"# Liquor\n\nA licence.", classification="restricted")
        found = await search.find(QUESTION)
        assert found.hits and found.not_reranked is not None and found.not_reranked.code == "Refused"
        found = await search.find(QUESTION, limit=1)
        assert found.not_reranked is not None, "passages that are not shown count too"
        assert not reached.is_set()
        (kept,) = [each for each in await library.documents(filled) if each.name == "more.md"]
        await library.remove(kept.id)
        found = await search.find(QUESTION, classification="restricted")
        assert found.not_reranked is not None and not reached.is_set()
        await search.find(QUESTION)
        assert reached.is_set(), "the recording server sees what is allowed"
    assert [entry["outcome"] for entry in await entries(database)] == ["refused"] * 3 + ["failed"]


@pytest.mark.parametrize("remote", [True, False])
async def test_a_remote_one_sees_no_personal_data(
    open_search: MakeSearch, server: RerankServer, filled: str, remote: bool
) -> None:
    url = REMOTE if remote else server.url
    found = await open_search(url, HttpReranker(server.url)).find(f"{QUESTION} A123456(3)")
    (body,) = server.bodies
    sent = [body["query"], *body["documents"]]
    assert found.not_reranked is None
    assert [
        ("A123456(3)" in text, "HKID-H1" in text) for text in sent if "A123" in text or "HKID" in text
    ] == [(not remote, remote)] * 2
    assert any("A123456(3)" in hit.passage.text for hit in found.hits)


async def test_a_used_up_quota_leaves_the_search_as_it_is(
    open_search: MakeSearch, server: RerankServer, database: Database, filled: str
) -> None:
    """A search asks twice, the embedder and the reranker; both count."""
    operator = Officer(id="op", department="IT", name="Operator", roles=frozenset({"service_operator"}))
    await QuotaSetting(database).put(
        operator, scope="use", department="", subject="knowledge.search", measure="requests", period="day",
        most=3,
    )  # fmt: skip
    search = open_search(server.url)
    assert (await search.find(QUESTION)).not_reranked is None
    found = await search.find(QUESTION)
    assert found.hits and found.not_reranked is not None and found.not_reranked.code == "OverQuota"
    assert len(server.bodies) == 1


async def test_without_a_reranker_there_is_nothing_to_ask(gateway: Gateway) -> None:
    assert gateway.reranker == "" and "reranker" not in gateway.boundary.parts
    with pytest.raises(NotFound):
        await gateway.rerank(
            "?", ["a"], officer=gateway.officer, use="knowledge.search", classification="unclassified"
        )


async def test_what_is_no_fault_of_it_is_raised(
    open_search: MakeSearch, database: Database, filled: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a record there is no answer."""
    search = open_search(REMOTE, FakeReranker())

    async def rerank(*_: Any, **__: Any) -> list[float]:
        raise BauhiniaError("The ledger is away.")

    monkeypatch.setattr(Gateway, "rerank", rerank)
    with pytest.raises(BauhiniaError, match="ledger"):
        await search.find(QUESTION)
