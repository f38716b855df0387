"""What the terminal shows when something goes wrong: a sentence and what to do, never a trace."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

from ..errors import BauhiniaError

if TYPE_CHECKING:
    from ..telemetry.logs import LogFormat

STOPPED = 130
"""Exit status of a command that Ctrl-C ended, as shells expect."""

_verbose = False


def be_quiet() -> None:
    """Keep the log off the terminal: without a handler, Python would print warnings and traces there."""
    logging.getLogger().addHandler(logging.NullHandler())


def be_verbose() -> None:
    """Log everything to the terminal, and let a defect of ours show its trace."""
    global _verbose  # noqa: PLW0603  # a process has one terminal
    _verbose = True
    _log_from(logging.INFO)


def log_as_server(form: LogFormat) -> None:
    """Log what an operator of a server should know, without what people wrote or who they are."""
    from ..privacy.masking import mask_log
    from ..telemetry import logs

    logs.configure(form, verbose=_verbose, mask=mask_log)


def _log_from(level: int) -> None:
    form = "%(asctime)s %(levelname)s %(name)s: %(message)s"
    logging.basicConfig(level=level, format=form, force=True)


class Verbs(TyperGroup):
    """The group of all verbs; errors of every verb end here."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except BauhiniaError as error:
            show(error)
            raise typer.Exit(1) from error
        except KeyboardInterrupt as stop:
            typer.echo("\nStopped.", err=True)
            raise typer.Exit(STOPPED) from stop
        except OSError as error:
            # A folder that may not be written, a full disk: the system's own words are the clearest.
            if _verbose or isinstance(error, BrokenPipeError):
                raise
            typer.echo(f"Error: {error}", err=True)
            raise typer.Exit(1) from error
        except (typer.Exit, typer.TyperException, typer.Abort):
            raise
        except Exception as error:
            if _verbose:
                raise
            typer.echo(f"Error: something went wrong on our side ({type(error).__name__}).", err=True)
            typer.echo(
                "What to do: run it again with `bauhinia --verbose ...` and report what it says.", err=True
            )
            raise typer.Exit(1) from error


def show(error: BauhiniaError) -> None:
    """Print an error of ours on standard error."""
    typer.secho(f"Error: {error.message}", err=True, fg=typer.colors.RED if sys.stderr.isatty() else None)
    if error.hint:
        typer.echo(f"What to do: {error.hint}", err=True)
