"""The privacy page and its rules: true to the settings, and what an order holds told before it is sent."""

from __future__ import annotations

import html

import pytest

from bauhinia.guideline import shipped
from bauhinia.models import FakeModel
from bauhinia.server.privacy_facts import kept, leaving
from bauhinia.server.words import LANGUAGES, words_of
from bauhinia.settings import Settings

from .conftest import OpenSite, Site

RULE = {"kind": "phone", "action": "block", "why": "Numbers go nowhere.", "use": "pilot.summarise"}
LETTER = b"Dear Mr Chan,\n\nYour HKID A123456(3) and Z437626(A), and 2345 6789, were received.\n"


async def text_of(site: Site, path: str, **headers: str) -> str:
    async with site.client.get(site.url + path, headers=headers) as answer:
        assert answer.status == 200, path
        return html.unescape(await answer.text())


async def test_the_page_says_what_is_kept_and_that_nothing_leaves(site: Site) -> None:
    text = await text_of(site, "/privacy")
    for key in ("kept.documents", "kept.ledger", "kept.logs", "leaves.nothing", "training.none", "floor"):
        assert words_of("en").entries[f"privacy.{key}"] in text
    assert "leaves.model" not in text and "Accounts:" not in text


@pytest.mark.parametrize(
    ("setting", "host", "key"),
    [
        ({"model_url": "https://models.example:9/v1"}, "models.example:9", "leaves.model"),
        ({"embedder_url": "https://vectors.example/v1"}, "vectors.example", "leaves.embedder"),
        ({"reranker_url": "https://order.example"}, "order.example", "leaves.reranker"),
        ({"otlp_url": "http://traces.example:4318"}, "traces.example:4318", "leaves.traces"),
        ({"blobs_url": "s3://bucket-a/files"}, "bucket-a", "where.files"),
        ({"database_url": "postgresql://u:secret@base.example/b"}, "base.example", "where.database"),
    ],
)
async def test_the_page_follows_the_settings(
    open_site: OpenSite, settings: Settings, setting: dict[str, str], host: str, key: str
) -> None:
    """What a setting sends elsewhere is on the page, with the host and nothing secret of the address."""
    site = await open_site(FakeModel())
    other = settings.model_copy(update=setting)
    door = type(site.office.gateway)(other, site.office.database, backend=FakeModel())
    told = leaving(other, door.boundary)
    facts = {fact.key: fact.values for fact in [*kept(other), *told]}
    assert facts[key]["host"] == host
    assert [fact.key for fact in told] == [key] and "secret" not in str(facts)
    for language in LANGUAGES:
        assert host in words_of(language)(f"privacy.{key}", **facts[key])


async def test_signing_in_is_told(settings: Settings) -> None:
    other = settings.model_copy(update={"sign_in": "accounts"})
    (accounts,) = [fact for fact in kept(other) if fact.key == "kept.accounts"]
    assert accounts.values == {"hours": "12", "days": "366"}


@pytest.mark.parametrize("language", list(LANGUAGES))
async def test_the_rules_of_every_use_are_shown_with_their_reasons(site: Site, language: str) -> None:
    text = await text_of(site, "/privacy?use=pilot.translate", **{"accept-language": language})
    words = words_of(language)
    assert text.count(words("privacy.action.pseudonymise")) >= 12
    assert {"en": "identity card number", "zh-Hant-HK": "身份證號碼", "zh-Hans": "身份证号码"}[
        language
    ] in text
    for use in shipped().uses:
        assert words(f"use.{use}") in text


async def test_a_rule_is_set_shown_obeyed_and_removed(site: Site) -> None:
    form = {**RULE, "department": "all", "place": ""}
    async with site.client.post(f"{site.url}/privacy/rules", data=form, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["location"]) == (303, "/privacy?use=pilot.summarise#rules")
    text = await text_of(site, "/privacy?use=pilot.summarise")
    assert text.count("Numbers go nowhere.") >= 2 and "set for all departments" in text
    status, card = await site.upload(LETTER, "letter.txt")
    assert status == 201
    status, begun = await site.json("POST", "/api/summarise", json={"documents": [card["id"]]})
    task = await site.office.tasks.wait(begun["id"])
    assert task.status == "failed" and "telephone number" in task.message
    [rule] = (await site.json("GET", "/api/privacy"))[1]["set"]
    async with site.client.post(f"{site.url}/privacy/rules/{rule['id']}/remove") as answer:
        assert answer.status == 200
    assert "Numbers go nowhere." not in await text_of(site, "/privacy?use=pilot.summarise")


async def test_what_is_no_rule_is_told_and_the_form_keeps_what_was_written(site: Site) -> None:
    form = {**RULE, "kind": "hkid", "action": "allow", "department": "all"}
    async with site.client.post(f"{site.url}/privacy/rules", data=form) as answer:
        text = await answer.text()
    assert answer.status == 400 and "Nobody may set allow for hkid" in text and "Numbers go nowhere." in text


async def test_programs_read_and_set_rules(site: Site) -> None:
    status, made = await site.json("POST", "/api/privacy/rules", json=RULE)
    assert status == 201
    status, told = await site.json("GET", "/api/privacy?use=pilot.summarise")
    phone = {each["place"]: each["action"] for each in told["rules"] if each["kind"] == "phone"}
    assert status == 200 and phone == {"local": "block", "remote": "block"} and told["model_is"] == "local"
    assert (await site.json("DELETE", f"/api/privacy/rules/{made['id']}"))[0] == 200
    assert (await site.json("DELETE", f"/api/privacy/rules/{made['id']}"))[0] == 404
    for wrong in ({"action": "burn"}, {"why": ""}, {"more": 1}, {"place": "moon"}, {"kind": "shoe"}):
        assert (await site.json("POST", "/api/privacy/rules", json={**RULE, **wrong}))[0] in (400, 422)


async def test_an_order_tells_what_its_documents_hold_before_it_is_sent(site: Site) -> None:
    _, card = await site.upload(LETTER, "letter.txt")
    _, other = await site.upload(b"# Bus stops\n\nThe stop of route 1A is moved.\n", "stops.md")

    async def told(key: str) -> str:
        async with site.client.post(f"{site.url}/forecast/summarise", data={"document": key}) as answer:
            return await answer.text()

    held = await told(card["id"])
    assert "identity card number (2)" in held and "telephone number (1)" in held
    assert "Replaced, and put back in the answer" in held and "A123456" not in held
    assert "No personal data was found" in await told(other["id"])
    await site.json("POST", "/api/privacy/rules", json=RULE)
    assert "the request will be refused" in await told(card["id"])
    assert site.office.gateway._backend.requests == []  # type: ignore[attr-defined]


async def test_the_purpose_is_said_where_a_document_is_given(site: Site) -> None:
    text = await text_of(site, "/")
    assert words_of("en")("privacy.upload") in text and 'href="/privacy"' in text
