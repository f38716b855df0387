"""`bauhinia worker`: does the jobs of a database, beside its server or elsewhere, until it is stopped."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import BauhiniaError
from . import faults
from .environment import get_settings

if TYPE_CHECKING:
    from ..pilot.office import Office
    from ..settings import Settings


def worker(
    jobs: Annotated[int | None, typer.Option(help="Jobs at once; BAUHINIA_JOBS unless set.", min=1)] = None,
) -> None:
    """Do queued jobs until told to stop; any number of workers on any machine share a database."""
    settings = get_settings()
    faults.log_as_server(settings.log_format)
    asyncio.run(_work(settings, jobs or settings.jobs or 1))


async def _work(settings: Settings, jobs: int) -> None:
    """Until SIGTERM or Ctrl-C; what is under way is then given back, and goes on elsewhere."""
    from ..chat.studio import Studio
    from ..ledger.in_force import record_settings
    from ..pilot.office import open_office

    stop = asyncio.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(each, stop.set)
    if not settings.model_url and settings.model != "fake":
        typer.echo(
            "This worker loads the model a second time: its memory is needed for each process."
            " With BAUHINIA_MODEL_URL all ask one model server.",
            err=True,
        )
    async with open_office(settings) as office:
        await record_settings(office.gateway.ledger, settings)
        loading = await _loaded(office, stop)
        if loading is not None:
            raise loading
        if not stop.is_set():
            office.tasks.work_for_all(jobs)
            studio = Studio(office)  # songs and films, beside those: one at a time
            studio.tasks.work_for_all(1)
            typer.echo(f"Working on {jobs} {'job' if jobs == 1 else 'jobs'} at once (Ctrl-C stops it).")
            await stop.wait()
            await studio.close()
        typer.echo("Stopping. Work that is under way is given back, and goes on elsewhere.", err=True)


async def _loaded(office: Office, stop: asyncio.Event) -> BauhiniaError | None:
    """Wait until the model can answer, or a signal comes; why it cannot. Jobs that no model can do would only
    be tried in vain here, while another worker could do them."""
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({office.model, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await stopping
    error = office.model.exception() if office.model.done() else None
    if error is not None and not isinstance(error, BauhiniaError):
        raise error
    return error
