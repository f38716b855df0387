"""Simulated officers at work: no error, no lost draft, how long pages and first tokens take, and the knee.

    python bench/load.py [--levels 1000,2000,3000,4500,6000,8000] [--seconds 25] [--think 30]

`bauhinia serve`, its PostgreSQL, a scripted model server and the officers share the machine's cores, each a
process of its own. An officer thinks (exponentially, 30 s on average), then loads a page, sends a file, has a
document summarised and watches it, edits a draft, or asks `/v1` and reads the stream; one stream in twenty is
left after its first words. The model server writes at a set pace and counts the answers that were broken off.

At the end every acknowledged edit is read back; the answers broken off and those billed are counted; and the
bill is compared with the ledger. A stream that failed for the officer (who waited too long, say) may be
billed or not, and a failed edit may have been kept: either is right. The knee is the largest number
of officers at which pages still take less than a second (p99) and more was done than with fewer.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import random
import re
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import orjson

from bauhinia.gateway.billing import audited
from bauhinia.people import Accounts
from bauhinia.people.accounts import MARK
from bauhinia.people.passwords import digest, new_secret
from bauhinia.settings import Settings
from bauhinia.store import Database
from gateway import child, free_port
from report import record

MODEL = "scripted"
FACT = "The Highways Department will repair 42 footbridges in Kowloon by 31 March 2027."
SOURCE = f"# Repair of footbridges\n\n{FACT}\n\nThe cost of the works is estimated at HK$36 million.\n"
PIECES, PACE, FIRST = 24, 0.06, 0.1
"""How the model server writes: pieces, seconds between them, seconds before the first."""
LEAVES = 0.05
"""The share of streams that are left."""
WRITERS = 100
"""Officers who begin with a finished draft, and mostly edit it."""
ANSWERED = 20.0
"""Seconds after which an answer that has not begun is an error."""
SLOW = 1.0
"""Seconds that a page may take at the knee, at its 99th percentile."""
HANDBOOK = ("/", "/tasks", "/summarise", "/translate", "/about")


@dataclass(slots=True)
class Officer:
    """Who works, and what they have made so far."""

    session: str
    token: str
    document: str = ""
    task: str = ""
    edits: int = 0
    kept: int = 0
    """The last edit that the server said it has kept."""


@dataclass(slots=True)
class Measured:
    """What was seen at one number of officers."""

    officers: int
    done: int = 0
    left: int = 0
    streams: int = 0
    failed_streams: int = 0
    edits: int = 0
    seconds: float = 0.0
    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: Counter[str] = field(default_factory=Counter)

    @property
    def pace(self) -> float:
        """Deeds a second."""
        return self.done / self.seconds

    def at(self, kind: str, share: float) -> float:
        """The time, seconds, that this share of deeds of that kind took at most; 0 where there were none."""
        times = sorted(self.times[kind])
        return times[min(len(times) - 1, int(share * len(times)))] if times else 0.0


class Wrong(Exception):
    """An answer that is not what it must be."""


class Work:
    """What officers do, over HTTP alone."""

    def __init__(self, url: str, client: aiohttp.ClientSession, measured: Measured) -> None:
        self._url = url
        self._client = client
        self.measured = measured

    async def deed(self, officer: Officer) -> None:
        """One deed, timed; what goes wrong is counted."""
        kind = choose(officer)
        began = time.monotonic()
        try:
            await getattr(self, kind)(officer)
        except (Wrong, aiohttp.ClientError, TimeoutError, OSError) as error:
            self.measured.errors[f"{kind}: {type(error).__name__} {error}"[:160]] += 1
            self.measured.failed_streams += kind == "stream"
            return
        self.measured.done += 1
        self.measured.times[kind].append(time.monotonic() - began)

    async def page(self, officer: Officer) -> None:
        paths = HANDBOOK if not officer.task else (*HANDBOOK, f"/tasks/{officer.task}")
        await self._ask("GET", random.choice(paths), officer)

    async def upload(self, officer: Officer) -> None:
        form = aiohttp.FormData()
        form.add_field("file", SOURCE.encode(), filename="repairs.md")
        officer.document = orjson.loads(await self._ask("POST", "/api/documents", officer, data=form))["id"]

    async def summarise(self, officer: Officer) -> None:
        """Begin a summary and watch it to its end."""
        order = {"documents": [officer.document], "length": "short"}
        task = orjson.loads(await self._ask("POST", "/api/summarise", officer, json=order))["id"]
        last = (await self._ask("GET", f"/api/tasks/{task}/events", officer)).rsplit(b"event: ", 1)[-1]
        if not last.startswith(b"ended") or b'"status":"done"' not in last:
            raise Wrong(f"a task ended as {last[:100]!r}")
        if not officer.task:
            officer.task = task

    async def edit(self, officer: Officer) -> None:
        officer.edits += 1
        text = f"{FACT} (edit {officer.edits})"
        address = f"/api/tasks/{officer.task}/passages/p0"
        await self._ask("PUT", address, officer, json={"section": 0, "text": text})
        officer.kept = officer.edits
        self.measured.edits += 1

    async def stream(self, officer: Officer) -> None:
        """Ask `/v1`; one in twenty leaves after the first words."""
        leaves = random.random() < LEAVES
        body = {"messages": [{"role": "user", "content": SOURCE}], "stream": True, "max_tokens": 200}
        headers = {"authorization": f"Bearer {officer.token}"}
        began = time.monotonic()
        self.measured.streams += 1
        async with self._client.post(
            f"{self._url}/v1/chat/completions", json=body, headers=headers
        ) as answer:
            if answer.status != 200:
                raise Wrong(f"HTTP {answer.status}")
            came = b""
            async for chunk in answer.content.iter_any():
                first = b'"content":"The' not in came
                came += chunk
                if first and b'"content":"The' in came:
                    self.measured.times["first token"].append(time.monotonic() - began)
                    if leaves:
                        self.measured.left += 1
                        answer.close()
                        return
            if b"[DONE]" not in came:
                raise Wrong("a stream broke off")

    async def read_back(self, officer: Officer) -> bool:
        """Whether the server has the officer's last words, or later ones that it could not acknowledge."""
        task = orjson.loads(await self._ask("GET", f"/api/tasks/{officer.task}", officer))
        text = task["draft"]["sections"][0]["passages"][0]["text"]
        kept = re.fullmatch(re.escape(FACT) + r" \(edit (\d+)\)", text)
        return kept is not None and officer.kept <= int(kept[1]) <= officer.edits

    async def _ask(self, method: str, path: str, officer: Officer, **more: Any) -> bytes:
        headers = {"cookie": f"session={officer.session}"}
        async with self._client.request(
            method, self._url + path, headers=headers, allow_redirects=False, **more
        ) as answer:
            body = await answer.read()
            if answer.status >= 300:
                raise Wrong(f"HTTP {answer.status} for {method} {path.split('/')[1]}: {body[:80]!r}")
            return body


def choose(officer: Officer) -> str:
    """What an officer does next."""
    if officer.task and random.random() < 0.5:
        return "edit"
    kind = random.choices(("page", "stream", "summarise", "upload"), (66, 25, 6, 3))[0]
    return "upload" if kind == "summarise" and not officer.document else kind


async def level(url: str, officers: list[Officer], seconds: float, think: float) -> Measured:
    """All of these at work for so long. Deeds that were begun are brought to their end."""
    measured = Measured(len(officers))
    until = time.monotonic() + seconds
    timeout = aiohttp.ClientTimeout(total=120, sock_read=ANSWERED)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(timeout=timeout, connector=connector) as client:
        work = Work(url, client, measured)

        async def one(officer: Officer) -> None:
            # The first thought too: an exponential one is as long as that of somebody long at work.
            while (thought := random.expovariate(1 / think)) < until - time.monotonic():
                await asyncio.sleep(thought)
                await work.deed(officer)

        began = time.monotonic()
        await asyncio.gather(*map(one, officers))
        measured.seconds = time.monotonic() - began
    return measured


PEOPLE = """
INSERT INTO officers (id, department, account, name)
SELECT 'load' || number, 'hyd', 'officer' || number, 'Officer ' || number
FROM generate_series(1, %(count)s) AS number
"""
SESSIONS = "INSERT INTO sessions (digest, officer, expires) VALUES (%s, %s, now() + interval '1 day')"
TOKENS = """
INSERT INTO tokens (id, digest, officer, name, scopes, expires)
VALUES (%s, %s, %s, 'load', '{api,v1}', now() + interval '1 day')
"""


async def prepared(settings: Settings, count: int) -> list[Officer]:
    """So many officers with a session and a token each: written at once, as thousands of invitations that are
    taken up would take longer than the rest."""
    async with Database.open(settings) as database:
        await Accounts(database).add_department("hyd", "Highways Department")
        officers = [Officer(new_secret(), MARK + new_secret()) for _ in range(count)]
        keys = [f"load{number}" for number in range(1, count + 1)]
        async with database.maintenance() as connection, connection.cursor() as cursor:
            await cursor.execute(PEOPLE, {"count": count})
            sessions = [(digest(each.session), key) for each, key in zip(officers, keys, strict=True)]
            tokens = [(key, digest(each.token), key) for each, key in zip(officers, keys, strict=True)]
            await cursor.executemany(SESSIONS, sessions)
            await cursor.executemany(TOKENS, tokens)
        return officers


async def give_drafts(url: str, officers: list[Officer]) -> None:
    """A document and a finished summary for each."""
    async with aiohttp.ClientSession() as client:
        work = Work(url, client, Measured(len(officers)))
        at_once = asyncio.Semaphore(3)

        async def one(officer: Officer) -> None:
            async with at_once:
                await work.upload(officer)
                await work.summarise(officer)

        await asyncio.gather(*map(one, officers))


async def ramp(url: str, officers: list[Officer], options: argparse.Namespace) -> list[Measured]:
    """More and more officers, until the knee is behind."""
    found: list[Measured] = []
    for count in options.levels:
        now = await level(url, officers[:count], options.seconds, options.think)
        found.append(now)
        tell(now)
        if count >= 1_000 and knee(found) < count:
            break
    return found


def knee(found: list[Measured]) -> int:
    """The most officers at whom pages are quick, nothing fails, and more is done than with fewer."""
    best, pace = 0, 0.0
    for now in found:
        if now.errors or now.at("page", 0.99) > SLOW or now.pace < pace * 1.02:
            break
        best, pace = now.officers, now.pace
    return best


def tell(now: Measured) -> None:
    """A line on standard error."""
    times = ", ".join(
        f"{kind} p50 {now.at(kind, 0.5):.3f} p99 {now.at(kind, 0.99):.3f}" for kind in sorted(now.times)
    )
    print(f"{now.officers} officers: {now.pace:.1f} deeds/s; {times}", file=sys.stderr, flush=True)
    for error, count in now.errors.most_common(5):
        print(f"    {count} x {error}", file=sys.stderr, flush=True)


async def lost(url: str, officers: list[Officer]) -> int:
    """How many drafts have not the words that the server said it had kept."""
    async with aiohttp.ClientSession() as client:
        work = Work(url, client, Measured(0))
        return sum([not await work.read_back(officer) for officer in officers if officer.kept])


@dataclass(frozen=True, slots=True)
class Bill:
    """What the server has written down of `/v1`."""

    rows: int
    cancelled: int
    differences: int


async def billed(settings: Settings) -> Bill:
    """Read once the server is down: all that it had to write is written."""
    async with Database.open(settings) as database:
        async with database.maintenance() as connection:
            cursor = await connection.execute("SELECT count(*) FROM usage WHERE use = 'api.chat'")
            rows = await cursor.fetchone()
            cursor = await connection.execute(
                "SELECT count(*) FROM ledger WHERE body::jsonb->>'outcome' = 'cancelled'"
                " AND body::jsonb->>'use' = 'api.chat'"
            )
            cancelled = await cursor.fetchone()
        assert rows is not None and cancelled is not None
        return Bill(rows[0], cancelled[0], len(await audited(database)))


async def broken_off(port: int) -> int:
    """How many answers the model server could not finish, because we had left."""
    async with aiohttp.ClientSession() as client, client.get(f"http://127.0.0.1:{port}/counts") as answer:
        return int((await answer.json())["broken_off"])


def serve_model(port: int) -> None:
    """A scripted OpenAI-compatible server: answers at a pace, embeds by letters, counts what was left."""
    from aiohttp import web

    counts: Counter[str] = Counter()
    pieces = [f"{word} " for word in FACT.split()]
    step = -(-len(pieces) // PIECES)
    written = ["".join(pieces[start : start + step]) for start in range(0, len(pieces), step)]

    def event(delta: dict[str, str], finish: str | None = None, **more: Any) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return b"data: " + orjson.dumps({"id": "c", "model": MODEL, "choices": [choice], **more}) + b"\n\n"

    async def chat(request: web.Request) -> web.StreamResponse:
        await request.read()
        response = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await response.prepare(request)
        try:
            await asyncio.sleep(FIRST)
            for piece in written:
                await response.write(event({"content": piece}))
                await asyncio.sleep(PACE * PIECES / len(written))
            usage = {"prompt_tokens": 100, "completion_tokens": 30, "total_tokens": 130}
            await response.write(event({}, "stop", usage=usage) + b"data: [DONE]\n\n")
        except (ConnectionError, asyncio.CancelledError):
            counts["broken_off"] += 1
            raise
        return response

    async def embed(request: web.Request) -> web.Response:
        texts = (await request.json())["input"]
        data = [{"index": n, "embedding": letters(text)} for n, text in enumerate(texts)]
        return web.json_response({"data": data, "model": MODEL})

    async def models(_: web.Request) -> web.Response:
        return web.json_response({"object": "list", "data": [{"id": MODEL, "object": "model"}]})

    async def told(_: web.Request) -> web.Response:
        return web.json_response({"broken_off": counts["broken_off"]})

    app = web.Application(client_max_size=10_000_000)
    app.add_routes([web.post("/v1/chat/completions", chat), web.post("/v1/embeddings", embed)])
    app.add_routes([web.get("/v1/models", models), web.get("/counts", told)])
    web.run_app(app, host="127.0.0.1", port=port, print=None, handler_cancellation=True)


def letters(text: str) -> list[float]:
    """A vector that is near where the letters are the same."""
    return [1.0, *(float(text.lower().count(letter)) for letter in "abcdefghijklmnopqrstuvwxyz")]


def run(work: Callable[[], Awaitable[Any]]) -> Any:
    """The result of work in an event loop of its own."""
    import uvloop

    return uvloop.run(work())


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--levels", default="1000,2000,3000,4500,6000,8000")
    parser.add_argument("--seconds", type=float, default=25.0)
    parser.add_argument("--think", type=float, default=30.0)
    options = parser.parse_args()
    options.levels = [int(count) for count in options.levels.split(",")]
    return options


def main() -> None:
    """Prepare, serve, work, count, record."""
    options = read_options()
    random.seed(4)
    with tempfile.TemporaryDirectory(prefix="bauhinia-load-") as name, contextlib.ExitStack() as stack:
        folder = Path(name) / "data"
        settings = Settings(data_folder=folder, model="fake", sign_in="accounts")
        officers: list[Officer] = run(lambda: prepared(settings, max(options.levels)))
        writers = officers[: min(WRITERS, options.levels[0])]
        upstream, port = free_port(), free_port()
        model = [sys.executable, __file__, "--as-model", str(upstream)]
        unpin(stack.enter_context(child(model, {}, 0, upstream, "/counts")))
        with child(serving(port), environment(folder, upstream), 0, port, "/health") as pid:
            unpin(pid)
            url = f"http://127.0.0.1:{port}"
            run(lambda: give_drafts(url, writers))
            found: list[Measured] = run(lambda: ramp(url, officers, options))
            missing = run(lambda: lost(url, writers))
            left = run(lambda: broken_off(upstream))
        keep(found, missing, left, run(lambda: billed(settings)))


def serving(port: int) -> list[str]:
    """The command of the server."""
    start = "from bauhinia.cli import main; main()"
    return [sys.executable, "-c", start, "serve", "--port", str(port)]


def environment(folder: Path, upstream: int) -> dict[str, str]:
    """The server's settings."""
    return {
        "BAUHINIA_DATA_FOLDER": str(folder),
        "BAUHINIA_MODEL": MODEL,
        "BAUHINIA_MODEL_URL": f"http://127.0.0.1:{upstream}/v1",
        "BAUHINIA_MODEL_SLOTS": "256",
        "BAUHINIA_EMBEDDER_URL": f"http://127.0.0.1:{upstream}/v1",
        "BAUHINIA_EMBEDDER_MODEL": MODEL,
        "BAUHINIA_SIGN_IN": "accounts",
    }


def unpin(pid: int) -> None:
    """Let a child use every core: the machine as it is."""
    os.sched_setaffinity(pid, range(os.cpu_count() or 1))


def keep(found: list[Measured], missing: int, left: int, bill: Bill) -> None:
    """Record the figures."""
    whole = next((now for now in found if now.officers >= 1_000), found[-1])
    streams, gone = sum(now.streams for now in found), sum(now.left for now in found)
    beside: dict[str, float | str | None] = {
        "officers": whole.officers,
        "deeds a second": whole.pace,
        "page p50 s": whole.at("page", 0.5),
        "page p95 s": whole.at("page", 0.95),
        "page p99 s": whole.at("page", 0.99),
        "first token p50 s": whole.at("first token", 0.5),
        "first token p95 s": whole.at("first token", 0.95),
        "first token p99 s": whole.at("first token", 0.99),
        "of it the model's s": FIRST,
    }
    failed = sum(now.failed_streams for now in found)
    broken = {
        "streams": streams, "of them failed": failed, "left": gone, "stopped upstream": left,
        "billed": bill.rows, "billed as cancelled": bill.cancelled,
        "lines that differ from the ledger": bill.differences,
    }  # fmt: skip
    print(orjson.dumps(broken).decode(), file=sys.stderr)
    errors = sum(sum(now.errors.values()) for now in found if now.officers <= whole.officers)
    wrong = outside(bill.rows, streams - failed, streams) + outside(bill.cancelled, gone, gone + failed)
    wrong += outside(left, gone, gone + failed) + bill.differences
    edits = {"edits": sum(now.edits for now in found)}
    levels = {f"p99 of pages at {now.officers}, s": now.at("page", 0.99) for now in found}
    record("load.errors", errors, "deeds", target="= 0", beside=beside)
    record("load.lost_drafts", missing, "drafts", target="= 0", beside=edits)
    record("load.wrongly_billed", wrong, "streams", target="= 0", beside=broken)
    record("load.knee_officers", knee(found), "officers", target=">= 1000", beside=levels)


def outside(count: int, least: int, most: int) -> int:
    """By how many a count is below or above what it may be."""
    return max(least - count, count - most, 0)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--as-model"]:
        serve_model(int(sys.argv[2]))
    else:
        main()
