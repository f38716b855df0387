"""Hosts, origins, sizes and headers, each on a bare application."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send

from bauhinia.server.security import (
    BodyLimit,
    HostCheck,
    OriginCheck,
    SecurityHeaders,
    same_origin,
)


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Reads the whole body and answers 200."""
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"ok"})


async def ask(
    app: object, method: str = "GET", headers: dict[str, str] | None = None, body: Iterable[bytes] = (b"",)
) -> tuple[int, dict[str, str], int]:
    """Status, headers, and how many pieces of the body were taken."""
    pieces = list(body)
    taken = 0
    sent: list[Message] = []

    async def receive() -> Message:
        nonlocal taken
        taken += 1
        return {"type": "http.request", "body": pieces[taken - 1], "more_body": taken < len(pieces)}

    async def send(message: Message) -> None:
        sent.append(message)

    raw = [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()]
    scope = {"type": "http", "method": method, "path": "/", "headers": raw}
    await app(scope, receive, send)  # type: ignore[operator]
    answered = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], answered, taken


@pytest.mark.parametrize(
    ("host", "listens", "status"),
    [
        ("127.0.0.1:8300", "127.0.0.1", 200),
        ("localhost:8300", "127.0.0.1", 200),
        ("[::1]:8300", "::1", 200),
        ("LOCALHOST", "127.0.0.1", 200),
        ("pilot.example.gov", "127.0.0.1", 200),
        ("evil.example", "127.0.0.1", 421),
        ("localhost.evil.example", "127.0.0.1", 421),
        ("10.0.0.5:8300", "127.0.0.1", 421),
        ("10.0.0.5:8300", "0.0.0.0", 200),
        ("evil.example", "0.0.0.0", 421),
        ("", "127.0.0.1", 421),
        ("[::1", "127.0.0.1", 421),
    ],
)
async def test_only_our_own_names_are_answered(host: str, listens: str, status: int) -> None:
    app = HostCheck(echo, host=listens, allowed_hosts=["Pilot.example.gov"])
    assert (await ask(app, headers={"host": host}))[0] == status


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({}, True),
        ({"origin": "http://localhost:8300"}, True),
        ({"origin": "http://localhost:8300", "sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"origin": "http://evil.example"}, False),
        ({"origin": "null"}, False),
        ({"origin": "http://localhost:9999"}, False),
        ({"origin": "http://localhost:8300", "sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"origin": "file://localhost:8300"}, False),
    ],
)
async def test_another_sites_page_changes_nothing(headers: dict[str, str], ours: bool) -> None:
    headers = {"host": "localhost:8300", **headers}
    assert same_origin(Headers(headers)) is ours
    assert (await ask(OriginCheck(echo), "POST", headers))[0] == (200 if ours else 403)
    assert (await ask(OriginCheck(echo), "GET", headers))[0] == 200


async def test_an_announced_body_is_refused_unread() -> None:
    status, _, taken = await ask(
        BodyLimit(echo, limit_for=lambda _: 10), "POST", {"content-length": "11"}, [b"x" * 11]
    )
    assert (status, taken) == (413, 0)


async def test_an_unannounced_body_is_refused_before_all_of_it_is_read() -> None:
    from starlette.exceptions import HTTPException

    with pytest.raises(HTTPException) as refused:
        await ask(BodyLimit(echo, limit_for=lambda _: 10), "POST", {}, [b"x" * 6] * 100)
    assert refused.value.status_code == 413


async def test_a_body_at_the_limit_passes() -> None:
    limited = BodyLimit(echo, limit_for=lambda _: 10)
    assert (await ask(limited, "POST", {"content-length": "10"}, [b"x" * 10]))[0] == 200


async def test_every_answer_carries_the_headers() -> None:
    _, headers, _ = await ask(SecurityHeaders(echo))
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"
