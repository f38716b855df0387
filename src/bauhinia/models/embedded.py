"""llama.cpp in a child process of ours: supervised, restarted after a crash, reachable by nobody else."""

from __future__ import annotations

import asyncio
import importlib.util
import logging
import secrets
import sys
import time
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import dataclass
from pathlib import Path

import orjson
import psutil

from ..errors import ModelUnavailable
from ..settings import Settings
from .backend import BackendEvent, ChatRequest
from .catalogue import Model
from .openai import OpenAIBackend
from .releases import open_catalogue
from .weights import find

log = logging.getLogger(__name__)

LOAD_SECONDS = 300.0
"""A model that has not loaded by then is given up."""
RESTARTS = 5
"""Restarts within `RESTART_WINDOW` seconds after which a crashing model is left down."""
RESTART_WINDOW = 300.0
STOP_SECONDS = 5.0
BATCH_TOKENS = 64
"""Tokens read between two looks at the queue: a cancelled or a second request waits about that long. Larger
batches were measured to read no faster on a CPU."""
CACHE_MIB = 512
"""Memory for prompts that no slot holds any more, so that a task's shared beginning is read once."""
MOST_THREADS = 8
"""More threads than this seldom help a model that fits a laptop."""


@dataclass(slots=True)
class _Child:
    """One life of the child process."""

    process: asyncio.subprocess.Process
    url: str
    key: str
    client: OpenAIBackend
    last_lines: deque[str]
    """The end of what llama.cpp printed."""
    reader: asyncio.Task[None]


def choose_threads(wanted: int = 0) -> int:
    """Threads for the model: `wanted`, or the physical cores that this process may use, at most eight."""
    if wanted > 0:
        return wanted
    allowed = len(psutil.Process().cpu_affinity()) if hasattr(psutil.Process, "cpu_affinity") else 0
    cores = psutil.cpu_count(logical=False) or 1
    return max(1, min(cores, allowed or cores, MOST_THREADS))


def memory_needed(model: Model) -> int:
    """Memory that the model takes, roughly, bytes: weights, as much again repacked, contexts and cache."""
    return 2 * model.bytes + 1_000_000_000


class EmbeddedBackend:
    """A `Backend` on a model of the catalogue, run on this machine.

    The child listens on loopback, on a port of its own choice, and answers only to a random key that is
    handed to it over a pipe.
    """

    def __init__(self, model: Model, settings: Settings) -> None:
        self.model = model.name
        self.digest = model.sha256
        self.slots = settings.model_slots
        self.context_tokens = min(settings.model_context, model.context)
        self.threads = choose_threads(settings.model_threads)
        self._entry = model
        self._settings = settings
        self._child: _Child | None = None
        self._room = asyncio.Semaphore(self.slots)
        self._up = asyncio.Event()
        self._starting = asyncio.Lock()
        self._supervisor: asyncio.Task[None] | None = None
        self.restarts = 0
        """How often the child ended by itself."""
        self._crashes: deque[float] = deque(maxlen=RESTARTS)

    @classmethod
    def from_settings(cls, settings: Settings) -> EmbeddedBackend:
        """The model that the settings name. Raises NotFound, ReleaseRefused."""
        return cls(open_catalogue(settings).find(settings.model), settings)

    @property
    def process_id(self) -> int | None:
        """The child's process id while it runs."""
        return self._child.process.pid if self._child else None

    @property
    def loopback(self) -> tuple[str, str]:
        """Base URL and key of the running child."""
        assert self._child is not None, "start it first"
        return self._child.url, self._child.key

    async def start(self) -> None:
        """Load the model. Raises ModelUnavailable; WrongDigest when the weights are not the catalogue's."""
        async with self._starting:
            if self._supervisor is not None and not self._supervisor.done():
                return
            path = await self._weights()
            self._child = await self._launch(path)
            self._up.set()
            self._supervisor = asyncio.create_task(self._supervise(path), name=f"supervise {self.model}")

    async def stop(self) -> None:
        """End the child. Safe to call twice."""
        supervisor, self._supervisor = self._supervisor, None
        if supervisor is not None:
            supervisor.cancel()
            with suppress(asyncio.CancelledError):
                await supervisor
        self._up.clear()
        child, self._child = self._child, None
        if child is not None:
            await _end(child)

    async def chat(self, request: ChatRequest) -> AsyncGenerator[BackendEvent, None]:
        """Stream an answer; see `Backend.chat`. Waits while the model loads or is being restarted."""
        # Those who wait for a slot wait here: one that gives up meanwhile costs the model nothing.
        async with self._room:
            child = await self._running()
            try:
                async with aclosing(child.client.chat(request)) as events:
                    async for event in events:
                        yield event
            except ModelUnavailable as error:
                raise ModelUnavailable(
                    "The model on this machine stopped before the answer ended; it is being started again.",
                    hint="Ask again in a moment.",
                ) from error

    async def count_tokens(self, text: str) -> int:
        """The model's own count."""
        return await (await self._running()).client.count_tokens(text)

    async def _running(self) -> _Child:
        """The child that runs; starts one when there is none, within the bound on restarts."""
        if self._supervisor is None or self._supervisor.done():
            self._refuse_crash_loop()
            await self.start()
        try:
            async with asyncio.timeout(LOAD_SECONDS):
                await self._up.wait()
        except TimeoutError as error:
            raise ModelUnavailable(
                f"{self.model} has not come back after a crash.", hint="Run `bauhinia doctor`."
            ) from error
        if self._child is None:
            raise self._crashed()
        return self._child

    async def _weights(self) -> Path:
        if importlib.util.find_spec("xllamacpp") is None:
            raise ModelUnavailable(
                "The embedded model needs the package xllamacpp, which is not installed.",
                hint='Run `pip install "bauhinia[embedded]"`, or set BAUHINIA_MODEL_URL to a model server.',
            )
        path = await find(self._entry, self._settings)
        if path is None:
            raise ModelUnavailable(
                f"The weights of {self.model} are not on this machine.",
                hint=f"Run `bauhinia models fetch {self.model}`.",
            )
        return path

    async def _launch(self, path: Path) -> _Child:
        """Start a child and wait until it has loaded the model. Raises ModelUnavailable."""
        script = Path(__file__).with_name("llama_child.py")
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            str(script),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        last_lines: deque[str] = deque(maxlen=40)
        reader = asyncio.create_task(_keep_lines(process, last_lines), name=f"log of {self.model}")
        key = secrets.token_urlsafe(24)
        began = time.monotonic()
        try:
            address = await self._hand_over(process, path, key)
        except BaseException:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            await reader
            log.warning("%s did not load: %s", self.model, " | ".join(last_lines))
            raise
        log.info("%s is ready after %.1f s", self.model, time.monotonic() - began)
        url = f"{address}/v1"
        client = OpenAIBackend(
            url,
            model=self.model,
            key=key,
            digest=self.digest,
            context_tokens=self.context_tokens,
            slots=self.slots,
            silence=self._settings.model_timeout,
            tries=2,
            # llama.cpp notices a closed connection only when it writes to it. Telling its progress makes it
            # write while it still reads the prompt, which on a CPU takes most of a request's time.
            extra={"return_progress": True},
        )
        return _Child(process, url, key, client, last_lines, reader)

    async def _hand_over(self, process: asyncio.subprocess.Process, path: Path, key: str) -> str:
        """Give the child its order; its address once the model is loaded. Raises ModelUnavailable."""
        assert process.stdin is not None and process.stdout is not None
        order = {
            "model": str(path),
            "alias": self.model,
            "key": key,
            "context": self.context_tokens,
            "slots": self.slots,
            "threads": self.threads,
            "batch": BATCH_TOKENS,
            "cache_mib": CACHE_MIB,
        }
        try:
            process.stdin.write(orjson.dumps(order) + b"\n")
            await process.stdin.drain()
            async with asyncio.timeout(LOAD_SECONDS):
                line = await process.stdout.readline()
        except (TimeoutError, ConnectionError):
            line = b""
        answer = orjson.loads(line) if line else {"error": "it ended or took too long"}
        if "address" not in answer:
            raise ModelUnavailable(
                f"{self.model} could not be loaded.",
                hint=f"See that {memory_needed(self._entry) / 1e9:.1f} GB of memory are free, "
                "then run `bauhinia doctor`.",
            )
        return str(answer["address"])

    async def _supervise(self, path: Path) -> None:
        """Start the child again whenever it ends, unless it has done so too often."""
        while self._child is not None:
            child = self._child
            code = await child.process.wait()
            self._up.clear()
            self._child = None
            await _end(child)
            self._crashes.append(time.monotonic())
            self.restarts += 1
            log.error("%s ended with code %d: %s", self.model, code, " | ".join(child.last_lines))
            try:
                self._refuse_crash_loop()
                self._child = await self._launch(path)
            except (ModelUnavailable, OSError) as error:
                log.error("%s stays down: %s", self.model, error)
            # Set either way: those who wait must hear of a model that stays down, too.
            self._up.set()

    def _refuse_crash_loop(self) -> None:
        if len(self._crashes) == RESTARTS and time.monotonic() - self._crashes[0] < RESTART_WINDOW:
            raise self._crashed()

    def _crashed(self) -> ModelUnavailable:
        return ModelUnavailable(
            f"{self.model} stopped working on this machine.",
            hint="Run `bauhinia doctor`; a smaller BAUHINIA_MODEL_CONTEXT needs less memory.",
        )


async def _keep_lines(process: asyncio.subprocess.Process, lines: deque[str]) -> None:
    """Read the child's standard error for as long as it has one."""
    assert process.stderr is not None
    while piece := await process.stderr.read(65_536):
        for line in piece.decode(errors="replace").splitlines():
            lines.append(line[:500])
            log.debug("llama.cpp: %s", line)


async def _end(child: _Child) -> None:
    """Close the child's pipe, wait a little, then kill it."""
    await child.client.stop()
    assert child.process.stdin is not None
    child.process.stdin.close()
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await child.process.wait()
    except TimeoutError:
        child.process.kill()
        await child.process.wait()
    await child.reader
