"""`bauhinia guideline ...`: the duties, how each is met, and what another edition would change."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

guideline_app = typer.Typer(
    name="guideline", no_args_is_help=True, help="The guideline's duties, and how each is met."
)


@guideline_app.command()
def coverage(
    unmet: Annotated[bool, typer.Option("--unmet", help="Only what is not met.")] = False,
) -> None:
    """Print every duty, its code, its test and its status; end with 1 if the list itself is wrong."""
    from ..guideline.coverage import coverage as covered
    from ..guideline.coverage import faults

    found = covered()
    for line in found.lines:
        if unmet and line.status != "not met":
            continue
        measure = line.measure
        code = measure.point if measure else ""
        tests = " ".join(measure.tests) if measure else ""
        why = measure.why_not if measure else ""
        typer.echo("\t".join((line.duty.id, line.status, line.duty.en, code, tests, why)).rstrip("\t"))
    share = f"{found.met} of {found.for_software} duties that software can enforce or record are met"
    typer.echo(f"Edition {found.edition.edition}: {share} ({found.percent:.1f} %).")
    if wrong := list(faults()):
        for fault in wrong:
            typer.echo(fault, err=True)
        raise typer.Exit(1)


@guideline_app.command()
def duty(name: Annotated[str, typer.Argument(help="Such as D-2.1.2-03.")]) -> None:
    """Print one duty in both languages, and how it is met."""
    from ..guideline.coverage import measures
    from ..guideline.duties import edition

    found = edition().duty(name)
    typer.echo(f"{found.id} (section {found.section}, {found.strength}; {', '.join(found.roles)})")
    typer.echo(f"{found.en}\n{found.zh}")
    if measure := measures().get(name):
        for title, value in (("How", measure.how), ("Code", measure.point), ("Page", measure.page)):
            if value:
                typer.echo(f"{title}: {value}")
        for test in measure.tests:
            typer.echo(f"Test: {test}")
        if measure.why_not:
            typer.echo(f"Not met: {measure.why_not}")


@guideline_app.command()
def changes(
    file: Annotated[Path, typer.Argument(help="Another edition, shaped as guideline/editions/1.1.yaml.")],
) -> None:
    """Print what another edition would change, and the code, tests and pages that it touches."""
    from ..guideline.coverage import touched
    from ..guideline.duties import changes as changed
    from ..guideline.duties import edition, read_edition

    for change in changed(edition(), read_edition(file)):
        measure = touched(change)
        where = " ".join((measure.point, *measure.tests, measure.page)) if measure else "nothing yet"
        what = f"{change.kind} ({', '.join(change.fields)})" if change.fields else change.kind
        typer.echo(f"{change.duty}\t{what}\t{where}")


@guideline_app.command()
def redteam(
    most: Annotated[
        int | None, typer.Option("--attacks", min=1, help="Make only so many, of all kinds.")
    ] = None,
    worst: Annotated[
        bool, typer.Option("--worst", help="A model that obeys every attack, not ours.")
    ] = False,
    report: Annotated[Path | None, typer.Option(help="Write every outcome there, as JSON.")] = None,
) -> None:
    """Attack the public assistant with the whole set, before a release; end with 1 if one gets through.

    Needs a database of its own for as long as it runs, and with a real model some seconds an attack.
    """
    import asyncio

    from .redteaming import attacked

    outcomes = asyncio.run(attacked(most or 0, worst=worst, report=report))
    through = [outcome for outcome in outcomes if outcome.got_through]
    for outcome in through:
        done = [name for name in ("acted", "leaked", "address", "obeyed") if getattr(outcome, name)]
        typer.echo(f"{outcome.attack.id} by {outcome.way}: {', '.join(done)}", err=True)
    typer.echo(f"{len(through)} of {len(outcomes)} got through.")
    if through:
        raise typer.Exit(1)
