"""`bauhinia translate FILE --to zh-HK`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ..errors import InputError
from .classifying import ClassificationOption
from .output import JsonOption, OutOption, Output
from .passwords import PasswordOption

if TYPE_CHECKING:
    from ..documents.layout import Story


def translate(
    file: Annotated[Path, typer.Argument(help="A Word, PDF, slide, workbook, text, mail or subtitle file.")],
    to: Annotated[
        Literal["en", "zh-HK"], typer.Option(help="English, or Traditional Chinese as Hong Kong writes it.")
    ],
    out: OutOption = None,
    as_json: JsonOption = False,
    password_stdin: PasswordOption = False,
    classification: ClassificationOption = "",
    layout: Annotated[
        bool,
        typer.Option(help="Keep the file's looks, where --out has its suffix and the format can be written."),
    ] = True,
    beside: Annotated[
        bool, typer.Option("--beside", help="Of a PDF: --out has each page beside its translation.")
    ] = False,
    without: Annotated[
        list[str] | None,
        typer.Option(metavar="KIND", help="Leave a kind of text as it is, such as comment; may be repeated."),
    ] = None,
    hidden: Annotated[bool, typer.Option("--hidden", help="Translate hidden text too.")] = False,
) -> None:
    """Translate a document paragraph by paragraph, with the termbase, and check it."""
    from ..documents.formats import SUFFIXES
    from ..documents.layout import LAYOUTS
    from ..pilot.orders import TranslateOrder
    from .carrying import carry_out

    stories = _stories(without or [], hidden)
    kept = layout and SUFFIXES.get(file.suffix.lower()) in LAYOUTS
    if beside and (out is None or not kept or {file.suffix.lower(), out.suffix.lower()} != {".pdf"}):
        raise InputError("--beside is for a PDF whose looks are kept.", hint="Give a .pdf as FILE and --out.")
    output = Output(out=out, as_json=as_json, like=file if kept else None, beside=beside)

    def order(documents: list[str]) -> TranslateOrder:
        return TranslateOrder(document=documents[0], to=to, layout=layout, stories=stories)

    carry_out([file], order, output, password_stdin=password_stdin, classification=classification)


def _stories(without: list[str], hidden: bool) -> list[Story]:
    """The kinds of text to translate. Raises InputError for an unknown kind, or if none is left."""
    from ..documents.layout import STORIES
    from ..pilot.orders import USUAL_STORIES

    unknown = [kind for kind in without if kind not in STORIES]
    kept = [kind for kind in (STORIES if hidden else USUAL_STORIES) if kind not in without]
    if unknown or not kept:
        raise InputError(
            f"There is no kind of text named {unknown[0]}." if unknown else "No kind of text is left.",
            hint=f"--without takes some of: {', '.join(STORIES)}.",
        )
    return kept
