"""A department's consent to training: its administrator gives and withdraws it, for that department alone."""

from __future__ import annotations

import json

import psycopg
import pytest

from bauhinia.errors import Conflict, InputError, NotPermitted
from bauhinia.guideline.department_consent import DepartmentConsents, department_text
from bauhinia.ledger import Ledger
from bauhinia.people import Officer, acting_as
from bauhinia.store import Database

ADMINISTRATOR = Officer(
    id="adm", department="hyd", name="Administrator", roles=frozenset({"department_administrator"})
)
CLERK = Officer(id="clerk", department="hyd", name="Clerk")
OTHER = Officer(id="other", department="td", name="Other")
VERSION = department_text().newest.id


@pytest.fixture
async def consents(database: Database) -> DepartmentConsents:
    async with database.maintenance() as connection:
        await connection.execute("INSERT INTO departments VALUES ('hyd', 'HYD'), ('td', 'TD')")
        for officer in (ADMINISTRATOR, CLERK, OTHER):
            await connection.execute(
                "INSERT INTO officers (id, department, account, name, roles) VALUES (%s, %s, %s, %s, %s)",
                (officer.id, officer.department, officer.id, officer.name, sorted(officer.roles)),
            )
    return DepartmentConsents(database, Ledger(database))


async def test_an_administrator_decides_for_the_department_and_all_its_officers_see_it(
    database: Database, consents: DepartmentConsents
) -> None:
    assert (await consents.may_use("hyd")).reason == "no_consent"
    with acting_as(ADMINISTRATOR):
        await consents.give(ADMINISTRATOR, VERSION, "en")
    assert (await consents.may_use("hyd")).allowed and not (await consents.may_use("td")).allowed
    with acting_as(CLERK):
        standing = await consents.standing(CLERK)
        assert standing.given and standing.version == VERSION
        assert [each["officer_name"] for each in await consents.history(CLERK)] == ["Administrator"]
    with acting_as(OTHER):
        assert not (await consents.standing(OTHER)).given
        assert await consents.history(OTHER) == []
    with acting_as(ADMINISTRATOR):
        await consents.withdraw(ADMINISTRATOR, "en")
    assert not (await consents.may_use("hyd")).allowed
    async with database.maintenance() as connection:
        rows = await (await connection.execute("SELECT body FROM ledger ORDER BY seq")).fetchall()
    deeds = [json.loads(row[0])["deed"] for row in rows]
    assert deeds == ["consent.department.give", "consent.department.withdraw"]


async def test_nobody_else_decides(database: Database, consents: DepartmentConsents) -> None:
    with acting_as(CLERK):
        with pytest.raises(NotPermitted):
            await consents.give(CLERK, VERSION, "en")
        with pytest.raises(NotPermitted):
            await consents.withdraw(CLERK, "en")
        # The database says so too, whatever roles a program claims.
        claiming = Officer(id="clerk", department="hyd", name="C", roles=ADMINISTRATOR.roles)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await consents.give(claiming, VERSION, "en")
    assert not (await consents.may_use("hyd")).allowed


async def test_only_the_text_of_today_is_consented_to(consents: DepartmentConsents) -> None:
    with acting_as(ADMINISTRATOR):
        with pytest.raises(Conflict):
            await consents.give(ADMINISTRATOR, "department-training-0", "en")
        with pytest.raises(InputError, match="has not consented"):
            await consents.withdraw(ADMINISTRATOR, "en")
