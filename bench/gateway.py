"""What the door costs: CPU a request, requests a second on one core, beside a bare pass-through and LiteLLM.

    python bench/gateway.py [--seconds 3] [--rounds 5] [--at-once 32]

All proxies stand before the same upstream: a raw asyncio server in a process of its own that gives a canned
answer. Each proxy is one process, pinned to one core; the upstream and the closed-loop client have the
other. Rounds are interleaved; medians are reported. CPU time is the proxy's own, from /proc. The product
runs all eight stages as departments run it: each request proves its officer by a token and is held to four
quotas, and its row of the ledger and of the bill is committed to a real embedded PostgreSQL (safe against
power loss) before the answer is whole.

LiteLLM runs with its database, a key of its own that has a budget, and prices; it is measured when the
environment variable LITELLM_FOLDER names what `peer_litellm.py` made; else it is left out, and that is said.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import orjson
import uvicorn
from fastapi import FastAPI, Request, Response

import peer_litellm
from bauhinia.people import Accounts, Officer, QuotaSetting
from bauhinia.people.quotas import Measure, Period, Scope
from bauhinia.settings import Settings
from bauhinia.store import Database
from report import record

HERE = Path(__file__).parent
MODEL = "canned"
PROMPT = (
    "Please summarise the following for a director. The bureau received 1,284 applications in the first "
    "quarter, of which 1,101 were approved. Enquiries: 2345 6789 or enquiry@example.gov.hk. "
) * 4
QUOTAS: tuple[tuple[Scope, Measure, Period], ...] = (
    ("each officer", "tokens", "day"),
    ("department", "cost", "month"),
    ("use", "requests", "day"),
    ("use", "tokens", "month"),
)
BODY = orjson.dumps(
    {
        "model": MODEL,
        "messages": [
            {"role": "system", "content": "You help officers of a public service."},
            {"role": "user", "content": PROMPT},
        ],
        "max_tokens": 256,
    }
)


@dataclass
class Proxy:
    """One thing that is measured."""

    name: str
    port: int
    pid: int
    key: str = ""
    answered: int = 0
    rates: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    median_ms: list[float] = field(default_factory=list)


def main() -> None:
    """Start everything, measure in turns, report."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--seconds", type=float, default=3.0)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--at-once", type=int, default=32)
    chosen = options.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bauhinia-bench-")))
        os.sched_setaffinity(0, {cores[-1]})
        upstream = free_port()
        stack.enter_context(child(["upstream", str(upstream)], {}, cores[-1], upstream, "/v1/models"))
        proxies = [
            stack.enter_context(bare(upstream, cores[0])),
            stack.enter_context(product(upstream, cores[0], folder)),
        ]
        if peer := peer_litellm.found():
            proxies.append(stack.enter_context(litellm(peer, upstream, cores[0], folder)))
        for proxy in proxies:
            asyncio.run(load(proxy, 1.0, chosen.at_once))
        for _ in range(chosen.rounds):
            for proxy in proxies:
                measure(proxy, chosen.seconds, chosen.at_once)
        disk = flush_ms(folder)
    report({proxy.name: proxy for proxy in proxies}, disk)


def measure(proxy: Proxy, seconds: float, at_once: int) -> None:
    """One round for one proxy."""
    before, began = cpu_seconds(proxy.pid), time.monotonic()
    times = asyncio.run(load(proxy, seconds, at_once))
    wall, cpu = time.monotonic() - began, cpu_seconds(proxy.pid) - before
    proxy.rates.append(len(times) / wall)
    proxy.cpu.append(1_000 * cpu / len(times))
    proxy.median_ms.append(1_000 * statistics.median(asyncio.run(load(proxy, seconds / 3, 1))))


def flush_ms(folder: Path) -> float:
    """What this disk takes to make one small write safe: the least that a commit costs, milliseconds."""
    times = []
    with (folder / "flush").open("wb", buffering=0) as file:
        for _ in range(30):
            file.write(b"x" * 8_192)
            began = time.monotonic()
            os.fdatasync(file.fileno())
            times.append(1_000 * (time.monotonic() - began))
    return statistics.median(times)


def report(proxies: dict[str, Proxy], disk: float) -> None:
    """The figures, each with the others beside."""
    ours, floor, peer = proxies["product"], proxies["bare"], proxies.get("litellm")
    cpu = {name: statistics.median(proxy.cpu) for name, proxy in proxies.items()}
    rates = {name: statistics.median(proxy.rates) for name, proxy in proxies.items()}
    alone = {name: statistics.median(proxy.median_ms) for name, proxy in proxies.items()}
    record(
        "gateway.cpu_ms_per_request",
        cpu[ours.name],
        "ms",
        beside={"bare FastAPI + aiohttp": cpu[floor.name], "LiteLLM": cpu.get("litellm")},
        target="<= 3",
    )
    record(
        "gateway.requests_per_second_per_core",
        rates[ours.name],
        "requests/s",
        beside={"bare FastAPI + aiohttp": rates[floor.name], "LiteLLM": rates.get("litellm")},
        target=">= 300",
    )
    record(
        "gateway.added_p50_ms",
        alone[ours.name] - alone[floor.name],
        "ms",
        beside={f"{name}, one at a time, median": value for name, value in alone.items()}
        | {"one fdatasync on this disk": disk},
        target="<= 5",
    )
    if peer is None:
        print(
            "LiteLLM was not measured: LITELLM_FOLDER names nothing that bench/peer_litellm.py made.",
            file=sys.stderr,
        )
        return
    record(
        "gateway.times_litellm",
        cpu["litellm"] / cpu[ours.name],
        "times",
        beside={"product CPU ms": cpu[ours.name], "LiteLLM CPU ms": cpu["litellm"]},
        target=">= 5",
    )


async def load(proxy: Proxy, seconds: float, at_once: int) -> list[float]:
    """Ask in a closed loop over raw sockets for so long; the time of each request, seconds."""
    head = (
        f"POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1:{proxy.port}\r\n"
        f"content-type: application/json\r\nauthorization: Bearer {proxy.key or 'none'}\r\n"
        f"content-length: {len(BODY)}\r\n\r\n"
    ).encode()
    until = time.monotonic() + seconds
    times: list[float] = []

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        while (began := time.monotonic()) < until:
            writer.write(head + BODY)
            answer = await reader.readuntil(b"\r\n\r\n")
            assert answer.startswith(b"HTTP/1.1 200"), answer
            length = int(answer.lower().split(b"content-length:")[1].split(b"\r\n")[0])
            body = await reader.readexactly(length)
            assert b"approved" in body, body
            times.append(time.monotonic() - began)
        writer.close()

    await asyncio.gather(*(one() for _ in range(at_once)))
    proxy.answered += len(times)
    return times


@contextmanager
def bare(upstream: int, core: int) -> Iterator[Proxy]:
    """The floor: FastAPI and aiohttp, nothing else."""
    port = free_port()
    with child(["bare", str(port), str(upstream)], {}, core, port, "/health") as pid:
        yield Proxy("bare", port, pid)


@contextmanager
def product(upstream: int, core: int, folder: Path) -> Iterator[Proxy]:
    """`bauhinia serve` as departments run it: people sign in, programs show tokens, quotas hold."""
    port = free_port()
    token = asyncio.run(an_officers_token(folder / "data"))
    settings = {
        "BAUHINIA_DATA_FOLDER": str(folder / "data"),
        "BAUHINIA_SIGN_IN": "accounts",
        "BAUHINIA_MODEL": MODEL,
        "BAUHINIA_MODEL_URL": f"http://127.0.0.1:{upstream}/v1",
        "BAUHINIA_MODEL_SLOTS": "64",
    }
    command = [str(Path(sys.executable).with_name("bauhinia")), "serve", "--port", str(port)]
    with child(command, settings, core, port, "/health") as pid:
        yield Proxy("product", port, pid, token)


async def an_officers_token(data: Path) -> str:
    """The token of a new officer, who is held to quotas that are never used up."""
    settings = Settings(data_folder=data, model="fake", sign_in="accounts")
    operator = Officer(id="o", department="hyd", name="Operator", roles=frozenset({"service_operator"}))
    async with Database.open(settings) as database:
        accounts, quotas = Accounts(database), QuotaSetting(database)
        await accounts.add_department("hyd", "Highways Department")
        await accounts.add_officer("as.bench@hyd.example", "Assistant Secretary (Bench)", "hyd")
        for scope, measure, period in QUOTAS:
            await quotas.put(
                operator,
                scope=scope,
                department="hyd",
                subject="api.chat" if scope == "use" else "",
                measure=measure,
                period=period,
                most=10**14,
            )
        return await accounts.make_token_for("as.bench@hyd.example", "bench", ["v1"], 1)


@contextmanager
def litellm(made: peer_litellm.Made, upstream: int, core: int, folder: Path) -> Iterator[Proxy]:
    """LiteLLM's proxy, one worker. Raises RuntimeError where its database has no row for what it answered."""
    port = free_port()
    with peer_litellm.database(made, folder / "litellm") as url:
        command = peer_litellm.command(made, folder, url, f"http://127.0.0.1:{upstream}/v1", MODEL, port)
        settings = peer_litellm.settings(made, url)
        with child(command, settings, core, port, "/health/liveliness", patience=180) as pid:
            proxy = Proxy("litellm", port, pid, peer_litellm.a_key(port, MODEL))
            yield proxy
            if (rows := peer_litellm.rows_of_spending(url, proxy.answered)) < proxy.answered:
                raise RuntimeError(f"LiteLLM answered {proxy.answered} requests and kept {rows} rows")


@contextmanager
def child(
    command: list[str], settings: dict[str, str], core: int, port: int, path: str, patience: float = 60
) -> Iterator[int]:
    """A process of its own on one core, once it answers; its process id."""
    if command[0] in ROLES:
        command = [sys.executable, str(HERE / "gateway.py"), "--as", *command]
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith("BAUHINIA_")
    } | settings
    process = subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
        cwd=tempfile.gettempdir(),
    )
    try:
        wait_for(f"http://127.0.0.1:{port}{path}", process, patience)
        # Only now: the product's PostgreSQL, another process, stays on the other core.
        os.sched_setaffinity(process.pid, {core})
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
        process.kill()
        process.wait()


def wait_for(url: str, process: subprocess.Popen[bytes], patience: float) -> None:
    """Until it answers 200. Raises RuntimeError when it ends or takes too long."""
    until = time.monotonic() + patience
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5) as response:
            if response.status == 200:
                return
        time.sleep(0.05)
    raise RuntimeError(f"{process.args} did not answer at {url}")


def cpu_seconds(pid: int) -> float:
    """CPU time of a process, all its threads and no children."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# What the children do

ANSWER = (
    "Of 1,284 applications in the first quarter, 1,101 were approved. Enquiries go to PHONE-P1. "
    "The rest are being processed and the bureau will report again after the second quarter."
)

UNNUMBERED = b"chat-00000000"
"""What each answer has its own number in place of: LiteLLM keeps one row of spending an id."""


def _whole() -> bytes:
    usage = {"prompt_tokens": 200, "completion_tokens": 40, "total_tokens": 240}
    message = {"role": "assistant", "content": ANSWER}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    body = {
        "id": UNNUMBERED.decode(),
        "object": "chat.completion",
        "created": 1,
        "model": MODEL,
        "choices": [choice],
    }
    return orjson.dumps(body | {"usage": usage})


def _streamed() -> bytes:
    """The same answer as server-sent events, five pieces."""
    head = {"id": UNNUMBERED.decode(), "object": "chat.completion.chunk", "created": 1, "model": MODEL}
    step = -(-len(ANSWER) // 5)
    deltas = [{"role": "assistant", "content": ""}]
    deltas += [{"content": ANSWER[start : start + step]} for start in range(0, len(ANSWER), step)]
    events = [head | {"choices": [{"index": 0, "delta": d, "finish_reason": None}]} for d in deltas]
    events.append(head | {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    usage = {"prompt_tokens": 200, "completion_tokens": 40, "total_tokens": 240}
    events.append(head | {"choices": [], "usage": usage})
    return b"".join(b"data: " + orjson.dumps(event) + b"\n\n" for event in events) + b"data: [DONE]\n\n"


def _http(body: bytes, kind: str) -> bytes:
    head = f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


def serve_upstream(port: int) -> None:
    """Canned answers over raw asyncio: streamed where the request asks for it."""
    models = orjson.dumps({"object": "list", "data": [{"id": MODEL, "object": "model", "created": 1}]})
    listing = _http(models, "application/json")
    whole, streamed = _http(_whole(), "application/json"), _http(_streamed(), "text/event-stream")
    numbers = itertools.count(1)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                body = b""
                if b"content-length:" in head:
                    length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
                    body = await reader.readexactly(length)
                elif b"chunked" in head:
                    while chunk := int((await reader.readline()).strip(), 16):
                        body += (await reader.readexactly(chunk + 2))[:-2]
                    await reader.readline()
                stream = b'"stream":true' in body.replace(b" ", b"")
                number = b"chat-%08d" % next(numbers)
                answer = listing if head.startswith(b"get") else streamed if stream else whole
                writer.write(answer.replace(UNNUMBERED, number))
                await writer.drain()
        writer.close()

    async def run() -> None:
        server = await asyncio.start_server(talk, "127.0.0.1", port, backlog=1_024)
        await server.serve_forever()

    asyncio.run(run())


def serve_bare(port: int, upstream: int) -> None:
    """The least that a proxy on this stack can do."""
    app = FastAPI()
    sessions: list[aiohttp.ClientSession] = []

    @app.get("/health")
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.post("/v1/chat/completions")
    async def completions(request: Request) -> Response:
        if not sessions:
            sessions.append(aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)))
        body = await request.body()
        url = f"http://127.0.0.1:{upstream}/v1/chat/completions"
        headers = {"content-type": "application/json"}
        async with sessions[0].post(url, data=body, headers=headers) as response:
            return Response(await response.read(), response.status, media_type="application/json")

    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", access_log=False)


ROLES = {"upstream": serve_upstream, "bare": serve_bare}

if __name__ == "__main__":
    if sys.argv[1:2] == ["--as"]:
        ROLES[sys.argv[2]](*map(int, sys.argv[3:]))
    else:
        main()
