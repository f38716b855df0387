"""`bauhinia templates list | lint | paper`: kinds of text that can be drafted, and a department's own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from .environment import get_settings

templates_app = typer.Typer(
    name="templates", no_args_is_help=True, help="Kinds of text that can be drafted, and a department's own."
)


@templates_app.command("list")
def list_templates() -> None:
    """List the shipped templates and the department's own."""
    from ..pilot.templates import Templates

    folder = get_settings().data_folder / "templates"
    templates = Templates(folder)
    for template in templates.all():
        own = any(templates.paper(template.name, language) for language in ("en", "zh-HK"))
        mark = "  (own paper)" if own else ""
        typer.echo(f"{template.name:<22} {template.title['en']} / {template.title['zh-HK']}{mark}")
    typer.echo(f"A department's own go into {folder}")


@templates_app.command()
def lint(
    folder: Annotated[
        Path | None, typer.Argument(help="A folder of templates; the data folder's own if left out.")
    ] = None,
) -> None:
    """Say what is wrong with templates: their YAML, and the Word layouts beside it."""
    from ..errors import NotFound
    from ..pilot.template_lint import lint as find_faults

    place = folder or get_settings().data_folder / "templates"
    if not place.is_dir():
        raise NotFound(f"There is no folder {place}.", hint="Make it, and put a template in it.")
    faults = find_faults(place)
    for fault in faults:
        typer.echo(f"{fault.file}: {fault.severity}: {fault.message}")
    errors = sum(fault.severity == "error" for fault in faults)
    typer.echo(f"{errors} errors, {len(faults) - errors} warnings in {place}")
    raise typer.Exit(1 if errors else 0)


@templates_app.command()
def paper(
    name: Annotated[str, typer.Argument(help="A template: letter, memo, ...")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The Word file to write.")],
    language: Annotated[Literal["en", "zh-HK"], typer.Option(help="English or Traditional Chinese.")] = "en",
) -> None:
    """Write a template's layout as a Word file with fields, to be made into the department's own paper."""
    from ..pilot.blank_papers import blank_paper
    from ..pilot.templates import Templates

    settings = get_settings()
    template = Templates(settings.data_folder / "templates").get(name)
    out.write_bytes(blank_paper(template, language, settings))
    typer.echo(f"Written: {out}. Change its looks in Word, then put it into the folder of templates as")
    typer.echo(f"{settings.data_folder / 'templates'}/{name}.{language}.docx, beside {name}.yaml.")
