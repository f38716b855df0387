"""`bauhinia doctor`: what works on this machine, what does not, and how to mend it."""

from __future__ import annotations

import asyncio
import importlib.util
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import psutil
import typer

from ..errors import BauhiniaError
from .environment import get_settings

if TYPE_CHECKING:
    from ..settings import Settings

State = Literal["ok", "note", "FAIL"]
LEAST_DISK_GB = 2.0
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MEASURED_TEXT = "The department will consult residents on the proposal and report to the council. " * 24
"""About 350 tokens: long enough to time the reading."""


@dataclass(frozen=True, slots=True)
class Check:
    """What one look found."""

    about: str
    state: State
    """`FAIL` is something that the product needs; `note` is something that it can do without."""
    found: str
    mend: str = ""


def doctor(
    measure: Annotated[
        bool, typer.Option("--measure", help="Also load the model and time its reading and writing.")
    ] = False,
) -> None:
    """Say what works on this machine, what does not, and how to mend it."""
    settings = get_settings()
    failed = 0
    for check in _checks(settings, measure=measure):
        failed += check.state == "FAIL"
        colour = {"ok": typer.colors.GREEN, "note": typer.colors.YELLOW, "FAIL": typer.colors.RED}
        typer.secho(f"{check.state:<5}", fg=colour[check.state], nl=False)
        typer.echo(f"{check.about}: {check.found}")
        for line in check.mend.splitlines():
            typer.echo(f"     {line}")
    if failed:
        typer.echo(f"{failed} thing{'s' if failed > 1 else ''} to mend.")
        raise typer.Exit(1)
    typer.echo("Everything that is needed works.")


def _checks(settings: Settings, *, measure: bool) -> Iterator[Check]:
    yield _python()
    yield _machine()
    yield _disk(settings)
    yield from _model(settings)
    yield _embedder(settings)
    if settings.reranker_url:
        yield _reranker(settings)
    yield _database(settings)
    yield _port(settings)
    yield _fonts()
    yield _scans()
    yield _program("Chromium, for the tests of the pages", BROWSERS, "chromium")
    yield _program(
        "LibreOffice, for .doc, .rtf, .xls and .ppt files and for the page numbers of Word documents",
        ("soffice", "libreoffice"),
        "--no-install-recommends libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui",
    )
    if measure:
        yield _guarded("speed", lambda: asyncio.run(_speed(settings)))


def _scans() -> Check:
    from ..documents.ocr_engine import installed

    if installed():
        return Check("scans", "ok", "text in pictures is read (rapidocr)")
    return Check("scans", "note", "text in pictures cannot be read", "pip install 'bauhinia[ocr]'")


def _guarded(about: str, look: Callable[[], str]) -> Check:
    """What the look finds; an error of ours becomes a failed check."""
    try:
        return Check(about, "ok", look())
    except BauhiniaError as error:
        return Check(about, "FAIL", error.message, error.hint)


def _python() -> Check:
    return Check("Python", "ok", f"{platform.python_version()} at {sys.executable}")


def _machine() -> Check:
    memory = psutil.virtual_memory()
    cores = psutil.cpu_count(logical=False) or 1
    threads = psutil.cpu_count() or 1
    found = (
        f"{cores} cores ({threads} threads), {memory.available / 1e9:.1f} of {memory.total / 1e9:.1f} GB free"
    )
    return Check("machine", "ok", found)


def _disk(settings: Settings) -> Check:
    folders = {"data": settings.data_folder, "models": settings.models_folder}
    found: list[str] = []
    for name, folder in folders.items():
        there = next(place for place in (folder.absolute(), *folder.absolute().parents) if place.is_dir())
        try:
            with tempfile.TemporaryFile(dir=there):
                free = shutil.disk_usage(there).free / 1e9
        except OSError as error:
            mend = f"Let this user write there, or set BAUHINIA_{name.upper()}_FOLDER to another folder."
            return Check("disk", "FAIL", f"{there} cannot be written: {error.strerror}", mend)
        if free < LEAST_DISK_GB:
            return Check("disk", "FAIL", f"{free:.1f} GB free at {there}", "Free some of that disk.")
        found.append(f"{free:.0f} GB free for {name} ({folder})")
    return Check("disk", "ok", "; ".join(found))


def _model(settings: Settings) -> Iterator[Check]:
    if settings.model_url:
        yield _guarded("model server", lambda: asyncio.run(_remote(settings)))
    elif settings.model == "fake":
        yield Check("model", "note", "BAUHINIA_MODEL is fake: answers only repeat what was asked")
    else:
        yield _llama()
        yield _guarded("weights", lambda: asyncio.run(_weights(settings)))
        yield _memory(settings)


async def _remote(settings: Settings) -> str:
    from ..models import open_backend

    backend = open_backend(settings)
    try:
        await backend.start()
    finally:
        await backend.stop()
    return f"{settings.model} at {settings.model_url}, {backend.context_tokens} tokens"


def _llama() -> Check:
    mend = 'Run `pip install "bauhinia[embedded]"`, or set BAUHINIA_MODEL_URL to a model server.'
    if importlib.util.find_spec("xllamacpp") is None:
        return Check("llama.cpp", "FAIL", "the package xllamacpp is not installed", mend)
    # In a process of its own: native code for another CPU kills the process that imports it.
    look = "import xllamacpp; print(xllamacpp.get_system_info())"
    ran = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=False)
    if ran.returncode:
        return Check("llama.cpp", "FAIL", f"xllamacpp cannot be imported (code {ran.returncode})", mend)
    on = [part.split("=")[0].strip() for part in ran.stdout.split("|") if part.strip().endswith("= 1")]
    return Check("llama.cpp", "ok", " ".join(name.removeprefix("CPU : ") for name in on))


async def _weights(settings: Settings) -> str:
    from ..errors import WeightsError
    from ..models.releases import open_catalogue
    from ..models.weights import find

    model = open_catalogue(settings).find(settings.model)
    path = await find(model, settings)
    if path is None:
        raise WeightsError(
            f"{model.name} is not on this machine.",
            hint=f"Run `bauhinia models fetch {model.name}` ({model.bytes / 1e9:.1f} GB).",
        )
    return f"{model.name}, digest as in the catalogue, at {path}"


def _memory(settings: Settings) -> Check:
    from ..models.embedded import memory_needed
    from ..models.releases import open_catalogue

    catalogue = open_catalogue(settings)
    free = psutil.virtual_memory().available
    if settings.model not in catalogue or free >= (need := memory_needed(catalogue[settings.model])):
        return Check("memory", "ok", f"{free / 1e9:.1f} GB free for the model")
    mend = "Close other programs, or take a smaller BAUHINIA_MODEL, BAUHINIA_MODEL_CONTEXT or _SLOTS."
    return Check("memory", "note", f"{free / 1e9:.1f} GB free, the model may take {need / 1e9:.1f}", mend)


def _embedder(settings: Settings) -> Check:
    return _guarded("embedder", lambda: asyncio.run(_embed(settings)))


async def _embed(settings: Settings) -> str:
    from ..models import open_embedder

    embedder = open_embedder(settings)
    began = time.perf_counter()
    try:
        await embedder.embed(["諮詢文件"], "query")
    finally:
        await embedder.stop()
    return f"{embedder.dimensions} dimensions, first vector after {time.perf_counter() - began:.1f} s"


def _reranker(settings: Settings) -> Check:
    """A search does without one that is away."""
    check = _guarded("reranker", lambda: asyncio.run(_rerank(settings)))
    return replace(check, state="note") if check.state == "FAIL" else check


async def _rerank(settings: Settings) -> str:
    from ..models import open_reranker

    reranker = open_reranker(settings)
    assert reranker is not None
    began = time.perf_counter()
    try:
        await reranker.rerank("諮詢文件", ["The consultation paper", "A recipe for noodles"])
    finally:
        await reranker.stop()
    return f"{reranker.model} at {settings.reranker_url}, answered in {time.perf_counter() - began:.1f} s"


def _database(settings: Settings) -> Check:
    if settings.database_url:
        return _guarded("database", lambda: _external_database(settings))
    return _guarded("database", _embedded_database)


def _external_database(settings: Settings) -> str:
    import psycopg

    from ..errors import StoreError

    try:
        with psycopg.connect(settings.database_url, connect_timeout=5) as connection:
            return f"external PostgreSQL {connection.info.server_version // 10_000} answers"
    except psycopg.Error as error:
        raise StoreError(
            "The external PostgreSQL does not answer.", hint="Correct BAUHINIA_DATABASE_URL, or start it."
        ) from error


def _embedded_database() -> str:
    """Start a PostgreSQL in a folder of its own, so that a running server is left alone."""
    from ..store import EmbeddedPostgres

    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="bauhinia-doctor-") as folder:
        server = EmbeddedPostgres(Path(folder), durable=False)
        try:
            server.start()
            return f"embedded PostgreSQL starts (a new one in {time.perf_counter() - began:.1f} s)"
        finally:
            server.stop()


def _port(settings: Settings) -> Check:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            mend = "If it is not Bauhinia that runs there, set BAUHINIA_PORT to another port."
            return Check("port", "note", f"{settings.host}:{settings.port}: {error.strerror}", mend)
    return Check("port", "ok", f"{settings.host}:{settings.port} is free")


def _fonts() -> Check:
    about, mend = "fonts for Chinese", "Run `sudo apt-get install --yes fonts-noto-cjk`."
    if (lister := shutil.which("fc-list")) is None:
        return Check(about, "note", "fontconfig is not installed, so fonts cannot be listed", mend)
    ran = subprocess.run([lister, ":lang=zh-hk", "family"], capture_output=True, text=True, check=False)
    families = sorted({line.split(",")[0].strip() for line in ran.stdout.splitlines() if line.strip()})
    if not families:
        return Check(about, "note", "none that covers Hong Kong's characters", mend)
    return Check(about, "ok", f"{len(families)} families, such as {families[0]}")


def _program(about: str, names: tuple[str, ...], package: str) -> Check:
    for name in names:
        if (path := shutil.which(name)) is not None:
            return Check(about, "ok", path)
    return Check(about, "note", "not installed", f"Run `sudo apt-get install --yes {package}`.")


async def _speed(settings: Settings) -> str:
    """Tokens a second, read and written, of one request on the idle model."""
    from ..models import ChatRequest, Delta, Finish, Message, Usage, open_backend

    backend = open_backend(settings)
    question = Message("user", f"{MEASURED_TEXT}\nSay in a few sentences what this is about.")
    usage = Usage()
    try:
        await backend.start()
        began = time.perf_counter()
        first = began
        async with aclosing(backend.chat(ChatRequest(messages=(question,), max_tokens=64))) as events:
            async for event in events:
                if first == began and isinstance(event, Delta):
                    first = time.perf_counter()
                if isinstance(event, Finish):
                    usage = event.usage
        ended = time.perf_counter()
    finally:
        await backend.stop()
    reading = (usage.prompt_tokens - usage.cached_tokens) / max(first - began, 1e-6)
    writing = (usage.completion_tokens - 1) / max(ended - first, 1e-6)
    return f"{backend.model} reads {reading:.0f} tokens/s and writes {writing:.1f}"
