"""Every route, by every field that names somebody's row, for every officer and every credential.

The ways in are found by walking the app and its OpenAPI schema. A route or a field that is not described here
fails the first test, so that none is forgotten.
"""

from __future__ import annotations

import base64
import io
import json
import re
import secrets
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import aiohttp
import pytest

from bauhinia.models import FakeModel
from bauhinia.people import Officer, acting_as
from bauhinia.server import create_app
from bauhinia.server.signed_in import OPEN_PATHS, PROGRAM_PATHS
from bauhinia.settings import Settings

from ..statements import OURS
from .conftest import OpenSite, Site
from .test_signing_in import routes

Row = Literal["document", "task", "collection", "kept", "arrival", "share", "file"]
Where = Literal["path", "query", "body", "form", "nested"]
ROWS: Mapping[str, Row] = {
    "document": "document",
    "documents": "document",
    "task": "task",
    "collection": "collection",
    "share": "share",
    "file": "file",
    "file_id": "file",
}
"""Fields that hold the id of a row that not everybody may see, wherever they stand."""
IN_LIBRARY: Mapping[Row, Row] = {"document": "kept", "task": "arrival"}
"""What they mean under /knowledge/: a document of the library, a task that adds files to it."""
LIBRARY = ("/knowledge/", "/api/knowledge/", "/chat/sources/")
"""Where ids are of the library."""
OF_DEPARTMENT: frozenset[Row] = frozenset({"collection", "kept"})
"""Rows that every officer of the department may see and remove; the others are an officer's own."""
PLAIN = frozenset(
    """account action active after again allowed_tools arguments audience audit_days basis bauhinia before begins case
    classification code confirm content count day days decision deed department description
    dimension do domain duty en encoding_format ends entry example expires figure file_data filename find finding
    forbidden_en forbidden_zh form format from function grade highest id include_usage input
    instructions item
    json_schema kind language last-event-id layout least length licence limit manner max_completion_tokens measure
    memory messages mode model month most name name_en name_zh next note only order outcome overview
    parallel_tool_calls parameters part passage password period place post processing purpose question reader reference refresh_by reply_in
    response_format role roles schema scope secret section server_label sheet skip source source_date start state status stop stories
    stream stream_options subject take target temperature text to tool_call_id tool_calls tool_choice tools
    type unverified use version warn_at was whose why with words questions tried turn url yue zh""".split()  # noqa: SIM905  # a hundred words are read better so
)
"""Fields that name no such row. `id` is a term's, `name` a template's: the department's."""
PLAIN_OF_CARE = frozenset(
    {
        "cause", "class", "correction", "drill", "given", "good", "outcome", "parts", "remove", "reply",
        "severity", "title", "uses",
    }
)  # fmt: skip
"""The same, of complaints, incidents, consents and the switch."""
ELSEWHERE = frozenset(
    {"answer", "approval", "batch", "complaint", "conversation", "curated", "entry", "incident", "key", "number", "officer", "passkey", "piece", "quota", "rule", "session", "stopped", "token", "verb"}
)  # fmt: skip
"""What other tests say who may name: what waits, the boundary's, the quotas', rules, people, accounts, cases, incidents,
and the files that are held in a collection (`test_sheets.py`), conversations and curated answers (`test_chat.py`),
songs and films (`test_studio.py`).
A ledger's entry shows nothing to whoever names it."""
ELSEWHERE_UNDER = ("/people", "/api/people", "/departments", "/scim/", "/account/")
OF_REGISTER = frozenset(
    ("answers", "data", "held", "note", "oversight", "passed", "title_en", "title_zh", "audience", "model")
)
"""Fields of the register of AI uses, which `test_register_pages.py` tries as other officers."""
UNDER_REGISTER = ("/register/", "/api/register/")
PLACES = {
    "kind": "translate",
    "model": "x",
    "approval": "x",
    "quota": "x",
    "rule": "x",
    "verb": "reject",
    "passage": "p0",
    "place": "0",
    "language": "en",
    "name": "reply",
    "secret": "x",
    "key": "x",
    "number": "1",
    "curated": "x",
    "piece": "x",
    "complaint": "x",
    "incident": "x",
    "stopped": "x",
    "answer": "x",
    "duty": "D-2.1.2-03",
    "dimension": "reliability",
    "item": "P-03",
}
"""What stands in a path beside the ids of rows."""
PAGE_FORMS: Mapping[str, Mapping[str, str]] = {
    "/translate": {"to": "zh-HK"},
    "/redraft": {"manner": "plain"},
    "/summarise": {},
    "/analyse": {"question": "What is to be repaired?"},
    "/draft": {"type": "reply", "instructions": "Reply."},
    "/compare": {},
    "/forecast/{kind}": {"to": "zh-HK"},
    "/knowledge/ask": {"question": "What is to be repaired?"},
    "/cases": {"kind": "feedback", "good": "true"},
}
"""Forms that name documents in their field `document`, or a collection, with what else they need."""
UNTOLD_QUERIES = {"/knowledge": ("collection",)}
"""Queries of which the schema does not tell."""
TAKE_FILES = (
    "/knowledge/collections/{collection}/documents", "/api/knowledge/collections/{collection}/documents",
)  # fmt: skip
FINDS_NOTHING = ("/api/knowledge/search", "/knowledge", "/forecast/{kind}")
"""A search in what somebody may not see is answered as one that finds nothing."""
NO_ROWS = frozenset(
    {
        "/documents", "/api/documents", "/documents/{document}/remove", "/sign-out", "/terms/import",
        "/api/terms/import", "/terms/candidates", "/terms/remove", "/tasks/{task}/cancel",
        "/tasks/{task}/resume", "/api/tasks/{task}/cancel", "/api/tasks/{task}/resume",
        "/api/tasks/{task}/confirm", "/api/tasks/{task}/passages/{passage}/confirm",
        "/api/tasks/{task}/import", "/api/tasks/{task}/segments/replace/undo", "/v1/chat/completions",
        "/v1/embeddings", "/knowledge/collections", "/knowledge/collections/{collection}/remove",
        "/knowledge/documents/{document}/remove", "/v1/files", "/mcp", "/boundary",
        "/boundary/{approval}/{verb}", "/api/boundary/{approval}/{verb}", "/usage/quotas",
        "/usage/quotas/{quota}/remove", "/privacy/rules",
        "/privacy/rules/{rule}/remove", "/api/documents/{document}/copy", "/documents/{document}/copy",
        "/chat/memory", "/chat/memory/delete",
        "/documents/{document}/share", "/tasks/{task}/share", "/shares/{share}/withdraw",
        "/knowledge/collections/{collection}/sheet", "/knowledge/collections/{collection}/audit",
        "/api/knowledge/collections/{collection}/audits",
        "/knowledge/collections/{collection}/held",
        "/documents/{document}/classification", "/held/{answer}", "/evidence/{kind}", "/policy/{item}",

        "/api/cases/{complaint}/take", "/cases/{complaint}/take",
        "/cases/{complaint}/decide", "/cases/{complaint}/reinstate", "/incidents", "/incidents/{incident}/{verb}",
        "/consents/{purpose}", "/department-consent", "/opt-outs", "/my-data/delete", "/switch", "/switch/{stopped}/resume",
        "/api/switch/{stopped}/resume", "/agree", "/tasks/{task}/accept", "/tasks/{task}/review", "/label", "/chat", "/chat/ask", "/chat/itinerary/read", "/chat/songs", "/chat/songs/preview", "/chat/films", "/chat/films/preview", "/chat/films/script", "/chat/made/{piece}/{verb}", "/chat/attach", "/chat/hear", "/chat/notes", "/chat/notes/hear", "/chat/notes/summary", "/chat/notes/summarised", "/chat/notes/docx", "/chat/feedback", "/chat/history/delete", "/chat/c/{key}/delete",
        "/chat/c/{key}/share", "/chat/c/{key}/unshare", "/curated", "/curated/{curated}/publish", "/curated/{curated}/retire", "/api/label/check", *TAKE_FILES,
    }
)  # fmt: skip
"""Routes whose body, of which the schema does not tell, names no rows."""
FORM_VALUES: Mapping[str, Mapping[str, str]] = {
    "/documents/{document}/share": {"receiver": "bd", "days": "7"},
    "/tasks/{task}/share": {"receiver": "bd", "days": "7", "unverified": "yes"},
    "/documents/{document}/classification": {"classification": "unclassified"},
    "/knowledge/collections/{collection}/sheet": OURS.model_dump(
        include={"source", "basis", "reference", "post", "grade"}
    ),
    "/knowledge/collections/{collection}/held": {"batch": "b", "place": "0", "decision": "let_in"},
}
"""What forms need whose row is named in the path."""
NESTED = {
    ("/api/estimate", "document"): lambda key: {
        "kind": "translate",
        "order": {"document": key, "to": "zh-HK"},
    },
    ("/v1/chat/completions", "file_id"): lambda key: {
        "messages": [
            {
                "role": "user",
                "content": [{"type": "text", "text": "Hello"}, {"type": "file", "file": {"file_id": key}}],
            }
        ]
    },
}
"""Bodies that name a row somewhere inside."""
VALUES: Mapping[str, Any] = {
    "type": "reply",
    "instructions": "Reply.",
    "question": "What is it?",
    "to": "zh-HK",
    "with": "bd",
    "classification": "unclassified",
    "basis": "own_work",
}
"""Values of fields for which any word will not do."""
NOT_NOW = {
    (400, "/api/tasks/{task}/resume"),
    (400, "/tasks/{task}/resume"),
    (400, "/api/tasks/{task}/import"),
    (400, "/api/tasks/{task}/segments/{place}/mend"),
    (409, "/knowledge/collections/{collection}/held"),
    (409, "/api/knowledge/collections/{collection}/held"),
    (403, "/knowledge/collections/{collection}/held"),
    (403, "/api/knowledge/collections/{collection}/held"),
    (403, "/knowledge/collections/{collection}/sheet"),
    (403, "/api/knowledge/collections/{collection}/sheet"),
    (400, "/tasks/{task}/accept"),
    (403, "/tasks/{task}/review"),
}
"""What the owner of a row is told that is in no state for it: a task that is done, a finding that is not, a file
that is not held; and the colleague of an officer who stated a collection's sheet."""
SECRET = "footbridges"
"""Stands in the owner's document, and nowhere else."""


@dataclass(frozen=True, slots=True)
class Way:
    """A field of a route that names a row."""

    method: str
    path: str
    where: Where
    field: str
    place: int = 0
    """Which item of a list."""

    @property
    def row(self) -> Row:
        row = ROWS[self.field]
        return IN_LIBRARY.get(row, row) if self.path.startswith(LIBRARY) else row

    @property
    def removes(self) -> bool:
        """Whether the row is gone afterwards."""
        return self.method == "DELETE" or self.path.endswith(("/remove", "/withdraw"))

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.where} {self.field}[{self.place}]"


@dataclass(frozen=True, slots=True)
class Member:
    """An officer, a session and a token."""

    officer: Officer
    session: str
    token: str
    rows: Mapping[Row, str]
    other: str
    """A second document."""

    def row(self, way: Way) -> str:
        """The id of the row that is named that way."""
        return self.other if way.place else self.rows[way.row]


Headers = dict[str, str]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"sign_in": "accounts"})


@pytest.fixture
async def site(open_site: OpenSite) -> AsyncIterator[Site]:
    site = await open_site(FakeModel(lambda _: "路政署會修葺行人天橋。"))
    for key in ("hyd", "td", "bd"):
        await site.office.accounts.add_department(key, key.upper())
    yield site


async def joined(site: Site, account: str, department: str, text: str) -> Member:
    """An officer with two documents, a finished translation of the first, and a collection that holds it."""
    accounts = site.office.accounts
    await accounts.add_officer(account, f"Officer {account}", department)
    async with site.office.database.maintenance() as connection:
        cursor = await connection.execute("SELECT id FROM officers WHERE account = %s", (account,))
        row = await cursor.fetchone()
    assert row is not None
    session = await accounts._begin(row[0])
    officer = await accounts.of_session(session)
    assert officer is not None
    token = await accounts.make_token(officer.id, "t", ["api", "v1"], 1)
    with acting_as(officer):
        document = (await site.office.add(text.encode(), "a.md")).id
        other = (await site.office.add(f"{text} Later.".encode(), "b.md")).id
        kept = await in_library(site, account, text)
    headers = {"cookie": f"session={session}"}
    translate = {"json": {"document": document, "to": "zh-HK"}}
    add = {"data": with_file(f"{text} Again.")}
    rows: dict[Row, str] = {
        "document": document,
        **kept,
        "share": await shared(site, officer, other),
        "file": await v1_file(site, headers),
        "task": await finished(site, officer, "/api/translate", headers=headers, **translate),
        "arrival": await finished(site, officer, files_of(kept["collection"]), headers=headers, **add),
    }
    return Member(officer, session, token, rows, other)


async def shared(site: Site, officer: Officer, document: str) -> str:
    """The id of a share of a document with a department of nobody here."""
    with acting_as(officer):
        return await site.office.sharing.share(officer, "document", document, "bd", 7)


async def v1_file(site: Site, headers: Headers) -> str:
    """The id of a file that was sent as OpenAI's clients do."""
    form = with_file(f"{secrets.token_hex(4)} {SECRET}.")
    form.add_field("purpose", "user_data")
    status, file = await site.json("POST", "/v1/files", data=form, headers=headers)
    assert status in (200, 201), file
    return str(file["id"])


async def in_library(site: Site, name: str, text: str) -> dict[Row, str]:
    """A new collection of the acting officer's department, and the document in it."""
    collection = await site.office.library.create(name, sheet=OURS)
    return {
        "collection": collection,
        "kept": (await site.office.library.add(collection, "a.md", text.encode())).document,
    }


async def finished(site: Site, officer: Officer, path: str, **more: Any) -> str:
    """The id of a task of that officer's that was begun and is done."""
    status, begun = await site.json("POST", path, **more)
    assert status == 202, begun
    with acting_as(officer):
        assert (await site.office.tasks.wait(begun["id"])).status == "done"
    return str(begun["id"])


def files_of(collection: str) -> str:
    return f"/api/knowledge/collections/{collection}/documents"


def with_file(text: str) -> aiohttp.FormData:
    """A form with one file."""
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("file", io.BytesIO(text.encode()), filename="again.md")
    return form


def in_path(path: str) -> list[str]:
    """The names in a path."""
    return re.findall(r"{(\w+)(?::\w+)?}", path)


class Schema:
    """What the app says of its routes."""

    def __init__(self, site: Site) -> None:
        self._all: dict[str, Any] = create_app(site.office.settings, site.office).openapi()

    def parameters(self, method: str, path: str) -> list[str]:
        """Names of the parameters that are in no path."""
        told = self._operation(method, path).get("parameters", ())
        return [each["name"] for each in told if each["in"] != "path"]

    def body(self, method: str, path: str) -> dict[str, Any] | None:
        """The schema of a route's JSON; None where it takes none, or does not tell."""
        content = self._operation(method, path).get("requestBody", {}).get("content", {})
        return self.resolved(content["application/json"]["schema"]) if "application/json" in content else None

    def resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in schema:
            schema = self._all["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
        return schema

    def names(self, schema: dict[str, Any]) -> Iterator[str]:
        """Names of a schema's fields, at any depth."""
        schema = self.resolved(schema)
        for name, field in schema.get("properties", {}).items():
            yield name
            yield from self.names(field)
        for part in (schema.get("items"), *schema.get("anyOf", ()), *schema.get("oneOf", ())):
            if isinstance(part, dict):
                yield from self.names(part)

    def example(self, schema: dict[str, Any], name: str, ids: Mapping[str, list[str]]) -> Any:
        """A value that the schema takes: fields that are required or hold ids of rows, and a question."""
        schema = self.resolved(schema)
        if name in ids:
            wanted = ids[name]
            return wanted[: max(schema.get("minItems", 1), 1)] if schema.get("type") == "array" else wanted[0]
        if "properties" in schema:
            needed = {*schema.get("required", ()), *({*ROWS, "question"} & set(schema["properties"]))}
            return {key: self.example(schema["properties"][key], key, ids) for key in sorted(needed)}
        plain = {"integer": schema.get("minimum", 0), "boolean": False, "array": ["x"]}
        first = schema["enum"][0] if "enum" in schema else plain.get(schema.get("type", ""), "x")
        return VALUES.get(name, first)

    def items(self, schema: dict[str, Any], name: str) -> int:
        """How many ids a field takes at least; one where it is no list."""
        return max(self.resolved(schema["properties"][name]).get("minItems", 1), 1)

    def _operation(self, method: str, path: str) -> dict[str, Any]:
        operation: dict[str, Any] = self._all["paths"].get(path, {}).get(method.lower(), {})
        return operation


def ways(site: Site, schema: Schema) -> list[Way]:
    """Every field of every route by which a row can be named."""
    found = []
    for method, path in routes(site):
        found += [Way(method, path, "path", name) for name in in_path(path) if name in ROWS]
        queries = (*schema.parameters(method, path), *UNTOLD_QUERIES.get(path, ()))
        found += [Way(method, path, "query", name) for name in queries if name in ROWS]
        found += [Way(method, path, "nested", name) for at, name in NESTED if method == "POST" and path == at]
        if (body := schema.body(method, path)) is not None:
            found += [
                Way(method, path, "body", name, place)
                for name in body.get("properties", ())
                if name in ROWS
                for place in range(schema.items(body, name))
            ]
        elif method == "POST" and path in PAGE_FORMS:
            named = {"/knowledge/ask": "collection", "/cases": "task"}
            field = named.get(path, "document")
            found += [Way(method, path, "form", field, n) for n in range(2 if path == "/compare" else 1)]
    return found


def undescribed(site: Site, schema: Schema) -> list[str]:
    """Routes and fields of which this file does not know whether they name rows."""
    found = []
    for method, path in routes(site):
        body = schema.body(method, path)
        names = {*in_path(path), *schema.parameters(method, path), *(schema.names(body) if body else ())}
        found += [
            f"{method} {path}: {name}"
            for name in sorted(names - set(ROWS) - PLAIN - PLAIN_OF_CARE - ELSEWHERE - OF_REGISTER)
        ]
        if body is None and method != "GET" and method != "DELETE":
            told = (
                path in NO_ROWS
                or path in PAGE_FORMS
                or path.startswith((*OPEN_PATHS, *ELSEWHERE_UNDER, *UNDER_REGISTER))
            )
            found += [] if told else [f"{method} {path}: what it takes"]
    return found


@dataclass(frozen=True, slots=True)
class Request:
    """A request that names one row of somebody's."""

    method: str
    path: str
    more: dict[str, Any]
    files: bool


def request_of(way: Way, schema: Schema, own: Member, wanted: Member) -> Request:
    """The request in which that field names the wanted one's row, and every other its sender's own."""
    ids = {
        name: [own.rows[IN_LIBRARY.get(row, row) if "/knowledge/" in way.path else row], own.other]
        for name, row in ROWS.items()
    }
    ids[way.field][way.place] = wanted.row(way)
    path = re.sub(r"{(\w+)(?::\w+)?}", lambda match: PLACES.get(match[1]) or ids[match[1]][0], way.path)
    more: dict[str, Any] = {}
    if way.where == "query":
        more["params"] = {way.field: ids[way.field][0], "question": VALUES["question"]}
    if way.where == "nested":
        more["json"] = NESTED[way.path, way.field](ids[way.field][0])
    elif (body := schema.body(way.method, way.path)) is not None:
        more["json"] = schema.example(body, "", ids)
        if way.path == "/api/cases":
            more["json"]["kind"] = "feedback"
        if way.path == "/api/shares":
            more["json"].pop("task" if way.field == "document" else "document")
            more["json"]["unverified"] = True
    if way.path in FORM_VALUES:
        more["data"] = dict(FORM_VALUES[way.path])
    if way.where == "form":
        chosen = ids[way.field] if way.path == "/compare" else ids[way.field][:1]
        more["data"] = [*((way.field, each) for each in chosen), *PAGE_FORMS[way.path].items()]
    return Request(way.method, path, more, files=way.path in TAKE_FILES)


def true_credentials(member: Member) -> dict[str, Headers]:
    """What shows who somebody is."""
    return {
        "cookie": {"cookie": f"session={member.session}"},
        "bearer": {"authorization": f"Bearer {member.token}"},
    }


def false_credentials(member: Member) -> dict[str, Headers]:
    """A true secret where none is looked for, and secrets of the wrong kind."""
    basic = base64.b64encode(f"{member.officer.id}:{member.token}".encode()).decode()
    return {
        "nothing": {},
        "x-api-key": {"x-api-key": member.token},
        "token in the query": {"query": member.token},
        "token as cookie": {"cookie": f"session={member.token}"},
        "session as bearer": {"authorization": f"Bearer {member.session}"},
        "another scheme": {"authorization": f"Token {member.token}"},
        "basic": {"authorization": f"Basic {basic}"},
        "forwarded user": {"x-forwarded-user": member.officer.id, "remote-user": member.officer.id},
    }


async def answered(site: Site, request: Request, headers: Headers) -> tuple[int, str, str]:
    """Status, where it sends one, and the start of what it says."""
    headers = {**headers}
    more = {**request.more, "data": with_file("More.")} if request.files else {**request.more}
    if (token := headers.pop("query", None)) is not None:
        more["params"] = {**more.get("params", {}), "token": token, "access_token": token, "api_key": token}
    async with site.client.request(
        request.method, site.url + request.path, headers=headers, allow_redirects=False, **more
    ) as answer:
        text = (await answer.content.read(20_000)).decode(errors="replace")
        return answer.status, answer.headers.get("location", ""), text


def unknown(status: int, location: str) -> bool:
    """Whether the answer is the one for somebody who is not known."""
    return status == 401 or (status == 303 and location.startswith("/sign-in"))


def takes(way: Way, credential: str) -> bool:
    """Whether a true credential counts on this path."""
    return credential == "cookie" or way.path.startswith(tuple(PROGRAM_PATHS))


async def test_every_route_and_field_is_described(site: Site) -> None:
    schema = Schema(site)
    assert undescribed(site, schema) == []
    found = ways(site, schema)
    assert {way.where for way in found} >= {"path", "body", "form"}
    assert len(found) > 40 and any(way.place for way in found)


async def test_exactly_the_owner_gets_at_a_row(site: Site) -> None:
    schema = Schema(site)
    owner = await joined(site, "owner", "hyd", f"The department will repair {SECRET}.\n")
    others = [
        await joined(site, "colleague", "hyd", "Of the colleague.\n"),
        await joined(site, "stranger", "td", "Of the stranger.\n"),
    ]
    wrong = []
    for way in ways(site, schema):
        for other in others:
            if way.row in OF_DEPARTMENT and other.officer.department == owner.officer.department:
                continue
            request = request_of(way, schema, other, owner)
            for credential, headers in true_credentials(other).items():
                status, location, text = await answered(site, request, headers)
                nothing = 200 if way.path in FINDS_NOTHING else 404
                expected = status == nothing if takes(way, credential) else unknown(status, location)
                if not expected or SECRET in text:
                    wrong.append((str(way), other.officer.name, credential, status, text[:200]))
    assert wrong == [], "\n".join(map(str, wrong))
    assert await still_there(site, owner)


async def test_no_wrong_credential_and_no_ended_one_is_taken(site: Site) -> None:
    schema = Schema(site)
    owner = await joined(site, "owner", "hyd", f"The department will repair {SECRET}.\n")
    ended = await ended_one(site, owner)
    tries = {**false_credentials(owner)}
    tries |= {f"ended {name}": headers for name, headers in true_credentials(ended).items()}
    wrong = []
    for way in ways(site, schema):
        request = request_of(way, schema, owner, owner)
        for credential, headers in tries.items():
            status, location, text = await answered(site, request, headers)
            if not unknown(status, location) or SECRET in text:
                wrong.append((str(way), credential, status, text[:200]))
    assert wrong == [], "\n".join(map(str, wrong))
    assert await still_there(site, owner)


async def test_the_owner_gets_at_every_row_and_the_department_at_its_own(site: Site) -> None:
    """Else the refusals above would prove nothing."""
    schema = Schema(site)
    owner = await joined(site, "owner", "hyd", f"The department will repair {SECRET}.\n")
    colleague = await joined(site, "colleague", "hyd", "Of the colleague.\n")
    wrong = []
    for way in sorted(ways(site, schema), key=lambda way: way.removes):
        for asker in (owner, colleague) if way.row in OF_DEPARTMENT else (owner,):
            for credential, headers in true_credentials(asker).items():
                wanted = await fresh(site, owner) if way.removes else owner
                answer = await answered(site, request_of(way, schema, asker, wanted), headers)
                if not let_in(way, credential, *answer[:2]):
                    wrong.append((str(way), asker.officer.name, credential, answer[0], answer[2][:300]))
    assert wrong == [], "\n".join(map(str, wrong))


def let_in(way: Way, credential: str, status: int, location: str) -> bool:
    """Whether somebody who may see a row was answered so: with their credential where it counts, else not."""
    if not takes(way, credential):
        return unknown(status, location)
    return not unknown(status, location) and (status < 400 or (status, way.path) in NOT_NOW)


async def ended_one(site: Site, member: Member) -> Member:
    """The same officer, with a session and a token that have ended."""
    accounts = site.office.accounts
    session = await accounts._begin(member.officer.id)
    token = await accounts.make_token(member.officer.id, "ended", ["api", "v1"], 1)
    await accounts.sign_out(session)
    async with site.office.database.maintenance() as connection:
        await connection.execute("DELETE FROM tokens WHERE name = 'ended'")
    return replace(member, session=session, token=token)


async def fresh(site: Site, member: Member) -> Member:
    """The same officer, with a document and a collection that may be removed."""
    with acting_as(member.officer):
        document = (await site.office.add(f"More of {SECRET}.".encode(), "c.md")).id
        kept = await in_library(site, secrets.token_hex(4), f"More of {SECRET}.")
    more: dict[Row, str] = {
        "share": await shared(site, member.officer, document),
        "file": await v1_file(site, {"cookie": f"session={member.session}"}),
    }
    return replace(member, rows={**member.rows, "document": document, **kept, **more})


async def still_there(site: Site, member: Member) -> bool:
    """Whether an officer's rows are as they were."""
    with acting_as(member.officer):
        cards = {card.id for card in await site.office.shelf.cards()}
        task = await site.office.tasks.get(member.rows["task"])
        kept = {each.id for each in await site.office.library.documents(member.rows["collection"])}
    assert task.status == "done" and SECRET in json.dumps(task.draft)
    return {member.rows["document"], member.other} <= cards and len(kept) == 2 and member.rows["kept"] in kept
