"""Alive, ready, measured: what those who run a server are told, and who is told."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from pydantic import SecretStr

from bauhinia.errors import ModelUnavailable, StoreError
from bauhinia.server import operation
from bauhinia.settings import Settings
from bauhinia.telemetry import metrics

from .conftest import OpenSite, Site

TOKEN = "a-long-token-for-prometheus"


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Series that count from nothing."""
    monkeypatch.setattr(metrics, "_active", None)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"metrics": "token", "metrics_token": SecretStr(TOKEN)})


async def read_metrics(site: Site, **headers: str) -> tuple[int, str]:
    async with site.client.get(f"{site.url}/metrics", headers=headers) as answer:
        return answer.status, await answer.text()


async def series(site: Site) -> dict[str, float]:
    """Every series and its value."""
    status, text = await read_metrics(site, authorization=f"Bearer {TOKEN}")
    assert status == 200
    lines = [line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in lines}


async def test_a_request_is_counted_by_its_template(site: Site) -> None:
    document = await site.document()
    for _ in range(3):
        await site.json("GET", f"/api/documents/{document}")
    found = await series(site)
    route = 'route="/api/documents/{document}"'
    assert found[f'bauhinia_http_request_seconds_count{{method="GET",{route},status="200"}}'] == 3
    assert document not in "".join(found)
    assert found["bauhinia_http_requests_in_flight"] == 1


async def test_a_thousand_strange_paths_make_no_series(site: Site) -> None:
    before = len(await series(site))
    async with aiohttp.ClientSession() as client:
        for number in range(1_000):
            async with client.get(f"{site.url}/strange/{number}") as answer:
                assert answer.status == 404
        for method in ("PURGE", "PROPFIND", "REPORT"):
            async with client.request(method, f"{site.url}/health") as answer:
                assert answer.status == 405
    new = len(await series(site)) - before
    assert new <= 3 * (len(metrics._SECONDS) + 4)


async def test_an_exchange_is_counted_with_its_tokens_and_its_first_piece(site: Site) -> None:
    question = {"messages": [{"role": "user", "content": "When will the footbridges be repaired?"}]}
    for model in (None, "somebody's", "made-up"):
        await site.json("POST", "/v1/chat/completions", json=question | ({"model": model} if model else {}))
    found = await series(site)
    ended = {name: value for name, value in found.items() if name.startswith("bauhinia_exchanges_total")}
    assert sum(ended.values()) == 3
    assert sum(value for name, value in ended.items() if 'outcome="answered",reason="ok"' in name) == 1
    assert sum(value for name, value in ended.items() if 'reason="route.unknown_model"' in name) == 2
    assert "made-up" not in "".join(found)
    assert found['bauhinia_first_piece_seconds_count{use="api.chat"}'] == 1
    tokens = [value for name, value in found.items() if "bauhinia_tokens_total" in name and "prompt" in name]
    assert sum(tokens) > 0


async def test_tasks_the_ledger_and_the_pool_are_measured(site: Site) -> None:
    await site.finished()
    found = await series(site)
    assert found['bauhinia_tasks{kind="summarise",status="done"}'] == 1
    assert found["bauhinia_ledger_entries"] >= 1
    assert found["bauhinia_ledger_anchor_age_seconds"] >= 0
    assert found["bauhinia_database_connections_idle"] >= 1
    assert found["bauhinia_model_ready"] == 1


async def test_metrics_are_for_who_shows_the_token(site: Site) -> None:
    for headers in ({}, {"authorization": "Bearer wrong"}, {"authorization": f"Bearer {TOKEN}x"}):
        status, text = await read_metrics(site, **headers)
        assert status == 404 and "bauhinia_" not in text


async def test_without_a_token_set_nobody_has_the_right_one(open_site: OpenSite, settings: Settings) -> None:
    asked = operation._Exposition(
        settings.model_copy(update={"metrics_token": SecretStr("")}), metrics.switch_on()
    )
    request: Any = type("Asked", (), {"headers": {"authorization": "Bearer "}})()
    assert not asked._may_read(request)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"host": "bauhinia.example.gov.hk"}, 404),
        ({"x-forwarded-for": "203.0.113.9"}, 404),
        ({"via": "1.1 proxy"}, 404),
    ],
)
async def test_on_loopback_metrics_are_for_this_machine_and_no_proxy(
    settings: Settings, headers: dict[str, str], status: int
) -> None:
    asked = operation._Exposition(settings.model_copy(update={"metrics": "loopback"}), metrics.switch_on())
    near = type("Client", (), {"host": "127.0.0.1"})
    sent = {"host": "127.0.0.1:8300"} | headers
    request: Any = type("Asked", (), {"headers": sent, "client": near})()
    assert asked._may_read(request) == (status == 200)
    far: Any = type("Asked", (), {"headers": sent, "client": type("Client", (), {"host": "10.0.0.9"})})()
    assert not asked._may_read(far)


async def test_off_there_is_no_such_address(open_site: OpenSite, settings: Settings) -> None:
    from bauhinia.server import create_app

    app = create_app(settings.model_copy(update={"metrics": "off"}))
    assert "/metrics" not in {getattr(route, "path", "") for route in app.routes}


async def test_a_server_whose_parts_all_work_is_ready(site: Site) -> None:
    assert await site.json("GET", "/health/live") == (200, {"status": "ok"})
    checks = {"database": "ok", "ledger": "ok", "model": "ok", "blobs": "ok"}
    assert await site.json("GET", "/health/ready") == (200, {"status": "ready", "checks": checks})


@pytest.mark.parametrize(
    ("part", "error", "word"),
    [
        ("database", StoreError("gone"), "StoreError"),
        ("blobs", StoreError("full"), "StoreError"),
        ("model", ModelUnavailable("down"), "ModelUnavailable"),
        ("ledger", TimeoutError(), "timeout"),
    ],
)
async def test_a_part_that_does_not_work_is_named(
    site: Site, monkeypatch: pytest.MonkeyPatch, part: str, error: Exception, word: str
) -> None:
    async def broken(_: object) -> str:
        raise error

    monkeypatch.setitem(operation.CHECKS, part, broken)
    status, answer = await site.json("GET", "/health/ready")
    assert (status, answer["status"], answer["checks"][part]) == (503, "not_ready", word)
    assert await site.json("GET", "/health/live") == (200, {"status": "ok"})


async def test_readiness_follows_the_real_parts(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A blob store that cannot be written, and a ledger that is shorter than its anchor."""
    monkeypatch.setattr(operation, "KEPT_SECONDS", -1.0)
    blobs = site.office.settings.data_folder / "blobs"
    await site.finished()
    await site.office.gateway.ledger.close()
    blobs.rename(blobs.with_name("elsewhere"))
    blobs.write_text("no folder")
    async with site.office.database.maintenance() as connection:
        await connection.execute("UPDATE ledger_head SET seq = 0")
    status, answer = await site.json("GET", "/health/ready")
    assert status == 503
    assert answer["checks"]["blobs"] == "StoreError"
    assert answer["checks"]["ledger"] == "shorter_than_anchored"


async def test_it_is_asked_of_the_parts_once_however_often_it_is_asked(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = 0

    async def count(_: object) -> str:
        nonlocal asked
        asked += 1
        return "ok"

    monkeypatch.setitem(operation.CHECKS, "database", count)
    for _ in range(20):
        await site.json("GET", "/health/ready")
    assert asked == 1


async def test_a_stopping_server_says_so_and_begins_nothing(site: Site) -> None:
    site.app.state.traffic.stopping = True
    assert await site.json("GET", "/health/ready") == (503, {"status": "stopping", "checks": {}})
    assert await site.json("GET", "/health/live") == (200, {"status": "ok"})
    async with aiohttp.ClientSession() as client, client.get(f"{site.url}/api/tasks") as answer:
        assert (answer.status, answer.headers["retry-after"]) == (503, "5")
        assert (await answer.json())["error"]["code"] == "Stopping"
    async with aiohttp.ClientSession() as client, client.get(f"{site.url}/") as answer:
        assert answer.status == 503 and "being stopped" in await answer.text()
