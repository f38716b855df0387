"""The command line: one file a verb. `bauhinia --help` imports nothing heavy."""

from __future__ import annotations

from typing import Annotated

import typer

from .analyse import analyse
from .backup import backup, restore
from .bilingual import bilingual_app
from .boundary import boundary_app
from .chat import chat, replay
from .compare import compare
from .corrections import corrections_app
from .demo import demo
from .doctor import doctor
from .draft import draft
from .faults import Verbs, be_quiet, be_verbose
from .foundry import foundry_app
from .gallery import gallery
from .guideline import guideline_app
from .knowledge import knowledge_app
from .label import label_app
from .leaving import orderly_end
from .ledger import ledger_app
from .mcp import mcp
from .memory import memory_app
from .models import models_app
from .notes import notes
from .people import people_app
from .privacy import privacy_app
from .redraft import redraft
from .register import register_app
from .serve import serve
from .stop import resume, stop
from .summarise import summarise
from .templates import templates_app
from .terms import terms_app
from .tools import tools
from .translate import translate
from .usage import usage_app
from .version import version
from .worker import worker

__all__ = ["app", "main"]

app = typer.Typer(
    name="bauhinia",
    cls=Verbs,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="A public service's own language model: documents in, checked drafts out, on your own machine.",
)


@app.callback()
def _options(
    verbose: Annotated[bool, typer.Option("--verbose", help="Log to the terminal, with traces.")] = False,
) -> None:
    if verbose:
        be_verbose()


app.command()(serve)
app.command()(worker)
app.command()(summarise)
app.command()(translate)
app.command()(draft)
app.command()(redraft)
app.command()(analyse)
app.command()(compare)
app.command()(chat)
app.command()(notes)
app.command()(replay)
app.command()(gallery)
app.add_typer(terms_app)
app.add_typer(memory_app)
app.add_typer(corrections_app)
app.add_typer(knowledge_app)
app.add_typer(bilingual_app)
app.add_typer(people_app)
app.add_typer(usage_app)
app.add_typer(boundary_app)
app.add_typer(register_app)
app.command()(stop)
app.command()(resume)
app.add_typer(guideline_app)
app.add_typer(ledger_app)
app.add_typer(privacy_app)
app.add_typer(label_app)
app.add_typer(models_app)
app.add_typer(foundry_app)
app.add_typer(templates_app)
app.command()(backup)
app.command()(restore)
app.command()(mcp)
app.command()(tools)
app.command()(doctor)
app.command()(demo)
app.command()(version)


def main() -> None:
    """The `bauhinia` command."""
    with orderly_end():
        be_quiet()
        app()
