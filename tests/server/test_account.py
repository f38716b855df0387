"""An officer's own account over HTTP: sessions ended, tokens made and revoked, and nobody else's."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest

from bauhinia.models import FakeModel
from bauhinia.settings import Settings

from .conftest import OpenSite, Site
from .test_signing_in import Member, member


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"sign_in": "accounts"})


@pytest.fixture
async def site(open_site: OpenSite) -> AsyncIterator[Site]:
    site = await open_site(FakeModel())
    await site.office.accounts.add_department("hyd", "HYD")
    yield site


async def shown(site: Site, who: Member) -> str:
    async with site.client.get(f"{site.url}/account", headers=who.cookie) as answer:
        assert answer.status == 200
        return await answer.text()


async def post(site: Site, who: Member, path: str, **form: str) -> tuple[int, str]:
    async with site.client.post(
        site.url + path, data=form, headers=who.cookie, allow_redirects=False
    ) as answer:
        return answer.status, await answer.text()


async def test_sessions_are_ended_one_by_one_or_all_others(site: Site) -> None:
    owner, other = await member(site, "owner", "hyd"), await member(site, "other", "hyd")
    accounts = site.office.accounts
    second, third = await accounts._begin(owner.officer.id), await accounts._begin(owner.officer.id)
    ends = re.findall(r"/account/sessions/([0-9a-f-]{36})/end", await shown(site, owner))
    assert len(ends) == 2, "the present session cannot be ended here"
    assert (await post(site, other, f"/account/sessions/{ends[0]}/end"))[0] == 404
    assert (await post(site, owner, f"/account/sessions/{ends[0]}/end"))[0] == 303
    left = [secret for secret in (second, third) if await accounts.of_session(secret)]
    assert len(left) == 1
    assert (await post(site, owner, "/account/sessions/others/end"))[0] == 303
    assert await accounts.of_session(left[0]) is None
    assert await accounts.of_session(owner.session) and await accounts.of_session(other.session)


async def test_a_token_is_shown_once_and_revoked_at_once(site: Site) -> None:
    owner, other = await member(site, "owner", "hyd"), await member(site, "other", "hyd")
    status, told = await post(site, owner, "/account/tokens", name="nightly", days="30", scope="v1")
    made = re.search(r"bauhinia_[\w-]+", told)
    assert status == 200 and made is not None
    page = await shown(site, owner)
    assert made[0] not in page and "nightly" in page and "nightly" not in await shown(site, other)
    assert await site.office.accounts.of_token(made[0], "v1") == owner.officer
    keys = [each["id"] for each in await site.office.accounts.tokens_of(owner.officer.id)]
    assert (await post(site, other, f"/account/tokens/{keys[0]}/revoke"))[0] == 404
    assert (await post(site, owner, f"/account/tokens/{keys[0]}/revoke"))[0] == 303
    assert await site.office.accounts.of_token(made[0], "v1") is None


async def test_a_token_without_scope_or_for_too_long_is_refused(site: Site) -> None:
    owner = await member(site, "owner", "hyd")
    assert (await post(site, owner, "/account/tokens", name="x", days="30"))[0] == 400
    assert (await post(site, owner, "/account/tokens", name="x", days="400", scope="v1"))[0] == 400


async def test_deeds_are_in_the_ledger_without_secrets(site: Site) -> None:
    owner = await member(site, "owner", "hyd")
    _, told = await post(site, owner, "/account/tokens", name="nightly", days="30", scope="v1")
    made = re.search(r"bauhinia_[\w-]+", told)
    assert made is not None
    await post(site, owner, "/sign-in", account="owner", password="wrong wrong wrong", code="000000")
    await post(site, owner, "/sign-out")
    async with site.office.database.maintenance() as connection:
        rows = await (await connection.execute("SELECT body FROM ledger ORDER BY seq")).fetchall()
    bodies = "\n".join(str(row[0]) for row in rows)
    for deed in ("people.sign_in", "people.token_made", "people.sign_out", "unknown_account"):
        assert deed in bodies
    assert made[0] not in bodies and owner.session not in bodies and "wrong wrong" not in bodies
