"""A department's consent to training on its page, by the API and by the command."""

from __future__ import annotations

import asyncio

import pytest
from typer.testing import CliRunner

from bauhinia.cli import app
from bauhinia.guideline.department_consent import department_text
from bauhinia.people import acting_as
from bauhinia.settings import Settings, get_settings
from bauhinia.store import hold_data_folder

from .test_cases import Hall, hall

__all__ = ["hall"]
VERSION = department_text().newest.id


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"sign_in": "accounts"})


async def test_an_administrator_decides_on_the_page_and_others_read_it(hall: Hall) -> None:
    for who in (hall.owner, hall.administrator):
        html = (await hall.asked(who, "GET", "/consents"))[1].decode()
        assert "Your department does not consent" in html
        assert ("consent for my department" in html) is (who is hall.administrator)
    refused = await hall.asked(
        hall.owner, "POST", "/department-consent", data={"given": "true", "version": VERSION}
    )
    assert refused[0] == 403 and b"Your roles do not let you do this." in refused[1]
    stale = await hall.asked(
        hall.administrator, "POST", "/department-consent", data={"given": "true", "version": "x"}
    )
    assert stale[0] == 409
    given = {"given": "true", "version": VERSION}
    assert (await hall.asked(hall.administrator, "POST", "/department-consent", data=given))[0] == 303
    for who, said in ((hall.owner, True), (hall.reader, False)):
        html = (await hall.asked(who, "GET", "/consents"))[1].decode()
        assert ("Your department consents" in html) is said
    assert (await hall.asked(hall.administrator, "POST", "/department-consent", data={"given": "false"}))[
        0
    ] == 303
    assert b"Your department does not consent" in (await hall.asked(hall.owner, "GET", "/consents"))[1]


async def test_the_api_says_who_decided_what(hall: Hall) -> None:
    body = {"given": True, "version": VERSION, "language": "zh-Hant-HK"}
    refused = await hall.asked(hall.owner, "PUT", "/api/department-consent", json=body)
    assert refused[0] == 403
    status, told = await hall.asked(hall.administrator, "PUT", "/api/department-consent", json=body)
    assert status == 200 and told["standing"]["given"]
    shown = (await hall.asked(hall.owner, "GET", "/api/consents"))[1]["department"]
    assert shown["text"]["id"] == VERSION and shown["text"]["text"]["zh-Hant-HK"]
    assert [(each["given"], each["officer_name"]) for each in shown["history"]] == [
        (True, hall.administrator.officer.name)
    ]
    assert (await hall.asked(hall.reader, "GET", "/api/consents"))[1]["department"]["history"] == []


async def test_a_wider_text_is_offered_and_the_narrow_one_stands_until_then(hall: Hall) -> None:
    async with hall.site.office.database.maintenance() as connection:
        await connection.execute(
            "INSERT INTO consents (subject, purpose, version, language, given)"
            " VALUES (%s, 'training', 'training-1', 'en', true)",
            (hall.owner.officer.id,),
        )
    html = (await hall.asked(hall.owner, "GET", "/consents"))[1].decode()
    assert "this one speaks of more" in html and "consent to all of it" in html
    form = {"given": "true", "version": "training-2"}
    assert (await hall.asked(hall.owner, "POST", "/consents/training", data=form))[0] == 303
    assert "this one speaks of more" not in (await hall.asked(hall.owner, "GET", "/consents"))[1].decode()


async def test_the_command_asks_the_server_in_an_administrators_name(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BAUHINIA_TOKEN", hall.administrator.token)
    monkeypatch.setenv("BAUHINIA_SIGN_IN", "accounts")
    monkeypatch.setenv("BAUHINIA_PORT", hall.site.url.rpartition(":")[2])
    get_settings.cache_clear()

    async def run(*words: str) -> str:
        done = await asyncio.to_thread(CliRunner().invoke, app, ["corrections", "consent", *words])
        assert done.exit_code == 0, done.output
        return done.output

    with hold_data_folder(hall.site.office.settings.data_folder):
        assert f"{VERSION}: not consented" in await run()
        assert f"{VERSION}: consented" in await run("--give")
        with acting_as(hall.owner.officer):
            assert (await hall.site.office.department_consents.may_use("hyd")).allowed
        assert f"{VERSION}: not consented" in await run("--withdraw")
