"""A short form of `bench/fuzz.py`: every route with some valid and invalid data, and that it would notice."""

from __future__ import annotations

import asyncio
import importlib
from pathlib import Path
from typing import Any

import pytest

from bauhinia.errors import ModelUnavailable
from bauhinia.models import FakeModel, Fault
from bauhinia.people import ROLES, SCOPES, acting_as
from bauhinia.settings import Settings

from .conftest import SOURCE, OpenSite, Site

BENCH = Path(__file__).parents[2] / "bench"


@pytest.fixture
def fuzz(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(BENCH))
    return importlib.import_module("fuzz")


async def prepared(site: Site, fuzz: Any) -> Any:
    """An officer with a session, a token and a document."""
    accounts = site.office.accounts
    await accounts.add_department("hyd", "HYD")
    await accounts.add_officer("clerk", "Clerk", "hyd", ROLES)
    token = await accounts.make_token_for("clerk", "fuzz", list(SCOPES), 1)
    officer = await accounts.of_token(token, "api")
    assert officer is not None
    with acting_as(officer):
        card = await site.office.add(SOURCE.encode(), "a.md")
    session = await accounts._begin(officer.id)
    return fuzz.Prepared(session=session, token=token, documents=[card.id], tasks=["0" * 16])


async def asked(fuzz: Any, part: Any, site: Site, headers: dict[str, str], folder: Path) -> Any:
    return await asyncio.to_thread(fuzz.ask, part, site.url, headers, 2, folder, "fuzzing")


# Starlette leaves a form's files to the collector where the form breaks off.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_every_route_with_valid_and_invalid_data(
    open_site: OpenSite, settings: Settings, fuzz: Any, tmp_path: Path
) -> None:
    settings = settings.model_copy(update={"sign_in": "accounts"})
    site = await open_site(FakeModel(), settings)
    prepared_ = await prepared(site, fuzz)
    document = fuzz.every_route(settings)
    assert len(document["paths"]) > 60
    for kind, headers in (
        ("program", {"Authorization": f"Bearer {prepared_.token}"}),
        ("page", {"Cookie": f"session={prepared_.session}"}),
        ("open", {}),
    ):
        part = fuzz.part_of(document, prepared_, kind)
        found = await asked(fuzz, part, site, headers, tmp_path)
        assert not found.failures, (kind, found.examples)
        assert found.cases > len(part["paths"])
        assert kind == "open" or found.statuses[200] + found.statuses[303] > 0
    assert await site.office.accounts.of_session(prepared_.session) is not None


async def test_what_is_wrong_is_noticed(
    open_site: OpenSite, settings: Settings, fuzz: Any, tmp_path: Path
) -> None:
    """A server that asks nobody to sign in, and whose model is away."""
    site = await open_site(FakeModel(lambda _: Fault(error=ModelUnavailable("Away."))))
    prepared_ = await prepared(site, fuzz)
    document = fuzz.every_route(settings.model_copy(update={"sign_in": "accounts"}))
    part = fuzz.part_of(document, prepared_, "program")
    part["paths"] = {path: part["paths"][path] for path in ("/api/documents", "/v1/chat/completions")}
    question = {"const": {"messages": [{"role": "user", "content": "x"}]}}
    part["paths"]["/v1/chat/completions"]["post"]["requestBody"]["content"]["application/json"]["schema"] = (
        question
    )
    found = await asked(fuzz, part, site, {"Authorization": f"Bearer {prepared_.token}"}, tmp_path)
    assert found.failures["ignored_auth"] and found.failures["not_a_server_error"]
