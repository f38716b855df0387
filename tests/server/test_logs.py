"""The log of a server: a line a request, and none of what people wrote, sent or are called."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.requests import Request

from bauhinia import telemetry
from bauhinia.models import FakeModel
from bauhinia.settings import Settings
from bauhinia.telemetry import logs

from .conftest import OpenSite, Site

MARK = "MARKED"
NAME = f"Chan {MARK} Tai Man"
HKID = f"A123456(3) {MARK}"
BODY = f"{NAME}, {HKID}, telephone 9123 4567 {MARK}, password hunter2{MARK}."
Read = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"sign_in": "accounts", "log_format": "json"})


@pytest.fixture
def written() -> Iterator[Read]:
    """Every line that was logged so far, read as a collector would."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.configure("json", stream=stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers[:] = before
    root.setLevel(level)


async def signed_in(site: Site) -> tuple[str, dict[str, str]]:
    """The officer's id, and what a browser of an officer whose name is marked sends."""
    accounts = site.office.accounts
    await accounts.add_department("hyd", f"Department {MARK}")
    await accounts.add_officer(f"{MARK}@example.gov.hk", NAME, "hyd", [])
    async with site.office.database.maintenance() as connection:
        row = await (await connection.execute("SELECT id FROM officers")).fetchone()
    assert row is not None
    session = await accounts._begin(row[0])
    return row[0], {"cookie": f"session={session}", "user-agent": MARK, "referer": f"http://x/{MARK}"}


async def send_everything(site: Site, headers: dict[str, str]) -> None:
    """What officers and strangers send, most of it wrong."""
    site.client.headers.update(headers)
    await site.upload(BODY.encode(), f"{NAME}.txt")
    await site.upload(b"PK\x03\x04" + BODY.encode(), f"{NAME}.docx")
    await site.upload(f"%PDF-1.7 {BODY}".encode(), f"{NAME}.pdf")
    question = {"messages": [{"role": "user", "content": BODY}]}
    await site.json(
        "POST", "/v1/chat/completions", json=question, headers={"authorization": f"Bearer {MARK}"}
    )
    await site.json("POST", "/v1/chat/completions", json=question | {"model": MARK})
    for path in (f"/{MARK}", f"/api/documents/{MARK}", f"/api/tasks?name={MARK}", f"/?document={MARK}"):
        async with site.client.get(site.url + path) as answer:
            await answer.read()
    await site.json(
        "POST", "/api/summarise", data=f'{{"{MARK}": ', headers={"content-type": "application/json"}
    )
    await site.json("POST", "/api/draft", json={"type": MARK, "instruction": BODY})
    form = {"account": f"{MARK}@example.gov.hk", "password": f"hunter2{MARK}", "code": "123456"}
    async with site.client.post(f"{site.url}/sign-in", data=form, headers={"cookie": ""}) as refused:
        assert refused.status in (400, 401, 403)
    reader, writer = await asyncio.open_connection(*site.url.removeprefix("http://").split(":"))
    writer.write(f"{MARK} {NAME}\r\n\r\n".encode())
    await reader.read()
    writer.close()


async def test_nothing_that_people_write_or_are_called_is_logged(open_site: OpenSite, written: Read) -> None:
    site = await open_site(FakeModel(lambda _: BODY))
    officer, headers = await signed_in(site)
    await send_everything(site, headers)
    for name in ("aiohttp", "asyncio", "somebody.else"):
        logging.getLogger(name).error(f"cannot read {BODY}")
        logging.getLogger(name).error("cannot read %s", BODY)
        logging.getLogger(name).error("lost", exc_info=ValueError(BODY))
    await site.stop()
    lines = written()
    requests = [line for line in lines if line["logger"] == "bauhinia.access"]
    assert len(requests) >= 12
    assert MARK not in json.dumps(lines)
    assert officer not in json.dumps(lines)
    assert {line.get("officer") for line in requests} >= {telemetry.pseudonym(officer)}
    assert {"/api/documents/{document}", "/v1/chat/completions", "unmatched"} <= {
        line["route"] for line in requests
    }


async def test_a_request_s_id_is_in_its_answer_and_in_all_that_it_logs(
    open_site: OpenSite, written: Read
) -> None:
    site = await open_site(FakeModel())
    async with site.client.get(f"{site.url}/health", headers={"x-request-id": MARK}) as answer:
        given = answer.headers["x-request-id"]
    assert given != MARK and len(given) == 16
    (line,) = [line for line in written() if line.get("request") == given and "route" in line]
    assert (line["route"], line["method"], line["status"]) == ("/health", "GET", 200)
    assert line["ms"] >= 0 and "officer" not in line


async def test_a_defect_is_told_by_its_reference_and_never_in_its_own_words(
    open_site: OpenSite, written: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bauhinia.server import app as application

    def with_a_defect(app: FastAPI) -> None:
        async def broken(request: Request) -> None:
            raise RuntimeError(BODY)

        app.add_api_route("/health/broken", broken)

    install = application.faults.install
    monkeypatch.setattr(application.faults, "install", lambda app: (install(app), with_a_defect(app)))
    site = await open_site(FakeModel())
    status, answer = await site.json("GET", "/health/broken")
    assert status == 500
    lines = written()
    (told,) = [line for line in lines if line["logger"] == "bauhinia.server.faults"]
    assert told["request"] in answer["error"]["message"]
    assert "RuntimeError" in told["message"] and "broken:" in told["message"]
    assert MARK not in json.dumps(lines) + json.dumps(answer)


@pytest.mark.usefixtures("written")
def test_text_lines_say_the_same_for_a_person() -> None:
    stream = io.StringIO()
    logs.configure("text", stream=stream)
    logging.getLogger("bauhinia.test").info("not for a person")
    try:
        raise ValueError(BODY)
    except ValueError:
        logging.getLogger("bauhinia.test").exception("it failed")
    said = stream.getvalue()
    assert "bauhinia.test: it failed error=ValueError where=test_text_lines" in said
    assert "not for a person" not in said and MARK not in said and said.count("\n") == 1
