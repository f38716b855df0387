"""Every route of the server, asked with valid and invalid data by schemathesis: no 5xx, no ignored sign-in.

    python bench/fuzz.py [examples a route, 200 unless given]

The server is ours on loopback, people sign in, and FakeModel answers. Programs' routes are asked with a
token, pages with a session's cookie, what is open to everybody with neither.
"""

from __future__ import annotations

import asyncio
import copy
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bauhinia.people import ROLES, SCOPES, Accounts, acting_as
from bauhinia.server import create_app
from bauhinia.server.signed_in import OPEN_PATHS, PROGRAM_PATHS
from bauhinia.settings import Settings
from bauhinia.store import Database
from report import record

HERE = Path(__file__).parent
CHECKS = ("not_a_server_error", "ignored_auth")
SOURCE = "# Repairs\n\nThe Highways Department will repair 42 footbridges by 31 March 2027.\n"
ENDS_SESSIONS = re.compile(r"sign-out|/stop|/close")
"""Addresses that would end the session or the server that the rest needs; asked as nobody."""
DOCUMENTS = 12
METHODS = ("get", "post", "put", "patch", "delete")

Document = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Prepared:
    """What the routes are asked with."""

    session: str
    token: str
    documents: list[str]
    tasks: list[str]


@dataclass(slots=True)
class Found:
    """What came of asking."""

    cases: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)


def every_route(settings: Settings) -> Document:
    """The OpenAPI document of every route there is: pages and what is not described too."""
    app = create_app(settings)
    document = copy.deepcopy(app.openapi())
    for method, path in sorted(set(routes_of(app.routes))):
        if method.lower() not in METHODS:
            continue
        # FastAPI writes `{name:path}` as `{name}`.
        plain = re.sub(r"{(\w+):\w+}", r"{\1}", path)
        document["paths"].setdefault(plain, {}).setdefault(method.lower(), operation(plain, method))
    for path, operations in document["paths"].items():
        for method, described in operations.items():
            if method in ("post", "put", "patch") and "requestBody" not in described:
                described["requestBody"] = any_body(path)
    return document


def routes_of(routes: Iterable[Any]) -> Iterator[tuple[str, str]]:
    """Method and path of every route, those of routers that FastAPI includes too."""
    for route in routes:
        if (router := getattr(route, "original_router", None)) is not None:
            yield from routes_of(router.routes)
        for method in getattr(route, "methods", None) or ():
            yield method, route.path


def operation(path: str, method: str) -> Document:
    """A route that describes nothing but its path."""
    names = re.findall(r"{(\w+)}", path)
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names
    ]
    return {
        "operationId": f"{method} {path}",
        "parameters": parameters,
        "responses": {"default": {"description": "Whatever it answers."}},
    }


def any_body(path: str) -> Document:
    """A body for a route that does not say what it takes: a form with the names that our own code asks for, a
    file, or any JSON."""
    names = sorted(form_names())
    fields: Document = {name: {"type": "string"} for name in names}
    files: Document = {"file": {"type": "string", "format": "binary"}}
    json_body: Document = {"type": "object"}
    if path == "/mcp":
        json_body = MCP_BODY
    content = {
        "application/json": {"schema": json_body},
        "multipart/form-data": {"schema": {"type": "object", "properties": fields | files}},
        "application/x-www-form-urlencoded": {"schema": {"type": "object", "properties": fields}},
    }
    return {"content": {"application/json": content["application/json"]} if path == "/mcp" else content}


MCP_BODY: Document = {
    "type": "object",
    "properties": {
        "jsonrpc": {"const": "2.0"},
        "id": {"type": "integer"},
        "method": {"enum": ["tools/list", "tools/call", "resources/list", "resources/read", "initialize"]},
        "params": {
            "type": "object",
            "properties": {
                "name": {"enum": ["summarise", "list_documents", "draft"]},
                "arguments": {"type": "object"},
                "uri": {"type": "string"},
            },
        },
    },
    "required": ["jsonrpc", "id", "method"],
}


def form_names() -> set[str]:
    """The fields that the server's code takes from forms."""
    server = HERE.parent / "src" / "bauhinia" / "server"
    found: set[str] = set()
    for path in server.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        found.update(re.findall(r"""(?:form|sent|fields)(?:\.get(?:list)?\(|\[)["'](\w+)""", text))
    return found - {"file"}


def part_of(document: Document, prepared: Prepared, kind: str) -> Document:
    """The routes of one kind, `program`, `page` or `open`, with ids that there are and how to sign in."""
    part = copy.deepcopy(document)
    part["paths"] = {path: work for path, work in part["paths"].items() if kind_of(path) == kind}
    if kind != "open":
        scheme = {"type": "http", "scheme": "bearer"}
        if kind == "page":
            scheme = {"type": "apiKey", "in": "cookie", "name": "session"}
        part.setdefault("components", {})["securitySchemes"] = {"signed_in": scheme}
        part["security"] = [{"signed_in": []}]
    ids = {"document": prepared.documents, "task": prepared.tasks, "passage": ["p0"], "place": ["0"]}
    ids["file"] = [f"file-{key}" for key in prepared.documents]
    for work in part["paths"].values():
        for method, described in work.items():
            for parameter in described.get("parameters", []):
                there = ids.get(parameter["name"]) if parameter["in"] == "path" else None
                if there and method != "delete":
                    parameter["schema"] = {"anyOf": [{"type": "string", "enum": there}, {"type": "string"}]}
    return part


def kind_of(path: str) -> str:
    """Whom a path is answered to."""
    if path.startswith(OPEN_PATHS) or ENDS_SESSIONS.search(path):
        return "open"
    return "program" if path.startswith(tuple(PROGRAM_PATHS)) else "page"


def ask(
    part: Document,
    url: str,
    headers: dict[str, str],
    examples: int,
    folder: Path,
    phases: str = "coverage,fuzzing",
) -> Found:
    """Have schemathesis ask every route of this document."""
    described, report = folder / "openapi.json", folder / "report.ndjson"
    described.write_text(json.dumps(part))
    command = [
        str(Path(sys.executable).with_name("st")), "run", str(described), "--url", url,
        "--phases", phases, "--checks", ",".join(CHECKS), "--max-examples", str(examples),
        "--mode", "all", "--continue-on-failure", "--suppress-health-check", "all", "--no-shrink",
        "--request-timeout", "20", "--max-redirects", "0", "--workers", "2", "--warnings", "off",
        "--seed", "4",        "--report-ndjson-path", str(report),
    ]  # fmt: skip
    for name, value in headers.items():
        command += ["--header", f"{name}: {value}"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)
    if not report.exists():
        raise RuntimeError(f"schemathesis did not run: {done.stdout[-2_000:]}{done.stderr[-2_000:]}")
    (folder / "output.txt").write_text(done.stdout)
    return read_report(report)


def read_report(path: Path) -> Found:
    """How many cases, which failed which check, and which statuses came."""
    found = Found()
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            read_event(json.loads(line), found)
    return found


def read_event(event: Document, found: Found) -> None:
    recorder = (event.get("ScenarioFinished") or {}).get("recorder") or {}
    for key, case in (recorder.get("interactions") or {}).items():
        found.cases += 1
        if response := case.get("response"):
            found.statuses[response["status_code"]] += 1
        for check in (recorder.get("checks") or {}).get(key, ()):
            if check["status"] == "failure":
                found.failures[check["name"]] += 1
                if len(found.examples) < 20:
                    request = case["request"]
                    told = f"{check['name']}: {request['method']} {request['uri']}"
                    found.examples.append(told[:300])


async def prepare(settings: Settings) -> Prepared:
    """An officer with a session, a token, documents and finished tasks."""
    from bauhinia.pilot.office import open_office
    from bauhinia.pilot.orders import SummariseOrder, TranslateOrder

    async with open_office(settings) as office:
        accounts = office.accounts
        await accounts.add_department("hyd", "Highways Department")
        secret = await accounts.add_officer("clerk", "Clerk", "hyd", ROLES)
        code = _code((await accounts.invitation(secret)).totp)
        session = await accounts.accept(secret, "correct horse battery staple", code)
        token = await accounts.make_token_for("clerk", "fuzz", list(SCOPES), 1)
        officer = await accounts.of_session(session)
        assert officer is not None
        with acting_as(officer):
            cards = [await office.add(SOURCE.encode(), f"{n}.md") for n in range(DOCUMENTS)]
            orders = [
                TranslateOrder(document=cards[0].id, to="zh-HK"),
                SummariseOrder(documents=[cards[0].id]),
            ]
            tasks = [await office.start(order) for order in orders]
            for task in tasks:
                await office.tasks.wait(task)
        return Prepared(session=session, token=token, documents=[card.id for card in cards], tasks=tasks)


def _code(key: bytes) -> str:
    from cryptography.hazmat.primitives.hashes import SHA1
    from cryptography.hazmat.primitives.twofactor.totp import TOTP

    return TOTP(key, 6, SHA1(), 30).generate(int(time.time())).decode()


async def still_signed_in(settings: Settings, prepared: Prepared) -> bool:
    """Whether session and token still count: else the routes were asked as nobody."""
    async with Database.open(settings) as database:
        accounts = Accounts(database)
        session = await accounts.of_session(prepared.session)
        return session is not None and await accounts.of_token(prepared.token, "api") is not None


def fuzz(url: str, settings: Settings, prepared: Prepared, examples: int, folder: Path) -> Found:
    """Ask every route. Raises RuntimeError where the sign-in did not last."""
    document = every_route(settings)
    total = Found()
    headers = {
        "program": {"Authorization": f"Bearer {prepared.token}"},
        "page": {"Cookie": f"session={prepared.session}"},
        "open": {},
    }
    for kind, sent in headers.items():
        part = part_of(document, prepared, kind)
        (folder / kind).mkdir(parents=True, exist_ok=True)
        found = ask(part, url, sent, examples, folder / kind)
        print(
            f"{kind}: {len(part['paths'])} paths, {found.cases} cases, {dict(found.statuses)}",
            file=sys.stderr,
        )
        total.cases += found.cases
        total.failures += found.failures
        total.statuses += found.statuses
        total.examples += found.examples
    return total


def main() -> None:
    """Serve, ask, record."""
    from gateway import child, free_port

    examples = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with tempfile.TemporaryDirectory(prefix="bauhinia-fuzz-") as name:
        folder = Path(name)
        port = free_port()
        given = {
            "BAUHINIA_DATA_FOLDER": str(folder / "data"),
            "BAUHINIA_MODEL": "fake",
            "BAUHINIA_SIGN_IN": "accounts",
        }
        settings = Settings(data_folder=folder / "data", model="fake", sign_in="accounts")
        prepared = asyncio.run(prepare(settings))
        command = [
            sys.executable,
            "-c",
            "from bauhinia.cli import main; main()",
            "serve",
            "--port",
            str(port),
        ]
        with child(command, given, 0, port, "/health"):
            found = fuzz(f"http://127.0.0.1:{port}", settings, prepared, examples, folder / "reports")
        lasted = asyncio.run(still_signed_in(settings, prepared))
    for line in found.examples:
        print(line, file=sys.stderr)
    if not lasted:
        raise SystemExit(
            "The session or the token ended on the way: the routes after that were asked as nobody."
        )
    beside = {"examples a route": examples, "cases": found.cases}
    record("fuzz.server_errors", found.failures["not_a_server_error"], "answers", target="= 0", beside=beside)
    record("fuzz.ignored_auth", found.failures["ignored_auth"], "routes", target="= 0", beside=beside)


if __name__ == "__main__":
    os.environ.pop("BAUHINIA_TOKEN", None)
    main()
