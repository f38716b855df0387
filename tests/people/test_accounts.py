"""Accounts: invited once, signed in with password and code, locked, signed out, closed; tokens for programs."""

from __future__ import annotations

import time

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from bauhinia.errors import InputError, NotFound, NotSignedIn
from bauhinia.people import Accounts
from bauhinia.people.passwords import check_strength, digest, step_of
from bauhinia.store import Database

PASSWORD = "correct horse battery staple"
ACCOUNT = "as.records@example.gov"


def code(key: bytes, at: float | None = None) -> str:
    return TOTP(key, 6, SHA1(), 30).generate(int(time.time() if at is None else at)).decode()


@pytest.fixture
async def accounts(database: Database) -> Accounts:
    made = Accounts(database)
    await made.add_department("hyd", "Highways Department", "路政署")
    return made


async def taken_up(accounts: Accounts) -> tuple[str, bytes]:
    """A session's secret, and the authenticator's key."""
    link = await accounts.add_officer(ACCOUNT, "Assistant Secretary (Records)", "hyd")
    key = (await accounts.invitation(link)).totp
    # the code of the step before, so that the present one can still be used
    return await accounts.accept(link, PASSWORD, code(key, time.time() - 30)), key


async def test_an_officer_is_invited_sets_up_and_signs_in(accounts: Accounts) -> None:
    session, key = await taken_up(accounts)
    officer = await accounts.of_session(session)
    assert officer is not None
    assert (officer.name, officer.department) == ("Assistant Secretary (Records)", "hyd")
    again = await accounts.sign_in(ACCOUNT.upper(), PASSWORD, code(key))
    assert await accounts.of_session(again) == officer


async def test_a_link_works_once(accounts: Accounts) -> None:
    link = await accounts.add_officer(ACCOUNT, "Clerk", "hyd")
    key = (await accounts.invitation(link)).totp
    with pytest.raises(InputError, match="code"):
        await accounts.accept(link, PASSWORD, "000000" if code(key) != "000000" else "000001")
    await accounts.accept(link, PASSWORD, code(key))
    with pytest.raises(NotFound):
        await accounts.invitation(link)


async def test_a_code_is_taken_once(accounts: Accounts) -> None:
    _, key = await taken_up(accounts)
    now = code(key)
    await accounts.sign_in(ACCOUNT, PASSWORD, now)
    with pytest.raises(NotSignedIn):
        await accounts.sign_in(ACCOUNT, PASSWORD, now)


async def test_all_that_is_wrong_is_told_alike(accounts: Accounts) -> None:
    _, key = await taken_up(accounts)
    told = set()
    for given in (("nobody", PASSWORD, code(key)), (ACCOUNT, "wrong", code(key)), (ACCOUNT, PASSWORD, "x")):
        with pytest.raises(NotSignedIn) as raised:
            await accounts.sign_in(*given)
        told.add((raised.value.message, raised.value.hint))
    assert len(told) == 1


async def test_an_account_rests_after_five_failures(accounts: Accounts) -> None:
    _, key = await taken_up(accounts)
    for _ in range(5):
        with pytest.raises(NotSignedIn):
            await accounts.sign_in(ACCOUNT, "wrong", code(key))
    with pytest.raises(NotSignedIn):
        await accounts.sign_in(ACCOUNT, PASSWORD, code(key))


async def test_signing_out_and_closing_end_sessions_and_tokens(accounts: Accounts) -> None:
    session, key = await taken_up(accounts)
    other = await accounts.sign_in(ACCOUNT, PASSWORD, code(key))
    await accounts.sign_out(session)
    assert await accounts.of_session(session) is None
    officer = await accounts.of_session(other)
    assert officer is not None
    token = await accounts.make_token(officer.id, "nightly", ["v1"], 30)
    assert await accounts.of_token(token, "v1") == officer
    assert await accounts.of_token(token, "api") is None
    await accounts.close(ACCOUNT)
    assert await accounts.of_session(other) is None and await accounts.of_token(token, "v1") is None
    with pytest.raises(NotFound):
        await accounts.invite(ACCOUNT)


async def test_no_secret_lies_in_the_database(accounts: Accounts, database: Database) -> None:
    session, _ = await taken_up(accounts)
    async with database.maintenance() as connection:
        row = await (await connection.execute("SELECT digest FROM sessions")).fetchone()
        kept = await (await connection.execute("SELECT password FROM credentials")).fetchone()
    assert row is not None and bytes(row[0]) == digest(session)
    assert kept is not None and PASSWORD not in kept[0]


@pytest.mark.parametrize("weak", ["short", "aaaaaaaaaaaaaaaa", "as.records as.records"])
def test_weak_passwords_are_refused(weak: str) -> None:
    with pytest.raises(InputError):
        check_strength(weak, ACCOUNT)


def test_codes_of_the_neighbouring_steps_are_taken_and_no_others() -> None:
    key, now = b"k" * 20, 1_000_000_000.0
    assert [step_of(code(key, now + 30 * away), key, now, 0) is not None for away in (-2, -1, 0, 1, 2)] == [
        False, True, True, True, False,
    ]  # fmt: skip
