"""Guessing is made slow for whoever guesses, and for nobody else; weak settings are refused."""

from __future__ import annotations

import time
from typing import Any

import pytest
from pydantic import SecretStr

from bauhinia.errors import InputError, NotFound, NotSignedIn
from bauhinia.people import Accounts, FirstAdministrator, Origin, check_settings
from bauhinia.people.resting import MOST_FROM_STRANGERS, Resting
from bauhinia.settings import Settings
from bauhinia.store import Database

from .test_accounts import ACCOUNT, PASSWORD, accounts, code, taken_up

__all__ = ["accounts"]
OFFICE, STRANGER = Origin(address="192.0.2.1"), Origin(address="203.0.113.9")


class Kept:
    """What would go to the ledger."""

    def __init__(self) -> None:
        self.deeds: list[tuple[str, bool, str]] = []

    async def __call__(self, deed: str, *, done: bool = True, why: str = "", **_: Any) -> int:
        self.deeds.append((deed, done, why))
        return 0


async def test_a_stranger_locks_out_the_stranger_alone(accounts: Accounts, database: Database) -> None:
    _, key = await taken_up(accounts)
    kept = Kept()
    watched = Accounts(database, kept)
    for _ in range(5):
        with pytest.raises(NotSignedIn):
            await watched.sign_in(ACCOUNT, "wrong", code(key), STRANGER)
    with pytest.raises(NotSignedIn):
        await watched.sign_in(ACCOUNT, PASSWORD, code(key), STRANGER)
    assert [why for _, _, why in kept.deeds] == ["wrong_proof"] * 5 + ["resting"]
    assert await watched.sign_in(ACCOUNT, PASSWORD, code(key), OFFICE)
    assert kept.deeds[-1] == ("people.sign_in", True, "password")


async def test_many_strangers_keep_away_strangers_and_not_the_officer(
    accounts: Accounts, database: Database
) -> None:
    session, _ = await taken_up(accounts)
    officer = await accounts.of_session(session)
    assert officer is not None
    resting = Resting(database)
    await resting.succeeded(officer.id, OFFICE.address)
    for number in range(MOST_FROM_STRANGERS):
        assert not await resting.rests(officer.id, f"198.51.100.{number}")
        await resting.failed(officer.id, f"198.51.100.{number}")
    assert await resting.rests(officer.id, STRANGER.address)
    assert not await resting.rests(officer.id, OFFICE.address)


async def test_the_first_administrator_comes_in_by_a_link_that_counts_once(database: Database) -> None:
    first, made = FirstAdministrator(database), Accounts(database)
    old, link = await first.link(), await first.link()
    assert old is not None and link is not None
    with pytest.raises(NotFound):
        await first.check(old)
    given = ("Head@Gov.example", "Head of IT", "itd", "IT Department")
    with pytest.raises(InputError):
        await first.make(link, "x", "x", "no short name", "x")
    invitation = await first.make(link, *given)
    with pytest.raises(NotFound):
        await first.make(link, *given)
    again = await first.link()
    assert again is not None, "nobody can sign in yet"
    invitation = await first.make(again, *given)
    key = (await made.invitation(invitation)).totp
    session = await made.accept(invitation, PASSWORD, code(key, time.time()))
    officer = await made.of_session(session)
    assert officer is not None and officer.roles == {"service_operator"} and officer.department == "itd"
    assert await first.link() is None


@pytest.mark.parametrize(
    "weak",
    [
        {"openid_client_secret": SecretStr("short")},
        {"metrics_token": SecretStr("aaaaaaaaaaaaaaaaaaaaaaaa")},
        {"token": SecretStr("changeme-changeme-please")},
        {"public_url": "http://bauhinia.example"},
        {"sign_in": "openid", "openid_issuer": "http://provider.example", "openid_client_id": "x"},
        {"sign_in": "openid", "openid_issuer": "https://user@provider.example", "openid_client_id": "x"},
        {"sign_in": "openid", "openid_issuer": "https://provider.example"},
        {
            "sign_in": "openid", "openid_issuer": "https://provider.example", "openid_client_id": "x",
            "host": "0.0.0.0",
        },
    ],
)  # fmt: skip
def test_settings_that_protect_nothing_are_refused(settings: Settings, weak: dict[str, Any]) -> None:
    check_settings(settings)
    with pytest.raises(InputError) as raised:
        check_settings(settings.model_copy(update=weak))
    assert raised.value.hint
