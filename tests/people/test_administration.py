"""Administering officers and departments: done, refused, recorded; whoever loses something is signed out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from bauhinia.errors import Conflict, InputError, NotFound, NotPermitted
from bauhinia.ledger import Ledger
from bauhinia.people import Accounts, Administration, Change, NewOfficer, Officer, Person, Wanted
from bauhinia.people.roll import read_roll
from bauhinia.store import Database

OPERATOR = Officer(id="op", department="ogcio", name="Operator", roles=frozenset({"service_operator"}))


@pytest.fixture
async def ledger(database: Database) -> AsyncIterator[Ledger]:
    made = Ledger(database)
    yield made
    await made.close()


@pytest.fixture
def acting_for(database: Database, ledger: Ledger) -> Callable[[Officer], Administration]:
    return lambda by: Administration(database, by, ledger.record)


@pytest.fixture
async def operator(acting_for: Callable[[Officer], Administration]) -> Administration:
    made = acting_for(OPERATOR)
    await made.put_department("hyd", "Highways Department", "路政署")
    await made.put_department("td", "Transport Department", "運輸署")
    return made


async def added(operator: Administration, account: str, department: str = "hyd", *roles: str) -> Person:
    return await operator.add(
        NewOfficer(account=account, name=account.upper(), department=department, roles=frozenset(roles))
    )


async def deeds(database: Database) -> list[tuple[str, str, bool, str]]:
    """Deed, subject, whether done, and why not."""
    async with database.maintenance() as connection:
        cursor = await connection.execute(
            "SELECT body::jsonb->>'deed', body::jsonb->>'subject', body::jsonb->>'outcome' = 'answered',"
            " body::jsonb->'decisions'->0->>2 FROM ledger ORDER BY seq"
        )
        return [tuple(row) for row in await cursor.fetchall()]  # type: ignore[misc]


async def test_an_officer_is_added_with_grade_post_and_role(operator: Administration) -> None:
    new = NewOfficer(
        account="EO.Records",
        name="Executive Officer (Records)",
        department="hyd",
        grade="Executive Officer",
        post="EO(R)1",
        roles=frozenset({"auditor"}),
    )
    made = await operator.add_and_invite(new)
    person = await operator.person(made.person.id)
    assert (person.account, person.grade, person.post, person.roles) == (
        "eo.records", "Executive Officer", "EO(R)1", ["auditor"],
    )  # fmt: skip
    assert person.state == "invited" and person.version == 1


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"account": "has space"}, InputError),
        ({"account": ""}, InputError),
        ({"name": ""}, InputError),
        ({"name": "a\x00"}, InputError),
        ({"name": "\ud800"}, InputError),
        ({"post": "x" * 201}, InputError),
        ({"roles": frozenset({"emperor"})}, InputError),
        ({"department": "nowhere"}, NotFound),
        ({"account": "THERE"}, Conflict),
    ],
)
async def test_what_is_no_officer_is_refused(
    operator: Administration, wrong: dict[str, Any], error: type[Exception]
) -> None:
    await added(operator, "there")
    given = {"account": "new", "name": "New", "department": "hyd", **wrong}
    with pytest.raises(error):
        await operator.add(NewOfficer(**given))
    assert (await operator.people(Wanted())).count == 1


Deed = Callable[[Administration, str], Awaitable[Any]]
LOSSES: dict[str, Deed] = {
    "close": lambda by, key: by.change(key, Change(active=False)),
    "move": lambda by, key: by.change(key, Change(department="td")),
    "roles": lambda by, key: by.change(key, Change(roles=frozenset())),
    "invite": lambda by, key: by.invite(key),
    "remove": lambda by, key: by.remove(key),
}


@pytest.mark.parametrize("loss", LOSSES)
async def test_whoever_loses_something_is_signed_out_everywhere(
    operator: Administration, database: Database, loss: str
) -> None:
    accounts = Accounts(database)
    person = await added(operator, "clerk", "hyd", "auditor")
    session = await accounts._begin(person.id)
    token = await accounts.make_token(person.id, "t", ["api"], 1)
    assert await accounts.of_session(session) == person.as_officer()
    await LOSSES[loss](operator, person.id)
    assert await accounts.of_session(session) is None
    assert await accounts.of_token(token, "api") is None
    assert (await deeds(database))[-1] == (f"people.{loss}", person.id, True, "ok")


async def test_a_grade_or_another_role_signs_nobody_out(operator: Administration, database: Database) -> None:
    accounts = Accounts(database)
    person = await added(operator, "clerk")
    session = await accounts._begin(person.id)
    after = await operator.change(person.id, Change(grade="Clerical Officer", roles=frozenset({"auditor"})))
    assert (after.grade, after.roles, after.version) == ("Clerical Officer", ["auditor"], 2)
    officer = await accounts.of_session(session)
    assert officer is not None and officer.roles == {"auditor"}
    assert [deed for deed, *_ in await deeds(database)][-2:] == ["people.edit", "people.roles"]
    assert (await operator.change(person.id, Change(grade="Clerical Officer"))).version == 2


async def test_all_of_a_change_or_nothing(
    operator: Administration, acting_for: Callable[[Officer], Administration], database: Database
) -> None:
    head = await added(operator, "head", "hyd", "department_administrator")
    clerk = await added(operator, "clerk")
    with pytest.raises(NotPermitted):
        await acting_for(head.as_officer()).change(clerk.id, Change(name="X", roles=frozenset({"auditor"})))
    assert (await operator.person(clerk.id)).name == "CLERK"
    assert (await deeds(database))[-1] == ("people.roles", clerk.id, False, "higher_role")


async def test_another_departments_officers_are_not_there(
    operator: Administration, acting_for: Callable[[Officer], Administration]
) -> None:
    head = await added(operator, "head", "hyd", "department_administrator")
    stranger = await added(operator, "stranger", "td")
    here = acting_for(head.as_officer())
    for deed in (*LOSSES.values(), lambda by, key: by.person(key)):
        with pytest.raises(NotFound):
            await deed(here, stranger.id)
    assert [each.id for each in await here.departments()] == ["hyd"]
    found = await here.people(Wanted(department="td"))
    assert [each.account for each in found.people] == ["head"]
    assert (await operator.person(stranger.id)).state == "invited"


async def test_a_lost_update_is_noticed(operator: Administration) -> None:
    person = await added(operator, "clerk")
    await operator.change(person.id, Change(name="A"), version=1)
    with pytest.raises(Conflict):
        await operator.change(person.id, Change(name="B"), version=1)


async def test_who_was_removed_is_gone_and_the_account_is_free(
    operator: Administration, database: Database
) -> None:
    person = await added(operator, "clerk")
    assert person.state == "invited"
    async with database.maintenance() as connection:
        await connection.execute("INSERT INTO identities VALUES ('i', 's', %s)", (person.id,))
        await connection.execute(
            "INSERT INTO passkeys (id, officer, public_key, counter, name) VALUES ('k', %s, 'p', 0, 'n')",
            (person.id,),
        )
    assert (await operator.person(person.id)).state == "open"
    await operator.remove(person.id)
    async with database.maintenance() as connection:
        for table in ("identities", "passkeys"):
            assert (await connection.execute(f"SELECT FROM {table}")).rowcount == 0
    with pytest.raises(NotFound):
        await operator.person(person.id)
    assert (await operator.people(Wanted())).count == 0
    assert (await added(operator, "clerk")).id != person.id


async def test_a_department_with_officers_stays(operator: Administration) -> None:
    await added(operator, "clerk")
    with pytest.raises(Conflict):
        await operator.remove_department("hyd")
    await operator.remove_department("td")
    with pytest.raises(NotFound):
        await operator.remove_department("td")


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted(), ["a_c", "abc", "xyz"]),
        (Wanted(words="A_"), ["a_c"]),
        (Wanted(words="XYZ"), ["xyz"]),
        (Wanted(department="td"), ["xyz"]),
        (Wanted(role="auditor"), ["xyz"]),
        (Wanted(state="closed"), ["abc"]),
        (Wanted(state="invited"), ["a_c", "xyz"]),
        (Wanted(state="open"), []),
        (Wanted(skip=1, most=1), ["abc"]),
    ],
)
async def test_officers_are_found(operator: Administration, wanted: Wanted, expected: list[str]) -> None:
    await added(operator, "a_c")
    closed = await added(operator, "abc")
    await added(operator, "xyz", "td", "auditor")
    await operator.change(closed.id, Change(active=False))
    assert [each.account for each in (await operator.people(wanted)).people] == expected


ROLL = """\ufeffAccount,Name,Department,Grade,Roles
eo1@hyd.example,Executive Officer 1,hyd,Executive Officer,
eo2@hyd.example,行政主任二,hyd,,department_administrator auditor
"""


async def test_a_roll_is_added_at_once_with_links(operator: Administration, database: Database) -> None:
    fates = await operator.add_all(read_roll(ROLL.encode()))
    assert [(fate.line, fate.problem) for fate in fates] == [(2, ""), (3, "")]
    assert (await Accounts(database).invitation(fates[1].secret)).name == "行政主任二"
    recorded = await deeds(database)
    ids = {each.id for each in (await operator.people(Wanted())).people}
    assert {subject for deed, subject, done, _ in recorded if deed == "people.add" and done} == ids


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (",No account,hyd,,", "no_account"),
        ("a b,Space,hyd,,", "no_account"),
        ("x,,hyd,,", "no_name"),
        ("x,\x07,hyd,,", "text"),
        ("x,X,nowhere,,", "unknown_department"),
        ("x,X,hyd,,emperor", "unknown_role"),
        ("EO1@hyd.example,X,hyd,,", "taken"),
        ("there,X,hyd,,", "taken"),
        ("x,X,td,,", "other_department"),
        ("x,X,hyd,,auditor", "higher_role"),
    ],
)
async def test_one_faulty_line_and_nothing_is_done(
    operator: Administration, acting_for: Callable[[Officer], Administration], line: str, problem: str
) -> None:
    head = await added(operator, "there", "hyd", "department_administrator")
    good = "account,name,department,grade,roles\neo1@hyd.example,Executive Officer 1,hyd,,\n"
    fates = await acting_for(head.as_officer()).add_all(read_roll(f"{good}{line}\n".encode()))
    assert [(fate.line, fate.problem, fate.secret) for fate in fates] == [(2, "", ""), (3, problem, "")]
    assert (await operator.people(Wanted())).count == 1


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"account,name\nx,y\n", b"account,name,department\n"])
def test_what_is_no_roll_is_refused(data: bytes) -> None:
    with pytest.raises(InputError):
        read_roll(data)


async def test_only_who_provisions_has_a_directorys_token(
    operator: Administration, database: Database
) -> None:
    accounts = Accounts(database)
    clerk = await added(operator, "clerk", "hyd", "department_administrator", "auditor")
    provisioner = await added(operator, "entra", "hyd", "service_operator")
    with pytest.raises(NotPermitted):
        await accounts.make_token(clerk.id, "t", ["api", "scim"], 1)
    token = await accounts.make_token(provisioner.id, "t", ["scim"], 1)
    assert await accounts.of_token(token, "scim") == provisioner.as_officer()
    assert await accounts.of_token(token, "api") is None
