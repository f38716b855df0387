"""SCIM as Entra ID and Okta send it, as RFC 7644 has it, and as an independent client checks it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest
from pydantic import Field
from scim2_models import URN, Extension, ScimProvider

from bauhinia.models import FakeModel
from bauhinia.server.scim_resources import PROVIDER, Group, User
from bauhinia.settings import Settings

from .conftest import OpenSite, Site

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"sign_in": "accounts"})


@dataclass(slots=True)
class Directory:
    """A directory that provisions."""

    site: Site
    token: str
    officer: str
    """Whose token it is."""

    async def __call__(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> tuple[int, Any, dict[str, str]]:
        sent = {"authorization": f"Bearer {self.token}", "content-type": "application/scim+json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.site.client.request(
            method, f"{self.site.url}/scim/v2{path}", json=body, headers=sent
        ) as answer:
            told = await answer.json(content_type=None) if answer.status not in (204, 304) else None
            if told is not None:
                assert answer.content_type == "application/scim+json"
            return answer.status, told, {name.lower(): value for name, value in answer.headers.items()}

    async def add(self, account: str, **more: Any) -> dict[str, Any]:
        body = {"schemas": [USER, ENTERPRISE], "userName": account, "active": True, **more}
        status, user, _ = await self("POST", "/Users", body)
        assert status == 201, user
        return user  # type: ignore[no-any-return]

    async def patch(self, path: str, *operations: dict[str, Any]) -> tuple[int, Any]:
        status, told, _ = await self("PATCH", path, {"schemas": [PATCH], "Operations": list(operations)})
        return status, told


async def officer(site: Site, account: str, *roles: str) -> str:
    """The id of an officer, added by whoever runs the machine."""
    await site.office.accounts.add_officer(account, account, "hyd", roles)
    async with site.office.database.maintenance() as connection:
        row = await (
            await connection.execute("SELECT id FROM officers WHERE account = %s", (account,))
        ).fetchone()
    assert row is not None
    return str(row[0])


@pytest.fixture
async def directory(open_site: OpenSite) -> AsyncIterator[Directory]:
    site = await open_site(FakeModel(lambda _: "x"))
    for key, name in (("hyd", "Highways Department"), ("td", "Transport Department")):
        await site.office.accounts.add_department(key, name)
    owner = await officer(site, "entra", "service_operator")
    token = await site.office.accounts.make_token(owner, "Entra ID", ["scim"], 1)
    yield Directory(site, token, owner)


async def test_an_officer_comes_changes_and_goes(directory: Directory) -> None:
    user = await directory.add(
        "Chan.Tai-man@hyd.example",
        displayName="CHAN Tai-man",
        title="EO(R)1",
        userType="Executive Officer",
        externalId="aad-1",
        emails=[{"value": "x@y.example", "primary": True}],
        **{ENTERPRISE: {"department": "highways department"}},
    )
    assert (user["userName"], user["title"], user[ENTERPRISE]) == (
        "chan.tai-man@hyd.example", "EO(R)1", {"department": "hyd"},
    )  # fmt: skip
    assert [group["value"] for group in user["groups"]] == ["department:hyd"]
    path = f"/Users/{user['id']}"
    status, got, headers = await directory("GET", path)
    assert (status, got) == (200, user)
    assert headers["etag"] == user["meta"]["version"] == 'W/"1"'
    assert (await directory("GET", path, if_none_match='W/"1"'))[0] == 304
    body = {"schemas": [USER], "userName": "chan@hyd.example", "displayName": "CHAN", "active": True}
    status, changed, _ = await directory("PUT", path, body, if_match='W/"1"')
    assert (status, changed["userName"], changed[ENTERPRISE]["department"]) == (
        200,
        "chan@hyd.example",
        "hyd",
    )
    assert "title" not in changed and "externalId" not in changed
    status, error, _ = await directory("PUT", path, body, if_match='W/"1"')
    assert (status, error["status"]) == (412, "412")
    assert (await directory("DELETE", path))[0] == 204
    for method in ("GET", "DELETE"):
        status, error, _ = await directory(method, path)
        assert (status, error["schemas"], error["status"]) == (404, [ERROR], "404")
    await directory.add("chan@hyd.example")


DEACTIVATIONS: list[dict[str, Any]] = [
    {"op": "Replace", "path": "active", "value": "False"},
    {"op": "replace", "path": "active", "value": False},
    {"op": "replace", "value": {"active": False}},
    {"op": "Replace", "value": {"active": "false"}},
    {"op": "Add", "path": "active", "value": "False"},
    {"op": "replace", "path": f"{USER}:active", "value": False},
]


async def test_a_deactivation_ends_sessions_in_every_form_in_which_it_is_sent(directory: Directory) -> None:
    user = await directory.add("clerk", **{ENTERPRISE: {"department": "hyd"}})
    accounts, path = directory.site.office.accounts, f"/Users/{user['id']}"
    for operation in DEACTIVATIONS:
        session = await accounts._begin(user["id"])
        assert await accounts.of_session(session) is not None
        status, told = await directory.patch(path, operation)
        assert (status, told["active"]) == (200, False), operation
        assert await accounts.of_session(session) is None
        status, told = await directory.patch(path, {"op": "Replace", "path": "active", "value": "True"})
        assert (status, told["active"]) == (200, True)


CHANGES: list[tuple[list[dict[str, Any]], dict[str, Any]]] = [
    ([{"op": "Replace", "path": "displayName", "value": "New"}], {"displayName": "New"}),
    ([{"op": "Add", "path": "title", "value": "EO"}], {"title": "EO"}),
    ([{"op": "Replace", "path": f"{ENTERPRISE}:department", "value": "td"}], {ENTERPRISE: {"department": "td"}}),
    ([{"op": "replace", "value": {f"{ENTERPRISE}:department": "td"}}], {ENTERPRISE: {"department": "td"}}),
    ([{"op": "replace", "value": {ENTERPRISE: {"department": "td"}}}], {ENTERPRISE: {"department": "td"}}),
    ([{"op": "remove", "path": f"{ENTERPRISE}:department"}], {ENTERPRISE: {"department": "unassigned"}}),
    ([{"op": "Add", "path": 'emails[type eq "work"].value', "value": "x@y"}], {"displayName": "clerk"}),
    ([{"op": "Replace", "path": "name.familyName", "value": "CHAN"}], {"displayName": "clerk"}),
    (
        [{"op": "Replace", "path": "userName", "value": "C2"}, {"op": "Add", "path": "externalId", "value": "e"}],
        {"userName": "c2", "externalId": "e"},
    ),
]  # fmt: skip


async def test_a_change_in_the_forms_that_entra_and_okta_send(directory: Directory) -> None:
    for number, (operations, expected) in enumerate(CHANGES):
        account = f"clerk{number}"
        user = await directory.add(account, displayName="clerk", **{ENTERPRISE: {"department": "hyd"}})
        status, told = await directory.patch(f"/Users/{user['id']}", *operations)
        assert status == 200, told
        assert {key: told.get(key) for key in expected} == expected, operations


async def test_who_has_no_display_name_is_called_by_their_names(directory: Directory) -> None:
    user = await directory.add("okta", name={"givenName": "Tai-man", "familyName": "CHAN"})
    assert user["displayName"] == "Tai-man CHAN"
    assert user[ENTERPRISE] == {"department": "unassigned"}


FILTERS = {
    'userName eq "CLERK1"': ["clerk1"],
    'username EQ "clerk1"': ["clerk1"],
    'externalId eq "e2"': ["clerk2"],
    'externalId eq "E2"': [],
    'userName eq "clerk1" or externalId eq "e2"': ["clerk1", "clerk2"],
    'userName eq "clerk1" and externalId eq "e2"': [],
    '(userName eq "clerk1" or userName eq "clerk2") and active eq true': ["clerk1"],
    "active eq false": ["clerk2"],
    'userName eq "nobody"': [],
}
REFUSED = (
    'userName co "a"', "userName pr", 'not (userName eq "a")', 'title eq "a"', "userName eq", "x", "(",
    'emails[type eq "work"]', 'userName eq "a" and title sw "b"', "active eq 1", 'userName eq "\\u0000"',
)  # fmt: skip


async def test_officers_are_filtered_and_every_other_filter_is_refused(directory: Directory) -> None:
    await directory.add("clerk1", externalId="e1")
    await directory.add("clerk2", externalId="e2", active=False)
    for wanted, expected in FILTERS.items():
        status, told, _ = await directory("GET", f"/Users?filter={quote(wanted)}")
        assert status == 200, told
        assert [user["userName"] for user in told["Resources"]] == expected, wanted
        assert told["totalResults"] == len(expected)
    for wanted in REFUSED:
        status, told, _ = await directory("GET", f"/Users?filter={quote(wanted)}")
        assert (status, told["schemas"], told["scimType"]) == (400, [ERROR], "invalidFilter"), wanted


async def test_officers_come_in_pages(directory: Directory) -> None:
    for number in range(4):
        await directory.add(f"clerk{number}")
    status, told, _ = await directory("GET", "/Users?startIndex=2&count=2")
    assert (status, told["totalResults"], told["startIndex"], told["itemsPerPage"]) == (200, 5, 2, 2)
    assert [user["userName"] for user in told["Resources"]] == ["clerk1", "clerk2"]
    status, told, _ = await directory("GET", "/Users?count=0")
    assert (told["totalResults"], told["itemsPerPage"]) == (5, 0)
    status, told, _ = await directory("GET", "/Users?attributes=userName&count=1")
    assert set(told["Resources"][0]) == {"schemas", "id", "userName"}


async def member_of(directory: Directory, key: str) -> set[str]:
    status, group, _ = await directory("GET", f"/Groups/{key}")
    assert status == 200, group
    return {member["value"] for member in group.get("members", [])}


async def test_a_group_is_a_department(directory: Directory) -> None:
    user = await directory.add("clerk", **{ENTERPRISE: {"department": "hyd"}})
    accounts = directory.site.office.accounts
    session = await accounts._begin(user["id"])
    add = {"op": "Add", "path": "members", "value": [{"value": user["id"]}]}
    status, told = await directory.patch("/Groups/department:td", add)
    assert status == 200, told
    assert await accounts.of_session(session) is None
    assert await member_of(directory, "department:td") == {user["id"]}
    remove = {"op": "Remove", "path": "members", "value": [{"value": user["id"]}]}
    assert (await directory.patch("/Groups/department:hyd", remove))[0] == 200
    assert await member_of(directory, "department:td") == {user["id"]}
    okta = {"op": "remove", "path": f'members[value eq "{user["id"]}"]'}
    assert (await directory.patch("/Groups/department:td", okta))[0] == 200
    assert await member_of(directory, "department:td") == set()
    assert await member_of(directory, "department:unassigned") == {user["id"]}


async def test_a_group_is_a_role(directory: Directory) -> None:
    user = await directory.add("clerk", **{ENTERPRISE: {"department": "hyd"}})
    status, told, _ = await directory("GET", '/Groups?filter=displayName%20eq%20"auditor"')
    assert (status, [group["id"] for group in told["Resources"]]) == (200, ["role:auditor"])
    add = {"op": "add", "path": "members", "value": [{"value": user["id"]}]}
    assert (await directory.patch("/Groups/role:auditor", add))[0] == 200
    status, told, _ = await directory("GET", f"/Users/{user['id']}")
    assert {group["value"] for group in told["groups"]} == {"department:hyd", "role:auditor"}
    accounts = directory.site.office.accounts
    session = await accounts._begin(user["id"])
    assert (await directory.patch("/Groups/role:auditor", {"op": "replace", "path": "members", "value": []}))[
        0
    ] == 200
    assert await accounts.of_session(session) is None
    assert await member_of(directory, "role:auditor") == set()
    status, told, _ = await directory("DELETE", "/Groups/role:auditor")
    assert (status, told["scimType"]) == (400, "mutability")


async def test_a_department_is_made_renamed_and_removed(directory: Directory) -> None:
    body = {"schemas": [GROUP], "displayName": "Marine Department", "externalId": "g1"}
    status, group, _ = await directory("POST", "/Groups", body)
    assert (status, group["id"]) == (201, "department:marine-department")
    status, told, _ = await directory("POST", "/Groups", body)
    assert (status, told["scimType"]) == (409, "uniqueness")
    path = f"/Groups/{group['id']}"
    status, told = await directory.patch(path, {"op": "Replace", "path": "displayName", "value": "Marine"})
    assert (status, told["displayName"], told["externalId"]) == (200, "Marine", "g1")
    user = await directory.add("clerk", **{ENTERPRISE: {"department": "marine"}})
    assert (await directory("DELETE", path))[0] == 409
    assert (await directory("DELETE", f"/Users/{user['id']}"))[0] == 204
    status, told, _ = await directory("GET", "/Groups?excludedAttributes=members")
    assert status == 200 and not any("members" in each for each in told["Resources"])


WRONG: list[tuple[str, str, Any, int, str | None]] = [
    ("POST", "/Users", {"schemas": [USER]}, 400, "invalidValue"),
    ("POST", "/Users", {"schemas": [USER], "userName": "entra"}, 409, "uniqueness"),
    ("POST", "/Users", {"schemas": [USER], "userName": "a\x00"}, 400, "invalidValue"),
    ("POST", "/Users", {"schemas": [USER], "userName": "a", "displayName": "x" * 999}, 400, "invalidValue"),
    ("POST", "/Users", {"schemas": [USER], "userName": "a", ENTERPRISE: {"department": "no"}}, 400, "invalidValue"),
    ("POST", "/Users", {"schemas": [USER], "userName": "a", "active": "perhaps"}, 400, "invalidValue"),
    ("POST", "/Users", [], 400, "invalidSyntax"),
    ("PATCH", "/Users/{me}", {"schemas": [PATCH]}, 400, "invalidValue"),
    ("PATCH", "/Users/{me}", {"schemas": [PATCH], "Operations": [{"op": "x"}]}, 400, "invalidValue"),
    ("PATCH", "/Users/{me}", {"schemas": [PATCH], "Operations": [{"op": "remove"}]}, 400, "noTarget"),
    ("PATCH", "/Users/{me}", {"schemas": [PATCH], "Operations": [{"op": "add", "path": "(", "value": 1}]}, 400, "invalidPath"),
    ("PATCH", "/Users/{me}", {"schemas": [PATCH], "Operations": [{"op": "replace", "path": "id", "value": "1"}]}, 400, "mutability"),
    ("PATCH", "/Users/{me}", {"schemas": [PATCH], "Operations": [{"op": "replace", "path": "active", "value": False}]}, 403, None),
    ("PATCH", "/Groups/department:td", {"schemas": [PATCH], "Operations": [{"op": "add", "path": "members", "value": [{"value": "nobody"}]}]}, 400, "invalidValue"),
    ("GET", "/Users/nobody", None, 404, None),
    ("GET", "/Users/%00", None, 400, "invalidValue"),
    ("GET", "/Groups/department:nowhere", None, 404, None),
    ("GET", "/Groups/role:emperor", None, 404, None),
    ("GET", "/Nothing", None, 404, None),
    ("DELETE", "/Schemas", None, 405, None),
    ("GET", "/Users?count=x", None, 400, "invalidValue"),
]  # fmt: skip


async def test_what_is_wrong_is_told_as_the_rfc_has_it(directory: Directory) -> None:
    for method, path, body, status, kind in WRONG:
        found, told, _ = await directory(method, path.replace("{me}", directory.officer), body)
        assert (found, told.get("scimType")) == (status, kind), (method, path, body, told)
        assert told["schemas"] == [ERROR] and told["status"] == str(status)


RUBBISH = (
    b"",
    b"null",
    b"1",
    b'"x"',
    b"[]",
    b"{",
    b"\xff",
    b'{"schemas":1}',
    b"[" * 5_000,
    b'{"userName":"\\ud800"}',
)
PATHS = ("", "x", "userName", "members", "members[value eq 1]", "schemas", "meta", "meta.version", "groups",
         ENTERPRISE, f"{ENTERPRISE}:department", "active.x", "userName[x eq 1]", "\x00", "externalId")  # fmt: skip
VALUES: tuple[Any, ...] = (
    None,
    1,
    "x",
    "\x00",
    True,
    [],
    {},
    [1],
    [{"value": 1}],
    {"value": "x"},
    1e400,
    "\ud800",
)


async def test_no_rubbish_breaks_it(directory: Directory) -> None:
    headers = {"authorization": f"Bearer {directory.token}"}
    user = await directory.add("clerk")
    bodies = [*RUBBISH]
    for path in PATHS:
        for number, value in enumerate(VALUES):
            operation = {"op": ("add", "replace", "remove")[number % 3], "path": path, "value": value}
            bodies.append(json.dumps({"schemas": [PATCH], "Operations": [operation]}).encode())
    for method, where in (("POST", "/Users"), ("PUT", f"/Users/{user['id']}"), ("PATCH", f"/Users/{user['id']}"),
                          ("PUT", "/Groups/role:auditor"), ("PATCH", "/Groups/department:td")):  # fmt: skip
        for body in bodies if method == "PATCH" else RUBBISH:
            url = f"{directory.site.url}/scim/v2{where}"
            async with directory.site.client.request(method, url, data=body, headers=headers) as answer:
                assert answer.status < 500, (method, where, body, await answer.text())


async def test_only_a_directorys_token_counts(directory: Directory) -> None:
    site = directory.site
    accounts = site.office.accounts
    session = await accounts._begin(directory.officer)
    other = await accounts.make_token(directory.officer, "t", ["api", "v1"], 1)
    for headers in ({}, {"cookie": f"session={session}"}, {"authorization": f"Bearer {other}"}):
        async with site.client.get(f"{site.url}/scim/v2/Users", headers=headers) as answer:
            assert (answer.status, answer.headers["www-authenticate"]) == (401, "Bearer")
            assert (await answer.json(content_type=None))["schemas"] == [ERROR]
    async with site.office.database.maintenance() as connection:
        await connection.execute("UPDATE officers SET roles = '{auditor}'")
    await asyncio.sleep(0.6)  # as long as a proof is remembered
    status, told, _ = await directory("GET", "/Users")
    assert (status, told["status"]) == (403, "403")


async def test_deeds_of_a_directory_are_in_the_ledger(directory: Directory) -> None:
    user = await directory.add("clerk", **{ENTERPRISE: {"department": "hyd"}})
    await directory.patch(f"/Users/{user['id']}", DEACTIVATIONS[0])
    await directory.patch(f"/Users/{directory.officer}", DEACTIVATIONS[0])
    async with directory.site.office.database.maintenance() as connection:
        cursor = await connection.execute(
            "SELECT body::jsonb->>'deed', body::jsonb->>'officer', body::jsonb->>'subject',"
            " body::jsonb->>'outcome' FROM ledger WHERE body::jsonb->>'deed' IN ('people.add', 'people.close')"
            " ORDER BY seq"
        )
        rows = await cursor.fetchall()
    assert rows == [
        ("people.add", directory.officer, user["id"], "answered"),
        ("people.close", directory.officer, user["id"], "answered"),
        ("people.close", directory.officer, directory.officer, "refused"),
    ]


OURS = {"displayName", "active", ENTERPRISE, f"{ENTERPRISE}:department"}
"""What an officer always has: taken away, it becomes the account, true, and `unassigned`. A search
of officers and groups together (`/.search`) is not offered either."""


class Enterprise(Extension):
    """The extension as we publish it, with a department that there is."""

    __schema__ = URN(ENTERPRISE)
    department: str | None = Field(None, examples=["td"])


async def test_an_independent_client_finds_nothing_wrong(directory: Directory) -> None:
    httpx2 = pytest.importorskip("httpx2")
    tester = pytest.importorskip("scim2_tester")
    from scim2_client.engines.httpx2 import SyncSCIMClient

    headers = {"authorization": f"Bearer {directory.token}"}
    described = ScimProvider(models=[User, Enterprise, Group], resource_types=PROVIDER.resource_types)

    def check() -> list[Any]:
        with httpx2.Client(base_url=f"{directory.site.url}/scim/v2", headers=headers) as client:
            return tester.check_server(SyncSCIMClient(client, provider=described))  # type: ignore[no-any-return]

    results = await asyncio.to_thread(check)
    wrong = {each.reason for each in results if each.status.name not in ("SUCCESS", "SKIPPED")}
    assert len(results) > 50
    assert all("nothing at this address" in reason for reason in wrong if "remove" not in reason)
    assert {reason for reason in wrong if "remove" in reason} == {
        f"PATCH modify() did not remove attribute '{name}'" for name in OURS
    }
