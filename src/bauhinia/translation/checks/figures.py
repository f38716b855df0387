"""Figures that a translation leaves out, makes up or changes: numbers, dates, money, references."""

# ruff: noqa: ARG001  # all checks have the same signature, whatever they use
from __future__ import annotations

from collections.abc import Sequence

from ...language import Figure, FigureKind, Variety, compare_figures, write_figure
from .fault import Context, Fault

_NUMBERS: tuple[FigureKind, ...] = ("number", "percent", "ordinal", "quarter")


def check_numbers(source: str, target: str, to: Variety, context: Context) -> list[Fault]:
    """Numbers, percentages, ordinals and quarters."""
    return _check("numbers", _NUMBERS, source, target, to)


def check_dates(source: str, target: str, to: Variety, context: Context) -> list[Fault]:
    """Dates and times of day."""
    return _check("dates", ("date", "time"), source, target, to)


def check_money(source: str, target: str, to: Variety, context: Context) -> list[Fault]:
    """Amounts with their currency."""
    return _check("money", ("money",), source, target, to)


def check_references(source: str, target: str, to: Variety, context: Context) -> list[Fault]:
    """Chapters, sections, paragraphs, papers, files and telephone numbers."""
    return _check("references", ("reference",), source, target, to)


def _check(name: str, kinds: Sequence[FigureKind], source: str, target: str, to: Variety) -> list[Fault]:
    """Where one figure is missing and one of its kind is strange, the strange one is to be replaced."""
    difference = compare_figures(source, target)
    missing = [figure for figure in difference.missing if figure.kind in kinds]
    added = [figure for figure in difference.added if figure.kind in kinds]
    instead = added[0] if len(missing) == len(added) == 1 and missing[0].kind == added[0].kind else None
    return [
        *(_missing(name, figure, to, instead) for figure in missing),
        *(_added(name, each) for each in added),
    ]


def _missing(name: str, figure: Figure, to: Variety, instead: Figure | None) -> Fault:
    return Fault(
        check=name,
        kind="missing",
        severity="error",
        message=f"Not in the translation: {figure.text}.",
        wanted=figure.text,
        source_start=figure.start,
        start=instead.start if instead else 0,
        end=instead.end if instead else 0,
        suggestion=(write_figure(figure, to) or figure.text) if instead else "",
    )


def _added(name: str, figure: Figure) -> Fault:
    return Fault(
        check=name, kind="added", message=f"Not in the source: {figure.text}.",
        found=figure.text, start=figure.start, end=figure.end,
    )  # fmt: skip
