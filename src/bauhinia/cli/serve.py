"""`bauhinia serve`: the pages and the APIs, until a signal stops them."""

from __future__ import annotations

import asyncio
import errno
import gc
import logging
import os
import signal
import socket
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import BauhiniaError, InputError
from . import faults
from .environment import get_settings
from .models import fetch

if TYPE_CHECKING:
    from fastapi import FastAPI
    from uvicorn import Server

    from ..settings import Settings

logger = logging.getLogger(__name__)

LAST_SECONDS = 1
"""How long connections may take to close once nothing is being answered."""
KEEP_ALIVE = 75
"""Seconds for which an idle connection is kept: longer than proxies keep theirs, for a request that comes as
its connection is being closed is lost."""
YOUNG = 10_000
"""New objects after which garbage is looked for: a request makes some thousands, nearly all freed by then."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; loopback unless set.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.", min=0, max=65_535)] = None,
) -> None:
    """Serve the pages and the APIs on this machine."""
    settings = _chosen(get_settings(), host, port)
    faults.log_as_server(settings.log_format)
    listener = _listen(settings)
    _have_weights()

    from ..server import create_app

    app = create_app(settings)
    server = _server(app, listener)
    # uvicorn logs the trace of whatever stops the start; an error of ours is a sentence instead.
    logging.getLogger("uvicorn.error").addFilter(lambda _: not isinstance(_failure(app), BauhiniaError))
    try:
        server.run(sockets=[listener])
    except SystemExit:
        failure = _failure(app)
        raise failure if isinstance(failure, BauhiniaError) else _unknown(failure) from failure


def _failure(app: FastAPI) -> Exception | None:
    """What kept the application from starting."""
    failure: Exception | None = getattr(app.state, "failure", None)
    return failure


def _chosen(settings: Settings, host: str | None, port: int | None) -> Settings:
    given = {"host": host, "port": port}
    return settings.model_copy(update={name: value for name, value in given.items() if value is not None})


def _listen(settings: Settings) -> socket.socket:
    """A socket that listens, taken before anything slow so that a port in use is told at once."""
    try:
        return listening(settings.host, settings.port)
    except OSError as error:
        raise _cannot_listen(settings, error) from error


def listening(host: str, port: int) -> socket.socket:
    """A TCP socket that listens there; port 0 takes any that is free. Raises OSError.

    What is written leaves at once. asyncio sees to that only where a socket names its protocol; without it an
    answer in two writes waits 40 ms for the client to acknowledge the first.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener


def _cannot_listen(settings: Settings, error: OSError) -> InputError:
    place = f"port {settings.port} of {settings.host}"
    if error.errno == errno.EADDRINUSE:
        return InputError(
            f"Something else already uses {place}.",
            hint="Stop it, or choose another port: `bauhinia serve --port 8301`.",
        )
    return InputError(f"The server cannot listen on {place} ({error.strerror}).", hint="Choose another.")


def _have_weights() -> None:
    """Fetch the weights if they are wanted and not here. Without them the server starts and says so."""
    from ..models.releases import open_catalogue
    from ..models.weights import where_kept

    settings = get_settings()
    if settings.model_url or settings.model == "fake":
        return
    try:
        if where_kept(open_catalogue(settings).find(settings.model), settings) is None:
            fetch()
    except BauhiniaError as error:
        faults.show(error)


def _settle() -> None:
    """What was made at the start lives as long as the process: garbage is not looked for in it any more."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])


def _server(app: FastAPI, listener: socket.socket) -> Server:
    """uvicorn, made to say where it is, and to answer what was begun before it stops."""
    # libuv's ring for the watching of sockets costs more than it saves where few change at once.
    os.environ.setdefault("UV_USE_IO_URING", "0")
    import uvicorn

    from ..server.one_write import OneWrite

    settings: Settings = app.state.settings

    class Serving(uvicorn.Server):
        hurried = asyncio.Event()
        """Set by a second signal: what is left is not waited for."""

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            if self.should_exit:
                self.loop.call_soon_threadsafe(self.hurried.set)
            app.state.traffic.stopping = True
            super().handle_exit(sig if not self.should_exit else signal.SIGTERM, frame)

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            self.loop = asyncio.get_running_loop()
            await super().startup(sockets)
            _settle()
            _say_where(listener, settings)
            await _say_first_link(listener, app)
            app.state.office.model.add_done_callback(lambda _: _say_model(app))

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            _say(settings, "Stopping. Work that is under way goes on elsewhere, or at the next start.")
            app.state.closing.set()
            await app.state.traffic.drained(settings.stop_seconds, self.hurried)
            await app.state.office.tasks.close()
            await super().shutdown(sockets)

    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        http=OneWrite,
        lifespan="on",
        timeout_graceful_shutdown=LAST_SECONDS,
        timeout_keep_alive=KEEP_ALIVE,
    )
    return Serving(config)


def _say(settings: Settings, sentence: str) -> None:
    """Tell the operator: a line of the log where a collector reads it, else plain words."""
    if settings.log_format == "json":
        logger.info("%s", sentence)
    else:
        typer.echo(sentence, err=True)


async def _say_first_link(listener: socket.socket, app: FastAPI) -> None:
    """While nobody administers the service: how the first administrator comes in. On the standard output,
    and in no log, since whoever reads it is let in."""
    from ..people import FirstAdministrator

    settings: Settings = app.state.settings
    if settings.sign_in == "none":
        return
    office = app.state.office
    if secret := await FirstAdministrator(office.database, office.gateway.ledger.record).link():
        site = settings.public_url.rstrip("/") or _address(listener)
        typer.echo(f"Nobody administers this service yet. Once, for 24 hours: {site}/welcome/first/{secret}")


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    everywhere = host in ("0.0.0.0", "::")  # noqa: S104
    name = socket.gethostname() if everywhere else f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}"


def _say_where(listener: socket.socket, settings: Settings) -> None:
    host = listener.getsockname()[0]
    typer.echo(f"Bauhinia is at {_address(listener)}/ (Ctrl-C stops it)")
    if host not in LOOPBACK and settings.sign_in == "none":
        _say(
            settings,
            "Nobody signs in: whoever can reach this address can read every document."
            " BAUHINIA_SIGN_IN=accounts changes that.",
        )
    elif host not in LOOPBACK:
        _say(settings, "People sign in over HTTPS alone: put a proxy with a certificate before it.")
    _say(settings, "The model is loading; pages work already.")


def _say_model(app: FastAPI) -> None:
    from ..server.readiness import readiness

    now = readiness(app.state.office.model)
    if now.state == "ready":
        _say(app.state.settings, "The model is ready.")
    elif now.message and not app.state.closing.is_set():
        _say(app.state.settings, f"The model cannot be used: {now.message} {now.hint}")


def _unknown(failure: Exception | None) -> BauhiniaError:
    """What to say when the server could not start for a reason that is not one of ours."""
    kind = type(failure).__name__ if failure else "unknown"
    return BauhiniaError(
        f"The server could not start ({kind}).", hint="Run `bauhinia doctor`, or `bauhinia --verbose serve`."
    )
